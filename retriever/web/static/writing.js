// Below an answer, where a language model is named: what it makes of the quotes. It is asked when this is first unfolded.
// Its words are set as text, so that they can be nothing else. Each sentence leads to the quotes that carry it.
document.addEventListener("toggle", async ({ target: fold }) => {
  if (!fold.matches?.("details.writing[open]") || fold.dataset.asked) return;
  fold.dataset.asked = "1";
  const shown = fold.querySelector(".written");
  const [struck, quote, failed, nothing] = fold.querySelector("template").content.children;
  try {
    const body = JSON.stringify({ question: fold.dataset.question, quotes: JSON.parse(fold.dataset.quotes) });
    const answer = await fetch("api/write", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const { written, error } = await answer.json();
    if (error) delete fold.dataset.asked;
    if (!written?.sentences.length) {
      shown.textContent = error ?? nothing.textContent;
      return;
    }
    shown.replaceChildren(...written.sentences.flatMap((sentence) => {
      const said = document.createElement(sentence.struck ? "s" : "span");
      said.append(...(sentence.struck ? [struck.cloneNode(true)] : []), sentence.text);
      const links = sentence.quotes.map((position) => {
        const link = document.createElement("button");
        Object.assign(link, { type: "button", className: "number" });
        Object.assign(link.dataset, { do: "open", place: `${fold.dataset.number}.${position}` });
        link.append(quote.cloneNode(true), String(position + 1));
        const raised = document.createElement("sup");
        raised.append(link);
        return raised;
      });
      return [said, ...links, " "];
    }));
  } catch {
    delete fold.dataset.asked;
    shown.textContent = failed.textContent;
  }
}, true);
