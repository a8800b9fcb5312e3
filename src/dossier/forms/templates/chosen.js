// The box above chooses every form on the page.
addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-choose-forms]")) return;
  document.querySelectorAll("#chosen [name=form]").forEach((each) => { each.checked = event.target.checked; });
});
