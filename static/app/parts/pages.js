// Lists that are read page by page: the row at the end of what was read leads on.

import { t } from "../state/language.js";
import { button, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { rowsOf } from "./rows.js";

/**
 * The rows of a page. If others follow, the last row has a button that puts them in its place.
 * @template Item
 * @param {(before?: string) => Promise<{items: Item[], next: string|null}>} read reads a page
 * @param {(item: Item) => HTMLElement} make
 * @param {string} [before] where the page begins; the first one without
 * @returns {Promise<HTMLElement[]>}
 */
export async function readRows(read, make, before) {
  const { items, next } = await read(before);
  const rows = rowsOf(items, make);
  if (next === null) return rows;
  const onclick = () => attempt(async () => end.replaceWith(...(await readRows(read, make, next))));
  const end = h("li", { class: "more" }, button(t("Show more"), onclick, { class: "quiet" }));
  return [...rows, end];
}
