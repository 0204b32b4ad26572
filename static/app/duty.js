// The duty desk: the questions that wait, how long they have, and answering in a doctor's place.

import { ask, attempt, empty, field, fill, fully, h, note } from "./dom.js";
import { randomId } from "../client/jiayi.js";
import { t } from "./words.js";

const AGAIN = 15_000; // the list is read again while one looks at it

/** @param {{jiayi: import("../client/jiayi.js").Jiayi}} context */
export function duty({ jiayi }) {
  let main = null, waiting = 0, timer = 0;
  const emitter = new EventTarget();
  const draw = () => attempt(async () => {
    const questions = await jiayi.all("/admin/duty/list");
    waiting = questions.length;
    emitter.dispatchEvent(new CustomEvent("change"));
    if (!main) return;
    fill(main, h("h1", {}, t("Duty desk")), h("p", { class: "lead" }, t("Questions that nobody has answered yet, the oldest first.")),
      h("ul", { class: "desk" }, questions.map(question)), !questions.length && empty(t("No question is waiting.")));
  });
  const question = (item) => {
    const taken = item.claim && item.claim.uid !== jiayi.me.uid;
    return h("li", { class: "card question" },
      h("header", {}, h("strong", {}, item.from.name), item.doctor && h("span", {}, " → ", item.doctor.name),
        h("span", { class: `tagged${item.waiting > 600 ? " late" : ""}` }, t("waiting {0}", span(item.waiting))),
        item.claim && h("span", { class: "tagged on" }, taken ? t("taken on by a colleague") : t("taken on by you"))),
      h("p", { class: "body" }, item.kind === "text" ? item.body : t("[Attachment]")),
      h("p", {}, h("small", {}, fully(item.createtime))),
      h("p", { class: "actions" },
        !item.claim && h("button", { type: "button", onclick: () => act("claim", item, t("It is yours for a while.")), "aria-label": t("Take on the question of {0}", item.from.name) }, t("Take on")),
        h("button", { type: "button", onclick: () => act("remindmsg", item, t("They have been reminded.")), "aria-label": t("Remind of the question of {0}", item.from.name) }, t("Remind")),
        h("button", { type: "button", class: "primary", onclick: () => answer(item), disabled: taken, "aria-label": t("Answer {0}", item.from.name) }, t("Answer"))));
  };
  const act = async (path, { dialogid }, done) => {
    await attempt(async () => {
      await jiayi.post(`/admin/duty/${path}`, { dialogid });
      note(done);
    });
    draw();
  };
  const answer = async (item) => {
    if (await attempt(() => jiayi.post("/admin/duty/claim", { dialogid: item.dialogid })) === undefined) return draw();
    const fields = await ask({ title: t("Answer {0}", item.from.name), confirm: t("Send"), fields: [
      h("blockquote", {}, item.kind === "text" ? item.body : t("[Attachment]")),
      field(item.doctor ? t("Your answer in the place of {0}; it bears your name", item.doctor.name) : t("Your answer"),
        h("textarea", { name: "body", rows: 4, required: true, maxlength: 10_000 })),
    ] });
    if (fields?.body.trim()) await attempt(async () => {
      await jiayi.send("/admin/duty/sendmsg", { dialogid: item.dialogid, body: fields.body.trim(), clientid: randomId() });
      note(t("The answer was sent."));
    });
    draw();
  };
  jiayi.addEventListener("push", ({ detail }) => /CHAT_PUSH|REMIND/.test(detail.type) && draw());
  draw();
  return {
    id: "duty", label: t("Duty desk"), icon: "desk", book: emitter, badge: () => waiting,
    show(element) {
      main = element;
      draw();
      timer = setInterval(draw, AGAIN);
      return () => { main = null; clearInterval(timer); };
    },
  };
}

/** A stretch of time in words. */
function span(seconds) {
  if (seconds < 60) return t("{0} s", seconds);
  if (seconds < 3600) return t("{0} min", Math.floor(seconds / 60));
  return t("{0} h {1} min", Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}
