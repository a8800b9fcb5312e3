// What the page says: sentences it brought along (#sayings), and the one live region that reads them out.
export const saying = (name) => document.getElementById("sayings")?.dataset[name] ?? "";
export const announce = (text) => { const region = document.getElementById("announcements"); if (region) { region.textContent = ""; setTimeout(() => { region.textContent = text; }, 50); } };
