// Files that are chosen, dropped or pasted; their progress.
import { register, send } from "./actions.js";
import { find, listen, tell } from "./dom.js";
import { _ } from "./words.js";

export const attach = ({ element, props, watch }) => {
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
    send("add_files", { files: handed });
  };
  document.addEventListener("change", (event) => {
    if (event.target.type === "file" && !event.target.matches("[data-draft]")) tell("files", [...event.target.files]);
  });
  listen("files", add);
  document.body.dataset.drop = _("Drop to add"); // page.css shows it
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
    send("welcome");
    tell("library");
    if (find("[data-panel=documents]")) send("documents");
  });
  register({
    paste: ({ title, text }, control) => {
      control?.form?.reset();
      tell("files", [new File([`${title}\n\n${text}`], `${title}.txt`)]);
    },
  });
  register({ dismiss: () => (props.value = "") });
};
