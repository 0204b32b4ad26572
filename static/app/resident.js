// The page of residents.

import { makeContext } from "./context.js";
import { messages } from "./messages.js";
import { open } from "./shell.js";
import { ownContract } from "./contracts.js";
import { ownReservations } from "./reservations.js";
import { t } from "./words.js";

open({
  role: "user",
  title: t("Resident"),
  async views(jiayi) {
    const context = await makeContext(jiayi, t("No messages yet. Sign a contract with a team to write to its doctors."));
    return [messages(context), ownContract(context), ownReservations(context)];
  },
});
