// A notice that is open, with the earlier ones of its tag below it.

import { fill, h } from "../parts/dom.js";
import { attempt } from "../parts/feedback.js";
import { icon } from "../parts/icons.js";
import { readRows } from "../parts/pages.js";
import { personName, plain, roleOf, roleTag } from "../parts/people.js";
import { fullTime } from "../parts/time.js";
import { t } from "../state/language.js";

const EARLIER = 20; // how many are read at once

/**
 * @param {HTMLElement} pane
 * @param {import("../state/inbox.js").InboxItem} item
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 */
export function notice(pane, item, jiayi) {
  const back = h("a", { class: "back", href: "#/messages", "aria-label": t("Back") }, icon("back"));
  const time = h("time", { datetime: item.updatetime }, fullTime(item.updatetime));
  const header = h("header", { class: "head" }, back, heading(item, time, jiayi.me));
  const earlier = h("section", { class: "earlier" });
  fill(pane, header, h("article", { class: "notice" }, content(item), earlier));
  attempt(async () => {
    const read = async (before) => {
      const page = await jiayi.get("notice/list", { tag: item.tags[0], limit: EARLIER, before });
      return { ...page, items: page.items.filter(({ topicid }) => topicid !== item.data.topicid) };
    };
    const rows = await readRows(read, entry);
    if (rows.length) fill(earlier, h("h3", {}, t("Earlier")), h("ul", { class: "rows" }, rows));
  });
}

/** What it is about, who tells it, by name, and when. */
function heading({ title, tags, data }, time, me) {
  const teller = data?.from ? personName(data.from) : roleTag(roleOf(tags[0], me));
  return h("div", {}, h("h2", {}, plain(title)), h("span", { class: "state" }, teller, " ", time));
}

function entry(notice) {
  const { title, createtime, data } = notice;
  const teller = data?.from && [" · ", h("bdi", {}, plain(data.from.name))];
  const summary = h("summary", {}, title, " ", h("small", {}, fullTime(createtime), teller));
  return h("li", {}, h("details", { class: "grow" }, summary, content(notice)));
}

function content({ content, data }) {
  const isLink = typeof data?.url === "string" && /^https?:\/\//.test(data.url);
  const link =
    isLink && h("a", { href: data.url, rel: "noopener noreferrer", target: "_blank" }, t("Read more"));
  return [h("p", { class: "body" }, content), link && h("p", {}, link)];
}
