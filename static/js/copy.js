/* <button data-copy="text"> puts the text on the clipboard and says so. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("is-done");
  const said = document.querySelector("[data-announce]");
  if (said) said.textContent = button.dataset.copied ?? "";
  setTimeout(() => button.classList.remove("is-done"), 1500);
});
