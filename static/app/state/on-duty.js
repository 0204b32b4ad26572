// Whether a doctor is on duty, as it changes while the page is open.

import { note } from "../parts/feedback.js";
import { t } from "./language.js";

const MINUTE = 60_000; // ms

/** Emits `change`, and says so to the doctor. */
export class OnDuty extends EventTarget {
  #jiayi;
  #news = 0; // how often it was told or asked for: an answer to an earlier question counts no more

  /** @param {import("../../client/jiayi.js").Jiayi} jiayi */
  constructor(jiayi) {
    super();
    this.#jiayi = jiayi;
    this.isOn = Boolean(jiayi.me.onduty);
    jiayi.addEventListener("ephemeral", ({ detail }) => {
      if (detail.type !== "S2C_ONDUTY_PUSH") return;
      this.#news++;
      this.#set(detail.data.onduty);
    });
    // What was said while there was no connection was not heard.
    jiayi.addEventListener("status", ({ detail }) => detail === "online" && this.#readAgain());
    setInterval(() => document.hidden || this.#readAgain(), MINUTE); // a push may be lost
  }

  #readAgain = async () => {
    const news = ++this.#news;
    const me = await this.#jiayi.get("me").catch(() => null); // it is asked again
    if (me && news === this.#news) this.#set(me.onduty);
  };

  /** @param {boolean} isOn */
  #set = (isOn) => {
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    note(isOn ? t("You are on duty now.") : t("You are off duty now."));
    this.dispatchEvent(new Event("change"));
  };
}
