// Bars for a row of numbers, drawn of elements alone; the numbers stand below as a table.

import { language, t } from "../state/language.js";
import { h, svg } from "./dom.js";

const WIDTH = 10;
const HEIGHT = 100;

/**
 * @param {string} title what is counted
 * @param {{name: string, value: number}[]} points the last one still grows
 * @param {boolean} [open] whether the table shows
 */
export function bars(title, points, open) {
  const total = points.reduce((sum, { value }) => sum + value, 0);
  const caption = h("figcaption", {}, h("h2", {}, title), h("span", {}, t("{0} in all", format(total))));
  const ends = [points[0], points[Math.floor(points.length / 2)], points[points.length - 1]];
  const axis = h(
    "p",
    { class: "axis", "aria-hidden": "true" },
    ends.map(({ name }) => h("span", {}, name)),
  );
  return h("figure", {}, caption, chart(title, points, total), axis, table(points, open));
}

function chart(title, points, total) {
  const most = Math.max(...points.map(({ value }) => value));
  const props = {
    class: "chart",
    viewBox: `0 0 ${points.length * WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": t("{0}: {1} in all, {2} at the most", title, format(total), format(most)),
  };
  const children = points.map(({ name, value }, index) => {
    const kind = index === points.length - 1 ? "bar grows" : "bar";
    return bar(`${name}: ${format(value)}`, index, value / Math.max(1, most), kind);
  });
  return svg("svg", props, children);
}

/** A bar over a track of the full height, so that an empty one shows too. */
function bar(text, index, share, kind) {
  const place = { x: index * WIDTH + 1.5, width: WIDTH - 3 };
  const height = share > 0 ? Math.max(2, share * HEIGHT) : 0;
  return svg("g", {}, [
    svg("title", {}, [text]),
    svg("rect", { class: "track", ...place, y: 0, height: HEIGHT }),
    svg("rect", { class: kind, ...place, y: HEIGHT - height, height }),
  ]);
}

function table(points, open) {
  const row = ({ name, value }) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, format(value)));
  const summary = h("summary", {}, t("As a table"));
  return h("details", { open }, summary, h("table", {}, h("tbody", {}, points.map(row))));
}

function format(number) {
  return new Intl.NumberFormat(language).format(number);
}
