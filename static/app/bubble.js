// One message of a conversation, as it looks: what it says, who wrote it, what became of it.

import { body } from "./files.js";
import { fully, h, minutes, when } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/**
 * One message.
 * @param {object} dialog of the contract, or one's own that was not answered yet
 * @param {{mine: boolean, mark: string, group: boolean, context: import("./chat.js").Context,
 *   again: () => void, dropped: (dialog: object) => void}} about
 */
export function bubble(dialog, { mine, mark, group, context, again, dropped }) {
  const time = h("time", { datetime: dialog.createtime, title: fully(dialog.createtime) }, when(dialog.createtime));
  if (dialog.recalled) return h("li", { class: "told" }, t("{0} withdrew a message", mine ? t("You") : dialog.from.name));
  if (dialog.kind === "system" || dialog.kind === "videocall") {
    return h("li", { class: "told" }, dialog.kind === "videocall" ? [icon("video"), callText(dialog.body)] : String(dialog.body), " ", time);
  }
  const marks = { sending: t("sending…"), sent: t("sent"), delivered: t("delivered"), read: t("read"), failed: dialog.failed };
  return h("li", { class: `bubble${mine ? " mine" : ""}` },
    !mine && (group || dialog.onbehalfof) && h("span", { class: "author" }, dialog.from.name,
      dialog.onbehalfof && h("span", { class: "tagged" }, t("on duty, in the doctor's place"))),
    h("div", { class: `body ${dialog.kind}` }, body(dialog)),
    h("span", { class: "meta" }, time, mine && h("span", { class: `mark ${mark}` }, marks[mark]),
      mark === "failed" && h("button", { class: "quiet", type: "button", onclick: again }, t("Try again")),
      mark === "failed" && h("button", { class: "quiet", type: "button", onclick: () => dropped(dialog) }, t("Drop")),
      mine && dialog.dialogid && context.recall && recallable(dialog) &&
        h("button", { class: "quiet withdraw", type: "button", onclick: () => context.recall(dialog) }, t("Withdraw"))));
}

const recallable = (dialog) => Date.now() - new Date(dialog.createtime) < 120_000;

/** How a call went. */
function callText(body) {
  const reasons = { hangup: t("Video call"), reject: t("Video call declined"), busy: t("Video call missed: busy"),
    timeout: t("Video call missed"), offline: t("Video call broke off"), cancel: t("Video call cancelled") };
  const duration = body?.duration ? ` ${minutes(body.duration)}` : "";
  return (reasons[body?.reason] ?? t("Video call")) + duration;
}
