// What the views of residents and of doctors share: the book, the telephone, groups, and what one can
// do with a room and its messages.

import { Book } from "./book.js";
import { attempt } from "./dom.js";
import { groups } from "./groups.js";
import { telephone } from "./call.js";

/** Whereto one writes, by the kind of a room. */
const TARGETS = {
  alonechat: ({ contact }) => ({ path: "alonechat/send", to: { touid: contact?.uid } }),
  doctorfriend: ({ contact }) => ({ path: "doctorfriendchat/send", to: { touid: contact?.uid } }),
  teammate: ({ contact }) => ({ path: "teammatechat/send", to: { stid: contact?.stid } }),
  discussion: ({ roomid }) => ({ path: "send", to: { roomid } }),
};

/**
 * @param {import("../client/jiayi.js").Jiayi} jiayi
 * @param {string} none what an empty list says
 * @returns {Promise<import("./chat.js").Context>}
 */
export async function makeContext(jiayi, none) {
  const book = new Book(jiayi);
  await attempt(() => book.load());
  const group = groups({ jiayi, book });
  const call = telephone(jiayi);
  return {
    jiayi, book, none,
    tools: () => [group.tool()],
    actions: (room) => [...call(room), ...group.actions(room)],
    recall: ({ dialogid }) => attempt(() => jiayi.post("dialog/recall", { dialogid })),
    target: (room) => TARGETS[room.kind]?.(room) ?? null,
  };
}
