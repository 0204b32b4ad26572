// Announcements that wait for their time: a list whose entries may be taken back.

import { t } from "../state/language.js";
import { ask } from "./dialog.js";
import { button, fill, h } from "./dom.js";
import { attempt, note } from "./feedback.js";
import { plain } from "./people.js";
import { fullTime } from "./time.js";

/**
 * A card with what waits, the next one first; hidden where nothing does.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {(waiting: {audience: string, communityid: string|null}) => string} nameAudience
 * @returns {{element: HTMLElement, draw: () => Promise<void>}}
 */
export function scheduled(jiayi, nameAudience) {
  const element = h("section", { class: "card", hidden: true });
  const draw = () =>
    attempt(async () => {
      const { items } = await jiayi.get("announcement/scheduled");
      element.hidden = items.length === 0;
      const rows = items.map((waiting) => entry(waiting, nameAudience(waiting), () => takeBack(waiting)));
      fill(element, h("h2", {}, t("Scheduled")), h("ul", { class: "rows" }, rows));
    });
  const takeBack = async ({ scheduleid, title }) => {
    if (!(await ask({ title: t("Withdraw “{0}”?", title), confirm: t("Withdraw it"), danger: true }))) return;
    if (await attempt(() => jiayi.post("announcement/cancel", { scheduleid }))) note(t("Done."));
    await draw();
  };
  return { element, draw };
}

function entry({ title, content, sendtime, data }, audience, takeBack) {
  const about = [fullTime(sendtime), audience, data.from && plain(data.from.name)]
    .filter(Boolean)
    .join(" · ");
  const summary = h("summary", {}, title, " ", h("small", {}, about));
  const words = h("details", { class: "grow" }, summary, h("p", { class: "body" }, content));
  return h("li", {}, words, button(t("Withdraw it"), takeBack, { "aria-label": t("Withdraw “{0}”", title) }));
}
