// The turns, and the question that waits for its answer.
import { dispatch, register, send } from "./actions.js";
import { note } from "./address.js";
import { field, find, isAsking, listen, tell, write } from "./dom.js";
import { _ } from "./words.js";

const otherTabs = new BroadcastChannel("ibid");

export const attach = ({ element, watch }) => {
  let turns = 0;
  let told = "";
  const folds = () => [...element.querySelectorAll("details")];
  let open = [];
  element.addEventListener("toggle", () => (open = folds().map((fold) => fold.open)), true);
  const id = () => element.querySelector(".turns")?.dataset.conversation ?? "";
  watch("value", () => {
    const kept = open; // what the user had unfolded stays so
    folds().forEach((fold, at) => (fold.open = Boolean(kept[at])));
    const all = element.querySelectorAll(".turn");
    if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start" });
    turns = all.length;
    const failed = element.querySelector(".turn:last-child .error") && sessionStorage.getItem("question");
    if (failed && isAsking()) write(failed);
    forgetAnswered(element);
    for (const title of element.querySelectorAll(".question")) clamp(title);
    note({ conversation: id() });
    tell("answered");
    const version = element.querySelector(".turns")?.dataset.version;
    if (version && version !== told && document.body.dataset.heard !== version) otherTabs.postMessage({ conversation: id(), version });
    told = version;
  });
  // Another tab has changed the same conversation.
  otherTabs.addEventListener("message", ({ data }) => {
    if (data.conversation !== id() || data.version === told) return;
    document.body.dataset.heard = data.version;
    dispatch("recall", { conversation: data.conversation });
  });
};

// A long question shows three lines, until its reader wants all.
const clamp = (title) => {
  if (title.scrollHeight <= title.clientHeight + 4) return;
  const more = document.createElement("button");
  [more.type, more.className, more.textContent] = ["button", "quiet", _("Show all")];
  more.addEventListener("click", () => {
    title.classList.add("whole");
    more.remove();
  });
  title.parentElement.querySelector(".turn-actions")?.prepend(more);
};

// A question that has its answer never comes back into the field.
const forgetAnswered = (element) => {
  const last = [...element.querySelectorAll(".turn .question")].at(-1)?.textContent.trim();
  const kept = sessionStorage.getItem("question")?.trim();
  if (!kept || kept !== last || element.querySelector(".turn:last-child .error")) return;
  sessionStorage.removeItem("question");
  if (field()?.value.trim() === last) write("");
};

// What is suggested belongs to the answer above it: what comes too late, or is too old, goes.
export const attachSuggestions = ({ element, watch }) => {
  const suggested = () => element.querySelector(".suggestions");
  const clear = () => suggested()?.remove();
  listen("ask", clear);
  listen("recalled", clear);
  watch("value", () => {
    const count = document.querySelectorAll("#conversation .turns > .turn").length;
    if (suggested() && Number(suggested().dataset.turns) !== count) clear();
  });
};

export const attachPending = ({ element, watch }) => {
  // Passages that are being read take the place of "Searching…".
  watch("value", () => element.querySelector("#pending-question")?.remove());
  // The question that waits for its answer, where that takes longer than a blink.
  let soon = 0;
  const clear = () => {
    document.body.classList.remove("asking");
    clearTimeout(soon);
    for (const turn of element.querySelectorAll(".turn")) turn.remove();
  };
  listen("ask", (question) => {
    clear();
    document.body.classList.add("asking");
    if (question === null) return; // in the place of another
    sessionStorage.setItem("question", question);
    soon = setTimeout(() => {
      const turn = document.createElement("div");
      const [title, text] = [document.createElement("h2"), document.createElement("p")];
      [turn.id, turn.className, title.className, text.className] = ["pending-question", "turn", "question", "waiting"];
      title.textContent = question.slice(0, 300);
      text.textContent = find("[data-loading]")
        ? _("Your question is answered as soon as the documents are open.")
        : _("Searching…");
      text.setAttribute("role", "status");
      turn.append(title, text);
      element.append(turn);
      turn.scrollIntoView({ block: "start" });
    }, 150);
  });
  listen("answered", () => {
    if (isAsking()) sessionStorage.removeItem("question");
    clear();
  });
  const recalled = () => document.body.classList.remove("leaving");
  listen("recalled", () => {
    recalled();
    tell("answered");
  });
  listen("away", () => {
    recalled();
    clear();
  });
};

// What a filter changes on the page.
listen("filtered", () => {
  for (const name of ["documents", "timeline"]) if (find(`[data-panel=${name}]`)) send(name, { find: find("#find")?.value ?? "" });
});

listen("corrected", () => {
  tell("library");
  const { conversation } = find(".turns")?.dataset ?? {};
  if (conversation) dispatch("recall", { conversation });
});

register({
  // Title, author, publisher and date become fields below the quote.
  correct_here: ({ document: id, title, author, publisher, published }, control) => {
    const figure = control.closest("figure");
    figure.querySelector("form.correct")?.remove();
    const form = document.createElement("form");
    form.className = "correct";
    form.dataset.do = "correct";
    const [unknown, dates] = [_("unknown"), _("2022-04-22, 2022-04 or 2022")];
    const said = { title: _("Title"), author: _("Author"), publisher: _("Publisher"), date: _("Date"), save: _("Save"), cancel: _("Cancel") };
    form.innerHTML = `<input type="hidden" name="document"><label>${said.title} <input name="title" required></label>
      <label>${said.author} <input name="author" placeholder="${unknown}"></label>
      <label>${said.publisher} <input name="publisher" placeholder="${unknown}"></label>
      <label>${said.date} <input name="published" placeholder="${dates}"></label>
      <p><button type="submit" class="button">${said.save}</button> <button type="button" class="quiet">${said.cancel}</button></p>`;
    for (const [name, value] of Object.entries({ document: id, title, author, publisher, published })) form.elements[name].value = value;
    const leave = () => {
      form.remove();
      control.focus();
    };
    form.querySelector("[type=button]").addEventListener("click", leave);
    form.addEventListener("submit", () => setTimeout(leave));
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      leave();
    });
    figure.append(form);
    form.elements.publisher.focus();
  },
  // The question becomes a field in its place.
  edit_question: ({ number, question }, control) => {
    const title = control.closest(".turn").querySelector(".question");
    control.closest(".turn").querySelector(".revise")?.remove();
    const form = document.createElement("form");
    form.className = "revise";
    form.dataset.do = "revise";
    const said = { question: _("The question"), ask: _("Ask"), cancel: _("Cancel") };
    form.innerHTML = `<input type="hidden" name="number"><textarea name="question" rows="2" required aria-label="${said.question}"></textarea>
      <button type="submit" class="button">${said.ask}</button> <button type="button" class="quiet">${said.cancel}</button>`;
    form.elements.number.value = number;
    form.elements.question.value = question;
    const leave = () => {
      form.remove();
      title.classList.remove("unseen");
      control.focus();
    };
    form.querySelector("[type=button]").addEventListener("click", leave);
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        form.requestSubmit();
      }
      if (event.key !== "Escape") return;
      event.preventDefault();
      leave();
    });
    title.classList.add("unseen"); // a heading still, for whoever moves by headings
    title.after(form);
    form.elements.question.focus();
  },
  // Back has led to an empty conversation: it is the address's already.
  new_here: () => {
    document.body.classList.add("leaving");
    send("new");
  },
});
