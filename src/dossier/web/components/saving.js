// When a change is meant, and what became of it: saving, saved, not saved. Words come from the page (#sayings).
import { announce, saying } from "./say.js";
import { leaving, renew, signInHere } from "./session.js";

// A select acts when it is left, on Enter, or when somebody points at a choice: not on every arrow key (WCAG 3.2.2).
// A date acts when it is left or on Enter: browsers call it changed at the first digit of the year.
const byKeys = new WeakSet();
const isHeld = (each) => each.matches("[type=date], [type=time]") || byKeys.has(each);
const CHOOSING = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (field.matches?.("select") && (CHOOSING.includes(event.key) || event.key.length === 1)) byKeys.add(field);
  if (event.key === "Enter" && field.matches?.("select, [type=date], [type=time]") && waiting.has(field)) { event.preventDefault(); commit(field); }
});
document.addEventListener("pointerdown", (event) => byKeys.delete(event.target.closest?.("select")));
const waiting = new Set();
const commit = (field) => {
  waiting.delete(field);
  byKeys.delete(field);
  if (!field.isConnected) return;
  if (field.matches("[data-submit]")) field.form.requestSubmit();
  else htmx.trigger(field, "commit");
};
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches("[data-submit]") && !field.closest("[data-saves]")) return;
  if (isHeld(field)) waiting.add(field); else commit(field);
});
document.addEventListener("focusout", (event) => { if (waiting.has(event.target)) commit(event.target); });

// What a field's form says of itself; the text that was typed stays where it is.
export const show = (form, state, text, link) => {
  form.dataset.saving = state;
  form.querySelector("[data-save-state]")?.remove();
  if (state !== "failed") return;
  const note = document.createElement("div");
  note.className = "text-danger mt-1 d-flex flex-wrap gap-2 align-items-center";
  note.dataset.saveState = "";
  note.setAttribute("role", "alert");
  note.append(text);
  if (link) { const away = document.createElement("a"); away.href = link; away.textContent = saying("signIn"); note.append(away); }
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-sm";
  again.textContent = saying("again");
  again.dataset.again = "";
  note.append(again);
  form.append(note);
};
const sent = new WeakMap();
const typedInto = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "version"));
const formOf = (event) => event.detail.elt?.closest?.("[data-saves]") ?? event.target.closest?.("[data-saves]");
const failed = (event, name, link) => { const form = formOf(event); if (form) { show(form, "failed", saying(name), link); announce(saying(name)); } };
document.addEventListener("htmx:beforeRequest", (event) => { const form = formOf(event); if (form) { show(form, "saving"); sent.set(form, typedInto(form)); } });
document.addEventListener("htmx:sendError", (event) => failed(event, "offline"));
document.addEventListener("htmx:timeout", (event) => failed(event, "offline"));
document.addEventListener("htmx:responseError", async (event) => {
  const { status } = event.detail.xhr;
  const form = formOf(event);
  if (status === 403 && form && await renew()) return htmx.trigger(form, "submit");
  failed(event, { 401: "signedOut", 403: "forbidden" }[status] ?? "server", status === 401 ? signInHere() : undefined);
});
document.addEventListener("htmx:validation:halted", (event) => failed(event, "server"));
document.addEventListener("click", (event) => { if (event.target.matches("[data-saves] [data-again]")) htmx.trigger(event.target.closest("form"), "submit"); });
addEventListener("online", () => document.querySelectorAll("[data-saves][data-saving=failed]").forEach((form) => htmx.trigger(form, "submit")));

// A refusal (4xx) is shown where it was asked for; being signed out, or somebody else, is not, for it would take the text away.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status >= 400 && status < 500 && ![401, 403].includes(status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
  const form = formOf(event);
  if (event.detail.shouldSwap && form && sent.has(form) && sent.get(form) !== typedInto(form)) goOn(form, event.detail);
});
// What was typed while an earlier text was on its way stays, and goes its own way when it is left; it follows what was saved.
const goOn = (form, detail) => {
  detail.shouldSwap = false;
  show(form, "");
  const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  if (answer.querySelector("[data-said]")) form.querySelector("[name=version]").value = answer.querySelector("[name=version]").value;
};
// Work that was typed and not saved is not left without a question.
addEventListener("beforeunload", (event) => {
  if (leaving.on) return;
  const unsaved = [...document.querySelectorAll("[data-saves][data-saving=failed], [data-saves][data-touched]")];
  if (unsaved.length || [...waiting].some((field) => field.isConnected)) event.preventDefault();
});
document.addEventListener("input", (event) => { const form = event.target.closest("[data-composed]"); if (form) form.dataset.touched = "yes"; });
