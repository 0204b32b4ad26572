// Whether the line of a call is bad: what is lost on the way, and how long the way takes.

const EVERY = 2_000; // ms between two looks
const LOST = 0.08; // the part of what should have come since the last look that is too much to lose
const SLOW = 0.6; // seconds there and back

/**
 * Looks at the line of a call until it ends.
 * @param {import("../../client/call.js").Call} call
 * @param {(isBad: boolean) => void} onLook
 */
export function watchLine(call, onLook) {
  let before = { lost: 0, received: 0 };
  const look = async () => {
    const stats = call.state === "active" && (await call.stats());
    if (!stats) return;
    const figures = [...stats.values()];
    const now = countPackets(figures);
    const [lost, received] = [now.lost - before.lost, now.received - before.received];
    before = now;
    onLook(lost > LOST * (lost + received) || wayOf(figures) > SLOW);
  };
  const timer = setInterval(look, EVERY);
  call.addEventListener("state", () => call.state === "ended" && clearInterval(timer));
}

/** How many packets of the other end are lost, and how many have come. */
function countPackets(figures) {
  const inbound = figures.filter(({ type }) => type === "inbound-rtp");
  const sum = (name) => inbound.reduce((all, one) => all + (one[name] ?? 0), 0);
  return { lost: sum("packetsLost"), received: sum("packetsReceived") };
}

/** How long it takes there and back, in seconds. */
function wayOf(figures) {
  const ways = figures.filter(({ type, nominated }) => type === "candidate-pair" && nominated);
  return Math.max(0, ...ways.map(({ currentRoundTripTime }) => currentRoundTripTime ?? 0));
}
