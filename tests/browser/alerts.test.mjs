// Nobody misses anything: notifications, the title, and pages that open without a net.

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { freePort } from "./server.mjs";
import { browser, enter, logIn, openChat, server, shoot, startServers } from "./stage.mjs";

startServers();

const WORKER = { serviceWorkers: "allow", permissions: ["camera", "microphone", "notifications"] };

/** Somebody whose page the service worker has in its hands. */
async function enterKept(account, options = {}) {
  const page = await enter(browser, server, "user", account, { ...WORKER, ...options });
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  return page;
}

/** Whoever sits before a page looks elsewhere: headless browsers take every page for looked at. */
const lookAway = (page) => page.evaluate(() => (document.hasFocus = () => false));

const lookBack = (page) =>
  page.evaluate(() => {
    delete document.hasFocus;
    dispatchEvent(new Event("focus"));
  });

/** What is shown, as soon as it is so many. */
const notifications = (page, count) =>
  page.evaluate(async (count) => {
    const registration = await navigator.serviceWorker.ready;
    for (let tries = 0; ; tries++) {
      const shown = await registration.getNotifications();
      const isSo = shown.length === count;
      if (isSo || tries > 100) return shown.map(({ title, body }) => `${title}: ${body}`);
      await new Promise((again) => setTimeout(again, 50));
    }
  }, count);

async function turnOn(page, ...names) {
  await page.getByRole("button", { name: /^(Settings|设置)$/ }).click();
  for (const name of names) await page.getByRole("switch", { name }).check();
  await shoot(page, `settings-${names.length}`);
  await page.keyboard.press("Escape");
}

for (const [place, options, words] of [
  ["desktop", { locale: "en-GB" }, "The server cannot be reached. This page goes on by itself"],
  [
    "phone",
    { locale: "zh-CN", viewport: { width: 390, height: 780 } },
    "无法连接服务器，恢复后页面会自动继续",
  ],
]) {
  test(`a page opens without a net, and goes on by itself: ${place}`, async () => {
    const page = await enterKept("resident1", options);
    await server.kill();
    await page.reload();
    await page.getByText(words).waitFor();
    await shoot(page, `offline-${place}`);
    assert.equal(await page.getByText("张三").count(), 0, "nothing of a person is kept");
    const kept = await page.evaluate(async () => {
      const [name] = await caches.keys();
      return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
    });
    const isPage = (path) => ["/", "/resident", "/practice", "/office"].includes(path);
    assert.ok(
      kept.length > 60 && kept.every((path) => isPage(path) || path.startsWith("/static/")),
      `${kept}`,
    );
    assert.equal(await page.evaluate(() => fetch("/user/me").catch(() => "no net")), "no net");
    await server.run();
    await openChat(page, "王医生");
    await page.locator(".composer").waitFor();
  });
}

/** A server before the server, whose pages become newer when it is told so, with those of `stale` coming later. */
async function renewable(server) {
  let version = null;
  const stale = new Set();
  const proxy = createServer((asked, answer) => {
    const headers = { ...asked.headers, "accept-encoding": "identity" };
    const options = { method: asked.method, headers, agent: false }; // no connection that the server may end meanwhile
    const onward = request(server.url + asked.url, options, async (answered) => {
      const chunks = [];
      for await (const chunk of answered) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const isWorker = asked.url === "/worker.js" && version;
      const body = isWorker ? String(bytes).replace(/VERSION = "\w+"/, `VERSION = "${version}"`) : bytes;
      const headers = { ...answered.headers, "content-length": Buffer.byteLength(body) };
      if (version && !stale.has(asked.url)) headers["jiayi-version"] = version;
      delete headers["transfer-encoding"];
      answer.writeHead(answered.statusCode, headers).end(body);
    });
    if (version) onward.removeHeader("if-none-match");
    // The server ends at the end of a test, in the middle of what its pages ask for.
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  const port = await freePort();
  await new Promise((resolve) => proxy.listen(port, "127.0.0.1", resolve));
  const renew = () => (version = "newer");
  const close = () => {
    proxy.close();
    proxy.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, renew, stale, close };
}

test("a newer version of the pages is offered, and all of it comes at once", async (context) => {
  const renewed = await renewable(server);
  context.after(() => renewed.close());
  const page = await enter(browser, renewed, "user", "resident1", WORKER);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  renewed.renew();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  const load = page.getByRole("button", { name: "Load it" });
  await load.waitFor();
  await shoot(page, "newer");
  const loaded = page.waitForEvent("load");
  await load.click();
  await loaded;
  await page.locator(".frame").waitFor();
  assert.deepEqual(await page.evaluate(() => caches.keys()), ["jiayi-pages-newer"]);
  await page.close();
});

const update = (page) => page.evaluate(async () => (await navigator.serviceWorker.ready).update());

const kept = (page) => page.evaluate(() => caches.keys());

/** Whether a newer version waits for the windows to want it. */
const waits = (page) =>
  page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting?.state === "installed");

test("files of another version are not kept with those of this one", async (context) => {
  const renewed = await renewable(server);
  context.after(() => renewed.close());
  const page = await enter(browser, renewed, "user", "resident1", WORKER);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  const before = await kept(page);
  renewed.stale.add("/practice");
  renewed.renew();
  const failed = page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const found = new Promise((resolve) => registration.addEventListener("updatefound", resolve));
    registration.update();
    await found;
    const { installing } = registration;
    return new Promise((resolve) =>
      installing.addEventListener("statechange", () => resolve(installing.state)),
    );
  });
  assert.equal(await failed, "redundant");
  assert.deepEqual(await kept(page), before, "nothing is left of what could not be kept");
  renewed.stale.clear();
  await update(page);
  await page.getByRole("button", { name: "Load it" }).waitFor();
  await page.close();
});

test("of two windows none is loaded anew before both want it", async (context) => {
  const renewed = await renewable(server);
  context.after(() => renewed.close());
  const one = await enter(browser, renewed, "user", "resident1", WORKER);
  await one.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  renewed.renew();
  await update(one);
  await one.getByRole("button", { name: "Load it" }).waitFor();
  const two = await one.context().newPage();
  await two.goto(`${renewed.url}/resident`);
  await two.locator(".frame").waitFor();
  await one.evaluate(() => (window.isSame = true));
  const offer = two.getByRole("button", { name: "Load it" });
  await offer.waitFor();
  await waits(two);
  await offer.click();
  await two.getByText("It is loaded once the other windows want it too").waitFor();
  assert.equal(await one.evaluate(() => window.isSame), true);
  const loaded = [one, two].map((page) => page.waitForEvent("load"));
  await one.getByRole("button", { name: "Load it" }).click();
  await Promise.all(loaded);
  assert.deepEqual(await kept(one), ["jiayi-pages-newer"]);
  await two.close();
  await one.close();
});

test("one window alone takes the newer version when it is opened", async (context) => {
  const renewed = await renewable(server);
  context.after(() => renewed.close());
  const page = await enter(browser, renewed, "user", "resident1", WORKER);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
  renewed.renew();
  await update(page);
  await waits(page);
  await page.reload();
  await page.waitForFunction(async () => (await caches.keys()).join() === "jiayi-pages-newer");
  await page.locator(".frame").waitFor();
  await page.close();
});

test("whoever looks elsewhere is notified, without words unless they are set", async () => {
  const page = await enterKept("resident1");
  const doctor = await Person.login(server, "doctor", "doctor1");
  const resident = await Person.login(server, "user", "resident1");
  await turnOn(page, /^Notifications/);
  const write = (text) => doctor.write(resident, text);
  await write("seen at once");
  await page.locator(".line .badge").waitFor();
  assert.deepEqual(await notifications(page, 0), [], "who looks needs no notification");
  assert.match(await page.title(), /^\(1\) /);

  await lookAway(page);
  await write("二甲双胍");
  assert.deepEqual(await notifications(page, 1), ["家医 jiayi: You have a new message."]);
  await lookBack(page);
  assert.deepEqual(await notifications(page, 0), []);

  await turnOn(page, /^Names and words/);
  await lookAway(page);
  await write("二甲双胍");
  await write("一日两次");
  await page.locator(".line .preview", { hasText: "一日两次" }).waitFor();
  await page.waitForTimeout(400);
  assert.deepEqual(await notifications(page, 1), ["王医生: 一日两次"], "one for a room");

  await page.getByRole("button", { name: "Log out" }).click();
  await page.locator("input[name=account]").waitFor();
  assert.deepEqual(await notifications(page, 0), []);
});

test("what somebody has set is not set for whoever logs in next", async () => {
  const page = await enterKept("resident1");
  await turnOn(page, /^Notifications/, /^Names and words/);
  const leave = () => page.getByRole("button", { name: "Log out" }).click();
  const isOn = async (name) => {
    await page.getByRole("button", { name: "Settings" }).click();
    const checked = await page.getByRole("switch", { name }).isChecked();
    await page.keyboard.press("Escape");
    return checked;
  };
  await leave();
  await logIn(page, "resident2");
  assert.deepEqual([await isOn(/^Notifications/), await isOn(/^Names and words/)], [false, false]);
  await leave();
  await logIn(page, "resident1");
  assert.deepEqual([await isOn(/^Notifications/), await isOn(/^Names and words/)], [true, true]);
});

test("of two tabs one notifies, and none while the other is looked at", async () => {
  const one = await enterKept("resident1");
  const two = await one.context().newPage();
  await two.goto(`${server.url}/resident`);
  await two.locator(".frame").waitFor();
  const doctor = await Person.login(server, "doctor", "doctor1");
  const resident = await Person.login(server, "user", "resident1");
  await turnOn(one, /^Notifications/);
  await lookAway(one);
  await doctor.write(resident, "the second tab is looked at");
  await one.locator(".line .badge", { hasText: "1" }).waitFor();
  await one.waitForTimeout(500);
  assert.deepEqual(await notifications(one, 0), []);
  await lookAway(two);
  await doctor.write(resident, "no tab is");
  assert.equal((await notifications(one, 1)).length, 1);
});

test("notifications are offered once somebody has missed something, and never again after a no", async () => {
  const page = await enterKept("resident1", { permissions: [] });
  const doctor = await Person.login(server, "doctor", "doctor1");
  const resident = await Person.login(server, "user", "resident1");
  // Headless browsers refuse instead of asking.
  await page.evaluate(() => Object.defineProperty(Notification, "permission", { value: "default" }));
  const offer = page.getByText("Shall the browser tell you of them?");
  const miss = async (text) => {
    await lookAway(page);
    await doctor.write(resident, text);
    await page.locator(".line .preview", { hasText: text }).waitFor();
    await page.waitForTimeout(400);
    await lookBack(page);
  };
  assert.equal(await offer.count(), 0);
  await miss("one");
  await offer.waitFor();
  await shoot(page, "offer");
  await page.getByRole("button", { name: "Not now" }).click();
  await miss("two");
  assert.equal(await offer.count(), 0);
});

test("the title says who calls, and a notification does only if it may", async () => {
  const page = await enterKept("resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await turnOn(page, /^Notifications/);
  await openChat(doctor, "张三");
  await lookAway(page);
  await doctor.getByRole("button", { name: "Video call" }).click();
  await page.waitForFunction(() => document.title.startsWith("王医生 is calling you."));
  assert.deepEqual(await notifications(page, 1), ["家医 jiayi: Somebody is calling you."]);
  await doctor.getByRole("button", { name: "Hang up" }).click();
  await page.waitForFunction(() => !document.title.includes("calling"));
  // The call that was missed is a message of its own.
  assert.deepEqual(await notifications(page, 1), ["家医 jiayi: You have a new message."]);
});

test("each page can be put on a phone's screen", async () => {
  const page = await enter(browser, server, "user", "resident1", { bypassCSP: false });
  for (const path of ["/resident", "/practice", "/office"]) {
    await page.goto(server.url + path);
    const manifest = await page.evaluate(async () => {
      const { href } = document.querySelector("link[rel=manifest]");
      const response = await fetch(href);
      const manifest = await response.json();
      const icons = await Promise.all(
        manifest.icons.map(async ({ src }) => {
          const icon = await fetch(src);
          return `${icon.status} ${icon.headers.get("content-type")}`;
        }),
      );
      return { ...manifest, icons, type: response.headers.get("content-type") };
    });
    assert.equal(manifest.start_url, path);
    assert.equal(manifest.display, "standalone");
    assert.equal(manifest.type, "application/manifest+json");
    assert.deepEqual(manifest.icons, ["200 image/svg+xml", ...Array(3).fill("200 image/png")]);
    const session = await page.context().newCDPSession(page);
    const { errors } = await session.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
  }
});
