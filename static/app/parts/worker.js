// The service worker on the page's side: it is put in, a newer version is offered, and what it says is heard.

import { t } from "../state/language.js";
import { note } from "./feedback.js";

const ADDRESS = "/worker.js";
const RETRY = 60_000; // ms after which a version is looked for again that could not be kept

let offer = () => {}; // offers a newer version to whoever sits here
let isWaiting = false; // a newer version is there
let hasAgreed = false; // whoever sits here wants the newer version

/** Names what offers a newer version, once there is one. @param {() => void} onNewer */
export function watchVersions(onNewer) {
  offer = onNewer;
  if (isWaiting) offer();
}

/** Puts the service worker in, if the browser has any. Called once. */
export async function installWorker() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  serviceWorker.addEventListener("message", ({ data }) => {
    if (data.open) location.hash = data.open;
    if (data.waits) onWaiting();
  });
  const registration = await register();
  if (!registration) return;
  registration.addEventListener("updatefound", () => watch(registration.installing));
  if (registration.installing) watch(registration.installing);
  if (registration.waiting) say("opened"); // nothing has been done on this page yet
}

/** Looks for a newer version: the server may have been renewed. */
export async function lookForNewer() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update().catch(() => {}); // next time, then
}

/** Shows the newer version, once those before the other windows want it too, or have closed them. */
export function showNewer() {
  hasAgreed = true;
  say("agreed");
  setTimeout(() => note(t("It is loaded once the other windows want it too, or are closed.")), 1_000);
  document.addEventListener("visibilitychange", () => say("agreed"));
}

const register = () => navigator.serviceWorker.register(scriptAddress()).catch(() => null); // next time, then

let address = null;

/** Follows a worker that is being put in. @param {ServiceWorker} worker */
function watch(worker) {
  worker.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) onWaiting();
    // Not all could be kept; the browser forgets a first worker that fails.
    if (worker.state === "redundant") setTimeout(register, RETRY);
  });
}

/** The waiting worker may have been put to sleep since this page agreed, and have forgotten it. */
function onWaiting() {
  isWaiting = true;
  if (hasAgreed) say("agreed");
  else offer();
}

/** Says something to the worker that waits. @param {"opened"|"agreed"} word */
async function say(word) {
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.getRegistration();
  if (!registration?.waiting) return;
  serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage(word);
}

/** The one address of a script that the pages' policy lets through. */
function scriptAddress() {
  const makePolicy = () =>
    // eslint-disable-next-line compat/compat -- where there are any
    globalThis.trustedTypes?.createPolicy("jiayi-worker", { createScriptURL: () => ADDRESS });
  address ??= makePolicy()?.createScriptURL("") ?? ADDRESS;
  return address;
}
