// What one person has asked at the duty desk, as a card.

import { t } from "../state/language.js";
import { content } from "./body.js";
import { summary } from "./content.js";
import { fill, h } from "./dom.js";
import { personName } from "./people.js";
import { duration, fullTime } from "./time.js";

const LATE = 600; // seconds after which a question has waited too long

/** Whether a colleague is answering it. */
export const isTakenFrom = ({ claim }, me) => Boolean(claim && claim.uid !== me.uid);

/** Only who may answer a question sees what it names and what came before it. */
export const mayAnswer = (question, me) => question.from.uid !== me.uid && !isTakenFrom(question, me);

/**
 * @param {object[]} asked what somebody has asked, the oldest first
 * @param {Node|false} before what was written before, for who may see it
 */
export function card(asked, me, before, actions) {
  const [{ from, doctor }] = asked;
  const claimed = asked.find(({ claim }) => claim);
  const claimText = isTakenFrom(asked[0], me) ? t("taken on by a colleague") : t("taken on by you");
  const header = h(
    "header",
    {},
    h("strong", {}, personName(from)),
    doctor && h("span", {}, "→ ", personName(doctor)),
    h("span", { class: "tagged waiting" }),
    asked.length > 1 && h("span", { class: "tagged" }, t("{0} questions", asked.length)),
    claimed && h("span", { class: "tagged on" }, claimText),
  );
  const words = asked.map((question) => [
    h("div", { class: `body ${question.kind}` }, before ? content(question) : summary(question)),
    h("p", {}, h("small", {}, fullTime(question.createtime))),
  ]);
  return h("li", { class: "card question" }, header, words, before, h("p", { class: "actions" }, actions));
}

/** For how long a question has waited; nothing else of its card is drawn anew for that. */
export function drawWaiting(card, waiting) {
  const tag = card.querySelector(".waiting");
  if (!tag) return;
  tag.classList.toggle("late", waiting > LATE);
  fill(tag, t("waiting {0}", duration(waiting)));
}
