// What others change appears; what is being typed, or was refused, stays as it is.
import { isBusy } from "./busy.js";
import { parsed } from "./draw.js";
import { signedOut } from "./session.js";

const regions = () => new Map([...document.querySelectorAll("[data-live][id]")].map((region) => [region.id, region.outerHTML]));
let seen = regions();
const values = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "version"));
// A form that only shows a value holds none that could be the same.
const holdsValues = (form) => [...form.elements].some((each) => each.name && each.type !== "hidden");
const sameValues = (one, other) => holdsValues(one) && values(one) === values(other);
let missed = false;
// A page that was asked for before something was saved here is older than what is shown: it is asked for again.
let saved = 0;
// Which version of the thing is shown: whoever begins to listen is told of what happened before.
const versionOf = (page) => page.querySelector("[data-live-version]")?.dataset.liveVersion;
let version = versionOf(document);
for (const name of ["htmx:afterSwap", "dossier:drawn"]) document.addEventListener(name, () => { saved += 1; });
const refresh = async () => {
  const before = saved;
  const answer = await fetch(location.href, { headers: { "X-Live": "refresh" } }).catch(() => undefined);
  if (answer?.status === 401) return signedOut();
  if (!answer || answer.status === 429 || answer.status >= 500) return; // what is shown stays; the next change asks again
  if (!answer.ok) return location.reload();
  const text = await answer.text();
  if (saved === before) refreshFrom(text); else refreshSoon();
};
const refreshFrom = (text) => {
  const page = parsed(text);
  missed = false;
  version = versionOf(page);
  for (const fresh of page.querySelectorAll("[data-live][id]")) {
    const region = document.getElementById(fresh.id);
    if (!region || seen.get(fresh.id) === fresh.outerHTML) continue;
    if (region.matches("form") && sameValues(region, fresh)) {
      region.querySelector("[name=version]").value = fresh.querySelector("[name=version]").value;
      continue;
    }
    if (isBusy(region)) { missed = true; continue; }
    seen.set(fresh.id, fresh.outerHTML);
    const unfolded = [...region.querySelectorAll("[data-fold][open]")].map((each) => each.id);
    Idiomorph.morph(region, fresh.outerHTML, { restoreFocus: true });
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    htmx.process(document.getElementById(fresh.id));
    document.getElementById(fresh.id).dispatchEvent(new CustomEvent("dossier:fresh", { bubbles: true }));
  }
  document.dispatchEvent(new CustomEvent("dossier:refreshed"));
};
const refreshSoon = (() => { let timer; return () => { clearTimeout(timer); timer = setTimeout(refresh, 50); }; })();
const sourceOf = () => document.querySelector("[data-live-source]")?.dataset.liveSource;
let source = sourceOf();
let stream;
let heard = "";
const listen = () => {
  if (!source || stream || document.hidden) return;
  stream = new EventSource(version ? `${source}?version=${version}` : source);
  // What happened while nothing was heard, as while a server started again, is looked for.
  stream.addEventListener("open", () => { if (heard === source) refreshSoon(); heard = source; });
  stream.addEventListener("changed", async () => {
    await refresh();
    const note = document.querySelector("[data-live-note]");
    if (note) note.textContent = note.dataset.liveNote;
  });
  // Who has just erased it is on their way to another page, which is drawn over this one.
  stream.addEventListener("gone", () => { if (!document.querySelector("#content[aria-busy=true]")) location.reload(); });
  stream.addEventListener("error", async () => {
    if (stream?.readyState !== EventSource.CLOSED) return;
    stream = undefined;
    setTimeout(listen, 5000);
    const answer = await fetch(location.href, { headers: { "X-Live": "refresh" } }).catch(() => undefined);
    if (answer?.status === 401) signedOut();
  });
};
listen();
// A browser keeps six connections to a server: pages that nobody looks at give theirs back.
document.addEventListener("visibilitychange", () => {
  if (!source) return;
  if (document.hidden) { stream?.close(); stream = undefined; heard = ""; } else { listen(); refreshSoon(); }
});
document.addEventListener("dossier:drawn", () => {
  seen = regions();
  missed = false;
  version = versionOf(document);
  if (sourceOf() === source) return;
  stream?.close();
  stream = undefined;
  source = sourceOf();
  listen();
});
document.addEventListener("focusout", () => { if (missed) refreshSoon(); });
document.addEventListener("dossier:changed", refreshSoon); // here, by a script
addEventListener("pagehide", () => stream?.close());
