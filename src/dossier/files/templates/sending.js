// Files on their way to the case or to one of its fields: those that may be sent are, what was chosen together comes in that order.
import { renew } from "../components/session.js";
import { again as tryAgain, cancel, isAtWork, send } from "./queue.js";
import { line, ready, sizeOf } from "./tray.js";

export { isAtWork };
const page = () => document.querySelector("[data-files]");
const wordOf = () => document.querySelector("[name=form_token]")?.value ?? "";

// ---- what may be sent ----

const fits = (file, accept) => !file.type || accept.some((each) => each === file.type || (each.endsWith("/*") && file.type.startsWith(each.slice(0, -1))));
const problemOf = (file, zone, place, says) => {
  const { accept, most, accepted } = zone.dataset;
  if (!file.size) return says("empty");
  if (most && file.size > Number(most)) return says("tooLarge", { size: sizeOf(Number(most)) });
  if (accept && !fits(file, accept.split(","))) return says("wrongType", { types: accepted });
  if (place < 0) return says("tooMany", { count: zone.dataset.mostFiles });
  return "";
};

// ---- sending ----

// `zone`: the page's files, or a field. `replaces`: the file in whose place the first of them comes.
export const take = async (files, zone, replaces) => {
  await ready();
  const room = zone.dataset.mostFiles && !replaces ? Number(zone.dataset.mostFiles) - Number(zone.dataset.count) : Infinity;
  const batch = files.map((file, place) => one(file, zone, room - place - 1, replaces));
  for (const each of batch) each.batch = batch;
};
const one = (file, zone, place, replaces) => {
  const { uploads, program, case: id, member, put: address } = page().dataset;
  const where = { field: zone.dataset.fileField ?? "", replaces: replaces ?? "" };
  const goesOn = where.field || where.replaces; // once it is whole
  const each = { file, to: uploads, program, word: wordOf, place: `${member}:${id}`, about: goesOn ? {} : { case: id } };
  const shown = line(file, { again: () => again(each), cancel: () => forget(each) });
  Object.assign(each, shown, {
    failed: async (status, body) => {
      if (status === 403 && await renew()) return tryAgain(each); // the session began anew, in another tab
      each.stands = true;
      each.noLine = !status;
      shown.failed(status ? sentenceOf(body) ?? shown.says("failed") : shown.says("noLine"));
      return deliver(each);
    },
    kept: (id) => { each.id = id; deliver(each); },
    arrived: () => (goesOn ? put(each, address, where, shown) : shown.kept()),
  });
  const problem = problemOf(file, zone, place, shown.says);
  if (problem) { each.gone = true; shown.refused(problem); } else { all.add(each); send(each); }
  return each;
};
const all = new Set();
const again = (each) => { each.stands = false; each.waits(); if (each.id) deliver(each); else tryAgain(each); };
const forget = (each) => { each.gone = true; cancel(each); each.leave(); deliver(each); };
addEventListener("online", () => { for (const each of all) if (each.stands && each.noLine) again(each); });
// Files that were chosen together come into a field in the order in which they were chosen: each waits for those before it.
const deliver = async ({ batch }) => {
  if (batch.delivering) return;
  batch.delivering = true;
  for (const each of batch) {
    if (each.gone || each.there || each.stands) continue;
    if (!each.id) break;
    each.there = true;
    await each.arrived();
  }
  batch.delivering = false;
  if (batch.some((each) => each.there)) document.dispatchEvent(new Event("dossier:changed"));
};
const put = async (each, address, where, shown) => {
  const body = new URLSearchParams({ form_token: wordOf(), attachment: each.id, ...where });
  const answer = await fetch(address, { method: "POST", body, headers: { "X-Stay": "yes" } }).catch(() => undefined);
  if (answer?.headers.get("X-See-Other")) return shown.kept();
  each.there = false;
  each.stands = true;
  shown.failed(answer?.headers.get("X-Part") ? textOf(await answer.text()) : shown.says("failed"));
};
const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.replace(/\s+/g, " ").trim();
const sentenceOf = (body) => { try { return JSON.parse(body).errors.map((each) => each.detail).join(" "); } catch { return undefined; } };
