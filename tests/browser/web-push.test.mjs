// Web push: a browser is subscribed by its switch and told of what comes while no page is open. There is no push
// service without a net: a server of the test takes its place, and what it is sent goes to the service worker by hand.

import assert from "node:assert/strict";
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { Person } from "./http.mjs";
import { Server } from "./server.mjs";
import { browse, enter, shoot } from "./stage.mjs";

const WORKER = { serviceWorkers: "allow", permissions: ["camera", "microphone", "notifications"] };
const PROGRAM = process.env.JIAYI ?? new URL("../../target/debug/jiayi", import.meta.url).pathname;

let browser, server, service;

/** A push service, with the keys of the one browser that subscribes at it. */
class Service {
  #received = [];
  #waiting = [];
  keys = createECDH("prime256v1");
  auth = randomBytes(16);

  async start() {
    this.keys.generateKeys();
    this.server = createServer(async (request, answer) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      answer.writeHead(201).end();
      this.#received.push(this.#decrypt(Buffer.concat(chunks)));
      for (const tell of this.#waiting.splice(0)) tell();
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  /** What the browser's `PushManager` would answer. */
  get subscription() {
    const keys = { p256dh: this.keys.getPublicKey("base64url"), auth: this.auth.toString("base64url") };
    return { endpoint: `${this.url}/send/one`, keys };
  }

  /** The next message. @returns {Promise<string>} */
  async next() {
    while (this.#received.length === 0) await new Promise((resolve) => this.#waiting.push(resolve));
    return this.#received.shift();
  }

  get count() {
    return this.#received.length;
  }

  /** RFC 8291. */
  #decrypt(body) {
    const [salt, sender, record] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const derive = (key, salt, info, length) => Buffer.from(hkdfSync("sha256", key, salt, info, length));
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.keys.getPublicKey(), sender]);
    const secret = derive(this.keys.computeSecret(sender), this.auth, info, 32);
    const key = derive(secret, salt, "Content-Encoding: aes128gcm\0", 16);
    const nonce = derive(secret, salt, "Content-Encoding: nonce\0", 12);
    const decipher = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(record.subarray(-16));
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    return padded.subarray(0, -1).toString();
  }
}

before(async () => {
  const key = execFileSync(PROGRAM, ["push", "key"], { encoding: "utf8" }).trim().split("=")[1];
  service = await new Service().start();
  [browser, server] = [
    await browse(),
    await Server.start({
      JIAYI_PUSH__VAPID_KEY: key,
      JIAYI_PUSH__VAPID_SUBJECT: "mailto:it@clinic.test",
      JIAYI_PUSH__WEB_SERVICES: service.url,
      JIAYI_PUSH__GATHER_SECONDS: "0",
    }),
  ];
});

after(async () => {
  await browser.close();
  await server.close();
  service.server.close();
});

/** A resident whose browser subscribes at the service of the test. */
async function enterSubscribing(options = {}) {
  const page = await enter(browser, server, "user", "resident1", { ...WORKER, ...options });
  await page.context().addInitScript((subscription) => {
    const subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
      if (!userVisibleOnly || applicationServerKey.length !== 87) throw new Error("no key");
      return { toJSON: () => subscription };
    };
    PushManager.prototype.getSubscription = async () => null;
    PushManager.prototype.subscribe = subscribe;
  }, service.subscription);
  await page.reload();
  await page.locator(".frame").waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  return page;
}

/** Gives a message to the service worker, as the browser would. */
async function deliver(page, data) {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise((resolve) =>
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => resolve(registrations[0])),
  );
  await session.send("ServiceWorker.enable");
  const { registrationId } = await registered;
  await session.send("ServiceWorker.deliverPushMessage", { origin: server.url, registrationId, data });
  await session.detach();
}

/** What is shown, as soon as it is so many. */
const shown = (page, count) =>
  page.evaluate(async (count) => {
    const registration = await navigator.serviceWorker.ready;
    for (let tries = 0; ; tries++) {
      const shown = await registration.getNotifications();
      if (shown.length === count || tries > 40) return shown.map(({ title, body }) => `${title}: ${body}`);
      await new Promise((again) => setTimeout(again, 50));
    }
  }, count);

const settings = (page) => page.getByRole("button", { name: /^(Settings|设置)$/ }).click();

for (const [place, options, hint, words] of [
  [
    "desktop",
    { locale: "en-GB" },
    "When nobody looks at this page, also while it is closed.",
    "You have a new message.",
  ],
  [
    "phone",
    { locale: "zh-CN", viewport: { width: 390, height: 780 } },
    "您没有查看此页面时通知您，页面关闭后也会通知。",
    "您有一条新消息。",
  ],
]) {
  test(`the switch subscribes, and what comes while no page is open is shown: ${place}`, async () => {
    const page = await enterSubscribing(options);
    await settings(page);
    const toggle = page.getByRole("switch", { name: /^(Notifications|通知)/ });
    await toggle.check();
    await page.getByText(hint).waitFor();
    await shoot(page, `web-push-${place}`);

    await page.goto(`${server.url}/static/icon.svg`);
    await page.goto(server.url);
    const [doctor, resident] = [
      await Person.login(server, "doctor", "doctor1"),
      await Person.login(server, "user", "resident1"),
    ];
    const { roomid } = await doctor.write(resident, "二甲双胍");
    const message = await service.next();
    assert.ok(!message.includes("二甲双胍") && !message.includes("王医生"), message);
    await deliver(page, message);
    assert.deepEqual(await shown(page, 1), [`家医 jiayi: ${words}`]);
    await deliver(page, message);
    assert.equal((await shown(page, 1)).length, 1, "one for a conversation");
    await deliver(page, JSON.stringify({ ...JSON.parse(message), tag: "another", place: "another" }));
    assert.equal((await shown(page, 2)).length, 2);

    // A tap leads to the conversation, in a page that is open.
    const other = await page.context().newPage();
    await other.goto(`${server.url}/resident`);
    await other.locator(".frame").waitFor();
    assert.deepEqual(await shown(other, 0), [], "an open page takes back what it shows");
    await deliver(other, message);
    assert.deepEqual(await shown(other, 0), [], "whoever looks at the page needs none");
    const [worker] = page.context().serviceWorkers();
    await worker.evaluate(async (roomid) => {
      const data = { page: "/resident", hash: `#/messages/${roomid}` };
      await self.registration.showNotification("x", { tag: roomid, data });
      const [notification] = await self.registration.getNotifications({ tag: roomid });
      self.dispatchEvent(new self.NotificationEvent("notificationclick", { notification }));
    }, roomid);
    await other.waitForFunction((roomid) => location.hash === `#/messages/${roomid}`, roomid);

    await settings(other);
    await other.getByRole("switch", { name: /^(Notifications|通知)/ }).uncheck();
    await other.getByText(hint).waitFor({ state: "detached" });
    await other.goto(server.url);
    await doctor.write(resident, "一日两次");
    await page.context().close();
    assert.equal(service.count, 0);
  });
}

test("where the browser has no push service the switch promises nothing", async () => {
  const page = await enter(browser, server, "user", "resident1", WORKER);
  await page.context().addInitScript(() => delete globalThis.PushManager);
  await page.reload();
  await page.locator(".frame").waitFor();
  await settings(page);
  await page.getByRole("switch", { name: /^Notifications/ }).check();
  await page.getByText("When nobody looks at this page.", { exact: true }).waitFor();
  await page.context().close();
});

test("that a call rings no more takes the place of its ringing, and is quiet where that was taken back", async () => {
  const page = await enterSubscribing();
  await page.goto(server.url);
  const call = { role: "user", tag: "user 1", place: null, title: "x" };
  const over = JSON.stringify({ ...call, body: "You missed it.", urgent: false, quiet: true });
  await deliver(page, JSON.stringify({ ...call, body: "It rings.", urgent: true, quiet: false }));
  assert.deepEqual(await shown(page, 1), ["x: It rings."]);
  await deliver(page, over);
  const isOver = async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.length === 1 && shown[0].body === "You missed it." && !shown[0].requireInteraction;
  };
  await page.waitForFunction(isOver);

  // An open page, which nobody looks at, has taken it back.
  const [worker] = page.context().serviceWorkers();
  await worker.evaluate(async () => {
    const [ringing] = await self.registration.getNotifications();
    ringing.close();
    self.clients.matchAll = async () => [{ url: `${location.origin}/resident`, focused: false }];
  });
  await deliver(page, over);
  await deliver(
    page,
    JSON.stringify({ ...call, tag: "user 2", body: "It rings.", urgent: true, quiet: false }),
  );
  assert.deepEqual(await shown(page, 1), ["x: It rings."]);
  await page.context().close();
});

test("where no service worker registers the browser is not told, and it waits for none for ever", async () => {
  const page = await enter(browser, server, "user", "resident1", { ...WORKER, serviceWorkers: "block" });
  await page.clock.install();
  await settings(page);
  const toggle = page.getByRole("switch", { name: /^Notifications/ });
  const asked = page.waitForResponse((response) => response.url().endsWith("/webpush/key"));
  await toggle.check();
  await asked;
  const ended = page.waitForRequest((request) => request.url().endsWith("/webpush/unsubscribe"));
  await toggle.uncheck();
  await page.clock.fastForward(30_000);
  await ended;
  await page.context().close();
});
