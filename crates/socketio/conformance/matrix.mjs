// Runs every generation of the official JavaScript client, over each transport, against the example
// server. Usage: node matrix.mjs PORT. Prints what failed, and exits with 1 if anything did.

import { createRequire } from "node:module";
import assert from "node:assert/strict";

const require = createRequire(import.meta.url);
const URL = `http://127.0.0.1:${process.argv[2]}`;
const LIMIT = 25_000;

const CLIENTS = ["sioc148", "sioc174", "sioc250", "sioc313", "sioc48"];
const MODES = {
  default: {},
  websocket: { transports: ["websocket"] },
  polling: { transports: ["polling"] },
  base64: { transports: ["polling"], forceBase64: true },
};

const once = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
const ask = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...back) => resolve(back)));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const bytes = (data) => Buffer.from(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);

const TEXTS = ["hello", "医生，您好", "😀 é Ã©", "\u2028 \\ \" \n", "x".repeat(70_000)];

const cases = {
  async "connects, and receives an event at once"({ socket }) {
    const [auth] = await once(socket, "auth");
    assert.deepEqual(auth, {});
    assert.ok(socket.connected);
  },
  async "echoes texts of all scripts"({ socket }) {
    for (const text of TEXTS) {
      socket.send({ type: "greeting", data: text });
      const [back] = await once(socket, "message-back");
      assert.deepEqual(back, { type: "greeting", data: text });
    }
  },
  async "receives acknowledgements"({ socket }) {
    assert.deepEqual(await ask(socket, "message-with-ack", 1, "二", { 3: [true] }), [1, "二", { 3: [true] }]);
    assert.deepEqual(await ask(socket, "message", "x"), ["x"]);
  },
  async "sends and receives binary data"({ socket }) {
    const data = Buffer.from([0, 1, 2, 3, 4, 30, 255]);
    socket.emit("message", data, { inner: Buffer.from("医") });
    const [first, second] = await once(socket, "message-back");
    assert.deepEqual(bytes(first), data);
    assert.equal(bytes(second.inner).toString(), "医");
    const [back] = await ask(socket, "message-with-ack", data);
    assert.deepEqual(bytes(back), data);
  },
  async "keeps the order of many events"({ socket }) {
    const seen = [];
    const all = new Promise((resolve) => {
      socket.on("message-back", (n) => {
        seen.push(n);
        if (seen.length === 500) resolve();
      });
    });
    for (let n = 0; n < 500; n++) {
      socket.emit("message", n);
      if (n % 100 === 0) await sleep(5);
    }
    await all;
    assert.deepEqual(seen, [...Array(500).keys()]);
  },
  async "answers heartbeats"({ socket }) {
    await sleep(4500);
    assert.ok(socket.connected);
    assert.deepEqual(await ask(socket, "message", 1), [1]);
  },
  async "joins another namespace"({ io, options, socket }) {
    await once(socket, "auth");
    const custom = io(`${URL}/custom?token=x`, options);
    await once(custom, "auth");
    assert.deepEqual(await ask(custom, "message-with-ack", "a"), ["a"]);
    custom.disconnect();
    assert.deepEqual(await ask(socket, "message-with-ack", "b"), ["b"]);
  },
  async "is refused by an unknown namespace"({ io, options, name, socket }) {
    const random = io(`${URL}/random`, options);
    const [error] = await once(random, /^sioc[12]/.test(name) ? "error" : "connect_error");
    assert.equal(error.message ?? error, "Invalid namespace");
    random.disconnect();
    assert.deepEqual(await ask(socket, "message-with-ack", "b"), ["b"]);
  },
  async "is disconnected from a namespace"({ socket }) {
    socket.emit("kick");
    const [reason] = await once(socket, "disconnect");
    assert.equal(reason, "io server disconnect");
  },
  async "reconnects after the server has closed"({ socket }) {
    await once(socket, "auth");
    socket.send("last");
    socket.emit("close");
    const last = once(socket, "message-back");
    await once(socket, "disconnect");
    assert.deepEqual(await last, ["last"]);
    await once(socket, "auth");
    assert.deepEqual(await ask(socket, "message-with-ack", "again"), ["again"]);
  },
};

async function run(name, mode, title) {
  const io = require(name);
  const options = { ...MODES[mode], forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100 };
  const socket = io(URL, options);
  const shared = { ...options, forceNew: false, multiplex: true };
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("took too long")), LIMIT);
  });
  try {
    await Promise.race([cases[title]({ io, name, options: shared, socket }), late]);
    return true;
  } catch (error) {
    console.log(`FAILED ${name} ${mode}: ${title}: ${error.message}`);
    return false;
  } finally {
    clearTimeout(timer);
    socket.disconnect();
  }
}

let [passed, failed] = [0, 0];
for (const mode of Object.keys(MODES)) {
  const runs = CLIENTS.flatMap((name) => Object.keys(cases).map((title) => run(name, mode, title)));
  const results = await Promise.all(runs);
  passed += results.filter(Boolean).length;
  failed += results.filter((result) => !result).length;
}
console.log(`javascript clients: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
