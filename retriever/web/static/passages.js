// On hover or focus a citation shows its passage, from a template in its turn.
import { find } from "./dom.js";

let soon = 0;
let shown = null;
const hide = () => {
  clearTimeout(soon);
  shown?.remove();
  shown = null;
};
const show = (control) => {
  hide();
  const template = control.closest(".turn")?.querySelector(`template[data-place="${control.dataset.place}"]`);
  if (!template || find("#panel .panel[data-place]")) return;
  shown = document.createElement("div");
  shown.className = "passage";
  shown.id = "passage";
  shown.setAttribute("role", "tooltip");
  shown.append(template.content.cloneNode(true));
  find("#layout").append(shown);
  control.setAttribute("aria-describedby", "passage");
  const box = control.getBoundingClientRect();
  const { width, height } = shown.getBoundingClientRect();
  shown.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  shown.style.top = `${box.bottom + height + 8 < innerHeight ? box.bottom + 6 : Math.max(8, box.top - height - 6)}px`;
};
const citation = (event) => event.target.closest?.(".number[data-place], .value[data-place]");
document.addEventListener("mouseover", (event) => {
  const control = citation(event);
  if (!control && !event.target.closest?.(".passage")) return hide();
  if (!control) return;
  clearTimeout(soon);
  soon = setTimeout(show, 250, control);
});
document.addEventListener("focusin", (event) => {
  const control = citation(event);
  control?.matches(":focus-visible") ? show(control) : hide();
});
document.addEventListener("click", hide, true);
document.addEventListener("scroll", hide, true);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !shown) return;
  event.preventDefault();
  hide();
}, true);
