// What a message says, in words: its text, or what stands for it in one line. Its body is whatever the app of another
// has sent, so that nothing in it is taken for what it should be. How it looks is in `body.js`.

import { t } from "../state/language.js";
import { plain } from "./people.js";

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

/** What a body says about a file: `fileid` is empty if it names none, numbers are 0 if it tells none. */
export function fileOf(body) {
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
