// The files of a field by its buttons: one moved up or down, or taken out; the field is saved at once, with its button in focus.
const ACTS = {
  up: (line) => line.previousElementSibling?.before(line),
  down: (line) => line.nextElementSibling?.after(line),
  off: (line) => line.remove(),
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-file-act]");
  if (!button) return;
  const form = button.closest("form");
  ACTS[button.dataset.fileAct](button.closest("li"));
  if (button.isConnected) button.focus(); else form.querySelector("[data-file-act], .d-files-input")?.focus();
  htmx.trigger(form, "commit");
});
