// A notice that is open, with the earlier ones of its tag below it.

import { attempt, fill, fully, h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const EARLIER = 20; // as many as one may want to look back on

/**
 * @param {HTMLElement} pane where it is shown
 * @param {object} item the line of the message list
 * @param {import("../client/jiayi.js").Jiayi} jiayi
 */
export function notice(pane, item, jiayi) {
  const earlier = h("section", { class: "earlier" });
  fill(pane,
    h("header", { class: "head" },
      h("a", { class: "back", href: "#/messages", "aria-label": t("Back") }, icon("back")),
      h("div", {}, h("h2", {}, item.title), h("time", { class: "state", datetime: item.updatetime }, fully(item.updatetime)))),
    h("article", { class: "notice" }, words(item), earlier));
  attempt(async () => {
    const { items } = await jiayi.get("notice/list", { tag: item.tags[0], limit: EARLIER });
    const others = items.filter(({ topicid }) => topicid !== item.data.topicid);
    if (others.length) fill(earlier, h("h3", {}, t("Earlier")), h("ul", { class: "rows" }, others.map(entry)));
  });
}

const entry = (told) => h("li", {}, h("details", { class: "grow" },
  h("summary", {}, told.title, " ", h("small", {}, fully(told.createtime))), words(told)));

function words({ content, data }) {
  const safe = typeof data?.url === "string" && /^https?:\/\//.test(data.url);
  return [h("p", { class: "body" }, content),
    safe && h("p", {}, h("a", { href: data.url, rel: "noopener noreferrer", target: "_blank" }, t("Read more")))];
}
