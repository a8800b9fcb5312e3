// A new case asks for the contact as its template calls it.
document.addEventListener("change", (event) => {
  const slot = event.target.selectedOptions?.[0]?.dataset.slot;
  if (slot) event.target.form.querySelector("[data-slot-name]").textContent = slot;
});
