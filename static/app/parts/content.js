// What a message says, as it looks: text, a picture, a voice message, a file. Its body is whatever the app of another
// has sent, so that nothing in it is taken for what it should be.

import { t } from "../state/language.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./people.js";
import { clockTime } from "./time.js";

/** What stands for a message that is not text. */
const KINDS = {
  image: t("[Picture]"),
  voice: t("[Voice]"),
  file: t("[File]"),
  videocall: t("[Video call]"),
};

/** A message in one line. @param {{kind: string, body: any}} message @param {string} [text] of a text, if known */
export function summary({ kind, body }, text = textOf(body)) {
  return body === null ? t("[Withdrawn]") : (KINDS[kind] ?? text);
}

/** The words of a text. */
export function textOf(body) {
  return typeof body === "string" ? body : "";
}

/** @param {{kind: string, body: any}} message */
export function content({ kind, body }) {
  const { fileid, name, size, seconds } = fileOf(body);
  if (kind === "text" || kind === "system") return textOf(body);
  if (!fileid) return summary({ kind, body });
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
      return [h("audio", props), seconds > 0 && h("small", {}, clockTime(seconds))];
    }
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

/** What a body says about a file: `fileid` is empty if it names none, numbers are 0 if it tells none. */
function fileOf(body) {
  const { fileid, name, size, seconds } = typeof body === "string" ? { fileid: body } : (body ?? {});
  return {
    fileid: plain(fileid),
    name: plain(name) || t("File"),
    size: number(size),
    seconds: number(seconds),
  };
}

const number = (value) => (Number.isFinite(value) ? value : 0);

/** A size as people read it. @param {number} bytes */
function sizeText(bytes) {
  const kilobytes = bytes / 1024;
  const [size, unit] = kilobytes < 1024 ? [kilobytes, "kilobyte"] : [kilobytes / 1024, "megabyte"];
  const format = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(Math.max(size, 0.1));
}
