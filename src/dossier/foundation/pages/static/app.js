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
// Rows of conditions: one more, one less; the value is asked for as its attribute wants.
// Comparisons that mean something for the attribute; one that stands there already stays.
const fitOperators = (row, operator, comparisons, words) => {
  const allowed = comparisons?.split(" ");
  const names = JSON.parse(row.dataset.names)[words] ?? {};
  for (const option of operator.options) {
    option.dataset.plain ??= option.textContent;
    option.textContent = names[option.value] ?? option.dataset.plain;
    option.hidden = option.disabled = !!allowed && !allowed.includes(option.value) && !option.defaultSelected;
  }
  if (operator.selectedOptions[0]?.disabled) operator.value = allowed[0];
};
// The value is what the last input says; what stands before it (`data-around`) only helps to say it.
const fitValue = (row) => {
  const [attribute, operator] = ["[data-attribute]", "[data-operator]"].map((name) => row.querySelector(name));
  const { comparisons, input, words, options } = attribute.selectedOptions[0]?.dataset ?? {};
  fitOperators(row, operator, comparisons, words);
  row.querySelector("[data-around]")?.remove();
  const many = ["in", "nin"].includes(operator.value);
  const known = options ? JSON.parse(options) : input === "yes_or_no" ? [["true", row.dataset.yes], ["false", row.dataset.no]] : null;
  const plain = known && !many;
  const old = row.querySelector("[data-value]");
  const value = document.createElement(plain ? "select" : "input");
  for (const name of ["name", "aria-label", "data-value"]) value.setAttribute(name, old.getAttribute(name));
  value.className = plain ? "form-select" : "form-control";
  if (plain) for (const [key, label] of known) value.append(new Option(label, key));
  else value.type = ["date", "time"].includes(input) && !many ? input : "text";
  if (input === "decimal") value.inputMode = "decimal";
  if (!plain || known.some(([key]) => key === old.value)) value.value = old.value;
  value.hidden = ["filled", "empty"].includes(operator.value);
  old.replaceWith(value);
  if (known && many) chooseSeveral(row, value, known, old);
  if (value.type === "date" && row.dataset.days && !value.hidden) chooseDay(row, value, old.value);
};
const around = (value, element) => { element.dataset.around = ""; value.before(element); return element; };
const chooseSeveral = (row, value, known, old) => {
  value.type = "hidden";
  const menu = around(value, document.createElement("details"));
  menu.className = "dossier-menu";
  const summary = document.createElement("summary");
  summary.className = "form-select text-truncate";
  const panel = document.createElement("div");
  panel.className = "dossier-panel card p-2";
  if (old.matches("select") && !old.selectedIndex) value.value = ""; // nobody has chosen that
  const chosen = new Set(value.value.split(",").map((each) => each.trim()));
  const say = () => {
    const ticked = [...panel.querySelectorAll(":checked")];
    value.value = ticked.map((each) => each.value).join(", ");
    summary.textContent = ticked.map((each) => each.parentElement.textContent).join(", ") || row.dataset.none;
  };
  for (const [key, label] of known) {
    const line = document.createElement("label");
    line.className = "form-check mb-1";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input", value: key, checked: chosen.has(key) });
    line.append(box, label);
    panel.append(line);
  }
  panel.addEventListener("change", say);
  menu.append(summary, panel);
  say();
};
const chooseDay = (row, value, old) => {
  const when = around(value, document.createElement("select"));
  when.className = "form-select mb-1";
  when.setAttribute("aria-label", value.getAttribute("aria-label"));
  for (const [key, label] of [["", row.dataset.oneDay], ...JSON.parse(row.dataset.days)]) when.append(new Option(label, key));
  if (/^today([+-]\d+)?$/.test(old) && ![...when.options].some((each) => each.value === old)) when.append(new Option(old, old));
  const say = () => {
    value.type = when.value ? "hidden" : "date";
    value.value = when.value || (value.value.startsWith("today") ? "" : value.value);
  };
  when.value = /^today/.test(old) ? old : "";
  when.addEventListener("change", say);
  say();
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
// The choice holds over the pages of one list: `{list, cases: {id: template}, all}`, in this tab alone.
const bulkForm = () => document.querySelector("[data-bulk]");
const boxes = () => [...bulkForm().querySelectorAll("[name=case]")];
const listOf = (form) => `${document.body.dataset.member} ${form.querySelector("[name=query]").value}`;
const choice = () => {
  const kept = JSON.parse(sessionStorage.getItem("chosen") ?? "null");
  return kept?.list === listOf(bulkForm()) ? kept : { list: listOf(bulkForm()), cases: {}, all: false };
};
const countChosen = () => {
  const form = bulkForm();
  if (!form) return;
  const { cases, all } = choice();
  const here = new Set(boxes().map((each) => each.value));
  const elsewhere = Object.keys(cases).filter((id) => !here.has(id));
  const count = Object.keys(cases).length;
  form.querySelector("[data-chosen]").textContent = all ? form.querySelector("[data-all-matching]").dataset.allMatching : count;
  form.querySelector("[data-on-other-pages]").hidden = all || !elsewhere.length;
  form.querySelector("[data-elsewhere]").value = elsewhere.join(" ");
  form.querySelector("[data-bulk-bar]").hidden = !count && !all;
  if (all) listedTemplates(form).then((ids) => { if (choice().all) offer(form, ids); }); else offer(form, Object.values(cases));
};
const listedTemplates = async (form) => {
  const answer = await fetch(`/workspace/cases/bulk/templates${form.querySelector("[name=query]").value}`);
  return answer.ok ? (await answer.text()).split("\n") : [...form.querySelectorAll("[data-of-template]")].map((each) => each.dataset.ofTemplate);
};
// Only statuses that one of the chosen cases can have.
const offer = (form, templates) => {
  const select = form.querySelector("[name=change]");
  for (const group of select.querySelectorAll("[data-of-template]")) {
    group.hidden = group.disabled = !templates.includes(group.dataset.ofTemplate);
    if (group.hidden && group.contains(select.selectedOptions[0])) select.selectedIndex = 0;
  }
};
const keepChoice = () => {
  const { list, cases } = choice();
  for (const each of boxes()) if (each.checked) cases[each.value] = each.dataset.template; else delete cases[each.value];
  sessionStorage.setItem("chosen", JSON.stringify({ list, cases, all: bulkForm().querySelector("[data-all-matching]").checked }));
  countChosen();
};
const showChoice = () => {
  if (!bulkForm()) return;
  const kept = choice();
  for (const each of boxes()) each.checked = each.value in kept.cases;
  bulkForm().querySelector("[data-all-matching]").checked = kept.all;
  countChosen();
};
addEventListener("pageshow", showChoice);
document.addEventListener("change", (event) => {
  if (!event.target.closest("[data-bulk]")) return;
  if (event.target.matches("[data-choose-all]")) boxes().forEach((each) => { each.checked = event.target.checked; });
  if (event.target.matches("[data-choose-all], [data-bulk] [name=case], [data-all-matching]")) keepChoice();
});
// With Shift, everything between the last box and this one is as this one.
let lastBox;
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-choose-none]")) { sessionStorage.removeItem("chosen"); showChoice(); }
  if (!event.target.matches("[data-bulk] [name=case]")) return;
  const all = boxes();
  const [from, to] = [all.indexOf(lastBox), all.indexOf(event.target)].sort((one, other) => one - other);
  if (event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((each) => { each.checked = event.target.checked; });
  lastBox = event.target;
});
document.addEventListener("submit", (event) => { if (event.target.matches("[data-bulk]")) setTimeout(() => sessionStorage.removeItem("chosen")); });
// A new case asks for the contact as its template calls it.
document.addEventListener("change", (event) => {
  const slot = event.target.selectedOptions?.[0]?.dataset.slot;
  if (slot) event.target.form.querySelector("[data-slot-name]").textContent = slot;
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
  || region.querySelector("details[open]:not([data-fold]), [role=alert], [name=case]:checked") || region.matches(".htmx-request, [data-touched]")
  || [...region.querySelectorAll("input:not([type=hidden]), textarea, select")].some(changedByHand);
const seen = new Map([...document.querySelectorAll("[data-live][id]")].map((region) => [region.id, region.outerHTML]));
const values = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "version"));
// A form that only shows a value holds none that could be the same.
const holdsValues = (form) => [...form.elements].some((each) => each.name && each.type !== "hidden");
const sameValues = (one, other) => holdsValues(one) && values(one) === values(other);
let missed = false;
const refresh = async () => {
  const answer = await fetch(location.href, { headers: { "X-Live": "refresh" } });
  if (answer.status === 401) return window.signedOut();
  if (answer.status >= 500) return; // what is shown stays; the next change asks again
  if (!answer.ok) return location.reload();
  refreshFrom(await answer.text());
};
// `acted`: the region in which somebody has just done something; it is replaced although they are in it.
const refreshFrom = (text, acted) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  missed = false;
  for (const fresh of page.querySelectorAll("[data-live][id]")) {
    const region = document.getElementById(fresh.id);
    if (!region || seen.get(fresh.id) === fresh.outerHTML) continue;
    if (region.matches("form") && sameValues(region, fresh)) {
      region.querySelector("[name=version]").value = fresh.querySelector("[name=version]").value;
      continue;
    }
    if (fresh.id !== acted && isBusy(region)) { missed = true; continue; }
    seen.set(fresh.id, fresh.outerHTML);
    const unfolded = [...region.querySelectorAll("[data-fold][open]")].map((each) => each.id);
    region.replaceWith(document.importNode(fresh, true));
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    htmx.process(document.getElementById(fresh.id));
    document.getElementById(fresh.id).dispatchEvent(new CustomEvent("dossier:fresh", { bubbles: true }));
  }
  countChosen();
};
window.refreshFrom = refreshFrom;
const refreshSoon = (() => { let timer; return () => { clearTimeout(timer); timer = setTimeout(refresh, 50); }; })();
const source = document.querySelector("[data-live-source]");
let stream;
const listen = () => {
  if (!source || stream || document.hidden) return;
  stream = new EventSource(source.dataset.liveSource);
  stream.addEventListener("changed", async () => {
    await refresh();
    const note = document.querySelector("[data-live-note]");
    if (note) note.textContent = note.dataset.liveNote;
  });
  stream.addEventListener("gone", () => location.reload());
  stream.addEventListener("error", async () => {
    if (stream?.readyState !== EventSource.CLOSED) return;
    stream = undefined;
    setTimeout(listen, 5000);
    const answer = await fetch(location.href, { headers: { "X-Live": "refresh" } }).catch(() => undefined);
    if (answer?.status === 401) window.signedOut();
  });
};
listen();
// A browser keeps six connections to a server: pages that nobody looks at give theirs back.
document.addEventListener("visibilitychange", () => {
  if (!source) return;
  if (document.hidden) { stream?.close(); stream = undefined; } else { listen(); refreshSoon(); }
});
document.addEventListener("focusout", () => { if (missed) refreshSoon(); });
addEventListener("pagehide", () => stream?.close());

