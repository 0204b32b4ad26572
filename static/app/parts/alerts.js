// What tells somebody who does not look at the page: a notification and a sound, as it is set. Of several tabs one
// tells, and none while another is looked at.

import { t } from "../state/language.js";
import { isSet } from "../state/settings.js";
import { summary } from "./content.js";
import { permission, showNotification, takeBack } from "./notification.js";
import { plain } from "./people.js";
import { chime } from "./ringtone.js";

const WAIT = 200; // ms in which another tab may say that it is looked at

const isLookedAt = () => !document.hidden && document.hasFocus();

/**
 * Tells of what comes in. Emits `caller` with the name of who calls, or null; and `missed` when something came for
 * which a notification could have been shown, once somebody looks.
 */
export class Alerts extends EventTarget {
  #jiayi;
  #looked = 0; // when another tab was last known to be looked at
  #hasMissed = false;

  /** @param {import("../../client/jiayi.js").Jiayi} jiayi */
  constructor(jiayi) {
    super();
    this.#jiayi = jiayi;
    jiayi.addEventListener("push", ({ detail }) => this.#onPush(detail));
    jiayi.addEventListener("broadcast", ({ detail }) => detail.isLookedAt && (this.#looked = Date.now()));
    for (const type of ["visibilitychange", "focus"]) addEventListener(type, () => this.#onLook());
    this.#onLook();
  }

  /**
   * Tells of something, if nobody looks.
   * @param {{tag: string, title?: string, text: string, hash: string, isUrgent?: boolean}} news `title` and `text` may
   *   name people and repeat their words only where that is set
   */
  async tell({ tag, title = "家医 jiayi", text, hash, isUrgent }) {
    if (isLookedAt()) return this.#jiayi.broadcast({ isLookedAt: true });
    const begun = Date.now();
    await new Promise((resolve) => setTimeout(resolve, WAIT));
    if (this.#looked >= begun || !this.#jiayi.leads) return;
    if (isSet("sounds") && !isUrgent) chime(); // a call rings by itself
    this.#hasMissed = true;
    if (!isSet("notifies") || permission() !== "granted") return;
    await showNotification(title, { body: text, tag, hash, isUrgent });
  }

  #onPush = ({ type, data }) => {
    if (type === "S2C_VIDEOCALL_INVITE") return this.#onCall(data);
    if (type === "S2C_VIDEOCALL_END" || type === "S2C_VIDEOCALL_ACCEPT") return this.#onCallOver(data);
    if (data.messageid && data.unread > 0) this.#onItem(data);
  };

  /** @param {import("../state/inbox.js").InboxItem} item */
  #onItem = ({ title, content, messageid, data }) => {
    const key = data?.roomid ?? messageid;
    const news = { tag: key, hash: `#/messages/${key}`, text: t("You have a new message.") };
    if (isSet("showsWords")) {
      Object.assign(news, { title: plain(title), text: data?.dialogid ? summary(data, content) : content });
    }
    this.tell(news);
  };

  #onCall = ({ callid, roomid, from }) => {
    const name = plain(from.name);
    this.#emit("caller", { callid, name });
    const text = isSet("showsWords") ? t("{0} is calling you.", name) : t("Somebody is calling you.");
    this.tell({ tag: callid, hash: `#/messages/${roomid}`, text, isUrgent: true });
  };

  #onCallOver = ({ callid }) => {
    this.#emit("caller", null);
    takeBack(callid);
  };

  #onLook = () => {
    if (!isLookedAt()) return;
    takeBack();
    if (this.#hasMissed && permission() === "default" && !isSet("wasAsked")) this.#emit("missed");
    this.#hasMissed = false;
  };

  #emit = (name, detail = null) => {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  };
}
