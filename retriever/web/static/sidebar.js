// The column beside the chat. It is asked for only where there is room for it.
import { fieldsOf, register, send } from "./actions.js";
import { find, listen } from "./dom.js";

export const attach = ({ element, watch }) => {
  const wide = matchMedia("(min-width: 86rem)");
  const renew = () => {
    const form = element.querySelector(".side-find");
    if (wide.matches) send("sidebar", form ? fieldsOf(form) : {});
  };
  let kept = null; // what has the focus, and what was typed meanwhile
  watch("value", () => {
    const same = kept && document.getElementById(kept.id);
    if (!same) return;
    same.focus({ preventScroll: true });
    if (same.type === "search") same.value = kept.value;
    if (same.type === "search") same.setSelectionRange(kept.caret, kept.caret);
  });
  const keep = ({ target }) => {
    const { id, value } = target;
    kept = id ? { id, value, caret: target.type === "search" ? target.selectionStart : 0 } : null;
  };
  for (const type of ["focusin", "input", "keyup"]) element.addEventListener(type, keep);
  element.addEventListener("focusout", () => setTimeout(() => element.contains(document.activeElement) || document.activeElement === document.body || (kept = null)));
  element.addEventListener("change", ({ target }) => target.matches("select") && renew());
  for (const name of ["answered", "filtered", "library"]) listen(name, renew);
  wide.addEventListener("change", renew);
  setTimeout(renew);
};

register({
  tick_all: (_, control) => {
    const boxes = [...control.form.querySelectorAll("[type=checkbox]")];
    for (const box of boxes) box.checked = true;
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  },
});
