// The place to write in a room: words, what is attached, and that one is typing.

import { attachments } from "./files.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const AGAIN = 3_000; // before the others are told once more that one types
const HIGHEST = 160;

/**
 * @param {import("../client/jiayi.js").Jiayi} jiayi
 * @param {string} roomid
 * @param {(kind: string, body: any) => void} post
 */
export function compose(jiayi, roomid, post) {
  const text = h("textarea", { name: "text", rows: 1, placeholder: t("Write a message"), "aria-label": t("Write a message"), maxlength: 10_000 });
  let said = 0;
  const send = () => {
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    grow();
    post("text", words);
  };
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, HIGHEST)}px`;
  };
  text.addEventListener("input", () => {
    grow();
    if (!text.value || Date.now() - said < AGAIN) return;
    said = Date.now();
    jiayi.typing(roomid);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  return h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } },
    attachments(jiayi, post), text,
    h("button", { class: "primary round", type: "submit", "aria-label": t("Send"), title: t("Send") }, icon("send")));
}
