// The people of a service that scripts/test-package has installed, by HTTP and the official client of Socket.IO:
// people.mjs WHAT URL FILE, where FILE remembers them.
// first: the office, whose password is in PASSWORD, makes a doctor, residents sign up, one writes, the doctor hears it.
// load: residents write and read until SIGTERM; no request may fail, and the doctor must hear all of it.
// read: all that was written is there. Every name is found at 127.0.0.1, the machine's own.

import dns from "node:dns";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import assert from "node:assert/strict";

dns.lookup = (_name, options, done = options) =>
  options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
syncBuiltinESMExports();

const { default: connect } = await import(
  createRequire(new URL("../../crates/socketio/conformance/", import.meta.url)).resolve("sioc48")
);
const [what, url, file] = process.argv.slice(2);
const RESIDENTS = 4;
const LIMIT = 20_000;
/** How often each still writes when it is enough: what comes late is seen, too. */
const AFTER = 20;

async function ask(method, path, token, body) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.equal(answer.status, 200, `${method} ${path}: ${answer.status} ${text.slice(0, 100)}`);
  return JSON.parse(text);
}

function fail(why) {
  console.log(why);
  process.exit(1);
}

const post = (path, body, token) => ask("POST", path, token, body);
const get = (path, token) => ask("GET", path, token);

/** A doctor's app: comes back when it is sent away, and hears what it missed meanwhile. */
class Listener {
  constructor({ uid, token }, since) {
    this.heard = [];
    this.since = since;
    this.socket = connect(url, { auth: { token }, reconnectionDelay: 100, reconnectionDelayMax: 500 });
    this.socket.on("message", ({ type, seq, data }) => {
      if (seq) this.since = seq;
      if (type === "S2C_ALONECHAT_PUSH") this.heard.push(data.content);
      this.wake?.();
    });
    this.socket.on(
      "disconnect",
      (why) => why === "io server disconnect" && setTimeout(() => this.socket.connect(), 200),
    );
    this.ready = new Promise((resolve) =>
      this.socket.on("connect", () => {
        const data = { type: "doctor", uid, deviceid: "desk", since: this.since };
        this.socket.send({ type: "C2S_REGISTER_REQ", data }, resolve);
      }),
    );
  }

  /** Waits until what began as polls has become a WebSocket. */
  upgraded() {
    const { engine } = this.socket.io;
    return new Promise((resolve) =>
      engine.transport.name === "websocket" ? resolve() : engine.once("upgrade", resolve),
    );
  }

  /** Waits until as many texts were heard. */
  async hears(count) {
    const late = setTimeout(() => {
      this.late = true;
      this.wake?.();
    }, LIMIT);
    while (this.heard.length < count && !this.late) await new Promise((resolve) => (this.wake = resolve));
    clearTimeout(late);
    this.socket.disconnect();
    return this.heard;
  }
}

async function write(from, to, body) {
  const { roomid } = await post("/user/alonechat/send", { touid: to.uid, body }, from.token);
  from.roomid = roomid;
}

/** People are known by words that nobody has had yet. */
async function makePeople() {
  const office = await post("/admin/login", { account: "office", password: process.env.PASSWORD });
  const password = "a word for trying";
  const { communityid } = await post("/admin/community/create", { name: "Community" }, office.token);
  const account = { account: "doctor", password, name: "Doctor", communityid };
  const { uid } = await post("/admin/doctor/create", account, office.token);
  const team = { name: "Team", communityid, leader: uid, doctors: [] };
  const { stid } = await post("/admin/team/create", team, office.token);
  const doctor = await post("/doctor/login", account);
  const residents = [];
  for (let n = 0; n < RESIDENTS; n++) {
    const resident = await post("/user/register", { phone: `1380000000${n}`, password, name: "Resident" });
    const { sid } = await post("/social/signed2", { stid, doctoruid: uid }, resident.token);
    await post("/doctor/signedprocess", { sid, accept: true }, doctor.token);
    residents.push(resident);
  }
  return { doctor, residents, written: [] };
}

async function first() {
  setTimeout(() => fail("nothing comes of it: does the proxy pass WebSockets on?"), LIMIT);
  const people = await makePeople();
  const desk = new Listener(people.doctor);
  const { type } = await desk.ready;
  assert.equal(type, "S2C_REGISTER_RES");
  await desk.upgraded();
  await write(people.residents[0], people.doctor, "医生，在吗");
  assert.deepEqual(await desk.hears(1), ["医生，在吗"]);
  people.written = ["医生，在吗"];
  return people;
}

/** One resident: writes, and looks around, until it is enough. Each request has one try. */
async function live(resident, doctor, state) {
  for (let after = 0; after < AFTER; after += state.over) {
    const text = `${resident.uid} ${state.sent.length}`;
    await attempt(state, () => write(resident, doctor, text).then(() => state.sent.push(text)));
    for (let n = 0; n < 5; n++) await attempt(state, () => get("/user/message/list", resident.token));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

async function attempt(state, request) {
  const begun = Date.now();
  await request().catch((error) => state.faults.push(`${error.message} ${error.cause ?? ""}`));
  state.slowest = Math.max(state.slowest, Date.now() - begun);
  state.requests++;
}

async function load(people) {
  const state = { over: 0, requests: 0, slowest: 0, faults: [], sent: [] };
  process.on("SIGTERM", () => (state.over = 1));
  const desk = new Listener(people.doctor);
  await desk.ready;
  console.log("begun");
  await Promise.all(people.residents.map((resident) => live(resident, people.doctor, state)));
  const heard = await desk.hears(state.sent.length);
  people.written.push(...state.sent);
  const faults = `${state.faults.length} of ${state.requests} requests failed, such as ${state.faults[0]}`;
  assert.equal(state.faults.length, 0, faults);
  assert.deepEqual(heard.sort(), state.sent.sort(), "the doctor did not hear each message once");
  const { requests, sent, slowest } = state;
  console.log(
    `${requests} requests, ${sent.length} messages heard, none failed; the slowest took ${slowest} ms`,
  );
  return people;
}

async function read(people) {
  const found = new Set();
  for (const { token, roomid } of people.residents) await collect(found, token, roomid);
  const lost = people.written.filter((text) => !found.has(text));
  assert.equal(lost.length, 0, `${lost.length} of ${people.written.length} messages are lost`);
  console.log(`${people.written.length} messages are there`);
  return people;
}

async function collect(found, token, roomid) {
  let before = "";
  do {
    const { items, next } = await get(`/user/dialog/list?roomid=${roomid}&limit=200${before}`, token);
    items.forEach(({ body }) => found.add(body));
    before = next && `&before=${encodeURIComponent(next)}`;
  } while (before);
}

try {
  const people = what === "first" ? undefined : JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(await { first, load, read }[what](people)));
  process.exit(0);
} catch (error) {
  fail(`${error.message} ${error.cause ?? ""}`);
}
