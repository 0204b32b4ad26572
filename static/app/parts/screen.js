// How a page fits the screen: the colours, the size of letters, and how wide the page is in such letters. Media
// queries would not do for the last: they know nothing of letters that a switch has enlarged.

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The colours that can be chosen: the system's, or always the same. */
export const SCHEMES = ["", "light", "dark"];

/** How large letters can be chosen to be; style.css says how large that is. */
export const PRINTS = ["", "large", "larger"];

/** Below how many `rem` a page is called what. */
const WIDTHS = { middle: 62.5, narrow: 50, tight: 20 };

const kept = (key, choices) => {
  const value = localStorage.getItem(key) ?? "";
  return choices.includes(value) ? value : "";
};

export const scheme = () => kept("jiayi:scheme", SCHEMES);

export const print = () => kept("jiayi:print", PRINTS);

/** @param {string} value one of `SCHEMES` */
export function chooseScheme(value) {
  localStorage.setItem("jiayi:scheme", value);
  fit();
}

/** @param {string} value one of `PRINTS` */
export function choosePrint(value) {
  localStorage.setItem("jiayi:print", value);
  fit();
}

/** Whether there is room for something beside what is open, as `data-width` has it in styles. */
export const isWide = () => !root.dataset.width;

/** Fits the page to the screen, now and whenever that changes. */
export function fitScreen() {
  fit();
  addEventListener("resize", fit);
  dark.addEventListener("change", fit);
}

function fit() {
  root.dataset.scheme = scheme() || (dark.matches ? "dark" : "light");
  root.dataset.print = print();
  const width = root.clientWidth / parseFloat(getComputedStyle(root).fontSize);
  root.dataset.width = Object.keys(WIDTHS)
    .filter((name) => width < WIDTHS[name])
    .join(" ");
}
