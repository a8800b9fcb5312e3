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
const fitAll = () => document.querySelectorAll("[data-row]").forEach(fitValue);
fitAll();
document.addEventListener("dossier:drawn", fitAll);
document.addEventListener("dossier:put", (event) => { if (event.target.matches("[data-value]")) fitValue(event.target.closest("[data-row]")); });
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
