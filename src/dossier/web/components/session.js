import { saying } from "./say.js";

// Whether the page is left on purpose: then nothing is asked.
export const leaving = { on: false };
// A session that ended may have begun anew, in another tab: our forms then carry its word. Not when it is somebody else's.
export const renew = async () => {
  const answer = await fetch(location.href, { headers: { "X-Live": "refresh" } }).catch(() => undefined);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const word = page.querySelector("[name=form_token]")?.value;
  if (!word || page.body.dataset.member !== document.body.dataset.member) return false;
  document.querySelectorAll("[hx-headers]").forEach((each) => each.setAttribute("hx-headers", JSON.stringify({ "X-Form-Token": word })));
  const forms = [...document.querySelectorAll("[name=form_token]")].filter((each) => each.value !== word);
  forms.forEach((each) => { each.value = word; });
  return forms.length > 0;
};
export const signInHere = () => `${saying("signInAt")}?next=${encodeURIComponent(location.pathname + location.search)}`;
export const signedOut = () => {
  if (document.querySelector("[data-signed-out]")) return;
  const note = document.createElement("div");
  note.className = "alert alert-warning";
  note.dataset.signedOut = "";
  note.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = signInHere();
  link.textContent = saying("signIn");
  note.append(`${saying("sessionEnded")} `, link);
  document.querySelector("#content").prepend(note);
};
document.addEventListener("click", (event) => { if (event.target.closest?.("a")?.getAttribute("href")?.startsWith(`${saying("signInAt")}?next=`)) leaving.on = true; });
