"use strict";
const form = document.getElementById("filter");
const entries = [...document.querySelectorAll("#list > li")].map((item) => ({
  item,
  words: item.textContent.toLowerCase(),
}));

function filter() {
  const { words, ...chosen } = Object.fromEntries(new FormData(form));
  const wanted = words.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const entry of entries) {
    const fits = Object.entries(chosen).every(([name, value]) => !value || entry.item.dataset[name] === value);
    entry.item.hidden = !fits || !wanted.every((word) => entry.words.includes(word));
    shown += !entry.item.hidden;
  }
  form.querySelector("output").value = `${shown} of ${entries.length}`;
}

// A link to a question works though the filter hides it.
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.hidden) {
    form.reset();
    filter();
    target.scrollIntoView();
  }
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", reveal);
filter();
