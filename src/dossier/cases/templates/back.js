// The way back leads to the list as it was.
const remember = () => {
  if (document.querySelector("[data-list]")) sessionStorage.setItem("list", location.search);
  document.querySelectorAll("[data-back]").forEach((link) => { link.search = sessionStorage.getItem("list") ?? ""; });
};
remember();
document.addEventListener("dossier:drawn", remember);
