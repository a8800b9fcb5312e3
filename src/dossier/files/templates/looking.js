// A file is looked at over the page where somebody opens it; what shows it is loaded when the first one is opened.
const isPlain = (event) => !event.defaultPrevented && !event.button && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-views]");
  if (!link || !isPlain(event)) return;
  event.preventDefault();
  const viewer = await import("./viewer.js").catch(() => undefined);
  if (viewer) viewer.open(link); else location.assign(link.href);
});
