// The library in a mini-program and in uni-app, where nothing of a browser or of Node.js is there: what
// the library might use of it by mistake is taken away.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { conversation } from "./conversation.mjs";
import { Installed } from "./installed.mjs";
import { miniProgramApi } from "./mini-program-api.mjs";

const MISSING = [
  ...[
    "fetch",
    "Headers",
    "Request",
    "Response",
    "FormData",
    "Blob",
    "File",
    "WebSocket",
    "EventTarget",
    "Event",
  ],
  ...["CustomEvent", "BroadcastChannel", "URL", "URLSearchParams", "crypto", "navigator", "localStorage"],
];
const installed = new Installed();
after(() => installed.remove());

function download(url, headers) {
  return new Promise((resolve) => {
    http.get(url, { headers }, async (response) => resolve(Buffer.concat(await response.toArray())));
  });
}

for (const kind of ["wx", "uni"]) {
  describe(kind, () => {
    before(() => {
      for (const name of MISSING) delete globalThis[name];
      assert.deepEqual(
        MISSING.filter((name) => name in globalThis),
        [],
      );
    });
    conversation(
      Object.assign((...args) => test(...args), { before, beforeEach, afterEach }),
      {
        library: () => installed.load("mini-program"),
        adapter: ({ miniProgram }) => miniProgram(miniProgramApi(kind), kind),
        file(bytes) {
          const path = join(installed.folder, "rash.png");
          writeFileSync(path, bytes);
          return path;
        },
        download,
      },
    );
  });
}
