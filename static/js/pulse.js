/* Up to the minute, without taking the reader's place: what is new or changed is announced, and shown when asked for. */
const EVERY = 20;
const LONGEST = 300;
let timer = 0;
let pause = 0;

const said = (box, name, n) => (n ? (box.dataset[`${name}${n === 1 ? "One" : "Many"}`] || "").replace("{n}", n) : "");

async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json", "X-Unattended": "yes", "X-For-Seller": document.body.dataset.forSeller }, cache: "no-store", redirect: "manual" });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function again(box, seconds) {
  clearTimeout(timer);
  timer = setTimeout(() => { if (box.isConnected) beat(box); }, seconds * 1000);
}

async function beat(box) {
  if (document.hidden) { again(box, EVERY); return; }
  try {
    const found = await ask(box.dataset.pulse);
    if (!box.isConnected) return;
    pause = EVERY;
    if (found.rows) list(box, found); else order(box, found);
  } catch {
    /* Signed out, or nobody there: the page stays as it is, and asks less and less often. */
    pause = Math.min(pause * 2, LONGEST);
  }
  again(box, pause);
}

/* Rows that came before the last one still there are new; those pushed off the end of the page have not left the list. */
function list(box, found) {
  const shown = JSON.parse(box.dataset.seen);
  const was = new Map(shown);
  const is = new Map(found.rows);
  const kept = found.rows.map(([number]) => was.has(number)).lastIndexOf(true);
  const fresh = found.rows.filter(([number], at) => !was.has(number) && (at < kept || !shown.length)).length;
  const gone = shown.filter(([number], at) => !is.has(number) && at < shown.length - fresh);
  const changed = shown.filter(([number, mark]) => is.has(number) && is.get(number) !== mark);
  for (const [number] of [...changed, ...gone]) markRow(box, number);
  tell(box, [said(box, "fresh", fresh), said(box, "changed", changed.length), said(box, "gone", gone.length)]);
  document.querySelectorAll("#desk .tab[data-tab] .count").forEach((count) => {
    const number = found.tabs[count.closest("[data-tab]").dataset.tab];
    if (number !== undefined) count.textContent = number;
  });
}

function markRow(box, number) {
  const link = [...document.querySelectorAll("#desk tbody .order-number")].find((each) => each.textContent.trim() === number);
  const row = link?.closest("tr");
  if (!row || row.classList.contains("is-changed")) return;
  row.classList.add("is-changed");
  link.insertAdjacentElement("afterend", Object.assign(document.createElement("span"), { className: "changed-mark", textContent: box.dataset.word }));
}

function order(box, found) {
  if (String(found.mark) === box.dataset.seen) return;
  tell(box, found.lines);
}

function tell(box, sentences) {
  const words = sentences.filter(Boolean).join(" · ");
  const place = box.querySelector("[data-pulse-words]");
  if (place.textContent === words) return;
  place.textContent = words;
  box.querySelector("[data-pulse-bar]").hidden = !words;
}

/* What was picked stays picked when the list is shown anew. */
let picked = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "desk") return;
  picked = [...event.detail.target.querySelectorAll("[data-select-row]:checked")].map((box) => box.value);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "desk" && event.detail.requestConfig.elt.closest("[data-pulse-bar]")) {
    for (const box of document.querySelectorAll("#desk [data-select-row]")) box.checked = box.checked || picked.includes(box.value);
  }
  begin();
});

function begin() {
  const box = document.querySelector("[data-pulse]");
  if (!box || box.dataset.beating) return;
  box.dataset.beating = "yes";
  pause = EVERY;
  again(box, pause);
}

document.addEventListener("visibilitychange", () => {
  const box = document.querySelector("[data-pulse]");
  if (box && !document.hidden) again(box, 0.2);
});
begin();
