// A picture of a conversation in full size, and the way to the others beside it. Loaded with the first that is opened.

import { t } from "../state/language.js";
import { button, fill, h } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { openModal } from "./modal.js";

/**
 * Shows a picture until it is closed.
 * @param {{url: string, name: string, caption: string}[]} pictures
 * @param {number} first which of them is shown first
 */
export function showPictures(pictures, first) {
  let index = first;
  const picture = h("img", { class: "whole" });
  const caption = h("p", { class: "caption" });
  const place = h("p", { class: "place", role: "status" });
  const save = h("a", {
    class: "button quiet",
    "aria-label": t("Save the picture"),
    title: t("Save the picture"),
  });
  save.append(icon("download"));
  const close = iconButton("close", t("Close the picture"), () => dialog.close());
  const step = (name, label, by) =>
    iconButton(name, label, () => show(index + by), { class: "round step", "data-by": by });
  const [before, after] = [step("back", t("Picture before"), -1), step("forward", t("Next picture"), 1)];
  // A button, so that the keyboard enlarges as well.
  const enlarge = button(picture, () => dialog.classList.toggle("large"), { class: "stage" });

  const show = (wanted) => {
    index = Math.min(Math.max(wanted, 0), pictures.length - 1);
    const { url, name, caption: text } = pictures[index];
    dialog.classList.remove("large");
    Object.assign(picture, { src: url, alt: text || name });
    Object.assign(save, { href: url, download: name });
    fill(caption, text);
    caption.hidden = !text;
    fill(place, pictures.length > 1 && t("{0} of {1}", index + 1, pictures.length));
    enlarge.setAttribute("aria-label", t("Enlarge {0}", text || name));
    before.disabled = index === 0;
    after.disabled = index === pictures.length - 1;
    for (const element of [before, after]) element.hidden = pictures.length === 1;
  };
  const onkeydown = ({ key }) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (by && !dialog.classList.contains("large")) show(index + by);
  };
  const bar = h("div", { class: "tools" }, place, save, close);
  const props = { class: "viewer", "aria-label": t("Picture"), onkeydown };
  const dialog = h("dialog", props, bar, enlarge, before, after, caption);
  dialog.addEventListener("close", () => dialog.remove());
  show(first);
  document.body.append(dialog);
  openModal(dialog);
}
