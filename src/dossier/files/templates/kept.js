// What is under way, kept in the browser: an address that only its sender can use, and no name of a file.
const KEPT = "dossier-upload:";
const keptUnder = (begin) => Object.keys(localStorage).filter((key) => key.startsWith(begin));
const DAY = 24 * 60 * 60 * 1000; // milliseconds; the server lets go of an upload that stands still for so long
const read = (key) => ({ ...JSON.parse(localStorage.getItem(key)), urlStorageKey: key });
export const storage = {
  findAllUploads: async () => keptUnder(KEPT).map(read),
  findUploadsByFingerprint: async (begin) => keptUnder(begin).map(read),
  removeUpload: async (key) => localStorage.removeItem(key),
  addUpload: async (key, { uploadUrl }) => { localStorage.setItem(key, JSON.stringify({ uploadUrl, at: Date.now() })); return key; },
};
export const keyOf = async (file, place) => {
  const told = new TextEncoder().encode([file.name, file.size, file.lastModified, file.type].join("\n"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", told));
  return `${KEPT}${place}:${[...hash].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
};
// How many were broken off at a place and can go on; those that the server has let go of are forgotten.
export const brokenOff = (place) => {
  const found = keptUnder(`${KEPT}${place}:`);
  for (const key of found) if (Date.now() - read(key).at > DAY) localStorage.removeItem(key);
  return found.filter((key) => localStorage.getItem(key)).length;
};
export const forgetBrokenOff = (place) => keptUnder(`${KEPT}${place}:`).forEach((key) => localStorage.removeItem(key));
