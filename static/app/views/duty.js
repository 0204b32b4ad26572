// The duty desk: the questions that wait, for how long they have, and answering in a doctor's place.

import { randomId } from "../../client/jiayi.js";
import { ask } from "../parts/dialog.js";
import { button, empty, fill, h } from "../parts/dom.js";
import { attempt, note } from "../parts/feedback.js";
import { field } from "../parts/form.js";
import { fullTime } from "../parts/time.js";
import { t } from "../state/language.js";

const REFRESH = 15_000; // ms between two readings of the list while it is shown
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
    const body = claimed !== undefined && (await askAnswer(question));
    if (body) {
      await attempt(async () => {
        await jiayi.send("/admin/duty/sendmsg", { dialogid, body, clientid: randomId() });
        note(t("The answer was sent."));
      });
    }
    questions.refresh();
  };

  const actions = (question) => {
    const { name } = question.from;
    const isTaken = isTakenFrom(question, jiayi.me);
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

  const draw = (element) => {
    const cards = questions.items.map((question) => card(question, jiayi.me, actions(question)));
    fill(
      element,
      h("h1", {}, t("Duty desk")),
      h("p", { class: "lead" }, t("Questions that nobody has answered yet, the oldest first.")),
      h("ul", { class: "desk" }, cards),
      !cards.length && empty(t("No question is waiting.")),
    );
  };

  return {
    show(element) {
      const unwatch = questions.watch(() => draw(element));
      const timer = setInterval(() => questions.refresh(), REFRESH);
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

const textOf = ({ kind, body }) => (kind === "text" ? body : t("[Attachment]"));

function card(question, me, actions) {
  const { from, doctor, waiting, claim, createtime } = question;
  const claimText = isTakenFrom(question, me) ? t("taken on by a colleague") : t("taken on by you");
  const header = h(
    "header",
    {},
    h("strong", {}, from.name),
    doctor && h("span", {}, " → ", doctor.name),
    h("span", { class: `tagged${waiting > LATE ? " late" : ""}` }, t("waiting {0}", duration(waiting))),
    claim && h("span", { class: "tagged on" }, claimText),
  );
  const time = h("p", {}, h("small", {}, fullTime(createtime)));
  const body = h("p", { class: "body" }, textOf(question));
  return h("li", { class: "card question" }, header, body, time, h("p", { class: "actions" }, actions));
}

/** Asks for the answer to a question. Empty or null if there is none. */
async function askAnswer(question) {
  const { doctor } = question;
  const inPlace = doctor && t("Your answer in the place of {0}; it bears your name", doctor.name);
  const input = h("textarea", { name: "body", rows: 4, required: true, maxlength: 10_000 });
  const fields = [h("blockquote", {}, textOf(question)), field(inPlace || t("Your answer"), input)];
  const answer = await ask({ title: t("Answer {0}", question.from.name), confirm: t("Send"), fields });
  return answer && answer.body.trim();
}

/** A duration in words. @param {number} seconds */
function duration(seconds) {
  if (seconds < 60) return t("{0} s", seconds);
  if (seconds < 3600) return t("{0} min", Math.floor(seconds / 60));
  return t("{0} h {1} min", Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}
