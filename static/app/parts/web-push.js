// Web push: the browser is told by its push service of what comes while no page is open. It is subscribed at the
// server as long as notifications are set for whoever is logged in; `worker.js` shows what comes.

import { language } from "../state/language.js";
import { isSet } from "../state/settings.js";
import { permission, subscription } from "./notification.js";

/** Milliseconds within which a service worker must be there: it is not where the browser lets none register. */
const PATIENCE = 20_000;

let told = null; // what the server was told last
let current = Promise.resolve(false); // whether the browser is told by then

/**
 * Subscribes this browser, or ends that, as it is set.
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @returns {Promise<boolean>} whether it is told while no page is open; false where that cannot be
 */
export function follow(jiayi) {
  const wants = isSet("notifies") && permission() === "granted";
  const wanted = JSON.stringify({ wants, words: isSet("showsWords") });
  if (wanted === told) return current;
  told = wanted;
  const next = () => (wants ? subscribe(jiayi) : unsubscribe(jiayi));
  return (current = current.then(next).catch(() => forget(wanted)));
}

/** It failed, as where the push service cannot be reached: the next time it is tried again. */
function forget(wanted) {
  if (told === wanted) told = null;
  return false;
}

async function subscribe(jiayi) {
  const { key } = await jiayi.get("webpush/key");
  if (!key) return false;
  const { pushManager } = await ready();
  const { endpoint, keys } = (await subscriptionUnder(pushManager, key)).toJSON();
  const words = isSet("showsWords");
  await jiayi.post("webpush/subscribe", { endpoint, p256dh: keys.p256dh, auth: keys.auth, language, words });
  return true;
}

/** The service worker's registration; fails where there is none after a while. */
function ready() {
  const none = (_, reject) => setTimeout(() => reject(new Error("no service worker")), PATIENCE);
  return Promise.race([navigator.serviceWorker.ready, new Promise(none)]);
}

/** The other roles that are logged in here may still be told: only the server is asked to end it. */
async function unsubscribe(jiayi) {
  await jiayi.post("webpush/unsubscribe", { endpoint: (await subscription())?.endpoint });
  return false;
}

/** The browser's subscription under the server's key, in the place of one under an earlier key. */
async function subscriptionUnder(pushManager, key) {
  const earlier = await pushManager.getSubscription();
  if (earlier && base64(earlier.options.applicationServerKey) === key) return earlier;
  await earlier?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** Bytes in base64url. @param {ArrayBuffer} bytes */
function base64(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
