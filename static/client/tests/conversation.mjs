// What the library must do wherever it runs. Each environment's test runs this with its own adapter.

import assert from "node:assert/strict";
import { PASSWORD, Server } from "../../../tests/browser/server.mjs";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Waits until a condition holds of what an emitter has emitted. */
function until(emitter, type, holds) {
  return new Promise((resolve) => {
    const listener = ({ detail }) => {
      if (!holds(detail)) return;
      emitter.removeEventListener(type, listener);
      resolve(detail);
    };
    emitter.addEventListener(type, listener);
  });
}

const online = (jiayi) => until(jiayi, "status", (status) => status === "online");
const chatWith = (jiayi, text) => until(jiayi, "push", ({ data }) => data.data?.body === text);

/** The texts of the chat pushes that somebody receives, in their order. */
function listen(jiayi) {
  const texts = [];
  jiayi.addEventListener("push", ({ detail: { type, data } }) => {
    if (type === "S2C_ALONECHAT_PUSH" && data.data.kind === "text") texts.push(data.data.body);
  });
  return texts;
}

/**
 * Defines the tests of one environment.
 * @param {typeof import("node:test").test} test
 * @param {object} environment
 * @param {() => Promise<object>} environment.library what the installed package exports
 * @param {(library: object) => object} environment.adapter one device
 * @param {(bytes: Buffer) => any} environment.file what `upload` takes
 * @param {(url: string, headers: object) => Promise<Buffer>} environment.download
 */
export function conversation(test, { library, adapter, file, download }) {
  let server, Jiayi, JiayiError, loaded;
  const options = (more) => ({ address: `${server.url}/`, adapter: adapter(loaded), ...more });
  const open = new Set();

  async function logIn(role, account) {
    const jiayi = await Jiayi.login(role, account, PASSWORD, options());
    open.add(jiayi);
    return jiayi;
  }

  test.before(async () => {
    loaded = await library();
    ({ Jiayi, JiayiError } = loaded);
  });
  test.beforeEach(async () => {
    server = await Server.start();
  });
  test.afterEach(async () => {
    for (const jiayi of open) jiayi.disconnect();
    open.clear();
    await server.close();
  });

  /** A resident and a doctor, logged in and connected. */
  async function pair() {
    const pair = [await logIn("user", "resident1"), await logIn("doctor", "doctor1")];
    const connected = pair.map(online);
    for (const one of pair) one.connect();
    await Promise.all(connected);
    return pair;
  }

  test("a login has a token, and a wrong password an error", async () => {
    const resident = await logIn("user", "resident1");
    assert.equal(resident.me.name, "张三");
    assert.ok(resident.token.length > 20);
    assert.equal(resident.url("message/list"), `${server.url}/user/message/list`);
    const wrong = Jiayi.login("user", "resident1", "wrong", options());
    const { code, status, retryable } = await wrong.catch((error) => error);
    assert.deepEqual([code, status, retryable], ["FA_AUTH", 401, false]);
    const nowhere = Jiayi.login("user", "resident1", PASSWORD, options({ address: "http://127.0.0.1:1" }));
    const error = await nowhere.catch((error) => error);
    assert.ok(error instanceof JiayiError && error.retryable && error.code === "NETWORK");
  });

  test("messages, typing and read marks go both ways", async () => {
    const [resident, doctor] = await pair();
    const received = chatWith(doctor, "我头疼 & more?");
    const sent = until(resident, "sent", () => true);
    const { roomid, roomseq } = await resident.send("alonechat/send", {
      touid: doctor.me.uid,
      body: "我头疼 & more?",
    });
    assert.equal((await received).data.data.roomid, roomid);
    assert.equal((await sent).answer.roomid, roomid);
    const typing = until(resident, "ephemeral", ({ type }) => type === "S2C_TYPING_PUSH");
    doctor.typing(roomid);
    assert.equal((await typing).data.uid, doctor.me.uid);
    const read = until(resident, "push", ({ type }) => type === "S2C_READ_PUSH");
    doctor.markRead(roomid, roomseq);
    assert.equal((await read).data.roomseq, roomseq);
    const found = await doctor.get("dialog/search", { q: "头疼 & more?", before: null });
    assert.deepEqual(
      found.items.map(({ body }) => body),
      ["我头疼 & more?"],
    );
    assert.ok((await doctor.all("contacts/list")).length > 0);
  });

  test("what is sent while the server is down arrives once, in order, after it is back", async () => {
    const [resident, doctor] = await pair();
    const texts = listen(doctor);
    const waiting = [resident, doctor].map((one) => until(one, "status", (status) => status === "waiting"));
    await server.kill();
    await Promise.all(waiting);
    const sends = ["one", "two", "three"].map((body) =>
      resident.send("alonechat/send", { touid: doctor.me.uid, body }),
    );
    const all = chatWith(doctor, "three");
    const back = [resident, doctor].map(online);
    await server.run();
    for (const one of [resident, doctor]) one.retryNow();
    await Promise.all([...sends, ...back, all]);
    assert.deepEqual(texts, ["one", "two", "three"]);
  });

  test("an app that starts again goes on where it was", async () => {
    const [resident, doctor] = await pair();
    const first = chatWith(doctor, "first");
    await resident.send("alonechat/send", { touid: doctor.me.uid, body: "first" });
    await first;
    doctor.disconnect();
    assert.equal(doctor.status, "stopped");
    await resident.send("alonechat/send", { touid: doctor.me.uid, body: "meanwhile" });
    const again = await Jiayi.resume("doctor", {
      address: server.url,
      token: doctor.token,
      adapter: doctor.endpoint.adapter,
    });
    open.add(again);
    assert.equal(again.me.uid, doctor.me.uid);
    const texts = listen(again);
    again.addEventListener("resync", () => assert.fail("nothing was missed"));
    const missed = chatWith(again, "meanwhile");
    again.connect();
    await missed;
    assert.deepEqual(texts, ["meanwhile"]);
    assert.equal(await Jiayi.resume("doctor", options({ token: "void" })), null);
  });

  test("a file is uploaded, sent, and downloaded by the other", async () => {
    const [resident, doctor] = await pair();
    const { fileid, kind, size } = await resident.upload(file(PICTURE), "rash.png");
    assert.deepEqual([kind, size], ["image", PICTURE.length]);
    const received = until(doctor, "push", ({ data }) => data.data?.kind === "image");
    await resident.send("alonechat/send", { touid: doctor.me.uid, kind, body: { fileid } });
    const { body } = (await received).data.data;
    const bytes = await download(doctor.url(`/file?fileid=${body.fileid}`), doctor.headers);
    assert.deepEqual(bytes, PICTURE);
  });

  test("a second device replaces the first, which can take the connection back", async () => {
    const [first] = await pair();
    const replaced = until(first, "status", (status) => status === "replaced");
    const second = await logIn("user", "resident1");
    second.connect();
    await replaced;
    const gone = until(second, "status", (status) => status === "replaced");
    const back = online(first);
    first.takeOver();
    await Promise.all([gone, back]);
  });

  test("logging out ends the token and the connection", async () => {
    const [resident] = await pair();
    const ended = until(resident, "status", (status) => status === "signedout");
    await resident.logout();
    await ended;
    const refused = await resident.get("message/list").catch((error) => error);
    assert.deepEqual([refused.code, refused.status], ["FA_AUTH", 401]);
  });
}
