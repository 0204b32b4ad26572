// The browser's own notifications: whether there may be any, showing them and taking them back.

/* eslint-disable compat/compat -- `permission` says whether there are any */

/** Whether notifications may be shown: what the browser was told, or `none` where it has no notifications. */
export const permission = () => globalThis.Notification?.permission ?? "none";

/** Asks for the permission; only where somebody has just said that they want it. @returns {Promise<boolean>} */
export async function askPermission() {
  if (permission() === "none") return false;
  return (await Notification.requestPermission()) === "granted";
}

const registration = () => navigator.serviceWorker?.getRegistration();

/** By what this browser is subscribed to web push, for whomever, if it is. */
export const subscription = async () => (await registration())?.pushManager.getSubscription();

/**
 * Shows a notification, in the place of an earlier one with the same tag.
 * @param {string} title
 * @param {{body: string, tag: string, hash: string, isUrgent?: boolean}} about `hash` is what it leads to
 */
export async function showNotification(title, { body, tag, hash, isUrgent = false }) {
  const data = { page: location.pathname, hash };
  const options = {
    body,
    tag,
    data,
    icon: "/static/icon-192.png",
    requireInteraction: isUrgent,
    silent: true,
  };
  const worker = await registration();
  // Android shows notifications of a service worker only.
  if (worker?.active) return worker.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.onclick = () => {
    focus();
    location.hash = hash;
    shown.close();
  };
}

/** Takes back the notifications of this page: those with a tag, or all. @param {string} [tag] */
export async function takeBack(tag) {
  const shown = (await (await registration())?.getNotifications({ tag })) ?? [];
  for (const one of shown) if (one.data?.page === location.pathname) one.close();
}
