// What stands next to the chat: a source, the documents, the timeline, the table, the conversations.
import { PANELS, register } from "./actions.js";
import { note, noteClosed, noteOpened } from "./address.js";
import { field, find, listen, tell } from "./dom.js";
import * as printed from "./printed_page.js";
import { _ } from "./words.js";

// Another quote of the answer in the document that is open: only the mark moves.
export const stepped = (place) => {
  const panel = find("#panel .panel[data-place]");
  const marks = place && panel ? [...panel.querySelectorAll(`mark[data-place="${place}"]`)] : [];
  if (!marks.length) return false;
  const [turn, at] = place.split(".").map(Number);
  const count = Number(panel.dataset.count);
  for (const mark of panel.querySelectorAll("mark, .box")) mark.classList.toggle("chosen", mark.dataset.place === place);
  marks[0].tabIndex = -1;
  panel.dataset.place = place;
  panel.querySelector(".count").textContent = _("Quote {number} of {count}", { number: at + 1, count });
  const steps = panel.querySelectorAll(".bar [data-place]");
  [(at + count - 1) % count, (at + 1) % count].forEach((to, index) => (steps[index].dataset.place = `${turn}.${to}`));
  for (const tick of panel.querySelectorAll(".rail button")) {
    tick.dataset.place === place ? tick.setAttribute("aria-current", "true") : tick.removeAttribute("aria-current");
  }
  note({ place });
  tell("stand");
  return true;
};

export const attach = ({ element, props, watch }) => {
  const narrow = matchMedia("(max-width: 60rem)");
  let opener = null;
  let shown = null;
  let kept = null;
  let left = 0; // where the user was in the timeline or the table when they opened a source from it
  let back = ""; // which of them the user goes back to
  let wanted = false; // whether something is to be open
  // What is being read in the chat stays where it is while the chat becomes narrower or wider.
  let held = null;
  const hold = (control) => {
    const { top } = find("#scroll").getBoundingClientRect();
    const seen = [...document.querySelectorAll("#conversation :is(.question, figure), .welcome li")];
    const one = control?.closest("#scroll") ? control : seen.find((each) => each.getBoundingClientRect().bottom > top);
    held = one ? { one, top: one.getBoundingClientRect().top } : null;
  };
  const steady = () => {
    if (held?.one.isConnected) find("#scroll").scrollBy({ top: held.one.getBoundingClientRect().top - held.top, behavior: "instant" });
    held = null;
  };
  const cover = () => (find("#chat").inert = narrow.matches && Boolean(props.value));
  const stand = () => {
    const target = printed.target() ?? element.querySelector("td mark.chosen:has(strong)") ?? element.querySelector("mark.chosen") ?? element.querySelector("#panel-title");
    const focused = target.matches(".box") ? element.querySelector("#panel-title") : target;
    if (!element.contains(document.activeElement)) focused.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
    // What lies before it in a long document gets its true height only when it is first drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView({ block: "center", behavior: "instant" })));
  };
  const tellMenu = () => {
    for (const item of document.querySelectorAll("#menu [data-do]")) {
      if (PANELS.includes(item.dataset.do)) item.setAttribute("aria-expanded", String(item.dataset.do === shown));
    }
    tell("panel", shown);
  };
  const show = () => {
    if (props.value && !wanted) return (props.value = ""); // it came after it was closed
    cover();
    steady();
    const panel = element.querySelector("[data-panel]");
    const again = panel && panel.dataset.panel === shown && shown !== "source";
    shown = panel?.dataset.panel ?? null;
    tellMenu();
    if (!panel) return;
    if (!again && back && shown === back) {
      back = "";
      element.querySelector(".text").scrollTo({ top: left, behavior: "instant" });
      return element.querySelector("#panel-title").focus({ preventScroll: true });
    }
    if (shown === "source") printed.open();
    if (!again) return stand();
    // The same list, renewed: the user stays where they were.
    element.querySelector(".text").scrollTop = kept?.top ?? 0;
    const same = kept?.id && document.getElementById(kept.id);
    if (same) {
      same.focus({ preventScroll: true });
      if (same.type === "search") same.value = kept.value; // what was typed meanwhile
      same.setSelectionRange?.(kept.caret, kept.caret);
    } else if (document.activeElement === document.body) { // what had the focus is gone; who types a question keeps it
      (element.querySelector(".undo button") ?? element.querySelector("#panel-title")).focus({ preventScroll: true });
    }
  };
  const keep = () => {
    const { activeElement: active } = document;
    const id = element.contains(active) && active.id;
    const caret = active?.type === "checkbox" ? null : active?.selectionStart;
    kept = { top: element.querySelector(".text")?.scrollTop, id, caret, value: active?.value };
  };
  for (const type of ["input", "click", "keyup", "scroll"]) element.addEventListener(type, keep, true);
  const shut = () => {
    if (!props.value) return false;
    hold();
    wanted = false;
    props.value = "";
    shown = null;
    cover();
    tellMenu();
    (opener?.isConnected ? opener : field()).focus();
    return true;
  };
  const close = () => shut() && noteClosed();
  watch("value", show);
  narrow.addEventListener("change", cover);
  register({ close });
  printed.attach();
  listen("shut", shut);
  // A place is named by the number of its turn.
  listen("renumbered", () => element.querySelector("[data-place]") && close());
  listen("stand", stand);
  document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
  listen("open", ({ control, action, data }) => {
    wanted = true;
    back = data.back && action !== "open" ? action : "";
    if (["timeline", "table", "casefile"].includes(shown) && action === "open") left = element.querySelector(".text").scrollTop;
    if (!data.restored && !data.typed) {
      const { document, start, end, digest, place, back } = data;
      noteOpened(action === "open" ? { document, start, end, digest, place, back } : { panel: action });
    }
    if (control && element.contains(control)) return;
    hold(control);
    opener = control ?? null;
    const at = element.querySelector("[data-place]")?.dataset.place; // open already: the value won't change
    if (at && at === data.place) stand();
  });
  element.addEventListener("click", (event) => {
    const { do: action, conversation } = event.target.closest("[data-do]")?.dataset ?? {};
    const here = new URLSearchParams(location.hash.slice(1)).get("conversation");
    if (action === "delete_all" || (action === "delete" && conversation === here)) note({ conversation: "" });
    if (narrow.matches && (action === "recall" || action === "ask")) shut();
  });
};
