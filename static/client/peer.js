// One end of a WebRTC connection, by "perfect negotiation": of two who offer at once the polite one
// gives way. Knows nothing of calls; its words travel as its owner sends them.

/**
 * @typedef {{description: RTCSessionDescriptionInit}|{candidate: RTCIceCandidateInit|null}} Signal
 */

export class Peer {
  #connection;
  #options;
  #offering = false;
  #ignoring = false;

  /**
   * @param {object} options
   * @param {RTCIceServer[]} options.servers
   * @param {boolean} options.polite whether this end gives way, and waits for the other's first offer
   * @param {MediaStream|null} options.local what it shares
   * @param {(signal: Signal) => void} options.say
   * @param {(track: MediaStreamTrack) => void} options.track the other end shares something
   * @param {(state: RTCPeerConnectionState) => void} options.moved
   */
  constructor(options) {
    this.#options = options;
    const connection = new RTCPeerConnection({ iceServers: options.servers });
    this.#connection = connection;
    connection.ontrack = ({ track }) => options.track(track);
    connection.onicecandidate = ({ candidate }) => options.say({ candidate: candidate?.toJSON() ?? null });
    connection.onnegotiationneeded = () => this.#offer();
    connection.onconnectionstatechange = () => {
      options.moved(connection.connectionState);
      if (connection.connectionState === "failed") connection.restartIce();
    };
    // The polite end shares with its answer, so that the two do not offer at once.
    if (!options.polite) this.#share();
  }

  /**
   * Takes in a word of the other end.
   * @param {Signal} signal
   */
  async hear(signal) {
    if (this.#closed) return;
    try {
      if ("description" in signal) await this.#described(signal.description);
      else if ("candidate" in signal) await this.#connection.addIceCandidate(signal.candidate || undefined);
    } catch (error) {
      if (!this.#ignoring && !this.#closed) console.warn("a signal did not fit:", error);
    }
  }

  /** Words may have been lost: says anew what is open. */
  resume() {
    const { connectionState, signalingState, localDescription } = this.#connection;
    if (connectionState === "connected") return;
    if (signalingState === "have-local-offer" && localDescription) this.#options.say({ description: localDescription.toJSON() });
    else if (!this.#options.polite) this.#connection.restartIce();
  }

  /** Figures of the connection, as WebRTC has them. */
  stats() {
    return this.#connection.getStats();
  }

  get #closed() {
    return this.#connection.signalingState === "closed";
  }

  close() {
    this.#connection.close();
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #described(description) {
    const collision = description.type === "offer" && (this.#offering || this.#connection.signalingState !== "stable");
    this.#ignoring = !this.#options.polite && collision;
    if (this.#ignoring) return;
    await this.#connection.setRemoteDescription(description);
    if (description.type !== "offer") return;
    this.#share();
    await this.#describe();
  }

  async #offer() {
    try {
      this.#offering = true;
      await this.#describe();
    } finally {
      this.#offering = false;
    }
  }

  async #describe() {
    await this.#connection.setLocalDescription();
    const description = this.#connection.localDescription;
    if (description) this.#options.say({ description: description.toJSON() });
  }

  #share() {
    const { local, polite } = this.#options;
    if (this.#connection.getSenders().some(({ track }) => track)) return;
    local?.getTracks().forEach((track) => this.#connection.addTrack(track, local));
    if (!local && !polite) ["audio", "video"].forEach((kind) => this.#connection.addTransceiver(kind, { direction: "recvonly" }));
  }
}
