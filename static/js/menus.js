/* Menus are <details data-menu>: one open at a time, closed by Escape or a click elsewhere, never cut off by a table. */
const opened = () => document.querySelectorAll("details[data-menu][open]");

function closeAll(except) {
  for (const menu of opened()) if (menu !== except) menu.open = false;
}

/* A table scrolls sideways and would cut the panel off: a fixed one stands above it. */
function place(menu) {
  const panel = menu.querySelector(".menu-panel");
  if (!panel || !menu.closest(".table-scroll")) return;
  const anchor = menu.getBoundingClientRect();
  panel.style.position = "fixed";
  panel.style.inset = "auto";
  const left = Math.max(8, Math.min(anchor.right - panel.offsetWidth, innerWidth - panel.offsetWidth - 8));
  const below = anchor.bottom + 6;
  const fits = below + panel.offsetHeight < innerHeight - 8;
  panel.style.left = `${left}px`;
  panel.style.top = `${fits ? below : Math.max(8, anchor.top - panel.offsetHeight - 6)}px`;
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details[data-menu]") || !menu.open) return;
  closeAll(menu);
  place(menu);
}, true);

document.addEventListener("click", (event) => closeAll(event.target.closest("details[data-menu]")));
addEventListener("scroll", () => opened().forEach(place), { capture: true, passive: true });
addEventListener("resize", () => opened().forEach(place));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of opened()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});
