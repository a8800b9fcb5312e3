// What makes the portal quicker; everything works without it.
const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.querySelector("[data-focus]")?.focus();
