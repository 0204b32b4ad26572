// The files that were chosen for a message and are not sent yet: each with a preview and, for a picture, a caption.

import { t } from "../state/language.js";
import { sizeText } from "./body.js";
import { fill, h } from "./dom.js";
import { note } from "./feedback.js";
import { icon, iconButton } from "./icons.js";
import { plain } from "./people.js";

const LARGEST = 20 * 1024 * 1024; // bytes, as the server has it
const MOST = 9; // files at once
const LONGEST = 500; // signs of a caption, as the server has it

/** @typedef {{ready: Promise<File|null>, caption: string}} Chosen as it will be sent; null where it was refused */

/**
 * While its element is inert, it stays as it is.
 * @param {(count: number) => void} [onChange] is told how many files are in it
 */
export function tray(onChange) {
  /** @type {Set<ReturnType<typeof makeRow>>} */ const rows = new Set();
  const element = h("ul", { class: "tray", "aria-label": t("To be sent"), hidden: true });
  const draw = () => {
    fill(
      element,
      [...rows].map((row) => row.element),
    );
    tell();
  };
  const tell = () => {
    element.hidden = !rows.size;
    onChange?.(rows.size);
  };
  const drop = (row) => {
    rows.delete(row);
    URL.revokeObjectURL(row.preview);
  };
  const add = (files, caption = "") => {
    if (element.inert) return;
    for (const file of files) {
      if (rows.size < MOST) addOne(file, caption);
      else note(t("{0} files at most go at once.", MOST));
    }
    draw();
  };
  const addOne = (file, caption) => {
    const remove = (row) => {
      drop(row);
      row.element.remove(); // the others stay, and the caption that is being written
      tell();
    };
    const row = makeRow(file, caption, (row) => element.inert || remove(row));
    rows.add(row);
    row.ready.then((sent) => sent || remove(row));
  };
  /** @returns {Chosen[]} */
  const list = () => [...rows].map(({ ready, input }) => ({ ready, caption: input?.value.trim() ?? "" }));
  /** Lists what was chosen, which then is chosen no more. */
  const take = () => {
    const chosen = list();
    rows.forEach(drop);
    draw();
    return chosen;
  };
  return { element, add, list, take };
}

function makeRow(file, caption, onDrop) {
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  const preview = isPicture ? URL.createObjectURL(file) : "";
  const name = plain(file.name) || t("Picture");
  const label = t("Caption of {0}", name);
  const props = {
    class: "caption",
    maxlength: LONGEST,
    "aria-label": label,
    placeholder: t("Caption"),
    value: caption,
  };
  const input = isPicture ? h("input", props) : null;
  const about = h("span", { class: "about" }, h("bdi", {}, name), " ", h("small", {}, sizeText(file.size)));
  const image = isPicture ? h("img", { src: preview, alt: "" }) : icon("attach");
  const remove = iconButton("close", t("Do not send {0}", name), () => onDrop(row));
  const ready = prepare(file);
  const row = { ready, input, preview, element: h("li", {}, image, input ?? about, remove) };
  return row;
}

/**
 * A file as it will be sent; null, and words why, where it cannot be.
 * @param {File} file @returns {Promise<File|null>}
 */
async function prepare(file) {
  const sent = await asSent(file).catch(() => file);
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
  return mayBePicture ? (await import("./photo.js")).asSent(file) : file;
}
