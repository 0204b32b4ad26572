// Tables, and what is hidden until it is wanted.

import { h } from "./dom.js";

/** @param {string[]} heads the columns; an empty one has no title @param {any[][]} rows */
export function table(heads, rows) {
  const head = (title) => (title ? h("th", { scope: "col" }, title) : h("td", {}));
  const row = (cells) =>
    h(
      "tr",
      {},
      cells.map((cell) => h("td", {}, cell)),
    );
  return h("table", {}, h("thead", {}, h("tr", {}, heads.map(head))), h("tbody", {}, rows.map(row)));
}

/** Something that opens when its title is chosen. */
export function more(title, content) {
  return h("details", {}, h("summary", {}, title), content);
}
