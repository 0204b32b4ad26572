// What a message says, as it looks: text, a picture, a voice message, a file.

import { t } from "../state/language.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { clockTime } from "./time.js";

/** @param {{kind: string, body: any}} message */
export function content({ kind, body }) {
  if (kind === "text") return String(body);
  const fileid = typeof body === "string" ? body : body?.fileid;
  const name = body?.name ?? t("File");
  const url = `/file?${new URLSearchParams({ fileid })}`;
  switch (kind) {
    case "image":
      return h(
        "a",
        { href: url, target: "_blank", rel: "noopener" },
        h("img", { src: url, alt: name, loading: "lazy" }),
      );
    case "voice": {
      const props = { src: url, controls: true, preload: "none", "aria-label": t("Voice message") };
      return [h("audio", props), body?.seconds > 0 && h("small", {}, clockTime(body.seconds))];
    }
    default: {
      const size = body?.size > 0 && h("small", {}, sizeText(body.size));
      return h("a", { href: url, download: name }, icon("attach"), h("span", {}, name), size);
    }
  }
}

/** A size as people read it. @param {number} bytes */
function sizeText(bytes) {
  const kilobytes = bytes / 1024;
  const [size, unit] = kilobytes < 1024 ? [kilobytes, "kilobyte"] : [kilobytes / 1024, "megabyte"];
  const format = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(Math.max(size, 0.1));
}
