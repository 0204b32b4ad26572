// The page of doctors.

import { Book } from "./book.js";
import { attempt } from "./dom.js";
import { duty } from "./duty.js";
import { groups } from "./groups.js";
import { messages } from "./messages.js";
import { open } from "./shell.js";
import { t } from "./words.js";
import { teamContracts } from "./contracts.js";

open({
  role: "doctor",
  title: t("Doctor"),
  async views(jiayi) {
    const book = new Book(jiayi);
    await attempt(() => book.load());
    const group = groups({ jiayi, book });
    const context = {
      jiayi, book, none: t("No messages yet. They come once a resident has signed with your team."),
      tools: () => [group.tool()],
      actions: (room) => [...group.actions(room)],
      target: ({ roomid, kind, contact }) => ({
        alonechat: { path: "alonechat/send", to: { touid: contact?.uid } },
        discussion: { path: "send", to: { roomid } },
      })[kind],
    };
    return [messages(context), teamContracts(context), ...(jiayi.me.onduty ? [duty(context)] : [])];
  },
});
