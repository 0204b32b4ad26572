// What is to be sent besides words and is not sent yet: files that were chosen, with a preview and, for a picture, a
// caption; recordings that nobody has sent; what could not be sent.

import { t } from "../state/language.js";
import { sizeText } from "./body.js";
import { button, fill, h } from "./dom.js";
import { note } from "./feedback.js";
import { icon, iconButton } from "./icons.js";
import { loadModule } from "./lazy.js";
import { plain } from "./people.js";
import { player } from "./player.js";

const LARGEST = 20 * 1024 * 1024; // bytes, as the server has it
const MOST = 9; // files at once
const LONGEST = 500; // signs of a caption, as the server has it

/**
 * @typedef {object} Item what is to be sent
 * @property {File} file
 * @property {string} [caption] of a picture
 * @property {number} [seconds] of a voice message
 *
 * @typedef {Item & {ready: () => Promise<File|null>}} Chosen `ready` gives the file as it will be sent; null where it
 *   was refused
 *
 * @typedef {ReturnType<typeof tray>} Tray
 */

/**
 * While its element is inert, it stays as it is.
 * @param {object} [handlers]
 * @param {(count: number) => void} [handlers.onChange] is told how many rows are in it
 * @param {() => void} [handlers.onAgain] sends all of it, as something could not be sent
 */
export function tray(handlers = {}) {
  /** @type {Set<ReturnType<typeof makeRow>>} */ const rows = new Set();
  const element = h("ul", { class: "tray", "aria-label": t("To be sent"), hidden: true });
  let spare = ""; // the caption of a picture that was refused, for the next one
  const tell = () => {
    element.hidden = !rows.size;
    handlers.onChange?.(rows.size);
  };
  const remove = (row) => {
    rows.delete(row);
    row.end();
    row.element.remove(); // the others stay, and the caption that is being written
    tell();
  };
  /** @param {FileList|File[]} files */
  const add = (files) => {
    if (element.inert) return;
    for (const file of files) {
      if (rows.size < MOST) put({ file, caption: file.type.startsWith("image/") ? takeSpare() : "" });
      else note(t("{0} files at most go at once.", MOST));
    }
  };
  const takeSpare = () => {
    const caption = spare;
    spare = "";
    return caption;
  };
  /** Puts something in it, however much there is. @param {Item} item @param {boolean} [hasFailed] to be sent */
  const put = (item, hasFailed = false) => {
    const again = hasFailed && (() => handlers.onAgain?.());
    const row = makeRow(item, again, () => element.inert || remove(row));
    rows.add(row);
    element.append(row.element);
    tell();
    if (hasFailed) row.element.scrollIntoView({ block: "nearest" });
    const show = (sent) => {
      if (!rows.has(row)) return; // whoever sends it is told
      if (sent) return row.show(sent);
      keepCaption(row.caption());
      remove(row);
    };
    row.ready().then(show, () => {}); // it is tried again when it is sent
  };
  /** Gives the caption of what was refused to the next picture. @param {string} caption */
  const keepCaption = (caption) => {
    spare ||= caption;
  };
  /** @returns {Chosen[]} */
  const list = () => [...rows].map(({ item, ready, caption }) => ({ ...item, ready, caption: caption() }));
  /** Lists what was chosen, which then is chosen no more. */
  const take = () => {
    const chosen = list();
    rows.forEach(remove);
    return chosen;
  };
  return { element, handlers, add, put, keepCaption, list, take };
}

/** @param {Item} item @param {(() => void)|false} again @param {() => void} onDrop */
function makeRow(item, again, onDrop) {
  const element = h("li", { class: item.seconds ? "voice" : null });
  let preview = "";
  let input = null;
  const end = () => URL.revokeObjectURL(preview);
  const draw = (file) => {
    end();
    if (item.seconds || isPicture(file)) preview = URL.createObjectURL(file);
    input = isPicture(file) ? captionField(item) : null;
    const what = item.seconds ? voice(item, preview) : [image(preview), input ?? about(file)];
    const failed = again && button(t("Try again"), again, { class: "quiet" });
    const state = again ? t("not sent") : item.seconds && t("not sent yet");
    const mark = state && h("small", { class: `mark${again ? " failed" : ""}` }, state);
    const remove = iconButton("close", t("Do not send {0}", nameIn(item)), onDrop);
    fill(element, what, mark, failed, remove);
  };
  /** As it will be sent: some pictures can be seen only then. */
  const show = (sent) => !input && isPicture(sent) && draw(sent);
  /** @type {Promise<File|null>|null} */ let preparing = null;
  const ready = () =>
    (preparing ??= prepare(item.file).catch((problem) => {
      preparing = null;
      throw problem;
    }));
  draw(item.file);
  return { item, element, ready, show, end, caption: () => input?.value.trim() ?? item.caption ?? "" };
}

const isPicture = ({ type }) => /^image\/(png|jpeg|gif|webp)$/.test(type);

/** What a person calls it. @param {Item} item */
const nameIn = ({ file, seconds }) => (seconds ? t("Voice message") : plain(file.name) || t("Picture"));

const image = (preview) => (preview ? h("img", { src: preview, alt: "" }) : icon("attach"));

function about({ name, size }) {
  return h("span", { class: "named" }, h("bdi", {}, plain(name)), " ", h("small", {}, sizeText(size)));
}

function voice({ file, seconds }, url) {
  const props = { class: "player", role: "group", "aria-label": t("Voice message") };
  return h("span", props, player({ url, name: file.name, seconds }));
}

/** @param {Item} item */
function captionField(item) {
  const label = t("Caption of {0}", nameIn(item));
  const props = { class: "caption", maxlength: LONGEST, "aria-label": label, placeholder: t("Caption") };
  return h("input", { ...props, value: item.caption });
}

/**
 * A file as it will be sent; null, and words why, where it cannot be.
 * @param {File} file @returns {Promise<File|null>} fails where what prepares it could not be loaded
 */
async function prepare(file) {
  const sent = await asSent(file);
  const refusal = refusalOf(sent);
  if (refusal) note(refusal);
  return refusal ? null : sent;
}

/** @param {File|null} file */
function refusalOf(file) {
  if (!file) return t("Most devices cannot show a HEIC picture. Save it as JPEG and send that.");
  return file.size > LARGEST ? t("A file may have 20 MB at most.") : "";
}

/** A picture in a size and a format that all can see; null where it has none. @param {File} file */
async function asSent(file) {
  // Some systems do not know the type of what a phone has taken.
  const mayBePicture = /^image\/|^$/.test(file.type);
  return mayBePicture ? (await loadModule(() => import("./photo.js"))).asSent(file) : file;
}
