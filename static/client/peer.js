/// <reference lib="dom" preserve="true" />
// One end of a WebRTC connection, by "perfect negotiation": if both ends offer at once, the polite one gives way.
// It knows nothing of calls; its owner carries the signals.

/**
 * @typedef {{description: RTCSessionDescriptionInit}|{candidate: RTCIceCandidateInit|null}} Signal
 *
 * @typedef {object} PeerOptions
 * @property {RTCIceServer[]} servers
 * @property {boolean} polite whether this end gives way, and waits for the other's first offer
 * @property {MediaStream|null} local what this end shares
 * @property {(signal: Signal) => void} onSignal carries a signal to the other end
 * @property {(track: MediaStreamTrack) => void} onTrack the other end shares something
 * @property {(state: RTCPeerConnectionState) => void} onState
 */

export class Peer {
  #connection;
  #options;
  #isOffering = false;
  #ignoresOffer = false;

  /** @param {PeerOptions} options */
  constructor(options) {
    this.#options = options;
    const connection = new RTCPeerConnection({ iceServers: options.servers });
    this.#connection = connection;
    connection.ontrack = ({ track }) => options.onTrack(track);
    connection.onicecandidate = ({ candidate }) =>
      options.onSignal({ candidate: candidate?.toJSON() ?? null });
    connection.onnegotiationneeded = () => this.#offer();
    connection.onconnectionstatechange = () => {
      options.onState(connection.connectionState);
      if (connection.connectionState === "failed") connection.restartIce();
    };
    // The polite end shares with its answer, so that the two do not offer at once.
    if (!options.polite) this.#share();
  }

  /** Takes in a signal of the other end. @param {Signal} signal */
  async receive(signal) {
    if (this.#isClosed()) return;
    try {
      if ("description" in signal) await this.#describe(signal.description);
      else if ("candidate" in signal) await this.#connection.addIceCandidate(signal.candidate || undefined);
    } catch (error) {
      if (!this.#ignoresOffer && !this.#isClosed()) console.warn("a signal did not fit:", error);
    }
  }

  /** Sends again what is still open, as signals may have been lost. */
  resume() {
    const { connectionState, signalingState, localDescription } = this.#connection;
    if (connectionState === "connected") return;
    const isOffer = signalingState === "have-local-offer" && localDescription;
    if (isOffer) this.#options.onSignal({ description: localDescription.toJSON() });
    else if (!this.#options.polite) this.#connection.restartIce();
  }

  /**
   * Shares a track, or none, in the place of the one of its kind.
   * @param {string} kind
   * @param {MediaStreamTrack|null} track
   */
  async replace(kind, track) {
    const all = this.#connection.getTransceivers();
    await all.find(({ receiver }) => receiver.track.kind === kind)?.sender.replaceTrack(track);
  }

  /** Figures of the connection, as WebRTC has them. */
  stats() {
    return this.#connection.getStats();
  }

  close() {
    this.#connection.close();
  }

  #isClosed = () => {
    return this.#connection.signalingState === "closed";
  };

  /** @param {RTCSessionDescriptionInit} description of the other end */
  #describe = async (description) => {
    const isOffer = description.type === "offer";
    const collision = isOffer && (this.#isOffering || this.#connection.signalingState !== "stable");
    this.#ignoresOffer = !this.#options.polite && collision;
    if (this.#ignoresOffer) return;
    await this.#connection.setRemoteDescription(description);
    if (!isOffer) return;
    this.#share();
    await this.#sendDescription();
  };

  #offer = async () => {
    try {
      this.#isOffering = true;
      await this.#sendDescription();
    } finally {
      this.#isOffering = false;
    }
  };

  #sendDescription = async () => {
    await this.#connection.setLocalDescription();
    const description = this.#connection.localDescription;
    if (description) this.#options.onSignal({ description: description.toJSON() });
  };

  #share = () => {
    const { local, polite } = this.#options;
    if (this.#connection.getSenders().some(({ track }) => track)) return;
    if (local) return local.getTracks().forEach((track) => this.#connection.addTrack(track, local));
    if (polite) return;
    for (const kind of ["audio", "video"]) this.#connection.addTransceiver(kind, { direction: "recvonly" });
  };
}
