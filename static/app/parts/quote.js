// A message that is quoted, in one line: in the bubble of the one that quotes it, and above the place to write. Its
// words are those of the original, which is looked at each time: nothing of them is kept elsewhere.

import { t } from "../state/language.js";
import { summary } from "./content.js";
import { fill, h } from "./dom.js";
import { iconButton } from "./icons.js";
import { plain } from "./people.js";

/**
 * @param {object|null|undefined} original undefined until it is read, null where it cannot be seen
 * @param {(() => void)|undefined} seek leads to it
 */
export function quotedLine(original, seek) {
  if (!original) return h("div", { class: "quoted" }, original === null && t("The original cannot be seen."));
  if (!seek) return h("div", { class: "quoted" }, lineOf(original));
  const title = t("Show the quoted message");
  return h("button", { type: "button", class: "quoted", title, onclick: seek }, lineOf(original));
}

const lineOf = (message) => [h("b", {}, h("bdi", {}, plain(message.from.name))), " ", summary(message)];

/** What is about to be quoted, with a button that drops it. */
export function quotation() {
  let quoted = null;
  const line = h("span", { class: "quoted" });
  const drop = iconButton("close", t("Do not quote it"), () => set(null));
  const element = h("div", { class: "quoting", hidden: true }, line, drop);
  const set = (message) => {
    quoted = message;
    element.hidden = !message;
    fill(line, message && lineOf(message));
  };
  /** The message that is to be quoted, which then is none any more. */
  const take = () => {
    const taken = quoted;
    set(null);
    return taken;
  };
  /** What was withdrawn meanwhile is not quoted. @param {(roomseq: number) => object|undefined} find */
  const check = (find) => quoted && find(quoted.roomseq)?.recalled && set(null);
  return { element, set, take, check, get: () => quoted };
}
