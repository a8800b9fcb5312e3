// A page drawn over the one that is open: what differs changes; the rest stays, with what is being typed in it.
import { isBusy } from "./busy.js";

const PERMANENT = "#toasts, #announcements, #uploads";
const scriptsOf = (page) => [...page.querySelectorAll("script[type=module][src]")].map((each) => each.getAttribute("src"));
const loaded = new Set(scriptsOf(document));
const stylesOf = (page) => page.querySelector("link[rel=stylesheet]")?.getAttribute("href");
// Filled by a request of its own: it is asked for once a load, not whenever the page is drawn.
const isSameForm = (old, fresh) => old.getAttribute("action") === fresh.getAttribute?.("action");
const isFilled = (old, fresh) => old.matches?.("[hx-trigger=load]") && old.getAttribute("hx-get") === fresh.getAttribute?.("hx-get");

export const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

// `acted`: the form in which somebody did it; it is drawn although they are in it. `closes`: what is done by it, so that menus around it
// close. `afresh`: the page shows something else, on which nothing was typed yet. `elsewhere`: it is another page.
// False when the server has other scripts and styles by now, or somebody else is signed in: then the page must be loaded.
export const draw = async (page, { acted, closes, afresh, elsewhere }) => {
  if (stylesOf(page) !== stylesOf(document) || page.body.dataset.member !== document.body.dataset.member) return false;
  document.querySelectorAll("dialog[open]").forEach((each) => each.close());
  const kept = afresh ? [] : [...document.querySelectorAll("form[method=post]")].filter((each) => each !== acted && isBusy(each));
  const staysOpen = (each) => !elsewhere && each.matches("details") && (each.matches("[data-fold]") || !closes || !each.contains(closes));
  Idiomorph.morph(document.body, [...page.body.childNodes], {
    morphStyle: "innerHTML",
    callbacks: {
      beforeNodeMorphed: (old, fresh) => !((kept.includes(old) && isSameForm(old, fresh)) || old.matches?.(PERMANENT) || isFilled(old, fresh)),
      beforeAttributeUpdated: (name, each, how) => !(name === "open" && how === "remove" && staysOpen(each)),
    },
  });
  for (const root of ["documentElement", "body"])
    for (const { name, value } of page[root].attributes) document[root].setAttribute(name, value);
  document.title = page.title;
  await loadScripts(page);
  htmx.process(document.body);
  document.dispatchEvent(new CustomEvent("dossier:drawn", { detail: { kept } }));
  return true;
};

const loadScripts = (page) => Promise.all(scriptsOf(page).filter((each) => !loaded.has(each)).map((each) => { loaded.add(each); return import(each); }));
