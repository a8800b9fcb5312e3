// A form that asks before it is sent: data-confirm is the question, and the words of its button are the answer that sends it.
const dialog = document.getElementById("question");
const yes = dialog?.querySelector("[value=yes]");
const withoutButton = yes?.textContent; // of a form that a choice sends
let agreed = null;

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.dataset.confirm || form === agreed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, submitter);
}, true);

function ask(form, submitter) {
  dialog.querySelector("h3").textContent = form.dataset.confirm;
  yes.textContent = submitter ? submitter.getAttribute("aria-label") ?? submitter.textContent.trim() : withoutButton;
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "yes") send(form, submitter);
    else if (!submitter) form.reset();
  };
  dialog.showModal();
}

function send(form, submitter) {
  agreed = form;
  form.requestSubmit(submitter);
  agreed = null;
}
