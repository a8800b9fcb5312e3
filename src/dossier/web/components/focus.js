import { announce } from "./say.js";

// What was typed elsewhere on the page is kept: only the field that was saved is replaced. Focus stays where it was.
let focused;
const textOf = (each) => each.getAttribute("aria-label") ?? each.textContent;
export const describe = (each) => each?.name ? { name: each.name, value: each.type === "checkbox" ? each.value : undefined }
  : each?.matches?.("button, a") ? { text: textOf(each) } : undefined;
// Whether there is such a thing in that part of the page: it then has the focus.
export const focusOn = (root, what) => {
  const same = what && [...root.querySelectorAll("input:not([type=hidden]), select, textarea, button, a")].find((each) =>
    what.text ? textOf(each) === what.text : each.name === what.name && (what.value === undefined || each.value === what.value));
  same?.focus({ preventScroll: true });
  return Boolean(same);
};
const focusAgain = (root, what) => {
  if (what && !focusOn(root, what)) root.querySelector("button, select, input:not([type=hidden])")?.focus({ preventScroll: true });
};
document.addEventListener("htmx:beforeSwap", (event) => { focused = event.detail.target?.contains(document.activeElement) ? describe(document.activeElement) : undefined; });
document.addEventListener("htmx:afterSwap", (event) => {
  const root = event.detail.target?.isConnected ? event.detail.target : document.getElementById(event.detail.target?.id);
  if (!root) return;
  const asked = root.querySelector("[data-focus]");
  if (asked) asked.focus(); else if (!root.contains(document.activeElement)) focusAgain(root, focused);
  const said = root.querySelector("[data-said]");
  if (said) announce(said.dataset.said);
});
