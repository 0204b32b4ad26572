// The banner that tells how the connection is, if that needs telling.

import { t } from "../state/language.js";
import { button, fill, h } from "./dom.js";

const DELAY = 1_500; // ms; what passes sooner is not told

/** @param {import("../../client/jiayi.js").Jiayi} jiayi */
export function connectionBanner(jiayi) {
  const banner = h("div", { class: "banner", role: "status", hidden: true });
  const show = (...content) => {
    fill(banner, content);
    banner.hidden = false;
  };
  const onStatus = (status) => {
    if (status === "signedout") return location.reload();
    const delay = status === "connecting" && banner.dataset.status !== "waiting" ? DELAY : 0;
    banner.dataset.status = status;
    banner.hidden = true;
    if (status === "replaced") show(...replaced(jiayi));
    const text = { waiting: t("The connection is lost. Trying again…"), connecting: t("Connecting…") }[
      status
    ];
    if (text) setTimeout(() => banner.dataset.status === status && show(text), delay);
  };
  jiayi.addEventListener("status", ({ detail }) => onStatus(detail));
  return banner;
}

function replaced(jiayi) {
  const text = t("This account was opened on another device. This page has stopped.");
  return [h("span", {}, text), button(t("Go on here"), () => jiayi.takeOver(), { class: "primary" })];
}
