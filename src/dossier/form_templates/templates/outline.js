// Questions are dragged to another place, or moved with Alt and the arrow keys. Without scripts there are buttons for it.
let dragged;

const form = () => document.getElementById("dragged");
const unmark = () => document.querySelectorAll("[data-before], [data-over]").forEach((each) => { delete each.dataset.before; delete each.dataset.over; });
const place = (target) => {
  const list = target.closest?.(".d-elements");
  if (!dragged || !list || dragged.contains(list)) return undefined;
  if (list.dataset.group && dragged.querySelector(".d-elements")) return undefined; // no group in a group
  const over = target.closest(".d-element");
  return { list, before: over && list === over.parentElement ? over : undefined };
};

addEventListener("dragstart", (event) => {
  const element = event.target.closest?.(".d-element[draggable]");
  if (!element) return;
  dragged = element;
  element.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", element.dataset.element);
});
addEventListener("dragover", (event) => {
  const found = place(event.target);
  if (!found) return;
  event.preventDefault();
  unmark();
  if (found.before) found.before.dataset.before = ""; else found.list.dataset.over = "";
});
addEventListener("drop", (event) => {
  const found = place(event.target);
  if (!found || !form()) return;
  event.preventDefault();
  const { key, page, group, before } = form().elements;
  key.value = dragged.dataset.element;
  page.value = found.list.dataset.page;
  group.value = found.list.dataset.group;
  before.value = found.before?.dataset.element ?? "";
  if (before.value !== key.value) form().requestSubmit();
});
addEventListener("dragend", () => { unmark(); if (dragged) delete dragged.dataset.dragged; dragged = undefined; });

addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const moves = event.target.closest?.(".d-element, .d-part")?.querySelector("form[data-moves]");
  if (!moves) return;
  event.preventDefault();
  moves.requestSubmit(moves.querySelector(`[value=${event.key === "ArrowUp" ? "up" : "down"}]`));
});
