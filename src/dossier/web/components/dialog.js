// A button that opens a dialog: data-opens names it. Escape and the dialog's own buttons close it; focus goes back.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
});
