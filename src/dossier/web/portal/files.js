// Files as they are chosen: looked at here, then sent in pieces that go on where a connection broke (tus 1.0.0).
import { look } from "./looking.js";

const PIECE = 512 * 1024;
const TUS = { "Tus-Resumable": "1.0.0" };

let watched = false;
let pressed; // a button that waits until every file is there

export function watchFiles(tools) {
  if (watched) return;
  watched = true;
  document.addEventListener("change", (event) => {
    if (event.target.type === "file" && event.target.closest("[data-files]")) gather(event.target, tools);
  });
  document.addEventListener("submit", (event) => {
    if (!isComing() || tools.isOff()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event;
    tools.tell("sending");
  }, true);
  addEventListener("beforeunload", (event) => isComing() && event.preventDefault());
}

const isComing = () => document.querySelector("[data-coming]");

async function gather(input, tools) {
  const list = input.closest("[data-files]").querySelector(".p-files");
  const name = input.name.replace(/file$/, "value");
  const lines = [...input.files].map((file) => [file, coming(file)]);
  list.append(...lines.map(([, line]) => line));
  input.value = "";
  for (const [file, line] of lines) await take(file, line, name, tools);
}

// A file on its way. Its line stays where the list is drawn anew meanwhile.
function coming(file) {
  const line = document.createElement("li");
  const text = Object.assign(document.createElement("span"), { className: "p-of", textContent: file.name });
  const bar = Object.assign(document.createElement("progress"), { className: "p-bar", max: file.size, value: 0 });
  bar.setAttribute("aria-label", file.name);
  line.dataset.coming = "";
  line.append(text, bar);
  return line;
}

async function take(file, line, name, tools) {
  look(file).then((how) => how && line.after(note(`${file.name}: ${tools.say[how]}`)));
  tools.tell("sending");
  const bar = line.querySelector("progress");
  const { id, refusal } = await send(file, main().dataset.answers.replace(/answers$/, "uploads"), tools, bar);
  delete line.dataset.coming;
  if (id) {
    bar.replaceWith(Object.assign(document.createElement("input"), { type: "hidden", name, value: id }));
    tools.save(line.closest("[data-element]"));
  } else {
    pressed = null;
    line.replaceWith(note(`${file.name}: ${refusal}`));
  }
  if (!pressed || isComing()) return;
  const { target, submitter } = pressed;
  pressed = null;
  target.requestSubmit(submitter?.isConnected ? submitter : null);
}

const main = () => document.querySelector("main");

function note(text) {
  const made = document.createElement("li");
  const said = Object.assign(document.createElement("span"), { textContent: text });
  said.setAttribute("role", "status");
  made.className = "p-note";
  made.dataset.how = "warn";
  made.append(said);
  return made;
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

async function send(file, address, tools, bar) {
  const headers = { ...TUS, "X-CSRF-Token": tools.token };
  const metadata = `filename ${base64(file.name)},filetype ${base64(file.type || "application/octet-stream")}`;
  const begun = await patiently(() => fetch(address, {
    method: "POST", headers: { ...headers, "Upload-Length": file.size, "Upload-Metadata": metadata },
  }), tools);
  if (begun.status !== 201) return { refusal: await said(begun) };
  const one = begun.headers.get("Location");
  for (let offset = 0; offset < file.size;) {
    try {
      const answer = await fetch(one, {
        method: "PATCH", body: file.slice(offset, offset + PIECE),
        headers: { ...headers, "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset },
      });
      if (answer.status === 204) offset = Number(answer.headers.get("Upload-Offset"));
      else if (answer.status === 409 || answer.status >= 500) throw new Error(answer.status);
      else return { refusal: await said(answer) };
    } catch {
      tools.tell("offline");
      await pause(2);
      const known = await patiently(() => fetch(one, { method: "HEAD", headers }), tools);
      if (!known.ok) return { refusal: tools.say.unsaved };
      offset = Number(known.headers.get("Upload-Offset"));
    }
    bar.value = offset;
  }
  return { id: one.split("/").pop() };
}

async function patiently(ask, tools) {
  for (;;) {
    try { return await ask(); } catch { tools.tell("offline"); await pause(3); }
  }
}

async function said(answer) {
  try { return (await answer.json()).errors[0].detail; } catch { return String(answer.status); }
}
