// The files that were chosen for a message and are not sent yet: each with a preview and, for a picture, a caption.

import { t } from "../state/language.js";
import { sizeText } from "./content.js";
import { fill, h } from "./dom.js";
import { note } from "./feedback.js";
import { icon, iconButton } from "./icons.js";
import { plain } from "./people.js";

const LARGEST = 20 * 1024 * 1024; // bytes, as the server has it
const MOST = 9; // files at once
const LONGEST = 500; // signs of a caption, as the server has it

/** @typedef {{file: File, caption: string}} Chosen */

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
      const refusal = rows.size >= MOST ? t("{0} files at most go at once.", MOST) : refusalOf(file);
      if (refusal) note(refusal);
      else rows.add(makeRow(file, caption, (row) => element.inert || (drop(row), draw())));
    }
    draw();
  };
  /** @returns {Chosen[]} */
  const list = () => [...rows].map(({ file, input }) => ({ file, caption: input?.value.trim() ?? "" }));
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
  const row = { file, input, preview, element: h("li", {}, image, input ?? about, remove) };
  return row;
}

/** Why a file cannot be sent; empty if it can. @param {File} file */
function refusalOf({ name, type, size }) {
  if (size > LARGEST) return t("A file may have 20 MB at most.");
  const isHeic = /^image\/hei[cf]/.test(type) || /\.hei[cf]$/i.test(name);
  return isHeic ? t("Most devices cannot show a HEIC picture. Save it as JPEG and send that.") : "";
}
