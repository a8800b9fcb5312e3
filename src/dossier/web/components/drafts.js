// What is typed and not saved stays in this tab: it is there again after signing in anew, or coming back to the page.
// In the tab alone (sessionStorage), under the member who typed it: nobody else at this machine finds it.
import { again } from "./stay.js";

const { member } = document.body.dataset;
const words = () => document.getElementById("sayings")?.dataset ?? {};
const nameOf = (form) => `draft ${member} ${location.pathname} ${form.id}`;
const draftNames = () => Object.keys(sessionStorage).filter((name) => name.startsWith("draft "));
const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
const keep = (name, draft) => sessionStorage.setItem(name, JSON.stringify(draft));
const forget = (form) => sessionStorage.removeItem(nameOf(form));

// The inputs of a form, each with a key of its own; those of a table's lines are read as lines.
const isAsked = (each) => each.name && !each.closest("[data-table]") && (each.type !== "hidden" || each.matches("[data-value]")) && ![ "password", "file", "submit"].includes(each.type);
const keyed = (form) => {
  const times = {};
  return [...form.elements].filter(isAsked).map((each) => {
    const key = each.type === "checkbox" ? `${each.name}=${each.value}` : each.name;
    times[key] = (times[key] ?? 0) + 1;
    return [`${key}#${times[key]}`, each];
  });
};
const isNow = (each) => each.type === "checkbox" ? String(each.checked) : each.value;
const was = (each) => each.type === "checkbox" ? String(each.defaultChecked)
  : each.matches("select") ? ([...each.options].find((option) => option.defaultSelected) ?? each.options[0])?.value ?? "" : each.defaultValue;
const lines = (form, value) => [...form.querySelectorAll("[data-table] tr")]
  .map((line) => [...line.querySelectorAll("[name]")].map(value)).filter((line) => line.some(Boolean));
const snapshot = (form, value) => ({ values: Object.fromEntries(keyed(form).map(([key, each]) => [key, value(each)])), lines: lines(form, value) });
const version = (form) => form.querySelector("[name=version]");

// What the server had shown before anybody typed.
const shown = new Map();
const look = (root) => { for (const form of root.querySelectorAll("form[data-keeps][id]")) shown.set(form.id, { ...snapshot(form, was), version: version(form)?.value }); };
const differs = (one, other) => JSON.stringify(one.values) !== JSON.stringify(other.values) || JSON.stringify(one.lines) !== JSON.stringify(other.lines);
const remember = (form) => {
  const old = read(nameOf(form))?.old ?? shown.get(form.id);
  const typed = snapshot(form, isNow);
  if (old && differs(old, typed)) keep(nameOf(form), { old, typed }); else forget(form);
};
const noticed = (event) => { const form = event.target.closest?.("form[data-keeps][id]"); if (member && form) remember(form); };
for (const kind of ["input", "change"]) document.addEventListener(kind, noticed);
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-add-line], [data-remove-line], [data-add-row], [data-remove-row]")) noticed(event);
});

// Saved: nothing is left to keep. A form that leaves the page is only known to be taken by where it leads to.
document.addEventListener("htmx:afterSwap", (event) => {
  const form = document.getElementById(event.detail.target?.id);
  if (!form?.matches("form[data-keeps]")) return;
  if (form.querySelector("[data-said]")) { forget(form); look(form.parentElement); }
});
document.addEventListener("dossier:returned", (event) => { const draft = read(nameOf(event.target)); if (draft) keep(nameOf(event.target), { ...draft, sent: false }); });
document.addEventListener("dossier:fresh", (event) => look(event.target.parentElement));
document.addEventListener("click", (event) => { const form = event.target.matches("[data-forget]") && event.target.closest("form"); if (form) forget(form); });
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-signs-out]")) draftNames().forEach((name) => sessionStorage.removeItem(name));
  const draft = form.matches("[data-keeps][id]") && read(nameOf(form));
  if (draft && !event.defaultPrevented) keep(nameOf(form), { ...draft, sent: true });
});

// Back on the page: what nobody else has touched is put in; what somebody has is not overwritten.
const put = (each, value) => {
  if (each.type === "checkbox") each.checked = value === "true"; else each.value = value;
  each.dispatchEvent(new CustomEvent("dossier:put", { bubbles: true }));
  if (each.matches("[data-attribute], [data-operator]")) each.dispatchEvent(new Event("change", { bubbles: true }));
};
const putLines = (form, wanted) => {
  const body = form.querySelector("[data-table]");
  while (body.children.length <= wanted.length) form.querySelector("[data-add-line]").click();
  [...body.children].forEach((line, place) => line.querySelectorAll("[name]").forEach((each, column) => { each.value = wanted[place]?.[column] ?? ""; }));
};
const addRows = (form, draft) => {
  const rows = Object.keys(draft.typed.values).filter((key) => /^(.+\.)?a#/.test(key)).length;
  const add = form.querySelector("[data-add-row]");
  while (add && form.querySelectorAll("[data-row]").length < rows) add.click();
};
const captioned = (each) => (each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.name).trim();
const restore = (form) => {
  const draft = read(nameOf(form));
  const there = shown.get(form.id);
  if (!draft || !there) return;
  const asks = form.matches("[data-saves]"); // the server then shows both values, or puts them together
  const clashes = [];
  let restored = false;
  addRows(form, draft);
  for (const [key, each] of keyed(form)) {
    const [mine, old, theirs] = [draft.typed.values[key], draft.old.values[key] ?? "", there.values[key] ?? ""];
    if (mine === undefined || mine === old || mine === theirs) continue;
    restored = true;
    if (theirs !== old) clashes.push([captioned(each), mine]);
    if (theirs === old || asks) put(each, mine);
  }
  const sameLines = JSON.stringify(draft.typed.lines) === JSON.stringify(there.lines);
  if (!sameLines && JSON.stringify(draft.typed.lines) !== JSON.stringify(draft.old.lines)) {
    restored = true;
    if (JSON.stringify(there.lines) !== JSON.stringify(draft.old.lines)) clashes.push(["", ""]);
    putLines(form, draft.typed.lines);
  }
  if (!restored) return forget(form);
  if (clashes.length && asks && draft.old.version) version(form).value = draft.old.version;
  if (asks) form.dataset.touched = "yes";
  for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  tell(form, clashes.length ? (asks ? words().keptClash : `${words().youTyped} ${clashes.map(([name, mine]) => `${name}: ${mine}`).join("; ")}`) : "");
};
const tell = (form, more) => {
  const note = document.createElement("div");
  note.className = "alert alert-warning mt-2 mb-0 w-100";
  note.dataset.draft = "";
  note.setAttribute("role", "status");
  const text = document.createElement("div");
  text.textContent = `${words().kept} ${more}`.trim();
  const buttons = document.createElement("div");
  buttons.className = "mt-2 d-flex flex-wrap gap-2";
  const saves = form.querySelector("button:not([type=button])") ? [] : [["draftSave", words().save]];
  for (const [name, label] of [...saves, ["draftDiscard", words().discard]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.dataset[name] = "";
    button.textContent = label;
    buttons.append(button);
  }
  note.append(text, buttons);
  (form.querySelector(".card-body") ?? form).append(note);
};
document.addEventListener("click", (event) => {
  const form = event.target.closest("form");
  if (event.target.matches("[data-draft-save]")) htmx.trigger(form, "submit");
  if (event.target.matches("[data-draft-discard]")) { forget(form); again(form); }
});
// Here a form that was sent has arrived: taken, unless this page refuses it or asks who one is. What is `kept` as it was is at work still.
const arrive = (kept) => {
  const refused = !member || document.querySelector("[data-refused]");
  for (const name of draftNames()) {
    const draft = read(name);
    if (member && !name.startsWith(`draft ${member} `)) sessionStorage.removeItem(name);
    else if (draft.sent && refused) keep(name, { ...draft, sent: false });
    else if (draft.sent) sessionStorage.removeItem(name);
  }
  look(document);
  if (member) [...document.querySelectorAll("form[data-keeps][id]")].filter((form) => !kept.includes(form)).forEach(restore);
};
arrive([]);
document.addEventListener("dossier:drawn", (event) => arrive(event.detail.kept));
