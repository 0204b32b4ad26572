// The page of doctors.

import { Book } from "./book.js";
import { askedReservations } from "./reservations.js";
import { attempt } from "./dom.js";
import { duty } from "./duty.js";
import { friends } from "./friends.js";
import { groups } from "./groups.js";
import { messages } from "./messages.js";
import { notices } from "./notices.js";
import { open } from "./shell.js";
import { t } from "./words.js";
import { teamContracts } from "./contracts.js";
import { telephone } from "./call.js";

open({
  role: "doctor",
  title: t("Doctor"),
  async views(jiayi) {
    const book = new Book(jiayi);
    await attempt(() => book.load());
    const group = groups({ jiayi, book });
    const call = telephone(jiayi);
    const context = {
      jiayi, book, none: t("No messages yet. They come once a resident has signed with your team."),
      tools: () => [group.tool()],
      actions: (room) => [...call(room), ...group.actions(room)],
      recall: ({ dialogid }) => attempt(() => jiayi.post("dialog/recall", { dialogid })),
      target: ({ roomid, kind, contact }) => ({
        alonechat: { path: "alonechat/send", to: { touid: contact?.uid } },
        doctorfriend: { path: "doctorfriendchat/send", to: { touid: contact?.uid } },
        teammate: { path: "teammatechat/send", to: { stid: contact?.stid } },
        discussion: { path: "send", to: { roomid } },
      })[kind],
    };
    return [
      messages(context),
      teamContracts(context),
      askedReservations(context),
      notices(context),
      friends(context),
      ...(jiayi.me.onduty ? [duty(context)] : []),
    ];
  },
});
