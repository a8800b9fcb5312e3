// What was done, at the edge of the screen: gone after a while, but not while somebody points at it or is in it.
import { saying } from "./say.js";

const SHOWN_FOR = 8000; // milliseconds
const make = (name, text, use) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = name;
  button.textContent = text;
  button.addEventListener("click", use);
  return button;
};
export const toast = (text, undo) => {
  const area = document.getElementById("toasts");
  if (!area) return;
  const shown = document.createElement("div");
  shown.className = "d-toast";
  const close = () => shown.remove();
  shown.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) shown.append(make("d-toast-undo", saying("undo"), () => { close(); undo(); }));
  const end = make("d-toast-close", "×", close);
  end.setAttribute("aria-label", saying("close"));
  shown.append(end);
  area.replaceChildren(shown);
  setTimeout(function leave() { if (shown.matches(":hover, :focus-within")) setTimeout(leave, 1000); else close(); }, SHOWN_FOR);
};
