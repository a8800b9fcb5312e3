// The pages on either side of this one, at hand while there is no connection: in this tab's memory alone, so that nothing of them stays on the device.
const AHEAD = 2, BEHIND = 1;
const AFTER = 1200; // milliseconds: whoever goes on at once needs none
const pages = new Map(); // path → { main, title, left, stale }
let shown = location.pathname;
let tools;

const main = () => document.querySelector("main");
const order = () => (main().dataset.pages ?? "").split(" ").filter(Boolean);
const path = (address) => new URL(address, location).pathname;
const place = () => order().findIndex((each) => path(each) === shown);

export function start(given) {
  tools = given;
  if (!navigator.connection?.saveData) setTimeout(gather, AFTER);
  addEventListener("popstate", () => {
    if (location.pathname === shown) return;
    if (!tools.isOff() || !put(location.pathname)) location.reload();
  });
  document.addEventListener("click", (event) => {
    const back = event.target.closest("a.p-back");
    if (back && tools.isOff() && go(-1)) event.preventDefault();
  });
}

export const find = (selector) => [...pages.values()].map((each) => each.main.querySelector(selector)).find(Boolean);

// What is asked on the other pages has changed by an answer: those that nobody has been to are had anew, and are there meanwhile.
export function renew() {
  for (const each of pages.values()) each.stale = !each.left;
  gather();
}

// One page on, or back; whether it is at hand.
export function go(step) {
  const address = order()[place() + step];
  if (place() < 0 || !address || !put(path(address))) return false;
  history.pushState(null, "", address);
  return true;
}

async function gather() {
  const all = order(), here = place();
  if (here < 0) return;
  for (const address of [...all.slice(here + 1, here + 1 + AHEAD), ...all.slice(Math.max(0, here - BEHIND), here)]) {
    const there = pages.get(path(address));
    if (!there || there.stale) await have(address).catch(() => null);
  }
}

async function have(address) {
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = drawn.querySelector("main[data-answers]");
  if (!there) return;
  await needed(drawn);
  if (!pages.get(path(address))?.left) pages.set(path(address), { main: document.importNode(there, true), title: drawn.title });
}

// What only some pages need is had while it can be.
async function needed(drawn) {
  if (drawn.querySelector("[data-files]")) await import("./files.js");
  if (drawn.querySelector("[data-sign]")) await import("./signing.js");
  for (const each of drawn.querySelectorAll("script[src]:not([type])")) {
    const address = each.getAttribute("src");
    if (!document.querySelector(`script[src="${address}"]`)) {
      document.head.append(Object.assign(document.createElement("script"), { src: address }));
    }
  }
}

function put(at) {
  const there = pages.get(at);
  if (!there) return false;
  pages.set(shown, { main: main(), title: document.title, left: true });
  pages.delete(at);
  main().replaceWith(there.main);
  document.title = there.title;
  shown = at;
  scrollTo(0, 0);
  there.main.focus();
  if (!there.left) tools.watch(there.main);
  return true;
}
