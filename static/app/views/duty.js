// The duty desk: the questions that wait, for how long they have, and answering in a doctor's place.

import { randomId } from "../../client/jiayi.js";
import { openBefore, readBefore } from "../parts/before.js";
import { content, summary } from "../parts/content.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field } from "../parts/form.js";
import { named, personName, plain } from "../parts/people.js";
import { reconcile } from "../parts/rows.js";
import { fullTime } from "../parts/time.js";
import { t } from "../state/language.js";

const TICK = 5_000; // ms between two drawings of how long each question has waited
const LATE = 600; // seconds after which a question has waited too long

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {import("../state/list-store.js").ListStore} questions
 */
export function duty(jiayi, questions) {
  const act = async (path, { dialogid }, done) => {
    await attempt(async () => {
      await jiayi.post(`/admin/duty/${path}`, { dialogid });
      note(done);
    });
    questions.refresh();
  };

  const answer = async (question) => {
    const { dialogid } = question;
    const claimed = await attempt(() => jiayi.post("/admin/duty/claim", { dialogid }));
    const before = claimed && (await attempt(() => readBefore(jiayi, question)));
    const body = before && (await askAnswer(question, before));
    if (body) {
      await attempt(async () => {
        await jiayi.send("/admin/duty/sendmsg", { dialogid, body, clientid: randomId() });
        note(t("The answer was sent."));
      });
    }
    questions.refresh();
  };

  const actions = (question) => {
    const name = plain(question.from.name);
    const isTaken = !mayAnswer(question, jiayi.me);
    const claim = () => act("claim", question, t("It is yours for a while."));
    const remind = () => act("remindmsg", question, t("They have been reminded."));
    const answerProps = { class: "primary", disabled: isTaken, "aria-label": t("Answer {0}", name) };
    return [
      !question.claim &&
        button(t("Take on"), claim, { "aria-label": t("Take on the question of {0}", name) }),
      button(t("Remind"), remind, { "aria-label": t("Remind of the question of {0}", name) }),
      button(t("Answer"), () => answer(question), answerProps),
    ];
  };

  /** What was opened of a question stays open when its card is drawn anew. @type {Map<string, Node>} */
  const before = new Map();
  const beforeOf = (question) => {
    const { dialogid } = question;
    if (!before.has(dialogid)) before.set(dialogid, openBefore(jiayi, question));
    return before.get(dialogid);
  };

  const row = (question) => {
    const { dialogid, claim } = question;
    const shown = mayAnswer(question, jiayi.me);
    const make = () => card(question, jiayi.me, shown && beforeOf(question), actions(question));
    return { key: dialogid, version: `${claim?.uid ?? ""} ${shown}`, make };
  };

  const draw = (list, none) => {
    const { items } = questions;
    reconcile(list, items.map(row));
    drawTimes(list);
    none.hidden = items.length > 0;
    const waiting = new Set(items.map(({ dialogid }) => dialogid));
    for (const dialogid of before.keys()) if (!waiting.has(dialogid)) before.delete(dialogid);
  };

  const drawTimes = (list) => {
    const since = questions.age / 1000;
    [...list.children].forEach((card, index) => drawWaiting(card, questions.items[index].waiting + since));
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

/** Whether a colleague is answering it. */
const isTakenFrom = ({ claim }, me) => Boolean(claim && claim.uid !== me.uid);

/** Only who may answer a question sees what it names and what came before it. */
const mayAnswer = (question, me) => question.from.uid !== me.uid && !isTakenFrom(question, me);

/** @param {Node|false} before what was written before, for who may see it */
function card(question, me, before, actions) {
  const { from, doctor, claim, createtime, kind } = question;
  const claimText = isTakenFrom(question, me) ? t("taken on by a colleague") : t("taken on by you");
  const header = h(
    "header",
    {},
    h("strong", {}, personName(from)),
    doctor && h("span", {}, "→ ", personName(doctor)),
    h("span", { class: "tagged waiting" }),
    claim && h("span", { class: "tagged on" }, claimText),
  );
  const time = h("p", {}, h("small", {}, fullTime(createtime)));
  const body = h("div", { class: `body ${kind}` }, before ? content(question) : summary(question));
  return h(
    "li",
    { class: "card question" },
    header,
    body,
    time,
    before,
    h("p", { class: "actions" }, actions),
  );
}

/** For how long a question has waited; nothing else of its card is drawn anew for that. */
function drawWaiting(card, waiting) {
  const tag = card.querySelector(".waiting");
  if (!tag) return;
  tag.classList.toggle("late", waiting > LATE);
  fill(tag, t("waiting {0}", duration(waiting)));
}

/** Asks for the answer to a question, below what came before it. Empty or null if there is none. */
async function askAnswer(question, before) {
  const { doctor, from, kind } = question;
  const inPlace = doctor && t("Your answer in the place of {0}; it bears your name", named(doctor));
  const input = h("textarea", { name: "body", rows: 4, required: true, maxlength: 10_000 });
  const asked = h("blockquote", { class: `body ${kind}` }, content(question));
  const fields = [before, asked, field(inPlace || t("Your answer"), input)];
  const answer = await ask({ title: t("Answer {0}", named(from)), confirm: t("Send"), fields });
  return answer && answer.body.trim();
}

/** A duration in words. @param {number} seconds */
function duration(seconds) {
  if (seconds < 60) return t("{0} s", Math.floor(seconds));
  if (seconds < 3600) return t("{0} min", Math.floor(seconds / 60));
  return t("{0} h {1} min", Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}
