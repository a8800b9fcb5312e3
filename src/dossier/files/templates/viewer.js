// Files looked at over the page: pages as pictures, nearer, turned, the file before and after. Without scripts it is a page of its own.
import { announce } from "../components/say.js";

const OPEN = "#view"; // in the address while it is open, so that Back closes it
const NEAREST = 6, FARTHEST = 0.25, STEP = 1.25;
let dialog, zoom = 1, turned = 0;

const viewer = () => (dialog?.isConnected ? dialog : document).querySelector("[data-viewer]");
const pages = () => viewer()?.querySelector("[data-pages]");

// ---- opening and closing ----

const partOf = async (address) => {
  const answer = await fetch(address).catch(() => undefined);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
  return page?.querySelector("[data-viewer]");
};
export const open = async (link) => {
  const part = await partOf(link.href);
  if (!part) { location.assign(link.href); return; }
  link.closest("details")?.removeAttribute("open");
  (link.closest("details")?.querySelector("summary") ?? link).focus();
  dialog = document.createElement("dialog");
  dialog.className = "d-viewing";
  dialog.setAttribute("aria-labelledby", "viewer-name");
  dialog.addEventListener("close", left);
  document.body.append(dialog);
  show(part);
  dialog.showModal();
  pages().focus();
  if (location.hash !== OPEN) location.hash = OPEN;
};
const left = () => {
  dialog.remove();
  if (location.hash === OPEN) history.back();
};
addEventListener("hashchange", () => { if (location.hash !== OPEN && dialog?.open) dialog.close(); });
if (location.hash === OPEN) history.replaceState(history.state, "", location.pathname + location.search);

const show = (part) => {
  dialog.replaceChildren(part);
  [zoom, turned] = [1, 0];
  prepare();
};
const leaf = async (link) => {
  if (!link) return;
  if (!dialog?.isConnected) { location.assign(link.href); return; }
  const part = await partOf(link.href);
  if (!part || !dialog.open) return;
  show(part);
  pages().focus();
  announceIn(viewer().dataset.said);
};
// While a dialog is open, what is outside of it is not read out.
const announceIn = (text) => { const region = viewer()?.querySelector("[role=status]"); if (region) region.textContent = text; else announce(text); };

// ---- how it is shown ----

const drawn = () => {
  const box = pages();
  box.style.setProperty("--zoom", zoom);
  box.dataset.turned = turned;
  const shown = viewer().querySelector("[data-zoom-shown]");
  if (zoom >= 2) for (const each of box.querySelectorAll("img")) if (!each.src.includes("?")) each.src += "?size=3200"; // sharp from near by
  if (shown) shown.textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(zoom);
};
// What is in the middle stays there.
const nearer = (to) => {
  const box = pages();
  if (!box) return;
  const [x, y] = [(box.scrollLeft + box.clientWidth / 2) / box.scrollWidth, (box.scrollTop + box.clientHeight / 2) / box.scrollHeight];
  zoom = Math.min(NEAREST, Math.max(FARTHEST, to));
  drawn();
  box.scrollTo(x * box.scrollWidth - box.clientWidth / 2, y * box.scrollHeight - box.clientHeight / 2);
};
const turn = () => { turned = (turned + 90) % 360; drawn(); };
const sized = (picture) => {
  const page = picture.parentElement;
  page.style.setProperty("--w", picture.naturalWidth || picture.width);
  page.style.setProperty("--h", picture.naturalHeight || picture.height);
};
const prepare = () => {
  const box = pages();
  if (!box) return;
  for (const picture of box.querySelectorAll("img")) {
    sized(picture);
    picture.onload = () => { sized(picture); counted(); };
    picture.onerror = () => { picture.parentElement.dataset.missing = ""; };
  }
  drawn();
  watch(box);
  pinched(box);
};
// While nobody has counted the pages, the first picture counts them: then there are the others too.
const counted = async () => {
  if (viewer()?.dataset.uncounted === undefined) return;
  delete viewer().dataset.uncounted;
  const part = await partOf(viewer().dataset.address);
  if (part?.dataset.address !== viewer()?.dataset.address) return;
  pages().append(...[...part.querySelector("[data-pages]").children].slice(1));
  prepare();
};
// Which page is in the middle.
const watch = (box) => {
  const shown = viewer().querySelector("[data-page-shown]");
  const all = [...box.children];
  if (!shown || all.length < 2) return;
  const seen = new IntersectionObserver((found) => {
    const at = found.find((each) => each.isIntersecting);
    if (at) shown.textContent = shown.dataset.pageShown.replace("{page}", all.indexOf(at.target) + 1).replace("{pages}", all.length);
  }, { root: box, rootMargin: "-49% 0px -49% 0px" });
  all.forEach((each) => seen.observe(each));
};
const apart = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
const pinched = (box) => {
  let from;
  box.addEventListener("touchstart", (event) => { from = event.touches.length === 2 ? { apart: apart(event.touches), zoom } : undefined; }, { passive: true });
  box.addEventListener("touchmove", (event) => {
    if (!from || event.touches.length !== 2) return;
    event.preventDefault();
    nearer((from.zoom * apart(event.touches)) / from.apart);
  }, { passive: false });
  box.addEventListener("wheel", (event) => { if (event.ctrlKey) { event.preventDefault(); nearer(zoom * (event.deltaY < 0 ? STEP : 1 / STEP)); } }, { passive: false });
};

// ---- buttons and keys ----

const link = (name) => viewer()?.querySelector(`a[data-${name}]`);
const ACTS = {
  in: () => nearer(zoom * STEP), out: () => nearer(zoom / STEP), fit: () => nearer(1), turn,
};
const KEYS = {
  "+": ACTS.in, "=": ACTS.in, "-": ACTS.out, 0: ACTS.fit, r: turn, R: turn,
  ArrowLeft: () => leaf(link("before")), ArrowRight: () => leaf(link("after")),
};
const isPlain = (event) => !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey;
document.addEventListener("keydown", (event) => {
  if (!viewer() || !isPlain(event) || event.target.matches?.("input, textarea, select") || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest?.(selector);
  if (!isPlain(event) || event.button || event.shiftKey) return;
  if (on("[data-shows]")) ACTS[on("[data-shows]").dataset.shows]();
  else if (dialog?.isConnected && on("a[data-close]")) { event.preventDefault(); dialog.close(); }
  else if (on("[data-before], [data-after]")) { event.preventDefault(); leaf(on("[data-before], [data-after]")); }
});
prepare();
