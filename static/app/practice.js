// The page of doctors.

import { askedReservations } from "./reservations.js";
import { friends } from "./friends.js";
import { makeContext } from "./context.js";
import { messages } from "./messages.js";
import { notices } from "./notices.js";
import { open } from "./shell.js";
import { t } from "./words.js";
import { teamContracts } from "./contracts.js";

open({
  role: "doctor",
  title: t("Doctor"),
  async views(jiayi) {
    // Who is not on duty needs no desk.
    const desk = jiayi.me.onduty ? [(await import("./duty.js")).duty] : [];
    const context = await makeContext(jiayi, t("No messages yet. They come once a resident has signed with your team."));
    return [
      messages(context), teamContracts(context), askedReservations(context), notices(context), friends(context),
      ...desk.map((duty) => duty(context)),
    ];
  },
});
