// What is done on a page does not load it anew: forms, and links that show the same page otherwise, are answered in place.
// Focus and scroll stay, Back goes back, and what was done is said. Without scripts they are plain forms and links.
import { draw, parsed } from "./draw.js";
import { describe, focusOn } from "./focus.js";
import { announce, saying } from "./say.js";
import { show } from "./saving.js";
import { leaving, renew, signInHere } from "./session.js";
import { toast } from "./toast.js";

const isMember = () => Boolean(document.body.dataset.member);
const withoutHash = (address) => address.split("#")[0];
const pathOf = (address) => new URL(address, location).pathname;
let asked = new AbortController(); // of several pages that were asked for, the last is shown
let last = location.href;
let drawn = location.pathname;

// ---- where one is ----

const isHere = (address) => withoutHash(new URL(address, location).href) === withoutHash(location.href);
const go = (address) => { if (!isHere(address)) push(address); };
const push = (address) => {
  history.replaceState({ ...history.state, top: scrollY }, "");
  history.pushState({}, "", address);
  last = location.href;
};
addEventListener("popstate", async (event) => {
  const before = last;
  last = location.href;
  if (!isMember() || (before !== last && withoutHash(before) === withoutHash(last))) return; // a place on the same page
  const top = event.state?.top ?? 0;
  if (await look(location.href, { afresh: true })) scrollTo(0, top);
});

// ---- links and forms that show something ----

// Draws the page at an address; false when something else was asked for meanwhile, or the page has to be loaded.
const look = async (address, how) => {
  asked.abort();
  const mine = asked = new AbortController();
  document.getElementById("content").setAttribute("aria-busy", "true");
  const answer = await fetch(address, { headers: { "X-Live": "refresh" }, signal: mine.signal }).catch(() => undefined);
  const text = isPage(answer) ? await answer.text().catch(() => undefined) : undefined;
  if (mine !== asked) return false;
  const there = answer?.redirected ? answer.url : address;
  if (text === undefined) return load(there);
  const elsewhere = pathOf(there) !== drawn;
  go(there);
  return await draw(parsed(text), { ...how, elsewhere }) || load(there);
};
const isPage = (answer) => answer?.headers.get("Content-Type")?.startsWith("text/html") && answer.status !== 401 && answer.status < 500;
const load = (address) => {
  leaving.on = true;
  if (isHere(address)) location.reload(); else location.assign(address);
  return false;
};

const turn = async (address, from, leafing) => {
  const found = whereFocusIs(from);
  if (!await look(address, { acted: from.closest("form"), closes: from, afresh: !isHere(address) })) return;
  refocus(found);
  if (leafing) scrollTo(0, 0);
  announce(document.querySelector("#content h1")?.innerText.replace(/\s+/g, " ").trim() ?? "");
};
// The page as the server has it; of what is typed on it, only that form is drawn anew.
export const again = (form) => turn(location.href, form);

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (!isMember() || link.matches("[download], [target]") || link.origin !== location.origin || link.pathname !== location.pathname) return;
  if (link.hash && link.search === location.search) return;
  event.preventDefault();
  turn(link.href, link, link.matches("[rel=next], [rel=prev]"));
});

// ---- forms ----

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const said = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name); // a form's own “method” may be a field of it
  const method = (said("method") ?? "get").toLowerCase();
  if (event.defaultPrevented || !isMember() || said("target") || form.matches("[data-leaves]") || method === "dialog") return;
  const action = new URL(said("action") ?? location.href, location);
  if (method === "post") { event.preventDefault(); act(form, submitter, action); return; }
  if (action.pathname !== location.pathname) return;
  event.preventDefault();
  turn(`${action.pathname}?${new URLSearchParams(new FormData(form, submitter))}`, form);
});

const sending = new WeakSet();
const act = async (form, submitter, action) => {
  if (sending.has(form)) return;
  sending.add(form);
  const answer = await sent(form, submitter, action).catch(() => undefined);
  sending.delete(form);
  if (answer) await shown(form, submitter, action, answer); else fail(form, "offline");
};
const sent = async (form, submitter, action) => {
  const post = () => {
    const fields = new FormData(form, submitter);
    return fetch(action, { method: "POST", body: form.getAttribute("enctype") === "multipart/form-data" ? fields : new URLSearchParams(fields), headers: { "X-Stay": "yes" } });
  };
  const answer = await post();
  return answer.status === 403 && await renew() ? post() : answer;
};
const shown = async (form, submitter, action, answer) => {
  if (answer.status === 401) return fail(form, "signedOut", signInHere());
  if (answer.status >= 500) return fail(form, "server");
  if (answer.headers.get("X-Part")) return refuse(form, submitter, await answer.text());
  const done = whatWasDone(form, submitter);
  const found = whereFocusIs(submitter ?? form);
  const before = location.pathname;
  const leadsTo = answer.headers.get("X-See-Other");
  if (leadsTo ? !await look(leadsTo, { acted: form, closes: submitter && form, afresh: pathOf(leadsTo) !== before }) : !await question(form, action, await answer.text())) return;
  if (location.pathname === before && leadsTo) refocus(found); else arrive(leadsTo);
  if (leadsTo || !document.querySelector("#content [data-refused]")) say(form, done, location.pathname === before);
};
// An answer that is no other page: something more is asked, said once, or refused. Back leads to the page without it.
const question = (form, action, text) => {
  const elsewhere = action.pathname !== location.pathname;
  if (elsewhere) push(location.href);
  return draw(parsed(text), { acted: form, closes: form, afresh: elsewhere, elsewhere });
};
const arrive = (address) => {
  const place = address?.includes("#") ? document.getElementById(new URL(address, location).hash.slice(1)) : undefined;
  const first = document.querySelector("#content [autofocus], #content [data-focus]");
  (first ?? document.getElementById("content")).focus({ preventScroll: true });
  if (place) place.scrollIntoView(); else if (address) scrollTo(0, 0); else document.querySelector("#content [role=alert], #content [role=status]")?.scrollIntoView({ block: "nearest" });
};

// ---- what became of it ----

const fail = (form, name, link) => { returned(form); show(form, "failed", saying(name), link); };
const returned = (form) => form.dispatchEvent(new CustomEvent("dossier:returned", { bubbles: true }));
// What the server refuses is said beside the button, in its words; a choice that was refused is as it was.
const refuse = (form, submitter, html) => {
  returned(form);
  form.querySelector("[data-save-state]")?.remove();
  const note = document.createElement("div");
  note.dataset.saveState = "";
  note.className = "mt-2 w-100";
  note.append(...parsed(html).body.children);
  form.append(note);
  if (!submitter) form.reset();
};
const say = (form, done, here) => {
  const said = document.querySelector("#content [data-done]")?.textContent.trim() || done;
  announce(said);
  toast(said, here && !form.getAttribute("action").endsWith("/undo") ? undoOf() : undefined);
};
const nameOf = (each) => (each?.getAttribute("aria-label") ?? each?.labels?.[0]?.textContent ?? each?.textContent ?? "").replace(/\s+/g, " ").trim();
const whatWasDone = (form, submitter) => {
  const chosen = submitter ?? form.querySelector("[data-submit]");
  const value = chosen?.matches("select") ? `: ${chosen.selectedOptions[0]?.textContent.trim()}` : "";
  return chosen && nameOf(chosen) ? saying("doneThat").replace("{what}", () => nameOf(chosen) + value) : saying("done");
};
// The way back of what was just done: the newest entry of the timeline, if it can be taken back.
const undoOf = () => {
  const form = document.querySelector("[data-newest] form[action$='/undo']");
  return form ? () => form.requestSubmit() : undefined;
};

// ---- focus ----

const whereFocusIs = (from) => {
  const active = from.contains(document.activeElement) && document.activeElement !== document.body ? document.activeElement : from;
  return { active: document.activeElement, what: describe(active), menu: from.closest("details")?.querySelector("summary") };
};
const isShown = (each) => each?.isConnected && each !== document.body && each.checkVisibility();
const refocus = ({ active, what, menu }) => {
  if (isShown(document.activeElement)) return;
  const first = [active, menu].find(isShown);
  if (first) first.focus({ preventScroll: true }); else if (!focusOn(document.getElementById("content"), what)) document.getElementById("content").focus({ preventScroll: true });
};

document.addEventListener("dossier:drawn", () => { leaving.on = false; last = location.href; drawn = location.pathname; });
document.addEventListener("click", (event) => { if (event.target.matches?.("form:not([data-saves]) [data-again]")) event.target.closest("form").requestSubmit(); });
