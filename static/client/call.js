/// <reference lib="dom" preserve="true" />
// One video call between two people: ringing, accepting, coming back after a break, the end. peer.js carries the
// media; what a call looks like is the page's concern.

import { Emitter } from "./events.js";
import { capture, listCameras, nextCamera, release } from "./media.js";
import { Peer } from "./peer.js";

/**
 * @typedef {"ringing"|"connecting"|"active"|"reconnecting"|"ended"} CallState
 * @typedef {{uid: string, name: string, role: string}} Person
 * @typedef {{callid: string, roomid: string, iceservers: RTCIceServer[], from: Person}} Invitation
 */

/** The states of a call for those of its WebRTC connection. @type {Record<string, CallState|undefined>} */
const STATES = { connected: "active", disconnected: "reconnecting", failed: "reconnecting" };

/**
 * One call. Emits `state` whenever `state`, `reason`, `remote`, the camera or the microphone has changed.
 * @extends {Emitter<{state: CallState}>}
 */
export class Call extends Emitter {
  /** @type {CallState} */ state = "ringing";
  /** @type {string|null} why it ended: the contract's words, or `elsewhere` */ reason = null;
  /** @type {number} in seconds, once it has ended */ duration = 0;
  remote = new MediaStream();
  #jiayi;
  #servers;
  #isSwitching = false; // the camera
  /** @type {Peer|null} */ #peer = null;
  /** @type {import("./peer.js").Signal[]} that came before there was a peer */ #early = [];

  /**
   * @param {import("./jiayi.js").Jiayi} jiayi
   * @param {Invitation} invitation
   * @param {MediaStream|null} local
   * @param {import("./media.js").MediaProblem|null} [problem]
   */
  constructor(jiayi, { callid, roomid, iceservers, from }, local, problem = null) {
    super();
    this.#jiayi = jiayi;
    this.#servers = iceservers;
    this.callid = callid;
    this.roomid = roomid;
    this.from = from;
    this.local = local;
    /** Why this end shares less than it was to: no camera, or no microphone either. */
    this.problem = problem;
  }

  /** Whether somebody else calls. The callee is the polite end of the negotiation. */
  get incoming() {
    return this.from.uid !== this.#jiayi.me.uid;
  }

  /**
   * Accepts a call that has come in.
   * @throws {import("./errors.js").JiayiError}
   */
  async accept(media = { audio: true, video: true }) {
    const { stream, problem } = await capture(media);
    Object.assign(this, { local: stream, problem });
    this.#setState("connecting");
    try {
      await this.#jiayi.post("videoCall/accept", { callid: this.callid });
      this.#jiayi.broadcast({ takenCall: this.callid });
      this.#open();
    } catch (error) {
      this.end("elsewhere");
      throw error;
    }
  }

  /** Hangs up, cancels or refuses. */
  async hangUp() {
    const refusal = this.incoming ? "reject" : "cancel";
    this.end(this.state === "ringing" ? refusal : "hangup");
    this.#jiayi.broadcast({ takenCall: this.callid });
    await this.#jiayi.post("videoCall/disconnect", { callid: this.callid });
  }

  /** Switches the camera (`video`) or the microphone (`audio`). @param {string} kind @param {boolean} enabled */
  setEnabled(kind, enabled) {
    for (const track of this.#tracks(kind)) track.enabled = enabled;
    this.#setState(this.state);
  }

  /** Whether the camera or the microphone is on. @param {string} kind */
  isEnabled(kind) {
    return this.#tracks(kind).some((track) => track.enabled && track.readyState === "live");
  }

  /** How many cameras can take turns. */
  async countCameras() {
    return this.#tracks("video").length && (await listCameras()).length;
  }

  /** Has the next camera of this device take the place of the one that is used, or of the one that could not be had. */
  async switchCamera() {
    const [before] = this.#tracks("video");
    if (!before || !this.local || this.#isSwitching) return;
    this.#isSwitching = true;
    try {
      const next = await nextCamera(before);
      if (this.state === "ended") return next?.stop();
      if (next) {
        next.enabled = before.enabled;
        this.local.removeTrack(before);
        this.local.addTrack(next);
      }
      await this.#peer?.replace("video", next);
    } finally {
      this.#isSwitching = false;
    }
    this.#setState(this.state);
  }

  /** Figures of the connection, as WebRTC has them. */
  stats() {
    return this.#peer?.stats();
  }

  /** The other end has accepted, or this person has on another device. @param {string} by */
  onAccepted(by) {
    if (this.state !== "ringing") return;
    if (by === this.#jiayi.me.uid) return this.end("elsewhere");
    this.#setState("connecting");
    this.#open();
  }

  /** The other end's WebRTC has sent a signal. @param {import("./peer.js").Signal} signal */
  async onSignal(signal) {
    if (this.#peer) await this.#peer.receive(signal);
    else this.#early.push(signal);
  }

  /** The connection to the server is back: signals may have been lost meanwhile. */
  resume() {
    this.#peer?.resume();
  }

  /** The page is being closed. */
  abandon() {
    const isOurs = this.state !== "ended" && (this.#peer || !this.incoming);
    if (isOurs) this.#jiayi.postOnExit("videoCall/disconnect", { callid: this.callid });
  }

  /** The call is over. @param {string} reason @param {number} [duration] in seconds */
  end(reason, duration = 0) {
    if (this.state === "ended") return;
    this.reason = reason;
    this.duration = duration;
    this.#peer?.close();
    release(this.local);
    this.#setState("ended");
  }

  #open = async () => {
    this.#peer = new Peer({
      servers: this.#servers,
      polite: this.incoming,
      local: this.local,
      onSignal: (signal) => this.#sendSignal(signal),
      onTrack: (track) => {
        this.remote.addTrack(track);
        this.#setState(this.state);
      },
      onState: (state) => STATES[state] && this.#setState(STATES[state]),
    });
    for (const signal of this.#early.splice(0)) await this.onSignal(signal);
  };

  /** @param {import("./peer.js").Signal} signal */
  #sendSignal = (signal) => {
    if (this.state !== "ended")
      this.#jiayi.sendCommand("C2S_VIDEOCALL_SIGNAL", { callid: this.callid, signal });
  };

  /** @param {CallState} state */
  #setState = (state) => {
    if (this.state === "ended") return;
    this.state = state;
    this.emit("state", state);
  };

  /** @param {string} kind */
  #tracks = (kind) => {
    return this.local?.getTracks().filter((track) => track.kind === kind) ?? [];
  };
}
