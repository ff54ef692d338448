/* The theme is a cookie that the server reads, so that a page never flashes in the other one. */
const YEAR = 365 * 24 * 60 * 60;

function show(theme) {
  document.documentElement.dataset.bsTheme = theme;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  const theme = button.dataset.themeChoice;
  const [name, secure] = location.protocol === "https:" ? ["__Host-theme", "; Secure"] : ["theme", ""];
  document.cookie = `${name}=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  show(theme);
});

for (const menu of document.querySelectorAll("[data-theme-menu]")) menu.hidden = false;
