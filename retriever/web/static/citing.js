// A quote is copied, and a conversation saved, as its user cites: as the page shows it, or in a style. The choice is kept
// in this browser.
import { listen } from "./dom.js";

const KEPT = "ibid:citation";
const style = () => localStorage.getItem(KEPT) ?? "";
const show = () => {
  for (const choice of document.querySelectorAll("select[data-citation]")) choice.value = style();
};
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("select[data-citation]")) return;
  localStorage.setItem(KEPT, target.value);
  show();
});
addEventListener("storage", show); // another tab
for (const name of ["answered", "panel"]) listen(name, () => setTimeout(show));

// A file that may not be made: it is saved, or the page says why there is none.
const save = async (link) => {
  const said = document.querySelector(link.dataset.fetched);
  said.hidden = true;
  const answer = await fetch(link.href);
  if (!answer.ok) {
    said.textContent = (await answer.json()).error;
    said.hidden = false;
    return;
  }
  const file = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await answer.blob()), download: link.download });
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 60_000); // some browsers ask first where to save it
};

document.addEventListener("click", (event) => {
  const { target } = event;
  const link = target.closest?.("a[href^='conversations/']");
  if (link) link.search = style() && `?style=${style()}`;
  const styled = target.closest?.("a[data-styled]");
  if (!styled) return;
  const asked = new URLSearchParams(styled.search);
  asked.set("style", style() || "chicago");
  styled.search = asked;
  if (!styled.dataset.fetched) return;
  event.preventDefault();
  save(styled);
});

// The quote with its citation: as plain words, and with italics. A style that cites in brackets needs the reference too.
export const cited = async ({ document: id, start, end, quote }) => {
  const asked = new URLSearchParams({ style: style(), start, end });
  const answer = await fetch(`api/documents/${id.split("/").map(encodeURIComponent).join("/")}/citation?${asked}`);
  if (!answer.ok) throw new Error(answer.statusText);
  const { note, note_html, reference, reference_html } = await answer.json();
  const inBrackets = note.startsWith("(") && reference;
  const words = document.createElement("span");
  words.textContent = `“${quote}”`;
  return {
    "text/plain": `“${quote}” ${note}${inBrackets ? `\n${reference}` : ""}`,
    "text/html": `<p>${words.innerHTML} ${note_html}</p>${inBrackets ? `<p>${reference_html}</p>` : ""}`,
  };
};
export const isStyled = ({ document: id }) => Boolean(id && style());
