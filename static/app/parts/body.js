// What a message says, as it looks: text, a picture, a voice message, a file.

import { t } from "../state/language.js";
import { fileOf, summary, textOf } from "./content.js";
import { h } from "./dom.js";
import { attempt } from "./feedback.js";
import { icon } from "./icons.js";
import { showLate } from "./lazy.js";
import { linked } from "./links.js";
import { player } from "./player.js";

/** @param {{kind: string, body: any}} message */
export function content({ kind, body }) {
  const { fileid, name, caption, size, seconds } = fileOf(body);
  if (kind === "text" || kind === "system") return linked(textOf(body));
  if (!fileid) return summary({ kind, body });
  const url = `/file?${new URLSearchParams({ fileid })}`;
  switch (kind) {
    case "image":
      return [picture(url, name, caption), caption && h("p", { class: "caption" }, linked(caption))];
    case "voice":
      return h(
        "span",
        { class: "player", role: "group", "aria-label": t("Voice message") },
        player({ url, name, seconds }),
      );
    default:
      return h(
        "a",
        { href: url, download: name },
        icon("attach"),
        h("bdi", {}, name),
        size > 0 && h("small", {}, sizeText(size)),
      );
  }
}

/** A picture that opens in full size, among the others of its conversation. */
function picture(url, name, caption) {
  const onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or a window of its own
    event.preventDefault();
    const all = [...(link.closest("ol, ul") ?? link.parentElement).querySelectorAll("a.picture")];
    const pictures = all.map(({ dataset }) => ({ ...dataset }));
    attempt(() =>
      showLate(
        () => import("./viewer.js"),
        ({ showPictures }) => showPictures(pictures, all.indexOf(link)),
      ),
    );
  };
  const img = h("img", { src: url, alt: caption || name, loading: "lazy" });
  const props = { class: "picture", href: url, target: "_blank", rel: "noopener", onclick };
  const link = h("a", props, img);
  Object.assign(link.dataset, { url, name, caption });
  return link;
}

/** A size as people read it. @param {number} bytes */
export function sizeText(bytes) {
  const kilobytes = bytes / 1024;
  const [size, unit] = kilobytes < 1024 ? [kilobytes, "kilobyte"] : [kilobytes / 1024, "megabyte"];
  const format = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(Math.max(size, 0.1));
}
