/* <textarea data-counted="2000">: how many characters are typed of how many there may be, as the server counts them. */
const number = new Intl.NumberFormat(document.documentElement.lang || "en");

function count(area, box) {
  const most = Number(area.dataset.counted);
  const typed = [...area.value.trim()].length;
  box.textContent = `${number.format(typed)} / ${number.format(most)}`;
  box.classList.toggle("is-over", typed > most);
}

function start() {
  for (const area of document.querySelectorAll("textarea[data-counted]:not([data-counting])")) {
    area.dataset.counting = "yes";
    const box = document.createElement("div");
    box.className = "counted";
    area.after(box);
    count(area, box);
    area.addEventListener("input", () => count(area, box));
  }
}

start();
document.addEventListener("htmx:afterSettle", start);
