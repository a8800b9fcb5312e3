// When a change is meant, and what became of it: saving, saved, not saved. Words come from the page (#sayings).
const saying = (name) => document.getElementById("sayings")?.dataset[name] ?? "";
const announce = (text) => { const region = document.getElementById("announcements"); if (region) { region.textContent = ""; setTimeout(() => { region.textContent = text; }, 50); } };

// A select acts when it is left, on Enter, or when somebody points at a choice: not on every arrow key (WCAG 3.2.2).
// A date acts when it is left or on Enter: browsers call it changed at the first digit of the year.
const byKeys = new WeakSet();
const isHeld = (each) => each.matches("[type=date], [type=time]") || byKeys.has(each);
const CHOOSING = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (field.matches?.("select") && (CHOOSING.includes(event.key) || event.key.length === 1)) byKeys.add(field);
  if (event.key === "Enter" && field.matches?.("select, [type=date], [type=time]") && waiting.has(field)) { event.preventDefault(); commit(field); }
});
document.addEventListener("pointerdown", (event) => byKeys.delete(event.target.closest?.("select")));
const waiting = new Set();
const commit = (field) => {
  waiting.delete(field);
  byKeys.delete(field);
  if (!field.isConnected) return;
  if (field.matches("[data-submit]")) field.form.requestSubmit();
  else htmx.trigger(field, "commit");
};
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches("[data-submit]") && !field.closest("[data-saves]")) return;
  if (isHeld(field)) waiting.add(field); else commit(field);
});
document.addEventListener("focusout", (event) => { if (waiting.has(event.target)) commit(event.target); });

// What a field's form says of itself; the text that was typed stays where it is.
const show = (form, state, text, link) => {
  form.dataset.saving = state;
  form.querySelector("[data-save-state]")?.remove();
  if (state !== "failed") return;
  const note = document.createElement("div");
  note.className = "text-danger mt-1 d-flex flex-wrap gap-2 align-items-center";
  note.dataset.saveState = "";
  note.setAttribute("role", "alert");
  note.append(text);
  if (link) { const away = document.createElement("a"); away.href = link; away.textContent = saying("signIn"); note.append(away); }
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-sm";
  again.textContent = saying("again");
  again.dataset.again = "";
  note.append(again);
  form.append(note);
};
// A session that ended may have begun anew, in another tab: our forms then carry its word. Not when it is somebody else's.
const renew = async () => {
  const answer = await fetch(location.href, { headers: { "X-Live": "refresh" } });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const word = page.querySelector("[name=form_token]")?.value;
  if (!word || page.body.dataset.member !== document.body.dataset.member) return false;
  document.querySelectorAll("[hx-headers]").forEach((each) => each.setAttribute("hx-headers", JSON.stringify({ "X-Form-Token": word })));
  const forms = [...document.querySelectorAll("[name=form_token]")].filter((each) => each.value !== word);
  forms.forEach((each) => { each.value = word; });
  return forms.length > 0;
};
const signInHere = () => `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
const signedOut = () => {
  if (document.querySelector("[data-signed-out]")) return;
  const note = document.createElement("div");
  note.className = "alert alert-warning";
  note.dataset.signedOut = "";
  note.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = signInHere();
  link.textContent = saying("signIn");
  note.append(`${saying("sessionEnded")} `, link);
  document.querySelector("#content .container-xl").prepend(note);
};
window.signedOut = signedOut;
document.addEventListener("click", (event) => { if (event.target.closest?.("a[href^='/sign-in?next=']")) window.leaving = true; });
const formOf = (event) => event.detail.elt?.closest?.("[data-saves]") ?? event.target.closest?.("[data-saves]");
const failed = (event, name, link) => { const form = formOf(event); if (form) { show(form, "failed", saying(name), link); announce(saying(name)); } };
document.addEventListener("htmx:beforeRequest", (event) => { const form = formOf(event); if (form) show(form, "saving"); });
document.addEventListener("htmx:sendError", (event) => failed(event, "offline"));
document.addEventListener("htmx:timeout", (event) => failed(event, "offline"));
document.addEventListener("htmx:responseError", async (event) => {
  const { status } = event.detail.xhr;
  const form = formOf(event);
  if (status === 403 && form && await renew()) return htmx.trigger(form, "submit");
  failed(event, { 401: "signedOut", 403: "forbidden" }[status] ?? "server", status === 401 ? signInHere() : undefined);
});
document.addEventListener("htmx:validation:halted", (event) => failed(event, "server"));
document.addEventListener("click", (event) => { if (event.target.matches("[data-saves] [data-again]")) htmx.trigger(event.target.closest("form"), "submit"); });
addEventListener("online", () => document.querySelectorAll("[data-saves][data-saving=failed]").forEach((form) => htmx.trigger(form, "submit")));

// A refusal (4xx) is shown where it was asked for; being signed out, or somebody else, is not, for it would take the text away.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status >= 400 && status < 500 && ![401, 403].includes(status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
// What was typed elsewhere on the page is kept: only the field that was saved is replaced. Focus stays where it was.
let focused;
const describe = (each) => each?.name ? { name: each.name, value: each.type === "checkbox" ? each.value : undefined } : each?.matches?.("button") ? { text: each.getAttribute("aria-label") ?? each.textContent } : undefined;
const focusAgain = (root, what) => {
  if (!what) return;
  const same = [...root.querySelectorAll("input:not([type=hidden]), select, textarea, button")].find((each) =>
    what.text ? (each.getAttribute("aria-label") ?? each.textContent) === what.text : each.name === what.name && (what.value === undefined || each.value === what.value));
  (same ?? root.querySelector("button, select, input:not([type=hidden])"))?.focus({ preventScroll: true });
};
document.addEventListener("htmx:beforeSwap", (event) => { focused = event.detail.target?.contains(document.activeElement) ? describe(document.activeElement) : undefined; });
document.addEventListener("htmx:afterSwap", (event) => {
  const root = event.detail.target?.isConnected ? event.detail.target : document.getElementById(event.detail.target?.id);
  if (!root) return;
  const asked = root.querySelector("[data-focus]");
  if (asked) asked.focus(); else if (!root.contains(document.activeElement)) focusAgain(root, focused);
  const said = root.querySelector("[data-said]");
  if (said) announce(said.dataset.said);
});

// What the server refuses is said beside the button, in its words.
const refuse = (form, html) => {
  form.querySelector("[data-save-state]")?.remove();
  const note = document.createElement("div");
  note.dataset.saveState = "";
  note.className = "mt-2 w-100";
  note.append(...new DOMParser().parseFromString(html, "text/html").body.children);
  form.append(note);
};
// Forms that only change this page do so without leaving it: focus and scroll stay.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-stay]") || event.defaultPrevented || !window.refreshFrom) return;
  event.preventDefault();
  const what = describe(form.contains(document.activeElement) ? document.activeElement : event.submitter);
  const region = form.closest("[data-live][id]")?.id;
  const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Stay": "yes" } });
  try {
    let answer = await send();
    if (answer.status === 403 && await renew()) answer = await send();
    if (answer.status === 401) return show(form, "failed", saying("signedOut"), signInHere());
    if (answer.status >= 500) return show(form, "failed", saying("server"));
    if (answer.headers.get("X-Part")) return refuse(form, await answer.text());
    if (!answer.ok || new URL(answer.url).pathname !== location.pathname) return HTMLFormElement.prototype.submit.call(form);
    form.dispatchEvent(new CustomEvent("dossier:saved", { bubbles: true }));
    window.refreshFrom(await answer.text(), region);
    if (region) focusAgain(document.getElementById(region), what);
    announce(saying("done"));
  } catch { show(form, "failed", saying("offline")); }
});
document.addEventListener("click", (event) => { if (event.target.matches("[data-stay] [data-again]")) event.target.closest("form").requestSubmit(); });
// Work that was typed and not saved is not left without a question.
addEventListener("beforeunload", (event) => {
  if (window.leaving) return;
  const unsaved = [...document.querySelectorAll("[data-saves][data-saving=failed], [data-saves][data-touched]")];
  if (unsaved.length || [...waiting].some((field) => field.isConnected)) event.preventDefault();
});
document.addEventListener("input", (event) => { const form = event.target.closest("[data-composed]"); if (form) form.dataset.touched = "yes"; });
