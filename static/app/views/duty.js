// The duty desk: who waits, with all that they have asked in a room, for how long, and answering in a doctor's place.

import { askAnswer } from "../parts/answer.js";
import { openBefore, readBefore } from "../parts/before.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { plain } from "../parts/people.js";
import { personCard } from "../parts/person.js";
import { card, drawWaiting, isTakenFrom, mayAnswer, saying } from "../parts/question.js";
import { here } from "../parts/route.js";
import { reconcile } from "../parts/rows.js";
import { more } from "../parts/table.js";
import { t } from "../state/language.js";

const TICK = 5_000; // ms between two drawings of how long each question has waited

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {import("../state/list-store.js").ListStore} questions
 */
export function duty(jiayi, questions) {
  /** Does something to each of these questions, one after the other. */
  const act = async (path, waiting, done) => {
    const acted = await attempt(async () => {
      for (const { dialogid } of waiting) await jiayi.post(`/admin/duty/${path}`, { dialogid });
      if (done) note(done);
      return true;
    });
    questions.refresh();
    return acted;
  };

  /** Answers all that somebody has asked: who answers the last question settles those before it. */
  const answer = async (asked) => {
    const isHere = here();
    const claimed = await act("claim", asked);
    const before = claimed && (await attempt(() => readBefore(jiayi, asked[0])));
    if (before && isHere() && (await askAnswer(jiayi, asked, before))) note(t("The answer was sent."));
    questions.refresh();
  };

  const actions = (asked) => {
    const name = plain(asked[0].from.name);
    const isTaken = !mayAnswer(asked[0], jiayi.me);
    const free = asked.filter((question) => !question.claim);
    const claim = () => act("claim", free, t("It is yours for a while."));
    const remind = () => act("remindmsg", asked.slice(0, 1), t("They have been reminded."));
    const answerProps = { class: "primary", disabled: isTaken, "aria-label": t("Answer {0}", name) };
    return [
      free.length > 0 &&
        button(t("Take on"), claim, { "aria-label": t("Take on the question of {0}", name) }),
      button(t("Remind"), remind, { "aria-label": t("Remind of the question of {0}", name) }),
      button(t("Answer"), () => answer(asked), answerProps),
    ];
  };

  /**
   * What a question says, and what was opened of it, stay when its card is drawn anew.
   * @type {Map<string, {saying?: HTMLElement, before?: HTMLElement}>}
   */
  const kept = new Map();
  const keptOf = ({ dialogid }) => kept.get(dialogid) ?? kept.set(dialogid, {}).get(dialogid);
  const sayingOf = (question) => {
    const parts = keptOf(question);
    return (parts.saying = saying(question, find(question), parts.saying));
  };
  const beforeOf = (question) =>
    (keptOf(question).before ??= h("div", {}, about(question), openBefore(jiayi, question)));

  /** Finds what a question quotes: another that waits, or what was written before. */
  const find = (question) => async (roomseq) => {
    const is = (message) => message.roomseq === roomseq;
    const waiting = questions.items.find((other) => other.roomid === question.roomid && is(other));
    return waiting ?? (await readBefore(jiayi, question)).find(is) ?? null;
  };

  /** Who asks, read when it is opened. */
  const about = ({ from, dialogid }) => {
    if (from.role !== "user") return null;
    const box = h("div", {});
    const details = more(t("About {0}", plain(from.name)), box);
    details.addEventListener("toggle", () => {
      if (details.open) fill(box, personCard(jiayi, "/admin/duty/person", { dialogid }, false));
    });
    return details;
  };

  const row = (asked) => {
    const shown = mayAnswer(asked[0], jiayi.me);
    const open = () => shown && { sayings: asked.map(sayingOf), before: beforeOf(asked[0]) };
    const make = () => card(asked, jiayi.me, open(), actions(asked));
    const version = asked.map(({ dialogid, claim }) => `${dialogid} ${claim?.uid ?? ""}`).join();
    return { key: asked[0].dialogid, version, make };
  };

  let people = []; // what each person waits for, as it is drawn
  const draw = (list, none) => {
    const { items } = questions;
    people = byPerson(items, jiayi.me);
    reconcile(list, people.map(row));
    drawTimes(list);
    none.hidden = items.length > 0;
    const waiting = new Set(items.map(({ dialogid }) => dialogid));
    for (const dialogid of kept.keys()) if (!waiting.has(dialogid)) kept.delete(dialogid);
  };

  const drawTimes = (list) => {
    const since = questions.age / 1000;
    [...list.children].forEach((card, index) => drawWaiting(card, people[index][0].waiting + since));
  };

  return {
    show(element) {
      const list = h("ul", { class: "desk" });
      const none = empty(t("No question is waiting."));
      none.hidden = true;
      const lead = t("Questions that nobody has answered yet, the oldest first.");
      fill(element, h("h1", {}, t("Duty desk")), h("p", { class: "lead" }, lead), list, none);
      const unwatch = questions.watch(() => draw(list, none));
      const timer = setInterval(() => drawTimes(list), TICK);
      questions.refresh();
      return () => {
        unwatch();
        clearInterval(timer);
      };
    },
  };
}

/** What waits of the same person in the same room together, but for what a colleague answers. The oldest is first. */
function byPerson(questions, me) {
  const people = new Map();
  for (const question of questions) {
    const key = [question.roomid, question.from.uid, isTakenFrom(question, me) && question.claim.uid].join();
    people.set(key, [...(people.get(key) ?? []), question]);
  }
  return [...people.values()];
}
