// Video calls between two people: ringing, accepting, coming back after a break, the end. The media are
// the concern of peer.js, what it looks like that of the page.

import { Peer } from "./peer.js";

/**
 * @typedef {"ringing"|"connecting"|"active"|"reconnecting"|"ended"} CallState
 * @typedef {{uid: string, name: string, role: string}} Person
 */

/** The calls of somebody. Emits `ring` with a `Call` that has come in. */
export class Calls extends EventTarget {
  #jiayi;
  /** @type {Map<string, Call>} */ #calls = new Map();

  /** @param {import("./jiayi.js").Jiayi} jiayi */
  constructor(jiayi) {
    super();
    this.#jiayi = jiayi;
    jiayi.addEventListener("push", (/** @type {any} */ { detail }) => this.#pushed(detail));
    jiayi.addEventListener("word", (/** @type {any} */ { detail: { type, data } }) => {
      if (type === "S2C_VIDEOCALL_SIGNAL") this.#calls.get(data.callid)?.signalled(data.signal);
    });
    jiayi.addEventListener("say", (/** @type {any} */ { detail }) => this.#calls.get(detail.takencall)?.end("elsewhere"));
    jiayi.addEventListener("status", (/** @type {any} */ { detail }) => {
      if (detail === "online") this.#calls.forEach((call) => call.resume());
    });
    addEventListener("pagehide", () => this.#calls.forEach((call) => call.abandon()));
  }

  /**
   * Calls somebody.
   * @param {{roomid: string}|{touid: string}} whom
   * @param {MediaStreamConstraints} media
   * @returns {Promise<Call>}
   */
  async call(whom, media = { audio: true, video: true }) {
    const local = await capture(media);
    try {
      const { callid, roomid, iceservers } = await this.#jiayi.post("videoCall/invite", whom);
      return this.#add(new Call(this.#jiayi, { callid, roomid, iceservers, from: this.#jiayi.me, local }));
    } catch (error) {
      release(local);
      throw error;
    }
  }

  #pushed({ type, data }) {
    const call = this.#calls.get(data.callid);
    if (type === "S2C_VIDEOCALL_INVITE" && !call) {
      this.dispatchEvent(new CustomEvent("ring", { detail: this.#add(new Call(this.#jiayi, data)) }));
    } else if (type === "S2C_VIDEOCALL_ACCEPT") {
      call?.accepted(data.by);
    } else if (type === "S2C_VIDEOCALL_END") {
      call?.end(data.reason, data.duration);
    }
  }

  #add(call) {
    this.#calls.set(call.callid, call);
    call.addEventListener("state", () => call.state === "ended" && this.#calls.delete(call.callid));
    return call;
  }
}

/**
 * One call. Emits `state` whenever `state`, `reason`, `remote` or a switch has changed.
 */
export class Call extends EventTarget {
  /** @type {CallState} */ state = "ringing";
  /** @type {string|null} why it ended: the contract's words, or `elsewhere` */ reason = null;
  /** @type {number} seconds, once ended */ duration = 0;
  remote = new MediaStream();
  #jiayi;
  /** @type {Peer|null} */ #peer = null;
  /** @type {import("./peer.js").Signal[]} */ #waiting = []; // signals that came before there was a peer
  #servers;

  /**
   * @param {import("./jiayi.js").Jiayi} jiayi
   * @param {{callid: string, roomid: string, iceservers: RTCIceServer[], from: Person, local?: MediaStream|null}} of
   */
  constructor(jiayi, { callid, roomid, iceservers, from, local = null }) {
    super();
    this.#jiayi = jiayi;
    this.#servers = iceservers;
    this.callid = callid;
    this.roomid = roomid;
    this.from = from;
    this.local = local;
  }

  /** Whether somebody else calls. The callee is the polite side of the negotiation. */
  get incoming() {
    return this.from.uid !== this.#jiayi.me.uid;
  }

  /** Accepts a call that has come in. */
  async accept(media = { audio: true, video: true }) {
    this.local = await capture(media);
    this.#turn("connecting");
    try {
      await this.#jiayi.post("videoCall/accept", { callid: this.callid });
      this.#jiayi.tell({ takencall: this.callid });
      this.#open();
    } catch (error) {
      this.end("elsewhere");
      throw error;
    }
  }

  /** Hangs up, cancels or refuses. */
  async hangUp() {
    const reason = this.state !== "ringing" ? "hangup" : this.incoming ? "reject" : "cancel";
    this.end(reason);
    this.#jiayi.tell({ takencall: this.callid });
    await this.#jiayi.post("videoCall/disconnect", { callid: this.callid });
  }

  /** Switches the camera (`video`) or the microphone (`audio`) on or off. */
  turn(kind, on) {
    this.local?.getTracks().filter((track) => track.kind === kind).forEach((track) => { track.enabled = on; });
    this.#turn(this.state);
  }

  /** Whether the camera or the microphone is on. */
  isOn(kind) {
    return Boolean(this.local?.getTracks().some((track) => track.kind === kind && track.enabled));
  }

  /** Figures of the connection, as WebRTC has them. */
  stats() {
    return this.#peer?.stats();
  }

  /** Somebody has accepted: the other end, or oneself on another device. */
  accepted(by) {
    if (this.state !== "ringing") return;
    if (by === this.#jiayi.me.uid) return void this.end("elsewhere");
    this.#turn("connecting");
    this.#open();
  }

  /** A word of the other end's WebRTC. */
  signalled(signal) {
    return this.#peer ? this.#peer.hear(signal) : void this.#waiting.push(signal);
  }

  #open() {
    const states = { connected: "active", disconnected: "reconnecting", failed: "reconnecting" };
    this.#peer = new Peer({
      servers: this.#servers, polite: this.incoming, local: this.local,
      say: (signal) => this.#signal(signal),
      track: (track) => {
        this.remote.addTrack(track);
        this.#turn(this.state);
      },
      moved: (state) => states[state] && this.#turn(states[state]),
    });
    this.#waiting.splice(0).reduce((before, signal) => before.then(() => this.signalled(signal)), Promise.resolve());
  }

  #signal(signal) {
    if (this.state !== "ended") this.#jiayi.say("C2S_VIDEOCALL_SIGNAL", { callid: this.callid, signal });
  }

  /** The connection to the server is back: what was said meanwhile may be lost. */
  resume() {
    this.#peer?.resume();
  }

  /** The page is closed. */
  abandon() {
    const ours = this.state !== "ended" && (this.#peer || !this.incoming);
    if (ours) this.#jiayi.leaveWord("videoCall/disconnect", { callid: this.callid });
  }

  /** It is over. */
  end(reason, duration = 0) {
    if (this.state === "ended") return;
    Object.assign(this, { reason, duration });
    this.#peer?.close();
    release(this.local);
    this.#turn("ended");
  }

  #turn(state) {
    if (this.state === "ended") return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}

/** Camera and microphone, or what of them there is; null where there is neither. */
async function capture(media) {
  for (const wanted of [media, { audio: media.audio }]) {
    try {
      return await navigator.mediaDevices.getUserMedia(wanted);
    } catch {
      // The next best.
    }
  }
  return null;
}

function release(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}
