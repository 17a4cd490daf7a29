// Below a refusal: what was searched, and how. The report is made when it is first unfolded.
import { _ } from "./words.js";

document.addEventListener("toggle", async ({ target: fold }) => {
  if (!fold.matches?.("details.searched[open]") || fold.dataset.asked) return;
  fold.dataset.asked = "1";
  const shown = fold.querySelector("pre");
  try {
    const body = JSON.stringify({ question: fold.dataset.question, ...JSON.parse(fold.dataset.filter) });
    const answer = await fetch("api/absence", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const { report, error } = await answer.json();
    shown.textContent = report ?? error;
    if (!report) return;
    const link = fold.querySelector("a");
    link.href = URL.createObjectURL(new Blob([report], { type: "text/plain" }));
    link.parentElement.hidden = false;
  } catch {
    delete fold.dataset.asked;
    shown.textContent = _("The report could not be made. Close this line and open it again.");
  }
}, true);
