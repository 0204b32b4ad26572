// What a message holds besides words. Files cannot be sent yet: the server has no place for them.

/** What can be attached to a message. */
export function attachments() {
  return null;
}

/** What a message says, as a node or a text. */
export function body(dialog) {
  return typeof dialog.body === "string" ? dialog.body : "";
}
