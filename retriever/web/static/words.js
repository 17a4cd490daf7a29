// What the scripts say, in the page's language: a message, with values in the places that have their names. Each message
// stands in the page's catalogues; in English it is the message itself.
const table = JSON.parse(document.querySelector("#words")?.textContent ?? "{}");
export const _ = (message, values = {}) => (table[message] ?? message).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

// Gradio puts the browser's language there, whichever the page speaks; screen readers would read with its sounds.
const root = document.documentElement;
const { lang } = root;
new MutationObserver(() => root.lang !== lang && (root.lang = lang)).observe(root, { attributeFilter: ["lang"] });
