// Short names for what every part of the page needs.
export const find = (selector) => document.querySelector(selector);
export const field = () => find("#question textarea");
export const write = (text) => {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
};
export const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`ibid:${name}`, { detail }));
export const listen = (name, act, options) => document.addEventListener(`ibid:${name}`, ({ detail }) => act(detail), options);

const has = (state) => document.body.classList.contains(state);
export const isAsking = () => has("asking"); // a question is on its way
export const isLeaving = () => has("leaving"); // this conversation for another
