/* Rows of a form[data-selection]: one box picks all rows of the page, and the bar says how many are picked. */
function refresh(form) {
  const rows = [...form.querySelectorAll("[data-select-row]:not(:disabled)")];
  const picked = rows.filter((row) => row.checked).length;
  for (const all of form.querySelectorAll("[data-select-all]")) {
    all.checked = picked > 0 && picked === rows.length;
    all.indeterminate = picked > 0 && picked < rows.length;
  }
  for (const count of form.querySelectorAll("[data-selected-count]")) count.textContent = picked;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-selection]");
  if (!form) return;
  if (event.target.matches("[data-select-all]")) {
    for (const row of form.querySelectorAll("[data-select-row]:not(:disabled)")) row.checked = event.target.checked;
  }
  refresh(form);
});

const refreshAll = () => document.querySelectorAll("[data-selection]").forEach(refresh);
refreshAll();
addEventListener("pageshow", refreshAll);
document.addEventListener("htmx:afterSwap", refreshAll);
