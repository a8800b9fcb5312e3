// Files that somebody chooses, drops on the page, pastes or takes with the camera. What sends them is loaded when there is one.
import { leaving } from "../components/session.js";
import { brokenOff, forgetBrokenOff } from "./kept.js";

const page = () => document.querySelector("[data-files]");
const zoneOf = (element) => element?.closest?.("[data-file-field]") ?? page();
let sending;
const take = async (...given) => { sending ??= await import("./sending.js"); sending.take(...given); };

// ---- chosen, taken with the camera ----

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches?.("[data-sends]")) return;
  event.stopImmediatePropagation();
  const files = [...input.files];
  input.closest("details.dossier-menu")?.removeAttribute("open");
  input.value = "";
  take(files, zoneOf(input), input.dataset.replaces);
}, true);

// ---- dropped, pasted ----

const over = (zone) => {
  document.querySelectorAll("[data-over]").forEach((each) => { if (each !== zone) delete each.dataset.over; });
  if (zone) zone.dataset.over = "";
};
const isForUs = (event) => page() && event.dataTransfer?.types.includes("Files") && !document.querySelector("dialog[open]");
addEventListener("dragover", (event) => {
  if (!isForUs(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  over(zoneOf(event.target));
});
addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(); });
addEventListener("drop", async (event) => {
  if (!isForUs(event)) return;
  event.preventDefault();
  over();
  const zone = zoneOf(event.target);
  take(await filesOf(event.dataTransfer), zone);
});
// Folders are looked through.
const filesOf = async ({ items, files }) => {
  const entries = [...items].map((each) => each.webkitGetAsEntry?.()).filter(Boolean);
  return entries.some((each) => each.isDirectory) ? (await Promise.all(entries.map(inside))).flat() : [...files];
};
const inside = async (entry) => {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const found = [];
  for (let some; (some = await new Promise((done, fail) => reader.readEntries(done, fail))).length;) found.push(...some);
  return (await Promise.all(found.map(inside))).flat();
};

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || !page() || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  take(files.map(named), zoneOf(document.activeElement));
});
// A picture from the clipboard has no name of its own.
const named = (file) => {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return new File([file], `${page().dataset.pasted} ${now}.${file.name.split(".").pop()}`, { type: file.type, lastModified: file.lastModified });
};

// ---- broken off ----

addEventListener("beforeunload", (event) => { if (sending?.isAtWork() && !leaving.on) event.preventDefault(); });
const tellBrokenOff = () => {
  const note = document.querySelector("[data-broken-off]");
  if (!note || sending?.isAtWork()) return;
  note.hidden = !brokenOff(`${page().dataset.member}:${page().dataset.case}`);
};
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-forget-broken-off]")) return;
  forgetBrokenOff(`${page().dataset.member}:${page().dataset.case}`);
  tellBrokenOff();
});
for (const name of ["dossier:drawn", "dossier:refreshed"]) document.addEventListener(name, tellBrokenOff);
tellBrokenOff();
