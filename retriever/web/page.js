// Runs once in each component: `element`, `trigger`, `props` and `watch` are Gradio's.
// Every control carries data-do. What isn't done here goes to Python under that name, with the control's other data:
// "ask" "open" "documents" "timeline" "scope" "add_files" "remove" "undo" "conversations" "recall" "rename" "delete" "undelete"
// "delete_all" "new" "welcome".
const component = element.closest("#menu, #welcome, #conversation, #pending, #uploads, #scope, #panel, #hint, #masthead").id;
const find = (selector) => document.querySelector(selector);
const field = () => find("#question textarea");
const write = (text) => {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
};

const isAsking = () => document.body.classList.contains("asking");
const isLeaving = () => document.body.classList.contains("leaving"); // this conversation for another
const dispatch = (action, data, control) => {
  // One thing after the other: an answer that is on its way belongs to the conversation that it was asked in, and a
  // question to the one that is on its way.
  if ((isAsking() || isLeaving()) && ["ask", "new", "recall"].includes(action)) {
    return document.addEventListener("ibid:answered", () => setTimeout(dispatch, 50, action, data, control), { once: true });
  }
  if (action === "ask" && data.question.trim()) asking(data.question);
  if (["new", "recall"].includes(action)) document.body.classList.add("leaving");
  if (action === "open" && stepped(data.place)) return;
  if (["open", "documents", "timeline", "conversations"].includes(action)) {
    document.dispatchEvent(new CustomEvent("ibid:open", { detail: { control, action, data } }));
  }
  trigger(action, data);
};

// Another quote of the answer in the document that is open: only the mark moves.
const stepped = (place) => {
  const panel = find("#panel .panel[data-place]");
  const marks = place && panel ? [...panel.querySelectorAll(`mark[data-place="${place}"]`)] : [];
  if (!marks.length) return false;
  const [turn, at] = place.split(".").map(Number);
  const count = Number(panel.dataset.count);
  for (const mark of panel.querySelectorAll("mark")) mark.classList.toggle("chosen", marks.includes(mark));
  marks[0].tabIndex = -1;
  panel.dataset.place = place;
  panel.querySelector(".count").textContent = `Quote ${at + 1} of ${count}`;
  const steps = panel.querySelectorAll(".bar [data-place]");
  [(at + count - 1) % count, (at + 1) % count].forEach((to, index) => (steps[index].dataset.place = `${turn}.${to}`));
  for (const tick of panel.querySelectorAll(".rail button")) {
    tick.dataset.place === place ? tick.setAttribute("aria-current", "true") : tick.removeAttribute("aria-current");
  }
  document.dispatchEvent(new Event("ibid:stand"));
  return true;
};

const asking = (question) => document.dispatchEvent(new CustomEvent("ibid:ask", { detail: question }));

const copy = async (control) => {
  const { text, link } = control.dataset;
  const said = (control.dataset.said ??= control.textContent);
  try {
    await navigator.clipboard.writeText(text ?? location.href.split("#")[0] + link);
    control.textContent = "Copied";
  } catch {
    control.textContent = "Could not copy";
  }
  setTimeout(() => (control.textContent = said), 2000);
};

element.addEventListener("click", (event) => {
  const control = event.target.closest("button[data-do]");
  if (!control || control.disabled) return;
  const { do: action, ...data } = control.dataset;
  if (action === "copy") copy(control);
  else if (action === "close") document.dispatchEvent(new Event("ibid:close"));
  else if (action === "dismiss") props.value = "";
  else dispatch(action, data, control);
});

// The fields of a form, a list where a name stands several times.
const fieldsOf = (form) => {
  const data = {};
  for (const [name, value] of new FormData(form)) data[name] = name in data ? [data[name], value].flat() : value;
  return data;
};

element.addEventListener("submit", (event) => {
  if (!event.target.dataset.do) return; // leaves the page
  event.preventDefault();
  dispatch(event.target.dataset.do, fieldsOf(event.target), event.submitter);
});

let typing = 0;
element.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-live]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => trigger(form.dataset.do, fieldsOf(form)), 200);
});

element.addEventListener("change", (event) => {
  if (event.target.type === "file") document.dispatchEvent(new CustomEvent("ibid:files", { detail: [...event.target.files] }));
});

if (component === "conversation") {
  let turns = 0;
  const folds = () => [...element.querySelectorAll("details")];
  let open = [];
  element.addEventListener("toggle", () => (open = folds().map((fold) => fold.open)), true);
  watch("value", () => {
    const kept = open; // what the user had unfolded stays so
    folds().forEach((fold, at) => (fold.open = Boolean(kept[at])));
    const all = element.querySelectorAll(".turn");
    if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start" });
    turns = all.length;
    const failed = element.querySelector(".turn:last-child .error") && sessionStorage.getItem("question");
    if (failed && isAsking()) write(failed);
    const id = element.querySelector(".turns")?.dataset.conversation;
    history.replaceState(null, "", id ? `#${new URLSearchParams({ conversation: id })}` : location.pathname);
    document.dispatchEvent(new Event("ibid:answered"));
  });
}

if (component === "pending") {
  // The question that waits for its answer, where that takes longer than a blink.
  let soon = 0;
  const clear = () => {
    document.body.classList.remove("asking");
    clearTimeout(soon);
    element.querySelector(".turn")?.remove();
  };
  document.addEventListener("ibid:ask", ({ detail: question }) => {
    clear();
    document.body.classList.add("asking");
    sessionStorage.setItem("question", question);
    soon = setTimeout(() => {
      const turn = document.createElement("div");
      const [title, text] = [document.createElement("h2"), document.createElement("p")];
      [turn.className, title.className, text.className] = ["turn", "question", "waiting"];
      title.textContent = question.slice(0, 300);
      text.textContent = find("[data-loading]")
        ? "The model is still loading. Your question is answered as soon as it is ready."
        : "Searching…";
      text.setAttribute("role", "status");
      turn.append(title, text);
      element.append(turn);
      turn.scrollIntoView({ block: "start" });
    }, 150);
  });
  document.addEventListener("ibid:answered", () => {
    if (isAsking()) sessionStorage.removeItem("question");
    clear();
  });
  const recalled = () => document.body.classList.remove("leaving");
  document.addEventListener("ibid:recalled", () => {
    recalled();
    document.dispatchEvent(new Event("ibid:answered"));
  });
  document.addEventListener("ibid:away", () => {
    recalled();
    clear();
  });
}

if (component === "welcome") {
  // A link names a conversation, or a document and where to stand in it.
  const follow = () => {
    const data = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (data.conversation) dispatch("recall", data);
    else if (data.document) dispatch("open", data);
  };
  addEventListener("hashchange", follow);
  setTimeout(follow);
}

if (component === "uploads") {
  const upload = async (file) => {
    const name = file.name;
    const largest = Number(element.querySelector("[data-largest]").dataset.largest);
    try {
      if (file.size >= largest) return { name, reason: `it is too large: files must be smaller than ${largest / 1e6} MB.` };
      const response = await fetch(`uploads?${new URLSearchParams({ name })}`, { method: "POST", body: file });
      return { name, ...(await response.json()) };
    } catch {
      return { name, reason: "it could not be uploaded: it is a folder, or Ibid has stopped." };
    }
  };
  const add = async (files) => {
    if (!files.length) return;
    const handed = [];
    for (const file of files) handed.push(await upload(file));
    trigger("add_files", { files: handed });
  };
  document.addEventListener("ibid:files", ({ detail }) => add(detail));
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? document.body.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    add([...event.dataTransfer.files]);
  });
  watch("value", () => {
    if (!element.querySelector("[data-done]")) return;
    if (!element.querySelector(".skipped")) setTimeout(() => element.querySelector("[data-done]") && (props.value = ""), 10000);
    trigger("welcome");
    if (find("[data-panel=documents]")) trigger("documents", {});
  });
}

if (component === "panel") {
  const narrow = matchMedia("(max-width: 60rem)");
  let opener = null;
  let shown = null;
  let kept = null;
  let left = 0; // where the user was in the timeline when they opened a source from it
  let back = false;
  const cover = () => (find("#chat").inert = narrow.matches && Boolean(props.value));
  const stand = () => {
    const target = element.querySelector("mark.chosen") ?? element.querySelector("#panel-title");
    if (!element.contains(document.activeElement)) target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
    // What lies before it in a long document gets its true height only when it is first drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView({ block: "center", behavior: "instant" })));
  };
  const show = () => {
    cover();
    const panel = element.querySelector("[data-panel]");
    const again = panel && panel.dataset.panel === shown && shown !== "source";
    shown = panel?.dataset.panel ?? null;
    if (!panel) return;
    if (!again && back && shown === "timeline") {
      back = false;
      element.querySelector(".text").scrollTo({ top: left, behavior: "instant" });
      return element.querySelector("#panel-title").focus({ preventScroll: true });
    }
    if (!again) return stand();
    // The same list, renewed: the user stays where they were.
    element.querySelector(".text").scrollTop = kept?.top ?? 0;
    const same = kept?.id && document.getElementById(kept.id);
    if (same) {
      same.focus({ preventScroll: true });
      if (same.type === "search") same.value = kept.value; // what was typed meanwhile
      same.setSelectionRange?.(kept.caret, kept.caret);
    } else if (!element.contains(document.activeElement)) {
      (element.querySelector(".undo button") ?? element.querySelector("#panel-title")).focus({ preventScroll: true });
    }
  };
  const keep = () => {
    const { activeElement: active } = document;
    const id = element.contains(active) && active.id;
    kept = { top: element.querySelector(".text")?.scrollTop, id, caret: active?.selectionStart, value: active?.value };
  };
  for (const type of ["input", "click", "keyup", "scroll"]) element.addEventListener(type, keep, true);
  const close = () => {
    if (!props.value) return;
    props.value = "";
    shown = null;
    cover();
    (opener?.isConnected ? opener : field()).focus();
  };
  watch("value", show);
  narrow.addEventListener("change", cover);
  document.addEventListener("ibid:close", close);
  document.addEventListener("ibid:stand", stand);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("ibid:open", ({ detail: { control, action, data } }) => {
    back = action === "timeline" && Boolean(data.back);
    if (shown === "timeline" && action === "open") left = element.querySelector(".text").scrollTop;
    if (control && element.contains(control)) return;
    opener = control ?? null;
    const place = element.querySelector("[data-place]")?.dataset.place; // open already: the value won't change
    if (place && place === data.place) stand();
  });
  element.addEventListener("click", (event) => {
    const { do: action, conversation } = event.target.closest("[data-do]")?.dataset ?? {};
    const here = new URLSearchParams(location.hash.slice(1)).get("conversation");
    if (action === "delete_all" || (action === "delete" && conversation === here)) history.replaceState(null, "", location.pathname);
    if (narrow.matches && (action === "recall" || action === "ask")) close();
  });
}

if (component === "hint") {
  const AWAY = "Ibid has stopped, or can’t be reached. Start it again: this page keeps your question and continues.";
  let started = null;
  let away = false;
  const look = async () => {
    try {
      const { start } = await (await fetch("alive", { cache: "no-store" })).json();
      if (started && start !== started) {
        if (field().value.trim()) sessionStorage.setItem("question", field().value.trim());
        return location.reload(); // another run: it knows nothing of this tab
      }
      started = start;
      if (away) props.value = "";
      away = false;
      document.body.classList.remove("away");
    } catch {
      if (!away) {
        const text = field().value.trim();
        if (text) sessionStorage.setItem("question", text);
        else write(sessionStorage.getItem("question") ?? "");
        props.value = AWAY;
        document.dispatchEvent(new Event("ibid:away"));
      }
      away = true;
      document.body.classList.add("away");
    }
    setTimeout(look, document.hidden ? 20000 : away ? 1000 : 4000);
  };
  look();

  // A question that is not answered yet is kept; page.py puts it back into the field when the page is loaded anew.
  const ask = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isAsking()) return; // what is typed meanwhile stays where it is
    if (isLeaving()) return document.addEventListener("ibid:recalled", () => setTimeout(ask, 50, event), { once: true });
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
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    field().focus();
  });
}
