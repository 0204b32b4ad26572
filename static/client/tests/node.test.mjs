// The library in Node.js, with its own `fetch` and the WebSocket of the package `ws`.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { WebSocket } from "ws";
import { conversation } from "./conversation.mjs";
import { Installed } from "./installed.mjs";

const installed = new Installed();
after(() => installed.remove());

conversation(Object.assign(test, { before, beforeEach, afterEach }), {
  library: () => installed.load("node"),
  adapter: ({ node }) => node({ WebSocket }),
  file: (bytes) => new Blob([bytes], { type: "image/png" }),
  download: async (url, headers) => Buffer.from(await (await fetch(url, { headers })).arrayBuffer()),
});

test("without a WebSocket the adapter says what to do", { skip: Boolean(globalThis.WebSocket) }, async () => {
  const { node } = await installed.load("node");
  assert.throws(() => node(), /package ws/);
});
