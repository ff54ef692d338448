/* The columns of the list are put in order where they stand: by their buttons, or by dragging. Saving sends them so. */
const form = document.querySelector("[data-columns]");

if (form) {
  const rows = () => [...form.querySelectorAll("[data-column]")];
  const say = form.querySelector("[data-columns-say]");

  function tell(row) {
    const name = row.querySelector(".choice span").firstChild.textContent.trim();
    say.textContent = `${name}: ${say.dataset.words} ${rows().indexOf(row) + 1}`;
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-column]");
    const up = button.dataset.step === "up";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    // The first column is the order's number, and stays.
    if (!other || other === rows()[0]) return;
    if (up) other.before(row); else other.after(row);
    button.focus();
    tell(row);
  });

  /* Only the grip starts to drag, so that words can still be marked. */
  form.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[data-grip]")?.closest("[data-column]");
    if (!row || event.button) return;
    event.preventDefault();
    row.classList.add("is-dragged");
    const follow = (moved) => {
      const over = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-column]");
      if (!over || over === row || over === rows()[0]) return;
      const { top, height } = over.getBoundingClientRect();
      if (moved.clientY < top + height / 2) over.before(row); else over.after(row);
    };
    const drop = () => {
      row.classList.remove("is-dragged");
      removeEventListener("pointermove", follow);
      tell(row);
    };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", drop, { once: true });
    addEventListener("pointercancel", drop, { once: true });
  });
}
