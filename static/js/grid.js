/* The grid of shipments: rows copied out of a spreadsheet can be pasted into any field, and Enter goes one line down. */
const inGrid = (target) => target.closest?.("form[data-grid] .ship-grid");

document.addEventListener("paste", (event) => {
  if (!inGrid(event.target)) return;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const form = event.target.closest("form");
  form.querySelector("[data-sheet]").value = text;
  form.querySelector("button[name='paste']").click();
});

/* Scanners of tracking numbers end with Enter: it leads to the same field of the next line and sends nothing. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !inGrid(event.target)) return;
  event.preventDefault();
  const column = [...event.target.closest("tr").cells].indexOf(event.target.closest("td"));
  const rows = [...event.target.closest("tbody").rows];
  const next = rows[rows.indexOf(event.target.closest("tr")) + 1];
  const offset = event.target.closest(".grid-top") ? 1 : 0;
  (next?.cells[column + offset]?.querySelector("input:not([type='hidden'])") ?? document.querySelector("button[name='confirm']"))?.focus();
});
