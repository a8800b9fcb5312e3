// What is on its way to the server, at the edge of the screen: a line for each file, with how far it is and what can be done about it.
import { announce } from "../components/say.js";

const SHOWN_FOR = 4000; // milliseconds that a file which arrived stays there
const first = () => document.getElementById("uploads");
let tray = first();
const lines = () => tray.querySelector("ul");
// Its words and the shape of a line come when the first file is sent.
let coming;
export const ready = () => (coming ??= fill().catch((error) => { coming = undefined; throw error; }));
const fill = async () => {
  const answer = await fetch(tray.dataset.from);
  const filled = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("uploads");
  tray.replaceWith(filled);
  tray = filled;
};
// Another page may have been drawn over this one: what goes on is shown there too.
document.addEventListener("dossier:drawn", () => { if (first() && first() !== tray) first().replaceWith(tray); });

const says = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, () => value), tray.dataset[name]);
export const sizeOf = (bytes) => {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 1), 3);
  const unit = ["kilobyte", "megabyte", "gigabyte"][power - 1];
  const shown = bytes / 1000 ** power;
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: shown < 10 ? 1 : 0 }).format(shown);
};

// A line for a file; `again` and `cancel` are what its buttons do.
export const line = (file, { again, cancel }) => {
  const shown = tray.querySelector("template").content.firstElementChild.cloneNode(true);
  const part = (name) => shown.querySelector(`[data-${name}]`);
  const name = file.name;
  part("name").textContent = name;
  part("far").setAttribute("aria-label", name);
  part("again").setAttribute("aria-label", says("againWith", { name }));
  part("cancel").setAttribute("aria-label", says("cancelOf", { name }));
  part("again").addEventListener("click", again);
  part("cancel").addEventListener("click", cancel);
  const state = (state, text) => { shown.dataset.state = state; part("note").textContent = text; };
  const leave = () => { shown.remove(); tray.hidden = !lines().children.length; };
  lines().append(shown);
  tray.hidden = false;
  state("waiting", says("waiting"));
  return {
    leave,
    waits: () => state("waiting", says("waiting")),
    sent: (done, of) => {
      part("far").value = of ? done / of : 0;
      state("sending", says("sending", { done: sizeOf(done), of: sizeOf(of) }));
    },
    broken: () => state("broken", says("broken")),
    failed: (text) => { state("failed", text); announce(`${name}: ${text}`); },
    // Refused before it was sent: nothing would be otherwise if it was tried again.
    refused: (text) => { part("again").remove(); part("far").remove(); state("failed", text); announce(`${name}: ${text}`); },
    kept: () => { part("far").value = 1; state("kept", says("kept")); announce(says("keptNamed", { name })); setTimeout(leave, SHOWN_FOR); },
    says,
  };
};
