// What the views of residents and of doctors share: the inbox, calls, groups, and what can be done in a room.

import { attempt, note } from "../parts/feedback.js";
import { groups } from "../parts/groups.js";
import { iconButton } from "../parts/icons.js";
import { showLate } from "../parts/lazy.js";
import { telephone } from "../parts/telephone.js";
import { Drafts } from "./drafts.js";
import { InboxStore } from "./inbox.js";
import { t } from "./language.js";

/**
 * @typedef {{roomid: string, kind: string, title: string, contact?: object}} Room
 *
 * @typedef {object} Context
 * @property {import("../../client/jiayi.js").Jiayi} jiayi
 * @property {InboxStore} inbox
 * @property {Drafts} drafts
 * @property {Map<string, import("../parts/tray.js").Tray>} trays what is to be sent, by the rooms' ids
 * @property {string} emptyText what an empty message list says
 * @property {() => Node[]} tools what stands above the list
 * @property {(room: Room) => Node[]} actions the buttons of a room
 * @property {(message: object) => Promise<void>} recall
 * @property {(room: Room) => {path: string, to: object}|null} target where a message to the room is sent
 */

/** Where a message is sent, by the kind of its room. */
const TARGETS = {
  alonechat: ({ contact }) => ({ path: "alonechat/send", to: { touid: contact?.uid } }),
  doctorfriend: ({ contact }) => ({ path: "doctorfriendchat/send", to: { touid: contact?.uid } }),
  teammate: ({ contact }) => ({ path: "teammatechat/send", to: { stid: contact?.stid } }),
  discussion: ({ roomid }) => ({ path: "send", to: { roomid } }),
};

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {string} emptyText
 * @returns {Promise<Context>}
 */
export async function makeContext(jiayi, emptyText) {
  const inbox = new InboxStore(jiayi);
  await attempt(() => inbox.load());
  const group = groups({ jiayi, inbox });
  const callButton = telephone(jiayi);
  return {
    jiayi,
    inbox,
    drafts: new Drafts(jiayi.me),
    trays: new Map(),
    emptyText,
    tools: () => [group.tool()],
    actions: (room) => [callButton(room), group.actions(room), keepButton(jiayi, room)],
    recall: ({ dialogid }) => attempt(() => jiayi.post("dialog/recall", { dialogid }).catch(tooLate)),
    target: (room) => TARGETS[room.kind]?.(room) ?? null,
  };
}

/** Saves or prints what was written in a room. */
function keepButton(jiayi, room) {
  const keep = () =>
    showLate(
      () => import("../parts/transcript.js"),
      ({ keepConversation }) => keepConversation(jiayi, room),
    );
  return iconButton("save", t("Print or keep"), () => attempt(keep));
}

/** @param {import("../../client/jiayi.js").JiayiError} problem */
function tooLate(problem) {
  if (problem.code !== "FA_STATE") throw problem;
  note(t("A message can be withdrawn for two minutes only."));
}
