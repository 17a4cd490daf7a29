// Runs once in each panel (welcome, conversation, source): `element`, `trigger`, `props` and `watch` are Gradio's.
const panel = element.closest("#welcome, #conversation, #source").id;
const find = (selector) => document.querySelector(selector);

// Every control is a button with data-do: "open", "ask" and "edit" go to Python, "copy" and "close" stay here.
element.addEventListener("click", async (event) => {
  const control = event.target.closest("button[data-do]");
  if (!control) return;
  const { do: action, ...data } = control.dataset;
  if (action === "copy") {
    await navigator.clipboard.writeText(data.text);
    control.textContent = "Copied";
    setTimeout(() => (control.textContent = "Copy with citation"), 2000);
  } else if (action === "close") {
    document.dispatchEvent(new Event("ibid:close"));
  } else {
    if (action === "edit") find("#question textarea").focus();
    if (action === "open") document.dispatchEvent(new CustomEvent("ibid:open", { detail: control }));
    trigger(action, data);
  }
});

if (panel === "conversation") {
  let turns = 0;
  watch("value", () => {
    const all = element.querySelectorAll(".turn");
    if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start" });
    turns = all.length;
  });
}

if (panel === "source") {
  const narrow = matchMedia("(max-width: 60rem)");
  let opener = null;
  const cover = () => (find("#desk").inert = narrow.matches && Boolean(props.value));
  const show = () => {
    cover();
    if (!props.value) return;
    const target = element.querySelector("mark.chosen") ?? element.querySelector("#sheet-title");
    if (!element.contains(document.activeElement)) target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
  };
  const close = () => {
    if (!props.value) return;
    props.value = "";
    cover();
    (opener?.isConnected ? opener : find("#question textarea")).focus();
  };
  watch("value", show);
  narrow.addEventListener("change", cover);
  document.addEventListener("ibid:close", close);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("ibid:open", ({ detail: control }) => {
    if (element.contains(control)) return;
    opener = control;
    const place = element.querySelector("[data-place]")?.dataset.place; // open already: the value won't change
    if (place && place === control.dataset.place) show();
  });
}
