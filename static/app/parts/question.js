// What one person has asked at the duty desk, as a card.

import { t } from "../state/language.js";
import { content } from "./body.js";
import { summary } from "./content.js";
import { fill, h } from "./dom.js";
import { attempt } from "./feedback.js";
import { personName } from "./people.js";
import { quotedLine } from "./quote.js";
import { duration, fullTime } from "./time.js";

const LATE = 600; // seconds after which a question has waited too long

/** Whether a colleague is answering it. */
export const isTakenFrom = ({ claim }, me) => Boolean(claim && claim.uid !== me.uid);

/** Only who may answer a question sees what it names and what came before it. */
export const mayAnswer = (question, me) => question.from.uid !== me.uid && !isTakenFrom(question, me);

/**
 * What a question says, and what it quotes once that is found; it may be withdrawn by now.
 * @param {(roomseq: number) => Promise<object|null>} find finds a message that is quoted
 * @param {HTMLElement} [drawn] how it was drawn before: what it says stays, as it may be playing
 */
export function saying(question, find, drawn) {
  const element = drawn ?? h("div", { class: `body ${question.kind}` }, content(question));
  element.querySelector(":scope > .quoted")?.remove();
  if (!question.quote) return element;
  const line = quotedLine(undefined);
  element.prepend(line);
  attempt(async () => line.replaceWith(quotedLine(await find(question.quote))));
  return element;
}

/**
 * @param {object[]} asked what somebody has asked, the oldest first
 * @param {{sayings: Node[], before: Node}|false} open what each of them says, and what was written before, for who
 *   may see it
 */
export function card(asked, me, open, actions) {
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
  const words = asked.map((question, index) => [
    open ? open.sayings[index] : h("div", { class: `body ${question.kind}` }, summary(question)),
    h("p", {}, h("small", {}, fullTime(question.createtime))),
  ]);
  const before = open && open.before;
  return h("li", { class: "card question" }, header, words, before, h("p", { class: "actions" }, actions));
}

/** For how long a question has waited; nothing else of its card is drawn anew for that. */
export function drawWaiting(card, waiting) {
  const tag = card.querySelector(".waiting");
  if (!tag) return;
  tag.classList.toggle("late", waiting > LATE);
  fill(tag, t("waiting {0}", duration(waiting)));
}
