// What pages do beyond htmx; everything is wired by data attributes.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value);
  copy.textContent = copy.dataset.copied;
});
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
// Rows of conditions: one more, one less; the value is asked for as its attribute's kind wants.
const fitValue = (row) => {
  const [attribute, operator] = ["[data-attribute]", "[data-operator]"].map((name) => row.querySelector(name));
  const { kind, options } = attribute.selectedOptions[0]?.dataset ?? {};
  const several = ["in", "nin", "contains"].includes(operator.value) && kind !== "multiple_choice";
  const known = several ? null : options ? JSON.parse(options) : kind === "checkbox" ? [["true", row.dataset.yes], ["false", row.dataset.no]] : null;
  const old = row.querySelector("[data-value]");
  const value = document.createElement(known ? "select" : "input");
  for (const name of ["name", "aria-label", "data-value"]) value.setAttribute(name, old.getAttribute(name));
  value.className = known ? "form-select" : "form-control";
  if (known) for (const [key, label] of known) value.append(new Option(label, key));
  else value.type = kind === "date" && !several ? "date" : "text";
  if (["number", "currency"].includes(kind)) value.inputMode = "decimal";
  if (!known || known.some(([key]) => key === old.value)) value.value = old.value;
  value.hidden = ["filled", "empty"].includes(operator.value);
  old.replaceWith(value);
};
const fitValues = (root) => root.querySelectorAll("[data-row]").forEach(fitValue);
document.addEventListener("DOMContentLoaded", () => fitValues(document));
document.addEventListener("change", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && event.target.matches("[data-attribute], [data-operator]")) fitValue(row);
});
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-add-row]")) {
    const rows = event.target.parentElement.querySelector("[data-rows]");
    const row = rows.lastElementChild.cloneNode(true);
    row.querySelectorAll("input, select").forEach((each) => { each.value = ""; });
    row.querySelectorAll("select").forEach((each) => { each.selectedIndex = 0; });
    rows.append(row);
    fitValue(row);
    row.querySelector("[data-attribute]").focus();
  }
  if (event.target.matches("[data-remove-row]")) {
    const row = event.target.closest("[data-row]");
    if (row.parentElement.children.length > 1) row.remove();
    else row.querySelectorAll("select, input").forEach((each) => { each.value = ""; });
  }
});
// Empty parameters stay out of addresses.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  for (const row of event.target.querySelectorAll("[data-row]"))
    if (!row.querySelector("[data-attribute]").value) row.querySelectorAll("[name]").forEach((each) => { each.disabled = true; });
  for (const each of event.target.querySelectorAll("input[name]:not([data-value])")) if (!each.value) each.disabled = true;
});
// Menus close when one looks elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.dossier-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.dossier-menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
// Many cases at once: the bar shows how many are chosen.
const countChosen = () => {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const chosen = form.querySelectorAll("[name=case]:checked").length;
  form.querySelector("[data-chosen]").textContent = chosen;
  form.querySelector("[data-bulk-bar]").hidden = !chosen && !form.querySelector("[data-all-matching]").checked;
};
document.addEventListener("DOMContentLoaded", countChosen);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose-all]"))
    document.querySelectorAll("[name=case]").forEach((each) => { each.checked = event.target.checked; });
  countChosen();
});
// The way back leads to the list as it was.
document.addEventListener("DOMContentLoaded", () => {
  if (document.querySelector("[data-list]")) sessionStorage.setItem("list", location.search);
  document.querySelectorAll("[data-back]").forEach((link) => { link.href += sessionStorage.getItem("list") ?? ""; });
});
// Rows of a table field.
document.addEventListener("click", (event) => {
  const body = event.target.closest("form")?.querySelector("[data-table]");
  if (!body) return;
  if (event.target.matches("[data-add-line], [data-remove-line]")) event.target.form.dataset.touched = "yes";
  if (event.target.matches("[data-add-line]")) {
    const line = body.lastElementChild.cloneNode(true);
    const number = Number(line.querySelector("[name]").name.split(".")[1]) + 1;
    line.querySelectorAll("[name]").forEach((each) => {
      each.name = each.name.replace(/^cell\.\d+/, `cell.${number}`);
      each.setAttribute("aria-label", each.getAttribute("aria-label").replace(/\d+$/, number));
      each.value = "";
    });
    body.append(line);
    line.querySelector("[name]").focus();
  }
  if (event.target.matches("[data-remove-line]")) {
    const line = event.target.closest("tr");
    if (body.children.length > 1) line.remove();
    else line.querySelectorAll("[name]").forEach((each) => { each.value = ""; });
  }
});
// What others change appears; what is being typed, or was refused, stays as it is.
const changedByHand = (each) =>
  each.matches("select") ? [...each.options].some((option) => option.selected !== option.defaultSelected) && each.querySelector("option[selected]") !== null
    : each.matches("[type=checkbox]") ? each.checked !== each.defaultChecked : each.value !== each.defaultValue;
const isBusy = (region) =>
  (region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"))
  || region.querySelector("details[open], [role=alert], [name=case]:checked") || region.matches(".htmx-request, [data-touched]")
  || [...region.querySelectorAll("input:not([type=hidden]), textarea, select")].some(changedByHand);
const seen = new Map([...document.querySelectorAll("[data-live][id]")].map((region) => [region.id, region.outerHTML]));
const values = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "version"));
const sameValues = (one, other) => values(one) === values(other);
let missed = false;
const refresh = async () => {
  const answer = await fetch(location.href, { headers: { "X-Live": "refresh" } });
  if (!answer.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  missed = false;
  for (const fresh of page.querySelectorAll("[data-live][id]")) {
    const region = document.getElementById(fresh.id);
    if (!region || seen.get(fresh.id) === fresh.outerHTML) continue;
    if (region.matches("form") && sameValues(region, fresh)) {
      region.querySelector("[name=version]").value = fresh.querySelector("[name=version]").value;
      continue;
    }
    if (isBusy(region)) { missed = true; continue; }
    seen.set(fresh.id, fresh.outerHTML);
    region.replaceWith(document.importNode(fresh, true));
    htmx.process(document.getElementById(fresh.id));
  }
  countChosen();
};
const refreshSoon = (() => { let timer; return () => { clearTimeout(timer); timer = setTimeout(refresh, 50); }; })();
const source = document.querySelector("[data-live-source]");
let stream;
const listen = () => {
  if (!source || stream) return;
  stream = new EventSource(source.dataset.liveSource);
  stream.addEventListener("changed", async () => {
    await refresh();
    const note = document.querySelector("[data-live-note]");
    if (note) note.textContent = note.dataset.liveNote;
  });
  stream.addEventListener("gone", () => location.reload());
};
listen();
// A browser keeps six connections to a server: pages that nobody looks at give theirs back.
document.addEventListener("visibilitychange", () => {
  if (!source) return;
  if (document.hidden) { stream?.close(); stream = undefined; } else { listen(); refreshSoon(); }
});
document.addEventListener("focusout", () => { if (missed) refreshSoon(); });
addEventListener("pagehide", () => stream?.close());
// A refusal (4xx) is shown where it was asked for.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
// What was typed elsewhere on the page is kept: only the field that was saved is replaced, and it is focused again.
document.addEventListener("htmx:afterSwap", (event) => {
  event.detail.target?.querySelector?.("[data-focus]")?.focus();
});
