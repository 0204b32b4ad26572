// What a message says, as it looks: text, a picture, a voice message, a file. Its body is whatever the app of another
// has sent, so that nothing in it is taken for what it should be.

import { t } from "../state/language.js";
import { h } from "./dom.js";
import { attempt } from "./feedback.js";
import { icon } from "./icons.js";
import { loadModule } from "./lazy.js";
import { linked } from "./links.js";
import { plain } from "./people.js";
import { player } from "./player.js";

/** What stands for a message that is not text. */
const KINDS = {
  image: t("[Picture]"),
  voice: t("[Voice]"),
  file: t("[File]"),
  videocall: t("[Video call]"),
};

/** Whether nobody took a call. @param {any} body */
export function isUntaken(body) {
  const { reason, duration } = body ?? {};
  // Whatever else somebody has sent in its place is no duration.
  const wasTaken = typeof duration === "number" && duration > 0;
  return !wasTaken && ["busy", "timeout", "cancel", "offline"].includes(reason);
}

/** A message in one line. @param {{kind: string, body: any}} message @param {string} [text] of a text, if known */
export function summary({ kind, body }, text = textOf(body)) {
  if (body === null) return t("[Withdrawn]");
  if (kind === "videocall" && isUntaken(body)) return t("[Video call, not answered]");
  return KINDS[kind] ? `${KINDS[kind]} ${fileOf(body).caption}`.trim() : text;
}

/** The words of a text. */
export function textOf(body) {
  return typeof body === "string" ? body : "";
}

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
      return player(url, seconds);
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
    attempt(async () =>
      (await loadModule(() => import("./viewer.js"))).showPictures(pictures, all.indexOf(link)),
    );
  };
  const img = h("img", { src: url, alt: caption || name, loading: "lazy" });
  const props = { class: "picture", href: url, target: "_blank", rel: "noopener", onclick };
  const link = h("a", props, img);
  Object.assign(link.dataset, { url, name, caption });
  return link;
}

/** What a body says about a file: `fileid` is empty if it names none, numbers are 0 if it tells none. */
function fileOf(body) {
  const { fileid, name, caption, size, seconds } = typeof body === "string" ? { fileid: body } : (body ?? {});
  return {
    fileid: plain(fileid),
    name: plain(name) || t("File"),
    caption: textOf(caption).trim(),
    size: number(size),
    seconds: number(seconds),
  };
}

const number = (value) => (Number.isFinite(value) ? value : 0);

/** A size as people read it. @param {number} bytes */
export function sizeText(bytes) {
  const kilobytes = bytes / 1024;
  const [size, unit] = kilobytes < 1024 ? [kilobytes, "kilobyte"] : [kilobytes / 1024, "megabyte"];
  const format = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(Math.max(size, 0.1));
}
