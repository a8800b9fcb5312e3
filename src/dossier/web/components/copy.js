// A button that copies what an input holds: data-copy names the input, data-copied is what the button says then.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value);
  copy.textContent = copy.dataset.copied;
});
