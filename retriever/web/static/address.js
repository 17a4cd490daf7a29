// What the page shows, in its address: so it survives a reload, can be a link, and Back leads to what was before.
// Names: conversation; panel, or document with start, end and digest, or place (turn.quote); back (the panel to go back
// to); publishers, since, until, documents, collections, as_of, languages (the filter); draft.
import { field, find, listen, tell, write } from "./dom.js";
import { dispatch, send, whenReady } from "./actions.js";

const FILTER = ["publishers", "since", "until", "documents", "collections", "as_of", "languages"];
const NAMELESS = ["publishers", "collections", "languages"]; // an empty name stands for none
const OPENED = ["panel", "document", "start", "end", "digest", "place", "back"];
const NAMES = ["conversation", ...OPENED, ...FILTER, "draft"];

export const read = (hash = location.hash) => {
  const said = new URLSearchParams(hash.slice(1));
  return Object.fromEntries(NAMES.flatMap((name) => (said.has(name) ? [[name, said.getAll(name)]] : [])));
};

const only = (names, state) => Object.fromEntries(names.flatMap((name) => (state[name] ? [[name, state[name]]] : [])));
const same = (names, one, other) => JSON.stringify(only(names, one)) === JSON.stringify(only(names, other));
const flat = (state) => Object.fromEntries(Object.entries(state).map(([name, values]) => [name, values[0]]));

const hashOf = (state) => {
  const said = new URLSearchParams();
  for (const name of NAMES) for (const value of state[name] ?? []) if (value !== "" || NAMELESS.includes(name)) said.append(name, value);
  return said.size ? `#${said}` : location.pathname;
};

const changed = (changes) => {
  const state = read();
  for (const [name, value] of Object.entries(changes)) {
    const values = [value ?? []].flat().map(String);
    if (values.length && !(values.length === 1 && values[0] === "" && !NAMELESS.includes(name))) state[name] = values;
    else delete state[name];
  }
  return state;
};

// How many entries of the browser's history lie between this one and the last without a panel.
const depth = () => history.state?.depth ?? 0;
const put = (push, state, depth) => {
  const hash = hashOf(state);
  if ((location.hash || location.pathname) === hash) push = false;
  history[push ? "pushState" : "replaceState"]({ depth }, "", hash);
  shown = state;
};

let shown = read(); // what the page shows, or is on its way to show

const NOTHING_OPEN = Object.fromEntries(OPENED.map((name) => [name, ""]));
// Another conversation, as a step that Back undoes.
export const goTo = (changes) => put(true, changed({ draft: typed(), ...changes }), 0);
export const goToNew = () => goTo({ ...NOTHING_OPEN, conversation: "" });
// The same thing, under another name.
export const note = (changes) => put(false, changed(changes), depth());
// A panel: a step if it is another one.
export const noteOpened = (data) => put(true, changed({ ...NOTHING_OPEN, ...data }), depth() + 1);
export const noteClosed = () => {
  if (depth()) history.go(-depth());
  else note(NOTHING_OPEN);
};

const openFrom = (state) => {
  const data = flat(only(OPENED, state));
  if (data.panel) dispatch(data.panel, { restored: "1" });
  else if (data.document || data.place) dispatch("open", { ...data, restored: "1" });
  else tell("shut");
};

// The address has changed by Back, Forward or a link: the page follows.
const follow = () => {
  const state = read();
  const before = shown;
  shown = state;
  const leaves = !same(["conversation"], state, before);
  const opens = !same(OPENED, state, before) || (leaves && !state.conversation);
  if (leaves) {
    if (opens) listen("recalled", () => openFrom(state), { once: true });
    dispatch(state.conversation ? "recall" : "new_here", { conversation: state.conversation?.[0] });
  } else if (opens) openFrom(state);
};
addEventListener("popstate", follow);

// What the address names when the page is opened.
export const start = async () => {
  await whenReady;
  while (!field()) await new Promise(requestAnimationFrame); // the field may come last
  const state = read();
  const draft = state.draft?.[0] ?? "";
  if (draft && !field().value) write(draft);
  const opens = OPENED.some((name) => state[name]);
  if (state.conversation) {
    if (opens) listen("recalled", () => openFrom(state), { once: true });
    dispatch("recall", { conversation: state.conversation[0] });
    return;
  }
  if (FILTER.some((name) => state[name])) send("scope", only(FILTER, state));
  if (opens) openFrom(state);
};

const typed = () => (field()?.value.trim() ? field().value : "");
let writing = 0;
const keepDraft = () => {
  clearTimeout(writing);
  writing = setTimeout(() => note({ draft: typed() }), 400);
};
document.addEventListener("input", (event) => event.target === field() && keepDraft());
listen("ask", () => {
  clearTimeout(writing);
  note({ draft: "" });
});

// The filter is a few words above the field; they carry it.
export const attach = ({ element, watch }) =>
  watch("value", () => {
    const chosen = element.querySelector("[data-filter]")?.dataset.filter;
    note({ ...Object.fromEntries(FILTER.map((name) => [name, null])), ...(chosen ? JSON.parse(chosen) : {}) });
    tell("filtered");
  });
