// Lists: each of their rows for itself. What cannot be shown stops no list, and what has not changed stays.

import { t } from "../state/language.js";
import { h } from "./dom.js";

const SOON = 16; // ms in which changes are drawn together

/**
 * Makes a row. If what others have sent cannot be shown, the row says so.
 * @param {() => HTMLElement} make
 */
function makeRow(make) {
  try {
    return make();
  } catch (problem) {
    console.warn(problem);
    return h("li", { class: "told" }, t("This cannot be shown."));
  }
}

/**
 * A row for each item.
 * @template Item
 * @param {Item[]} items
 * @param {(item: Item) => HTMLElement} make
 */
export function rowsOf(items, make) {
  return items.map((item) => makeRow(() => make(item)));
}

/**
 * Makes a list hold the wanted rows, and touches only those whose version has changed. `make` may change the element
 * that is there already, and return it.
 * @param {HTMLElement} list
 * @param {{key: string, version: string, make: (drawn?: HTMLElement) => HTMLElement}[]} wanted
 * @param {number} [most] how many rows are made at once: thousands would hold up all else
 * @returns {boolean} whether all are there; if not, it is to be called again
 */
export function reconcile(list, wanted, most = Infinity) {
  let made = 0;
  const present = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const { key, version, make } of wanted) {
    let element = present.get(key);
    present.delete(key);
    if (element?.dataset.version !== version && made++ < most) {
      const row = makeRow(() => make(element));
      Object.assign(row.dataset, { key, version });
      row.classList.toggle("still", Boolean(element)); // what was there does not appear anew
      if (row !== element) {
        if (element === place) place = element?.nextElementSibling ?? null;
        element?.remove();
      }
      element = row;
    }
    if (!element) continue;
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  present.forEach((element) => element.remove());
  return made <= most;
}

/** Returns a function that draws soon: once, however often it is called until then. @param {() => void} draw */
export function soon(draw) {
  let timer = 0;
  return () => {
    timer ||= setTimeout(() => {
      timer = 0;
      draw();
    }, SOON);
  };
}
