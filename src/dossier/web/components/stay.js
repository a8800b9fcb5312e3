import { describe, focusAgain } from "./focus.js";
import { refreshFrom } from "./live.js";
import { announce, saying } from "./say.js";
import { show } from "./saving.js";
import { renew, signInHere } from "./session.js";
import { toast } from "./toast.js";

// The way back of what was just done: the newest entry of the timeline, if it can be taken back.
const undoOf = () => {
  const form = document.querySelector("[data-newest] form[action$='/undo']");
  return form ? () => form.requestSubmit() : undefined;
};

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
  if (!form.matches("[data-stay]") || event.defaultPrevented) return;
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
    refreshFrom(await answer.text(), region);
    if (region) focusAgain(document.getElementById(region), what);
    announce(saying("done"));
    toast(saying("done"), form.action.endsWith("/undo") ? undefined : undoOf());
  } catch { show(form, "failed", saying("offline")); }
});
document.addEventListener("click", (event) => { if (event.target.matches("[data-stay] [data-again]")) event.target.closest("form").requestSubmit(); });
