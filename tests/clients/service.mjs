// Every generation of the official JavaScript client, over each transport, against the real server:
// a doctor's day. Usage: node service.mjs PORT. Says what failed, and exits with 1 if anything did.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";

// The clients are installed there.
const require = createRequire(new globalThis.URL("../../crates/socketio/conformance/", import.meta.url));
const URL = `http://127.0.0.1:${process.argv[2]}`;
const LIMIT = 15_000;

const CLIENTS = ["sioc148", "sioc174", "sioc250", "sioc313", "sioc48"];
const MODES = { default: {}, websocket: { transports: ["websocket"] }, polling: { transports: ["polling"] } };

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function post(path, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(URL + path, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(response.status, 200, path);
  return response.json();
}

const login = (role, account) => post(`/${role}/login`, { account, password: "jiayi-demo" });
const write = (from, to, body) => post("/user/alonechat/send", { touid: to.uid, body }, from.token);

/** A client that keeps what it hears, and hands it out in order. */
class Client {
  constructor(name, mode, { token }) {
    // The old clients have no `auth`.
    const shown = /^sioc[12]/.test(name) ? { query: `token=${token}` } : { auth: { token } };
    const timing = { reconnectionDelay: 50, reconnectionDelayMax: 100 };
    this.socket = require(name)(URL, { ...MODES[mode], ...shown, ...timing, forceNew: true });
    this.heard = [];
    this.connects = 0;
    this.socket.on("connect", () => this.connects++);
    this.socket.on("message", (envelope) => {
      this.heard.push(envelope);
      this.wake?.();
    });
    this.left = new Promise((resolve) => this.socket.once("disconnect", resolve));
  }

  /** Registers; the answer comes into the acknowledgement. */
  register({ uid }, deviceid, since) {
    const data = { type: "doctor", uid, deviceid, ...(since !== undefined && { since }) };
    return new Promise((resolve) => this.socket.send({ type: "C2S_REGISTER_REQ", data }, resolve));
  }

  async hear(type) {
    while (!this.heard.length) await new Promise((resolve) => (this.wake = resolve));
    const envelope = this.heard.shift();
    assert.equal(envelope.type, type, JSON.stringify(envelope));
    return envelope;
  }

  /** The next pushes, which must bear these texts and the numbers after `since`. */
  async hearTexts(since, texts) {
    for (const text of texts) {
      const push = await this.hear("S2C_ALONECHAT_PUSH");
      assert.deepEqual([push.seq, push.data.content], [++since, text]);
    }
    return since;
  }
}

const cases = {
  async "hears live pushes, and after an absence what was missed"({ name, mode, doctor, resident, open }) {
    let desk = open(new Client(name, mode, doctor));
    const { type, data } = await desk.register(doctor, "desk");
    assert.equal(type, "S2C_REGISTER_RES");
    await write(resident, doctor, "医生，在吗 😀");
    const since = await desk.hearTexts(data.seq, ["医生，在吗 😀"]);
    desk.socket.disconnect();
    const missed = [...Array(40).keys()].map((n) => `第${n}条`);
    for (const text of missed) await write(resident, doctor, text);
    desk = open(new Client(name, mode, doctor));
    const back = await desk.register(doctor, "desk", since);
    assert.deepEqual([back.data.recovered, back.data.seq], [true, since + 40]);
    const last = await desk.hearTexts(since, missed);
    await write(resident, doctor, "好");
    await desk.hearTexts(last, ["好"]);
  },

  async "is told of another device, and stays away"({ name, mode, doctor, resident, open }) {
    const first = open(new Client(name, mode, doctor));
    const { data } = await first.register(doctor, "desk");
    const second = open(new Client(name, mode, doctor));
    await second.register(doctor, "tablet");
    await first.hear("S2C_DIFFERENT_CONNECTION");
    assert.equal(await first.left, "io server disconnect");
    await sleep(500);
    assert.equal(first.connects, 1, "it came back");
    await write(resident, doctor, "在");
    await second.hearTexts(data.seq, ["在"]);
  },

  async "loses nothing when it is killed in the middle of an upgrade"({
    name,
    mode,
    doctor,
    resident,
    open,
  }) {
    if (mode !== "default") return;
    const before = await open(new Client(name, mode, doctor)).register(doctor, "desk");
    const killed = new Promise((resolve) => {
      const argv = [fileURLToPath(import.meta.url), process.argv[2], name, JSON.stringify(doctor)];
      spawn(process.execPath, argv, { stdio: "inherit" }).once("exit", (_, signal) => resolve(signal));
    });
    const texts = [];
    for (let dead = false; !dead;) {
      texts.push(`第${texts.length}条`);
      await write(resident, doctor, texts.at(-1));
      dead = await Promise.race([killed, sleep(20)]);
    }
    assert.equal(await killed, "SIGKILL");
    const desk = open(new Client(name, mode, doctor));
    await desk.register(doctor, "desk", before.data.seq);
    await desk.hearTexts(before.data.seq, texts);
  },
};

/** A process of its own, which ends in the middle of its upgrade. */
async function victim(name, doctor) {
  const client = new Client(name, "default", doctor);
  client.socket.io.engine.once("upgrading", () => process.kill(process.pid, "SIGKILL"));
  await client.register(doctor, "desk", 0);
}

async function run(name, mode, title, people) {
  const opened = [];
  const open = (client) => (opened.push(client), client);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("took too long")), LIMIT);
  });
  try {
    await Promise.race([cases[title]({ name, mode, open, ...people }), late]);
    return true;
  } catch (error) {
    console.log(`FAILED ${name} ${mode}: ${title}: ${error.message}`);
    return false;
  } finally {
    clearTimeout(timer);
    opened.forEach(({ socket }) => socket.disconnect());
  }
}

if (process.argv[3]) {
  await victim(process.argv[3], JSON.parse(process.argv[4]));
} else {
  const people = { doctor: await login("doctor", "doctor1"), resident: await login("user", "resident1") };
  let [passed, failed] = [0, 0];
  for (const name of CLIENTS) {
    for (const mode of Object.keys(MODES)) {
      for (const title of Object.keys(cases)) {
        (await run(name, mode, title, people)) ? passed++ : failed++;
      }
    }
  }
  console.log(`javascript clients and the service: ${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
