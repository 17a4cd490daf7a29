// Each component of the page hands itself over here, with what Gradio gives it: its element, its value and its events.
import "./absence.js";
import * as actions from "./actions.js";
import * as address from "./address.js";
import "./checking.js";
import "./citing.js";
import * as composer from "./composer.js";
import * as conversation from "./conversation.js";
import { dress } from "./look.js";
import * as panel from "./panel.js";
import "./passages.js";
import * as sidebar from "./sidebar.js";
import "./table.js";
import * as uploads from "./uploads.js";
import "./writing.js";

const ATTACH = {
  actions: actions.attach,
  conversation: conversation.attach,
  hint: composer.attach,
  panel: panel.attach,
  pending: conversation.attachPending,
  scope: address.attach,
  sidebar: sidebar.attach,
  suggestions: conversation.attachSuggestions,
  uploads: uploads.attach,
};
const missing = new Set(Object.keys(ATTACH));

// What takes longer is asked for again and again.
setInterval(() => {
  if (document.body.matches(".asking, .leaving, :has(#welcome [data-loading])") && !document.hidden) actions.wake();
}, 5000);

window.ibid = {
  attach: (element, trigger, props, watch) => {
    const { id } = element.closest(Object.keys(ATTACH).map((name) => `#${name}`).join());
    ATTACH[id]({ element, trigger, props, watch });
    missing.delete(id);
    if (missing.size) return;
    dress();
    setTimeout(address.start);
  },
};
