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
