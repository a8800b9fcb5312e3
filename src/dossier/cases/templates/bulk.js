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
  const answer = await fetch(`${form.getAttribute("action")}/templates${form.querySelector("[name=query]").value}`);
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
document.addEventListener("dossier:drawn", showChoice);
document.addEventListener("dossier:refreshed", countChosen);
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
