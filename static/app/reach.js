// How far announcements and notices have come: a list whose entries open to four figures.

import { attempt, empty, fill, fully, h } from "./dom.js";
import { t } from "./words.js";

/**
 * A card with what was told, newest first.
 * @param {import("../client/jiayi.js").Jiayi} jiayi
 * @param {{list: string, report: string, title: string}} of paths of the list and of one report
 * @returns {{element: HTMLElement, draw: () => Promise<void>}}
 */
export function told(jiayi, { list, report, title }) {
  const element = h("section", { class: "card" });
  const draw = () => attempt(async () => {
    const { items } = await jiayi.get(list, { limit: 20 });
    fill(element, h("h2", {}, title), items.length ? h("ul", { class: "rows" }, items.map(entry)) : empty(t("There is none.")));
  });
  const entry = (item) => {
    const figures = h("div", { class: "reach" });
    const details = h("details", { class: "grow", ontoggle: () => details.open && attempt(async () => {
      const { stored, delivered, acknowledged, read } = await jiayi.get(report, { topicid: item.topicid });
      const bar = (name, count) => h("p", {}, h("span", {}, name), h("meter", { min: 0, max: Math.max(stored, 1), value: count, "aria-label": name }), h("span", {}, `${count} / ${stored}`));
      fill(figures, h("p", { class: "body" }, item.content), bar(t("Sent out"), delivered), bar(t("Received"), acknowledged), bar(t("Read"), read));
    }) }, h("summary", {}, item.title, " ", h("small", {}, fully(item.createtime), " · ", t("to {0}", item.sent))), figures);
    return h("li", {}, details);
  };
  return { element, draw };
}
