/* global VERSION, FILES */
// The service worker: keeps the pages and what they load, so that they open at once, also without a net. It keeps
// nothing that anybody has written and nothing of who is logged in: all but `FILES` is between page and server.
// The server writes `VERSION` and `FILES` above this.

const NAME = "jiayi-pages-";
const CACHE = NAME + VERSION;
const OWN = new Set(FILES);
/** The windows whose people want this version, by their ids. */
const agreed = new Set();

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => clients.claim())));
addEventListener("message", (event) => event.waitUntil(takeOver(event.data, event.source)));
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "GET" && origin === location.origin && OWN.has(pathname))
    event.respondWith(answer(event.request, pathname));
});
addEventListener("push", (event) => event.waitUntil(tell(event.data.json())));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

/** Keeps all, or nothing: while a server is renewed, one of another version may answer. The page tries again later. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(FILES.map((path) => keep(cache, path)));
  } catch (problem) {
    await caches.delete(CACHE);
    throw problem;
  }
}

async function keep(cache, path) {
  const answer = await fetch(new Request(path, { cache: "no-cache", credentials: "omit" }));
  const isOurs = answer.ok && answer.headers.get("jiayi-version") === VERSION;
  if (!isOurs) throw new Error(`${path} is not of this version`);
  await cache.put(path, answer);
}

/** Forgets earlier versions. */
async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/**
 * Takes the place of the earlier version, which all windows then load anew: where there is one window only, or where
 * the people before all of them have agreed. Until then they are told that this version waits.
 * @param {"opened"|"agreed"} word what a window says
 */
async function takeOver(word, window) {
  if (word === "agreed") agreed.add(window.id);
  const all = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const windows = all.filter(({ url }) => OWN.has(new URL(url).pathname));
  if (windows.length === 1 || windows.every(({ id }) => agreed.has(id))) return skipWaiting();
  const asked = word === "opened" ? [window] : windows.filter(({ id }) => !agreed.has(id));
  for (const one of asked) one.postMessage({ waits: true });
}

async function answer(request, pathname) {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname)) ?? fetch(request);
}

/** The pages of those who are told by web push. */
const PAGE_OF = { user: "/resident", doctor: "/practice" };

/**
 * Shows what the server tells of while no page is connected, in the place of an earlier notification of the same; not
 * where such a page is looked at. What is quiet, as that a call rings no more, is only to take that place: where a page
 * is open that has taken the earlier one back, nothing is shown.
 */
async function tell({ role, tag, place, title, body, urgent, quiet }) {
  const page = PAGE_OF[role];
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = windows.filter(({ url }) => new URL(url).pathname === page);
  if (pages.some(({ focused }) => focused)) return;
  if (quiet && pages.length > 0 && (await registration.getNotifications({ tag })).length === 0) return;
  const data = { page, hash: place ? `#/messages/${place}` : "" };
  const icon = "/static/icon-192.png";
  await registration.showNotification(title, {
    body,
    tag,
    data,
    icon,
    renotify: !quiet,
    requireInteraction: urgent,
  });
}

/** Shows what a notification is about: in a page that is open, or else in a new one. */
async function open({ page, hash }) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find(({ url }) => new URL(url).pathname === page);
  if (!there) return clients.openWindow(page + hash);
  if (hash) there.postMessage({ open: hash });
  return there.focus();
}
