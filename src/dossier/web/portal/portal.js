// What makes the portal quicker: each answer saved by itself, kept here while there is no connection. Everything works without it.
const main = document.querySelector("main");
const say = document.getElementById("p-sayings").dataset;
const shown = document.getElementById("p-saved");
const { form, token, answers } = main.dataset;
const here = () => document.querySelector("main").dataset.here;
const store = form && `dossier:${form}`;
const waiting = new Map(Object.entries(kept()));
const timers = new Map();
let sending = false, lost = false;
let asked; // elements that are visible, as the server said last
let beside; // pages that are at hand without a connection

function kept() {
  try { return JSON.parse(localStorage.getItem(store)) ?? {}; } catch { return {}; }
}

// What waits here of forms goes: of one that is over, or of all once somebody signs out.
function forget(which) {
  try { for (const key of Object.keys(localStorage)) if (which.test(key)) localStorage.removeItem(key); } catch { /* nothing is kept */ }
}

function keep() {
  try {
    if (waiting.size) localStorage.setItem(store, JSON.stringify(Object.fromEntries(waiting)));
    else localStorage.removeItem(store);
  } catch { /* it is sent all the same */ }
}

function tell(how) {
  if (!shown) return;
  shown.dataset.how = how;
  shown.textContent = say[how] ?? "";
}

const isOff = () => lost || !navigator.onLine;
const element = (key) => {
  const one = `[data-element="${key}"]`;
  return document.querySelector(one) ?? beside?.find(one);
};

// What the inputs of an element hold, as a form sends them.
function fields(box) {
  const all = new FormData(box.closest("form"));
  const names = new Set([...box.querySelectorAll("[name]")].map((each) => each.name));
  return [...all].filter(([name, value]) => names.has(name) && typeof value === "string" && !name.endsWith(".base"));
}

function save(box) {
  const base = box.querySelector("[data-base]");
  if (!base || !answers) return;
  const key = box.dataset.element;
  waiting.set(key, { fields: fields(box), base: Number(base.value.split(":")[0]) });
  keep();
  tell("saving");
  flush();
}

async function flush() {
  if (sending) return;
  sending = true;
  let rest = [...waiting.keys()];
  while (rest.length && (await send(rest[0]))) rest = [...waiting.keys()].filter((key) => !waiting.get(key).stopped);
  sending = false;
}

async function send(key) {
  const sent = waiting.get(key);
  let response;
  try {
    response = await fetch(`${answers}/${encodeURIComponent(key)}`, {
      method: "PUT", headers: { "Content-Type": "application/json", "X-CSRF-Token": token }, body: JSON.stringify(sent),
    });
    lost = false;
  } catch {
    lost = true;
    tell("offline");
    setTimeout(flush, 4000);
    return false;
  }
  if (response.status >= 500 || response.status === 429) {
    tell("unsaved");
    setTimeout(flush, 6000);
    return false;
  }
  if (response.status === 401) { // a member's session is over: what is kept here is sent once they are back
    location.reload();
    return false;
  }
  const said = await response.json();
  if (response.ok || response.status !== 409 || said.version === undefined) {
    if (waiting.get(key) === sent) waiting.delete(key);
    else if (response.ok) waiting.get(key).base = said.version;
    keep();
  }
  if (response.ok) await saved(key, said);
  else if (said.version !== undefined) conflict(key, sent, said);
  else if (response.status === 409 || response.status === 403) location.reload();
  else tell("unsaved");
  return true;
}

async function saved(key, said) {
  const box = element(key);
  const base = box?.querySelector("[data-base]");
  if (base) base.value = `${said.version}:`;
  if (box) mark(box, said.errors);
  if (!said.errors.length) answered(key);
  tell(said.errors.length ? "wrong" : waiting.size ? "saving" : document.querySelector("[data-coming]") ? "sending" : "saved");
  if (asked && asked !== `${said.visible}`) beside?.renew();
  asked = `${said.visible}`;
  if (box?.querySelector("[data-files]")) await fresh();
  else if (here()) await redraw(new Set(said.visible));
}

// What is wrong stands at its input, and goes when it is right.
function mark(box, errors) {
  for (const each of box.matches("[data-name]") ? [box] : box.querySelectorAll("[data-name]")) {
    const wrong = errors.filter((error) => error.at === each.dataset.name);
    const place = document.getElementById(`q-${each.dataset.name.replaceAll(".", "-")}-error`);
    each.classList.toggle("is-wrong", wrong.length > 0);
    place?.replaceChildren(...wrong.map((error) => paragraph(error.detail, "p-error")));
    const input = each.querySelector("input:not([type=hidden]), select, textarea");
    if (wrong.length) {
      input?.setAttribute("aria-invalid", "true");
      if (place) input?.setAttribute("aria-describedby", place.id);
    } else input?.removeAttribute("aria-invalid");
  }
}

// What was answered is no problem any more.
function answered(key) {
  for (const link of document.querySelectorAll(`.p-summary a[href="#q-${key}"]`)) link.closest("li").remove();
  if (!document.querySelector(".p-summary li")) document.querySelector(".p-summary:has(ul)")?.remove();
}

function paragraph(text, name) {
  const made = document.createElement("p");
  made.className = name;
  made.textContent = text;
  return made;
}

function conflict(key, sent, said) {
  const box = element(key);
  sent.stopped = true;
  tell("conflict");
  if (!box) return;
  box.querySelector(".p-conflict")?.remove();
  const note = document.createElement("div");
  note.className = "p-conflict";
  note.setAttribute("role", "alert");
  note.append(paragraph(`${say.conflict}: ${said.text}`, "p-wrap"));
  for (const [text, act] of [[say.mine, () => { waiting.set(key, { fields: fields(box), base: said.version }); flush(); }],
    [say.theirs, () => { waiting.delete(key); keep(); location.reload(); }]]) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "p-plain", textContent: text });
    button.addEventListener("click", () => { note.remove(); act(); });
    note.append(button, " ");
  }
  box.append(note);
}

// Questions that came, or went, by what was just answered; what follows from answers is drawn anew.
async function redraw(visible) {
  const list = document.getElementById("p-questions");
  const there = [...list.children].map((each) => each.dataset.element);
  const wanted = here().split(" ").filter((key) => visible.has(key));
  const same = there.length === wanted.filter((key) => there.includes(key)).length && wanted.every((key) => there.includes(key) || key === "");
  if (same && !list.querySelector("[data-derived], [data-varies]")) return;
  await fresh();
}

async function fresh() {
  const answer = await fetch(location.pathname + location.search).catch(() => null);
  if (!answer?.ok) return;
  const list = document.getElementById("p-questions");
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("p-questions");
  if (!drawn) return;
  const rows = drawn.querySelector("[data-varies], [data-files]") && (await import("./rows.js"));
  const boxes = [...drawn.children].map((box) => {
    const old = element(box.dataset.element);
    if (old && !box.querySelector("[data-derived]")) {
      rows?.mix(old, box);
      return old;
    }
    return document.importNode(box, true);
  });
  for (const old of [...list.children]) if (!boxes.includes(old)) old.remove();
  boxes.forEach((box, place) => { if (list.children[place] !== box) list.insertBefore(box, list.children[place] ?? null); });
  watch(list);
}

// What only some pages need is had when one does.
async function watch(within) {
  if (within.querySelector("[data-sign]")) (await import("./signing.js")).watchSignatures(within);
  if (within.querySelector("[data-files]")) (await import("./files.js")).watchFiles({ say, tell, save, token, isOff });
}

function changed(event, wait) {
  const box = event.target.closest("[data-element]");
  if (!box || event.target.type === "file") return;
  clearTimeout(timers.get(box));
  timers.set(box, setTimeout(save, wait, box));
  tell("saving");
}

if (answers) {
  document.addEventListener("input", (event) => changed(event, 900));
  document.addEventListener("change", (event) => changed(event, 0));
  addEventListener("online", flush);
  watch(document);
  if (waiting.size) flush();
  import("./offline.js").then((it) => { beside = it; it.start({ isOff, watch }); });
} else if (store) forget(new RegExp(`^${store}$`));

// A form that is pressed twice is sent once; without a connection it waits here.
const pressed = new WeakSet();
document.addEventListener("submit", (event) => {
  const questions = event.target.matches("[data-questions]");
  if (event.target.matches("[data-leaves]")) forget(/^dossier:[0-9a-f-]{36}$/);
  if (questions && isOff()) {
    event.preventDefault();
    document.querySelectorAll("[data-element]").forEach(save);
    tell("offline");
    if (event.submitter?.value === "next") beside?.go(1);
  } else if (pressed.has(event.target)) event.preventDefault();
  else {
    pressed.add(event.target);
    setTimeout(() => pressed.delete(event.target), 5000);
  }
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.querySelector("[data-focus]")?.focus();

if (main.dataset.autostart) document.querySelector("[data-start]").requestSubmit();

if (document.documentElement.dataset.embedded) import("./embedded.js");
