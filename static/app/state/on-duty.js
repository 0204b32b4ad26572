// Whether a doctor is on duty, as it changes while the page is open.

import { note } from "../parts/feedback.js";
import { t } from "./language.js";

/** Emits `change`, and says so to the doctor. */
export class OnDuty extends EventTarget {
  #jiayi;

  /** @param {import("../../client/jiayi.js").Jiayi} jiayi */
  constructor(jiayi) {
    super();
    this.#jiayi = jiayi;
    this.isOn = Boolean(jiayi.me.onduty);
    jiayi.addEventListener("ephemeral", ({ detail }) => {
      if (detail.type === "S2C_ONDUTY_PUSH") this.#set(detail.data.onduty);
    });
    // What was said while there was no connection was not heard.
    jiayi.addEventListener("status", ({ detail }) => detail === "online" && this.#readAgain());
  }

  #readAgain = async () => {
    const me = await this.#jiayi.get("me").catch(() => null); // the next connection asks again
    if (me) this.#set(me.onduty);
  };

  /** @param {boolean} isOn */
  #set = (isOn) => {
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    note(isOn ? t("You are on duty now.") : t("You are off duty now."));
    this.dispatchEvent(new Event("change"));
  };
}
