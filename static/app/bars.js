// Bars for a row of numbers, drawn of elements alone; the numbers stand below as a table.

import { fill, h } from "./dom.js";
import { language, t } from "./words.js";

const WIDTH = 10;
const HEIGHT = 100;

/**
 * @param {string} title what is counted
 * @param {{name: string, value: number}[]} points the last one still grows
 * @param {boolean} [open] whether the table shows
 */
export function bars(title, points, open) {
  const number = (value) => new Intl.NumberFormat(language).format(value);
  const most = Math.max(1, ...points.map(({ value }) => value));
  const total = points.reduce((sum, { value }) => sum + value, 0);
  const label = t("{0}: {1} in all, {2} at the most", title, number(total), number(Math.max(...points.map(({ value }) => value))));
  const drawn = svg("svg", { class: "chart", viewBox: `0 0 ${points.length * WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    points.map(({ name, value }, index) => bar(`${name}: ${number(value)}`, index, value / most, index === points.length - 1)));
  const ends = [points[0], points[Math.floor(points.length / 2)], points.at(-1)].map(({ name }) => h("span", {}, name));
  return h("figure", {},
    h("figcaption", {}, h("h2", {}, title), h("span", {}, t("{0} in all", number(total)))),
    drawn, h("p", { class: "axis", "aria-hidden": "true" }, ends),
    h("details", { open }, h("summary", {}, t("As a table")),
      h("table", {}, h("tbody", {}, points.map(({ name, value }) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, number(value))))))));
}

/** A bar over a track of the full height, so that an empty one shows too. */
function bar(words, index, share, grows) {
  const place = { x: index * WIDTH + 1.5, width: WIDTH - 3 };
  const height = share > 0 ? Math.max(2, share * HEIGHT) : 0;
  return svg("g", {}, [
    svg("title", {}, [words]),
    svg("rect", { class: "track", ...place, y: 0, height: HEIGHT }),
    svg("rect", { class: grows ? "bar grows" : "bar", ...place, y: HEIGHT - height, height }),
  ]);
}

function svg(name, properties, children = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) element.setAttribute(key, String(value));
  return fill(element, children);
}
