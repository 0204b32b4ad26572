// Going on with a login when a page is opened, also where there is no net yet.

import { Jiayi } from "../../client/jiayi.js";
import { backoff } from "../../client/random.js";
import { t } from "../state/language.js";
import { button, fill, h } from "./dom.js";

/**
 * Who is logged in. While the server cannot be reached, says so in `element` and tries again.
 * @param {import("../../client/jiayi.js").Role} role @param {HTMLElement} element
 * @returns {Promise<Jiayi|null>} null if nobody is
 */
export async function resume(role, element) {
  const again = button(t("Try again"), () => {}, { class: "primary" });
  const text = t("The server cannot be reached. This page goes on by itself once it can.");
  const screen = h(
    "div",
    { class: "card", role: "status" },
    h("p", {}, text),
    h("p", { class: "actions" }, again),
  );
  for (let tries = 0; ; tries++) {
    try {
      return await Jiayi.resume(role);
    } catch (problem) {
      if (!problem.retryable) throw problem;
      if (!screen.isConnected) fill(element, screen);
      await pause(again, Math.max(backoff(tries), problem.retryAfter * 1000));
    }
  }
}

/** Waits for a time, for the net, or for a button to be pressed. @param {HTMLElement} button */
function pause(button, milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    button.onclick = done;
  });
}
