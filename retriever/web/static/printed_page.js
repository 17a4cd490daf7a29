// A source as printed: Page or Text, the number of the page, and zoom.
import { register } from "./actions.js";
import { find } from "./dom.js";
import { _ } from "./words.js";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const CHOICE = "ibid:view"; // what the user chose last in this tab
let zoom = 1;

const panel = () => find('#panel .panel[data-panel="source"]');
const printed = () => panel()?.querySelector(".printed");
const sheets = () => [...(printed()?.querySelectorAll(".sheet") ?? [])];
export const isPrinted = () => panel()?.dataset.view === "page" && Boolean(printed());

const choose = (view) => {
  panel().dataset.view = view;
  for (const button of panel().querySelectorAll(".views button")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  if (view === "page") sharpen();
};

// Where to stand in the pages: at the chosen quote. If its place is unknown, the text shows it.
export const target = () => {
  if (!isPrinted()) return null;
  const box = printed().querySelector(".box.chosen, .box:not([data-place])");
  if (!box && panel().querySelector("mark.chosen, mark:not([data-place])")) choose("text");
  return box;
};

// The browser takes the image that is as wide as the page is on this screen.
const sharpen = () => {
  const width = Math.round(sheets()[0]?.clientWidth ?? 0);
  if (!width) return;
  for (const image of printed().querySelectorAll("img")) image.sizes = `${width}px`;
};

const current = () => {
  const region = printed().getBoundingClientRect();
  const middle = region.top + region.height / 3;
  return sheets().find((sheet) => sheet.getBoundingClientRect().bottom > middle) ?? sheets().at(-1);
};

const tellPage = () => {
  const sheet = isPrinted() && current();
  if (!sheet) return;
  const number = panel().querySelector(".page-number");
  if (document.activeElement !== number) number.value = sheet.dataset.page;
  const { label } = sheet.dataset;
  panel().querySelector(".printed-number").textContent = label ? _(", printed “{label}”", { label }) : "";
};

const goTo = (number) => {
  const all = sheets();
  const sheet = all[Math.min(Math.max(Math.round(number) || 1, 1), all.length) - 1];
  sheet.scrollIntoView({ block: "start", behavior: "instant" });
  tellPage();
};

const setZoom = (to) => {
  const region = printed();
  const at = (region.scrollTop + region.clientHeight / 2) / region.scrollHeight;
  const across = (region.scrollLeft + region.clientWidth / 2) / region.scrollWidth;
  zoom = to;
  region.style.setProperty("--zoom", zoom);
  panel().querySelector(".zoomed").textContent = `${Math.round(100 * zoom)}%`;
  const [smaller, , larger] = panel().querySelectorAll('[data-do="zoom"]');
  smaller.disabled = zoom === ZOOMS[0];
  larger.disabled = zoom === ZOOMS.at(-1);
  region.scrollTo({
    top: at * region.scrollHeight - region.clientHeight / 2,
    left: across * region.scrollWidth - region.clientWidth / 2,
    behavior: "instant",
  });
  sharpen();
};

const step = (by) => {
  const next = ZOOMS[ZOOMS.indexOf(zoom) + by];
  if (by === 0) setZoom(1);
  else if (next) setZoom(next);
};

// A page that can't be drawn says why; the text is still there.
const failed = async (image) => {
  const said = printed()?.querySelector(".error");
  if (!said || !said.hidden) return;
  try {
    said.textContent = (await (await fetch(image.currentSrc || image.src)).json()).error;
  } catch {
    return; // Ibid has stopped, or the page could be drawn after all
  }
  said.hidden = false;
};

const view = ({ view }) => {
  sessionStorage.setItem(CHOICE, view);
  choose(view);
  const mark = panel().querySelector("mark.chosen, mark");
  (target() ?? mark)?.scrollIntoView({ block: "center", behavior: "instant" });
  tellPage();
};

export const attach = () => register({ view, zoom: ({ by }) => step(Number(by)) });

// Called when the panel shows a source, before the user is brought to the quote.
export const open = () => {
  if (!printed()) return;
  const region = printed();
  zoom = 1;
  choose(sessionStorage.getItem(CHOICE) ?? "page");
  region.addEventListener("scroll", tellPage, { passive: true });
  region.addEventListener("error", (event) => event.target.tagName === "IMG" && failed(event.target), true);
  new ResizeObserver(sharpen).observe(region);
  panel().querySelector(".page-number").addEventListener("change", (event) => goTo(event.target.valueAsNumber));
  region.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Number(current().dataset.page);
    const act = {
      "+": () => step(1),
      "=": () => step(1),
      "-": () => step(-1),
      0: () => step(0),
      ...(region.scrollWidth > region.clientWidth ? {} : { ArrowRight: () => goTo(page + 1), ArrowLeft: () => goTo(page - 1) }),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  requestAnimationFrame(tellPage);
};
