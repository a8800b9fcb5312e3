// What pages do beyond htmx; everything is wired by data attributes.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value);
  copy.textContent = copy.dataset.copied;
});
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
// A refusal (4xx) is shown where it was asked for.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
// What was typed elsewhere on the page is kept: only the field that was saved is replaced, and it is focused again.
document.addEventListener("htmx:afterSwap", (event) => {
  event.detail.target?.querySelector?.("[data-focus]")?.focus();
});
