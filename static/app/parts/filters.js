// Which items of the message list are shown: all, those that are not read, those that wait for an answer, or those of a
// doctor's own residents.

import { t } from "../state/language.js";
import { button, h } from "./dom.js";

/** @typedef {import("../state/inbox.js").InboxItem} InboxItem */

/** Whether the last word in a room is somebody else's, so that it may want an answer. @param {string} me */
const waits = ({ data }, me) =>
  Boolean(data?.dialogid && data.roomid && data.from && data.from.uid !== me && data.kind !== "system");

/**
 * @param {import("../state/context.js").Context} context
 * @param {() => void} onChange
 * @returns {{element: HTMLElement, isShown: (item: InboxItem) => boolean, isOn: () => boolean}}
 */
export function filters({ jiayi, inbox }, onChange) {
  const { uid, role } = jiayi.me;
  const isMine = ({ data }) => Boolean(inbox.contacts.get(data?.roomid)?.mine);
  const all = [
    [t("All"), () => true],
    [t("Unread"), ({ unread }) => unread > 0],
    [t("To be answered"), (item) => waits(item, uid)],
    ...(role === "doctor" ? [[t("Mine"), isMine]] : []),
  ];
  let chosen = 0;
  const choose = (index) => () => {
    chosen = index;
    mark();
    onChange();
  };
  const buttons = all.map(([label], index) => button(label, choose(index), { class: "filter" }));
  const mark = () =>
    buttons.forEach((one, index) => one.setAttribute("aria-pressed", String(index === chosen)));
  mark();
  const element = h("div", { class: "filters", role: "group", "aria-label": t("Show") }, buttons);
  return { element, isShown: (item) => all[chosen][1](item), isOn: () => chosen > 0 };
}
