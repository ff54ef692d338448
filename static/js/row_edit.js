/* A row of figures shows its button with the first change, and Escape takes the changes back. */
const controls = (row) => [...row.querySelectorAll(".quiet-control")];

function mark(row) {
  let edited = false;
  for (const control of controls(row)) {
    const other = control.value !== control.defaultValue;
    control.classList.toggle("is-edited", other);
    edited ||= other;
  }
  row.classList.toggle("is-edited", edited);
}

const markAll = () => document.querySelectorAll(".stock-row").forEach(mark);

document.addEventListener("input", (event) => {
  const row = event.target.closest?.(".stock-row");
  if (row && event.target.matches(".quiet-control")) mark(row);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches?.(".quiet-control")) return;
  const row = event.target.closest(".stock-row");
  for (const control of controls(row)) control.value = control.defaultValue;
  mark(row);
});

/* The browser brings back what was typed when one comes back to the page. */
markAll();
addEventListener("pageshow", markAll);

/* A saved row keeps the place of whoever goes on by keyboard. */
let place = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest?.(".stock-row");
  place = row && row.contains(document.activeElement) ? [row.id, document.activeElement.name] : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!place) return;
  const [id, name] = place;
  place = null;
  const row = document.getElementById(id);
  (row?.querySelector(`[name="${name}"]:not([type="hidden"])`) ?? row?.querySelector("input:not([type='hidden']), a"))?.focus();
});
