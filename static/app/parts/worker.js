// The service worker on the page's side: it is put in, a newer version is offered, and what it says is heard.

const ADDRESS = "/worker.js";

/** Emits `newer` with what shows it, a function, when a newer version of the pages is there. */
export const versions = new EventTarget();

/** Puts the service worker in, if the browser has any. Called once. */
export async function installWorker() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  serviceWorker.addEventListener("message", ({ data }) => data.open && (location.hash = data.open));
  const registration = await serviceWorker.register(scriptAddress()).catch(() => null); // next time, then
  if (!registration) return;
  const load = () => {
    serviceWorker.addEventListener("controllerchange", () => location.reload());
    if (registration.waiting) registration.waiting.postMessage("activate");
    else location.reload();
  };
  // Nothing has been done on this page yet.
  if (registration.waiting && serviceWorker.controller) return load();
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing.addEventListener("statechange", () => {
      const isNewer = installing.state === "installed" && serviceWorker.controller;
      if (isNewer) versions.dispatchEvent(new CustomEvent("newer", { detail: load }));
    });
  });
}

/** Looks for a newer version: the server may have been renewed. */
export async function lookForNewer() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update().catch(() => {}); // next time, then
}

/** The one address of a script that the pages' policy lets through. */
function scriptAddress() {
  const policy = globalThis.trustedTypes?.createPolicy("jiayi-worker", { createScriptURL: () => ADDRESS });
  return policy?.createScriptURL("") ?? ADDRESS;
}
