// The page of residents.

import { Book } from "./book.js";
import { attempt } from "./dom.js";
import { ownContract } from "./contracts.js";
import { groups } from "./groups.js";
import { messages } from "./messages.js";
import { open } from "./shell.js";
import { ownReservations } from "./reservations.js";
import { t } from "./words.js";
import { telephone } from "./call.js";

open({
  role: "user",
  title: t("Resident"),
  async views(jiayi) {
    const book = new Book(jiayi);
    await attempt(() => book.load());
    const group = groups({ jiayi, book });
    const call = telephone(jiayi);
    const context = {
      jiayi, book, none: t("No messages yet. Sign a contract with a team to write to its doctors."),
      tools: () => [group.tool()],
      actions: (room) => [...call(room), ...group.actions(room)],
      recall: ({ dialogid }) => attempt(() => jiayi.post("dialog/recall", { dialogid })),
      target: ({ roomid, kind, contact }) => ({
        alonechat: { path: "alonechat/send", to: { touid: contact?.uid } },
        discussion: { path: "send", to: { roomid } },
      })[kind],
    };
    return [
      messages(context),
      ownContract(context),
      ownReservations(context),
    ];
  },
});
