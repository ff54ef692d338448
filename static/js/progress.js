/* A form is sent once, however often its button is pressed; a request that fails says so instead of nothing. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  // What opens beside this page leaves the form here as it is.
  if (event.defaultPrevented || form.method !== "post" || event.submitter?.formTarget === "_blank") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});

const freshAgain = () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
};
addEventListener("pageshow", freshAgain);
document.addEventListener("htmx:afterRequest", freshAgain);

function fail() {
  const box = document.querySelector("[data-request-failed]");
  if (box) box.hidden = false;
}
document.addEventListener("htmx:sendError", fail);
document.addEventListener("htmx:timeout", fail);
document.addEventListener("htmx:responseError", fail);
document.addEventListener("htmx:beforeRequest", () => {
  const box = document.querySelector("[data-request-failed]");
  if (box) box.hidden = true;
});

/* What a page asks by itself, without anybody's click, is no use of the session: who has gone is signed out in time. */
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent) event.detail.headers["X-Unattended"] = "yes";
});
