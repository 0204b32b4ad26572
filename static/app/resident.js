// The page of residents.

import { Book } from "./book.js";
import { attempt } from "./dom.js";
import { ownContract } from "./contracts.js";
import { messages } from "./messages.js";
import { open } from "./shell.js";
import { t } from "./words.js";

open({
  role: "user",
  title: t("Resident"),
  async views(jiayi) {
    const book = new Book(jiayi);
    await attempt(() => book.load());
    const context = {
      jiayi, book, none: t("No messages yet. Sign a contract with a team to write to its doctors."),
      target: ({ kind, contact }) => (kind === "alonechat" ? { path: "alonechat/send", to: { touid: contact.uid } } : null),
    };
    return [messages(context), ownContract(context)];
  },
});
