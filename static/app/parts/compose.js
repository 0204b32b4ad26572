// The place to write in a room: text, which stays as a draft until it is sent, what is attached and quoted, and that
// one types.

import { t } from "../state/language.js";
import { isSet } from "../state/settings.js";
import { attachments, takeDrops, takePastes } from "./attachments.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { repliesButton } from "./phrases.js";
import { quotation } from "./quote.js";
import { tray } from "./tray.js";

const TYPING_EVERY = 3_000; // ms before the others are told once more that one is typing
const HIGHEST = 160; // pixels of the text field
const COMPOSING = 229; // the `keyCode` of a key that an input method takes; Safari does not tell it by `isComposing`

/**
 * @param {import("../state/context.js").Context} context
 * @param {string} roomid
 * @param {(kind: string, body: any, quote?: number) => void} post
 * @returns what to show; `take` takes files to be sent, `quote` a message to be quoted
 */
export function compose({ jiayi, drafts, trays }, roomid, post) {
  const quoted = quotation();
  if (!trays.has(roomid)) trays.set(roomid, tray()); // which stays as a draft does
  const attached = attachments(jiayi, post, quoted, trays.get(roomid));
  const text = textField(drafts.get(roomid));
  const send = (event) => {
    event.preventDefault();
    const body = text.element.value.trim();
    text.set("");
    drafts.set(roomid, "");
    if (body) post("text", body, quoted.take()?.roomseq);
    attached.send();
  };
  const tellTyping = typingTeller(jiayi, roomid);
  text.element.addEventListener("input", ({ target }) => {
    drafts.set(roomid, target.value);
    if (target.value) tellTyping();
  });
  takePastes(text.element, attached.add);
  const props = { class: "primary round", type: "submit", "aria-label": t("Send"), title: t("Send") };
  const submit = h("button", props, icon("send"));
  const onkeydown = (event) => sends(event) && send(event);
  const element = h(
    "form",
    { class: "composer", onsubmit: send, onkeydown },
    quoted.element,
    attached.tray,
    attached.buttons,
    repliesButton(jiayi, text.element),
    text.element,
    submit,
  );
  takeDrops(element, attached.add);
  const quote = (message) => {
    quoted.set(message);
    text.element.focus();
  };
  return { element, take: attached.add, quote, checkQuote: quoted.check };
}

/** Whether a key sends: Enter, as it is set. @param {KeyboardEvent} event */
function sends({ key, shiftKey, ctrlKey, metaKey, isComposing, keyCode, target }) {
  if (key !== "Enter" || isComposing || keyCode === COMPOSING) return false;
  return target.matches("textarea") && ((isSet("enterSends") && !shiftKey) || ctrlKey || metaKey);
}

/** A field that grows with its text. @param {string} draft */
function textField(draft) {
  const label = t("Write a message");
  const props = { name: "text", rows: 1, placeholder: label, "aria-label": label, maxlength: 10_000 };
  const element = h("textarea", props);
  const grow = () => {
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, HIGHEST)}px`;
  };
  const set = (text) => {
    element.value = text;
    grow();
  };
  element.addEventListener("input", grow);
  element.value = draft;
  if (draft) requestAnimationFrame(grow); // once it is on the page
  return { element, set };
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
