// Every control carries data-do. What the page can't do itself goes to Python under that name, with the control's other
// data; layout.py lists the names.
import { find, isAsking, isLeaving, listen, tell } from "./dom.js";
import { goTo, goToNew } from "./address.js";
import { cited, isStyled } from "./citing.js";
import { stepped } from "./panel.js";
import { _ } from "./words.js";

export const PANELS = ["open", "documents", "timeline", "table", "casefile", "conversations"];
const OF_CONVERSATION = ["ask", "revise", "drop", "restore", "new", "recall"];
const here = {}; // names of what is done on the page -> the function that does it
let trigger = null;
let ready;
export const whenReady = new Promise((resolve) => (ready = resolve));

export const attach = (component) => {
  trigger = component.trigger;
  ready();
};

export const register = (names) => Object.assign(here, names);

// Gradio's stream of answers can close in the moment in which an event is sent: its answer then waits for the next event.
let later = 0;
export const wake = () => send("wake");
export const send = (action, data = {}) => {
  if (action !== "wake") {
    clearTimeout(later);
    later = setTimeout(wake, 1000);
  }
  return whenReady.then(() => trigger(action, data));
};

export const dispatch = (action, data = {}, control = null) => {
  if (action in here) return here[action](data, control);
  // One thing after the other: an answer that is on its way belongs to the conversation that it was asked in, and a
  // question to the one that is on its way.
  if ((isAsking() || isLeaving()) && OF_CONVERSATION.includes(action)) {
    return listen("answered", () => setTimeout(dispatch, 50, action, data, control), { once: true });
  }
  if (action === "ask" && data.question.trim()) tell("ask", data.question);
  if (action === "revise" && data.question.trim()) tell("ask", null);
  if (["new", "recall"].includes(action)) document.body.classList.add("leaving");
  if (action === "new") goToNew();
  if (action === "recall" && control) goTo({ conversation: data.conversation });
  if (["drop", "restore"].includes(action)) tell("renumbered");
  if (action === "open" && stepped(data.place)) return;
  if (PANELS.includes(action)) tell("open", { control, action, data });
  send(action, data);
};

document.addEventListener("click", (event) => {
  const control = event.target.closest("button[data-do]");
  if (!control || control.disabled) return;
  const { do: action, fields, ...data } = control.dataset;
  dispatch(action, { ...data, ...(fields ? JSON.parse(fields) : {}) }, control);
});

// The fields of a form, a list where a name stands several times.
export const fieldsOf = (form) => {
  const data = {};
  for (const [name, value] of new FormData(form)) data[name] = name in data ? [data[name], value].flat() : value;
  return data;
};

// A ticked box counts at once.
document.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[data-ticked]")) dispatch(target.form.dataset.do, fieldsOf(target.form), target);
});

document.addEventListener("submit", (event) => {
  if (!event.target.dataset.do) return; // leaves the page
  event.preventDefault();
  dispatch(event.target.dataset.do, fieldsOf(event.target), event.submitter);
});

let typing = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-live]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => dispatch(form.dataset.do, { ...fieldsOf(form), typed: "1" }), 200);
});

register({
  copy: async (data, control) => {
    const { text, link } = data;
    const said = (control.dataset.said ??= control.textContent);
    try {
      const kinds = isStyled(data) && (await cited(data));
      if (kinds) {
        const items = Object.entries(kinds).map(([kind, words]) => [kind, new Blob([words], { type: kind })]);
        await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(items))]);
      } else await navigator.clipboard.writeText(text ?? location.href.split("#")[0] + link);
      control.textContent = _("Copied");
    } catch {
      control.textContent = _("Could not copy");
    }
    setTimeout(() => (control.textContent = said), 2000);
  },
  print: () => print(),
  to: ({ selector }) => find(selector)?.focus(),
});
