// The place to write in a room: text, what is attached, and that one is typing.

import { t } from "../state/language.js";
import { attachments } from "./attachments.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

const TYPING_EVERY = 3_000; // ms before the others are told once more that one is typing
const HIGHEST = 160; // pixels of the text field

/**
 * @param {import("../../client/jiayi.js").Jiayi} jiayi
 * @param {string} roomid
 * @param {(kind: string, body: any) => void} post
 */
export function compose(jiayi, roomid, post) {
  const label = t("Write a message");
  const text = h("textarea", {
    name: "text",
    rows: 1,
    placeholder: label,
    "aria-label": label,
    maxlength: 10_000,
  });
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, HIGHEST)}px`;
  };
  const send = (event) => {
    event.preventDefault();
    const body = text.value.trim();
    if (!body) return;
    text.value = "";
    grow();
    post("text", body);
  };
  const tellTyping = typingTeller(jiayi, roomid);
  text.addEventListener("input", () => {
    grow();
    if (text.value) tellTyping();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  });
  const props = { class: "primary round", type: "submit", "aria-label": t("Send"), title: t("Send") };
  const submit = h("button", props, icon("send"));
  return h("form", { class: "composer", onsubmit: send }, attachments(jiayi, post), text, submit);
}

/** Returns a function that tells the others that one is typing, at most every `TYPING_EVERY`. */
function typingTeller(jiayi, roomid) {
  let told = 0;
  return () => {
    if (Date.now() - told < TYPING_EVERY) return;
    told = Date.now();
    jiayi.typing(roomid);
  };
}
