// Bars above a view that offer something and can be closed: notifications, a newer version of the pages.

import { t } from "../state/language.js";
import { set } from "../state/settings.js";
import { button, fill, h } from "./dom.js";
import { note } from "./feedback.js";
import { askPermission } from "./notification.js";

/** @returns {{element: HTMLElement, offerNotifications: () => void, offerNewer: (load: () => void) => void}} */
export function offers() {
  const element = h("div", { role: "status" });
  const offer = (text, yes, onYes, onNo = () => {}) => {
    const close = (then) => () => {
      fill(element);
      then();
    };
    const [accept, decline] = [
      button(yes, close(onYes), { class: "primary" }),
      button(t("Not now"), close(onNo)),
    ];
    fill(
      element,
      h("div", { class: "banner" }, h("span", {}, text), h("span", { class: "actions" }, decline, accept)),
    );
  };
  const offerNotifications = () => {
    const text = t("Messages came while this page was not in sight. Shall the browser tell you of them?");
    const done = () => set("wasAsked", true);
    const accept = () => {
      done();
      turnOnNotifications();
    };
    offer(text, t("Tell me"), accept, done);
  };
  const offerNewer = (load) => offer(t("A newer version of this page is there."), t("Load it"), load);
  return { element, offerNotifications, offerNewer };
}

/** Lets the browser show notifications, if whoever uses it agrees. @returns {Promise<boolean>} */
export async function turnOnNotifications() {
  const isAllowed = await askPermission();
  set("notifies", isAllowed);
  if (!isAllowed) note(t("The browser does not allow it. Its settings for this page can."));
  return isAllowed;
}
