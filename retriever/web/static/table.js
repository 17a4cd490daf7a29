// The table: one question for each document. Its rows come one after the other, also while a source is read; they are
// dropped when the panel is closed.
import { register, send } from "./actions.js";
import { find, listen } from "./dom.js";
import { _ } from "./words.js";

const KEEPING = ["table", "source", "message"]; // the panels beside which it goes on
const FILES = { csv: "text/csv", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
const STOPPED = _("The table is not complete: Ibid cannot be reached. Ask again.");
let typed = null; // what stands in the field while the panel is renewed
let run = null; // the question, its filter, the element that shows its rows, and what stops it

const stop = () => {
  if (!run) return;
  run.stopping.abort();
  for (const link of run.shown.querySelectorAll("a[href]")) URL.revokeObjectURL(link.href);
  run = null;
};

const told = (shown, sentence) => {
  shown.querySelector("[role=status]").textContent = "";
  Object.assign(shown.querySelector("[role=alert]"), { textContent: sentence, hidden: false });
};

const take = (shown, { row, done, count, error, said, ...files }) => {
  if (error) told(shown, error);
  if (row) {
    shown.querySelector(".table").hidden = false;
    shown.querySelector("tbody").insertAdjacentHTML("beforeend", row);
    shown.querySelector("[role=status]").textContent = count === 1
      ? _("{done} of {count} document", { done, count })
      : _("{done} of {count} documents", { done, count });
  }
  if (said && shown.querySelector("[role=alert]").hidden) shown.querySelector("[role=status]").textContent = said;
  for (const [name, packed] of Object.entries(files)) {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    shown.querySelector(`a[download$=${name}]`).href = URL.createObjectURL(new Blob([bytes], { type: FILES[name] }));
    shown.querySelector(".saves").hidden = false;
  }
};

const follow = async (own, body) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("api/table", { method: "POST", headers, body, signal: own.stopping.signal });
  if (!answer.ok) return told(own.shown, (await answer.json()).error);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let last = {};
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (own === run) take(own.shown, (last = JSON.parse(line)));
  }
  if (own === run && !last.said) throw new Error("cut off");
};

const tabulate = async ({ question }) => {
  stop();
  const panel = find("[data-panel=table]");
  const { filter } = panel.querySelector("form").dataset;
  const shown = panel.querySelector(".evidence");
  const own = (run = { question, filter, shown, stopping: new AbortController() });
  shown.querySelector("tbody").replaceChildren();
  for (const hidden of shown.querySelectorAll(".table, .saves, [role=alert]")) hidden.hidden = true;
  shown.querySelector("[role=status]").textContent = _("Asking …");
  try {
    await follow(own, JSON.stringify({ ...JSON.parse(filter), questions: [question], form: "panel" }));
  } catch {
    if (own === run) told(shown, STOPPED);
  }
};

register({ tabulate });
listen("panel", (name) => {
  if (!KEEPING.includes(name)) return stop();
  if (name !== "table") return;
  const form = find("[data-panel=table] form");
  const question = typed ?? run?.question;
  typed = null;
  if (question !== undefined) form.elements.question.value = question;
  if (form.dataset.filter !== run?.filter) return stop();
  find("[data-panel=table] .evidence").replaceWith(run.shown);
});
// Other documents are to be asked: the panel must say so.
listen("filtered", () => {
  if (!find("[data-panel=table]")) return;
  typed = find("#table-question").value;
  send("table");
});
