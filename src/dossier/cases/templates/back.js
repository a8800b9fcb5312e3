// The way back leads to the list as it was.
if (document.querySelector("[data-list]")) sessionStorage.setItem("list", location.search);
document.querySelectorAll("[data-back]").forEach((link) => { link.href += sessionStorage.getItem("list") ?? ""; });
