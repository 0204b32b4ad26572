/// <reference lib="dom" preserve="true" />
// The video calls of somebody who is logged in: making them, and hearing of those that come in.

import { Call } from "./call.js";
import { Emitter } from "./events.js";
import { capture, release } from "./media.js";

/**
 * The calls of somebody. Emits `ring` with a `Call` that has come in.
 * @extends {Emitter<{ring: Call}>}
 */
export class Calls extends Emitter {
  #jiayi;
  /** @type {Map<string, Call>} */ #calls = new Map();

  /** @param {import("./jiayi.js").Jiayi} jiayi */
  constructor(jiayi) {
    super();
    this.#jiayi = jiayi;
    jiayi.addEventListener("push", ({ detail }) => this.onPush(detail));
    jiayi.addEventListener("ephemeral", ({ detail: { type, data } }) => {
      if (type === "S2C_VIDEOCALL_SIGNAL") this.#calls.get(data.callid)?.onSignal(data.signal);
    });
    jiayi.addEventListener("broadcast", ({ detail }) => this.#calls.get(detail.takenCall)?.end("elsewhere"));
    jiayi.addEventListener("status", ({ detail }) => {
      if (detail === "online") this.#calls.forEach((call) => call.resume());
    });
    globalThis.addEventListener?.("pagehide", () => this.#calls.forEach((call) => call.abandon()));
  }

  /**
   * Calls somebody.
   * @param {{roomid: string}|{touid: string}} recipient
   * @param {MediaStreamConstraints} media
   * @returns {Promise<Call>}
   * @throws {import("./errors.js").JiayiError}
   */
  async call(recipient, media = { audio: true, video: true }) {
    const { stream, problem } = await capture(media);
    try {
      const invitation = await this.#jiayi.post("videoCall/invite", recipient);
      return this.#add(new Call(this.#jiayi, { ...invitation, from: this.#jiayi.me }, stream, problem));
    } catch (error) {
      release(stream);
      throw error;
    }
  }

  /**
   * Takes in a push. The calls hear those that come from now on by themselves: this is for one that came before.
   * @param {import("./connection.js").Envelope} envelope
   */
  onPush({ type, data }) {
    const call = this.#calls.get(data.callid);
    if (type === "S2C_VIDEOCALL_INVITE" && !call) {
      this.emit("ring", this.#add(new Call(this.#jiayi, data, null)));
    } else if (type === "S2C_VIDEOCALL_ACCEPT") {
      call?.onAccepted(data.by);
    } else if (type === "S2C_VIDEOCALL_END") {
      call?.end(data.reason, data.duration);
    }
  }

  /** @param {Call} call */
  #add = (call) => {
    this.#calls.set(call.callid, call);
    call.addEventListener("state", () => call.state === "ended" && this.#calls.delete(call.callid));
    return call;
  };
}
