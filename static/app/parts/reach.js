// How far announcements and notices have come: a list whose entries open to three meters.

import { t } from "../state/language.js";
import { empty, fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { readRows } from "./pages.js";
import { fullTime } from "./time.js";

/**
 * A card with what was sent, newest first.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {{list: string, report: string, title: string}} of the paths of the list and of the report on an entry
 * @returns {{element: HTMLElement, draw: () => Promise<void>}}
 */
export function sentNotices(jiayi, { list, report, title }) {
  const element = h("section", { class: "card" });
  const draw = () =>
    attempt(async () => {
      const read = (before) => jiayi.get(list, { limit: 20, before });
      const rows = await readRows(read, (item) =>
        entry(item, () => jiayi.get(report, { topicid: item.topicid })),
      );
      fill(
        element,
        h("h2", {}, title),
        rows.length ? h("ul", { class: "rows" }, rows) : empty(t("There is none.")),
      );
    });
  return { element, draw };
}

function entry({ title, content, createtime, sent }, readReport) {
  const figures = h("div", { class: "reach" });
  const show = async () => {
    const report = await readReport();
    fill(figures, h("p", { class: "body" }, content), meters(report));
  };
  const about = h("small", {}, fullTime(createtime), " · ", t("to {0}", sent));
  const ontoggle = () => details.open && attempt(show);
  const details = h("details", { class: "grow", ontoggle }, h("summary", {}, title, " ", about), figures);
  return h("li", {}, details);
}

function meters({ stored, delivered, acknowledged, read }) {
  const meter = (name, value) => {
    const props = { min: 0, max: Math.max(stored, 1), value, "aria-label": name };
    return h("p", {}, h("span", {}, name), h("meter", props), h("span", {}, `${value} / ${stored}`));
  };
  return [meter(t("Sent out"), delivered), meter(t("Received"), acknowledged), meter(t("Read"), read)];
}
