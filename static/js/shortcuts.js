/* Keys for hands that stay on the keyboard; "?" shows them. Whoever needs the keys otherwise switches them off there. */
const dialog = document.querySelector("dialog[data-shortcuts]");
const STORED = "shortcuts";
let waiting = "";
let timer = 0;

const isOn = () => localStorage.getItem(STORED) !== "off";
const isTyping = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const press = (element) => { element.focus(); element.click(); };

/* Rows of the list on the page: the link that leads to what a row is about. */
const links = () => [...document.querySelectorAll("main table.list tbody .order-number[href], main table.list tbody [data-row-link]")];
const current = () => document.activeElement?.closest("tr");

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link.closest("tr") === current());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

function pick() {
  const box = current()?.querySelector("[data-select-row]:not(:disabled)");
  if (!box) return false;
  box.click();
  current()?.querySelector(".order-number")?.focus();
  return true;
}

function seek() {
  const box = document.querySelector("main input[type=search]");
  box?.focus();
  box?.select();
  return Boolean(box);
}

const BUILT_IN = {
  "?": () => show(),
  j: () => step(1),
  k: () => step(-1),
  x: () => pick(),
  "/": () => seek(),
};

function found(keys) {
  const marked = [...document.querySelectorAll(`[data-keys="${CSS.escape(keys)}"]`)];
  return marked.find((element) => !element.disabled && element.getClientRects().length);
}

function act(keys) {
  const element = found(keys);
  if (element) {
    if (element.matches("input")) element.select();
    if (element.matches("input, textarea")) element.focus(); else press(element);
    return true;
  }
  return keys in BUILT_IN && BUILT_IN[keys]() !== false;
}

/* Rows of the dialog about what this page does not have are left out; the page's own buttons are added. */
function show() {
  for (const row of dialog.querySelectorAll("[data-for]")) row.hidden = !document.querySelector(row.dataset.for);
  const list = dialog.querySelector("[data-shortcuts-page]");
  list.replaceChildren(...[...document.querySelectorAll("main [data-keys]")].filter((each) => found(each.dataset.keys) === each).map(line));
  list.closest("section").hidden = !list.children.length;
  dialog.querySelector("[data-shortcuts-on]").checked = isOn();
  dialog.showModal();
}

function line(element) {
  const row = document.createElement("div");
  const key = Object.assign(document.createElement("kbd"), { textContent: element.dataset.keys });
  const words = element.dataset.keysLabel || element.getAttribute("aria-label") || element.title || element.textContent.trim();
  row.append(document.createElement("dt"), Object.assign(document.createElement("dd"), { textContent: words }));
  row.firstChild.append(key);
  return row;
}

if (dialog) {
  dialog.querySelector("[data-shortcuts-on]").addEventListener("change", (event) => {
    localStorage.setItem(STORED, event.target.checked ? "on" : "off");
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-shortcuts-open]")) return;
    event.target.closest("details")?.removeAttribute("open");
    show();
  });
  for (const button of document.querySelectorAll("[data-shortcuts-open]")) button.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key.length !== 1 || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    clearTimeout(timer);
    const keys = waiting ? `${waiting} ${event.key}` : event.key;
    waiting = "";
    if (!document.querySelector(`[data-keys^="${CSS.escape(keys)} "]`)) {
      if (act(keys)) event.preventDefault();
      return;
    }
    waiting = keys;
    timer = setTimeout(() => { waiting = ""; }, 1200);
  });
}
