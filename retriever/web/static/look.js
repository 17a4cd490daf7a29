// How the page looks: light or dark, the size of its letters, the width of the panel; and the list of shortcuts.
import { register } from "./actions.js";
import { field, find } from "./dom.js";

const root = document.documentElement;
const kept = (name) => localStorage.getItem(`ibid:${name}`);
const keep = (name, value) => (value ? localStorage.setItem(`ibid:${name}`, value) : localStorage.removeItem(`ibid:${name}`));

const LANGUAGE = "ibid_language"; // the cookie; translation/language.py reads it
const chosenLanguage = () => document.cookie.match(/(?:^|; )ibid_language=(\w*)/)?.[1] ?? "";
const speak = (language) => {
  document.cookie = `${LANGUAGE}=${language}; path=/; samesite=lax; max-age=${language ? 10 * 365 * 24 * 3600 : 0}`;
  location.reload();
};

export const dress = () => {
  const theme = kept("theme");
  document.body.classList.toggle("dark", theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches); // Gradio's own
  theme ? (root.dataset.theme = theme) : delete root.dataset.theme;
  const size = kept("size");
  size ? root.style.setProperty("--size", size) : root.style.removeProperty("--size");
  const width = kept("panel");
  // In a grid `fr` shares what the column beside the chat leaves.
  const share = width && `${parseFloat(width) / (100 - parseFloat(width))}fr`;
  share ? root.style.setProperty("--panel-share", share) : root.style.removeProperty("--panel-share");
  for (const option of document.querySelectorAll("#look input")) {
    option.checked = option.value === ({ theme, size, language: chosenLanguage() }[option.name] ?? "");
  }
};
root.dataset.theme = kept("theme") ?? "";
addEventListener("storage", dress); // another tab

const dialog = () => find("#look");
register({
  look: (_, control) => {
    dress();
    dialog().showModal();
    dialog().addEventListener("close", () => control?.isConnected && control.focus(), { once: true });
  },
  look_close: () => dialog().close(),
});
document.addEventListener("change", ({ target }) => {
  if (!target.closest("#look")) return;
  if (target.name === "language") return speak(target.value);
  keep(target.name, target.value);
  dress();
});

const MOVES = { ArrowLeft: 2, ArrowRight: -2 };
const share = (percent) => `${Math.min(70, Math.max(28, percent)).toFixed(1)}%`;
const widen = (percent) => {
  keep("panel", share(percent));
  dress();
  find("#splitter")?.setAttribute("aria-valuenow", String(Math.round(parseFloat(kept("panel")))));
};
const now = () => parseFloat(kept("panel") ?? "50");
document.addEventListener("pointerdown", (event) => {
  const splitter = event.target.closest?.("#splitter [role=separator]");
  if (!splitter) return;
  event.preventDefault();
  splitter.setPointerCapture(event.pointerId);
  const layout = find("#layout").getBoundingClientRect();
  const left = find("#sidebar").getBoundingClientRect().width;
  const move = ({ clientX }) => widen((100 * (layout.right - clientX)) / (layout.width - left));
  splitter.addEventListener("pointermove", move);
  splitter.addEventListener("pointerup", () => splitter.removeEventListener("pointermove", move), { once: true });
});
document.addEventListener("dblclick", (event) => {
  if (!event.target.closest?.("#splitter")) return;
  keep("panel", "");
  dress();
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("#splitter [role=separator]") && MOVES[event.key]) {
    event.preventDefault();
    return widen(now() + MOVES[event.key]);
  }
  if (event.target.closest?.("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey || dialog()?.open) return;
  const press = { d: "documents", t: "timeline", f: "casefile", c: "conversations", n: "new", "?": "look" }[event.key];
  if (press) {
    event.preventDefault();
    find(`#menu [data-do=${press}]`)?.click();
  }
});

register({ focus_field: () => field().focus() });
