// The site that shows the page inside its own is told that it is there, and once that it is handed in: however often that page is looked at.
const { completed } = document.querySelector("main").dataset;
const TOLD = "dossier:told";

function isTold() {
  try {
    const before = sessionStorage.getItem(TOLD);
    if (completed) sessionStorage.setItem(TOLD, completed);
    else sessionStorage.removeItem(TOLD);
    return completed !== undefined && before === completed;
  } catch { return false; } // the browser keeps nothing for pages inside others
}

const said = completed ? { type: "completed", request_id: completed } : { type: "ready" };
if (!isTold()) for (const site of document.documentElement.dataset.embedded.split(" ")) parent.postMessage(said, site);
