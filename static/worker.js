/* global VERSION, FILES */
// The service worker: keeps the pages and what they load, so that they open at once, also without a net. It keeps
// nothing that anybody has written and nothing of who is logged in: all but `FILES` is between page and server.
// The server writes `VERSION` and `FILES` above this.

const NAME = "jiayi-pages-";
const CACHE = NAME + VERSION;
const OWN = new Set(FILES);

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => clients.claim())));
addEventListener("message", ({ data }) => data === "activate" && skipWaiting());
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "GET" && origin === location.origin && OWN.has(pathname))
    event.respondWith(answer(event.request, pathname));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((path) => new Request(path, { cache: "no-cache", credentials: "omit" })));
}

/** Forgets earlier versions. */
async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function answer(request, pathname) {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname)) ?? fetch(request);
}

/** Shows what a notification is about: in a page that is open, or else in a new one. */
async function open({ page, hash }) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find(({ url }) => new URL(url).pathname === page);
  if (!there) return clients.openWindow(page + hash);
  there.postMessage({ open: hash });
  return there.focus();
}
