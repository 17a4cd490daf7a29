// The question's field and the line below it; whether the program still runs.
import { dispatch } from "./actions.js";
import { field, isAsking, isLeaving, listen, tell, write } from "./dom.js";
import { _ } from "./words.js";

const AWAY = _("Ibid has stopped, or can’t be reached. Start it again: this page keeps your question and continues.");

const keepTyped = () => {
  const text = field().value.trim();
  if (text) sessionStorage.setItem("question", text);
  return text;
};

export const attach = ({ props }) => {
  let started = null;
  let away = false;
  const look = async () => {
    try {
      const { start } = await (await fetch("alive", { cache: "no-store" })).json();
      if (started && start !== started) {
        keepTyped();
        return location.reload(); // another run: it knows nothing of this tab
      }
      started = start;
      if (away) props.value = "";
      away = false;
      document.body.classList.remove("away");
    } catch {
      if (!away) {
        if (!keepTyped()) write(sessionStorage.getItem("question") ?? "");
        props.value = AWAY;
        tell("away");
      }
      away = true;
      document.body.classList.add("away");
    }
    setTimeout(look, document.hidden ? 20000 : away ? 1000 : 4000);
  };
  look();
};

// A question that is not answered yet is kept; layout.py puts it back into the field when the page is loaded anew.
const ask = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isAsking()) return; // what is typed meanwhile stays where it is
  if (isLeaving()) return listen("recalled", () => setTimeout(ask, 50, event), { once: true });
  const question = field().value;
  dispatch("ask", { question });
  if (question.trim()) write("");
};
document.addEventListener("click", (event) => event.target.closest("#ask") && ask(event), true);
document.addEventListener("keydown", (event) => {
  if (event.target !== field()) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) ask(event);
  if (event.key === "ArrowUp" && !field().value) write([...document.querySelectorAll(".turn .question")].at(-1)?.textContent ?? "");
}, true);
// A new conversation begins in the field.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=new]")) listen("recalled", () => field().focus(), { once: true });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  field().focus();
});
