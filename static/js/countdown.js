/* <time datetime="…" data-countdown data-past="Closed">: the time left, by the server's clock. Fires "countdown-end" once. */
const language = document.documentElement.lang || "en";
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const written = Object.fromEntries(
  UNITS.map(([unit]) => [unit, new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow" })]),
);
const served = Number(document.documentElement.dataset.now) * 1000;
const ahead = served ? served - Date.now() : 0;

/* The two largest units, as "2d 4h" or "12m 30s". */
export function timeLeft(seconds) {
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return written.second.format(0);
  let rest = seconds;
  return UNITS.slice(first, first + 2).map(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return written[unit].format(amount);
  }).join(" ");
}

function tick(element, now) {
  const seconds = Math.floor((Date.parse(element.dateTime) - now) / 1000);
  const box = element.closest(".deadline");
  const past = seconds < 0;
  const text = past ? (element.dataset.past ?? element.textContent) : timeLeft(seconds);
  if (element.textContent !== text) element.textContent = text;
  box?.classList.toggle("is-past", past);
  box?.classList.toggle("is-urgent", !past && seconds < Number(element.dataset.urgent ?? 86400));
  if (past) {
    element.removeAttribute("data-countdown");
    element.dispatchEvent(new CustomEvent("countdown-end", { bubbles: true }));
  }
}

function tickAll() {
  const now = Date.now() + ahead;
  for (const element of document.querySelectorAll("time[data-countdown]")) tick(element, now);
}

tickAll();
setInterval(() => { if (!document.hidden) tickAll(); }, 1000);
document.addEventListener("htmx:afterSwap", tickAll);
document.addEventListener("visibilitychange", tickAll);
