// The page of residents.

import { lazy } from "./parts/lazy.js";
import { openPage } from "./shell.js";
import { makeContext } from "./state/context.js";
import { t } from "./state/language.js";
import { appointments } from "./state/lists.js";
import { messages } from "./views/messages.js";

openPage({
  role: "user",
  title: t("Resident"),
  async views(jiayi) {
    const context = await makeContext(
      jiayi,
      t("No messages yet. Sign a contract with a team to write to its doctors."),
    );
    const list = appointments(context);
    return [
      messages(context),
      lazy({ id: "contract", label: t("Contract"), icon: "contract" }, async () =>
        (await import("./views/own-contract.js")).ownContract(context),
      ),
      lazy({ id: "appointments", label: t("Appointments"), icon: "calendar", store: list }, async () =>
        (await import("./views/own-appointments.js")).ownAppointments(context, list),
      ),
    ];
  },
});
