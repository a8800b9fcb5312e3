// What stands in rows of groups and in lists of files by now: a question comes or goes by an answer beside it, a file has come, what follows is
// drawn anew. What stays is not touched: it keeps what is typed in it, the cursor, and a camera that is open.
const PARTS = ".p-group, :not(.p-group) > [data-files]";
const COMING = ":scope > .p-files > :is(.p-note, [data-coming])";
const name = (part) => part.dataset.name ?? (part.matches("legend, button, .p-drop") ? part.localName : "");

export function mix(old, drawn) {
  const parts = old.querySelectorAll(PARTS);
  drawn.querySelectorAll(PARTS).forEach((part, place) => parts[place] && settle(parts[place], part));
}

function settle(old, drawn) {
  const there = new Map([...old.children].filter(name).map((each) => [name(each), each]));
  const coming = old.querySelectorAll(COMING);
  const parts = [...drawn.children].map((each) => {
    const before = there.get(name(each));
    if (before?.matches("[data-files]")) settle(before, each);
    return before || document.importNode(each, true);
  });
  parts.find((each) => each.matches(".p-files"))?.append(...coming);
  for (const each of [...old.children]) if (!parts.includes(each)) each.remove();
  parts.forEach((each, place) => { if (old.children[place] !== each) old.insertBefore(each, old.children[place] ?? null); });
}
