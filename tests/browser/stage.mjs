// The stage of a test in a browser: a browser, a server, and people, each of whose pages must break no policy.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { chromium } from "playwright-core";
import { PASSWORD, Server } from "./server.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
  "--use-fake-device-for-media-stream=device-count=2",
  "--use-fake-ui-for-media-stream",
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
  "--autoplay-policy=no-user-gesture-required",
];

/** A phone in Chinese, for what is looked at on a small screen as well. */
export const PHONE = { viewport: { width: 360, height: 760 }, locale: "zh-CN", hasTouch: true };

/** Where what everybody uses is tried. */
export const PLACES = [
  ["desktop", {}],
  ["phone", PHONE],
];

/** A picture of one pixel. */
export const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Saves what a page looks like in the folder `SHOTS`, where one is named, for who wants to look at it. */
export async function shoot(page, name, options = {}) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, ...options });
}

/** A browser. */
export const browse = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** A browser that can be killed as by a power cut. */
export async function browseApart() {
  const server = await chromium.launchServer({ executablePath: CHROMIUM, args: FLAGS });
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() };
}

/** The browser and the server of the test that runs; each file of tests is a process of its own. */
export let browser, server;

/** Gives all tests of a file one browser and one server. */
export function shareServer() {
  before(async () => {
    [browser, server] = [await browse(), await Server.start()];
  });
  after(async () => {
    await browser.close();
    await server.close();
  });
}

/** Gives all tests of a file one browser, and each a server; no page may have had a problem when it ends. */
export function startServers() {
  before(async () => {
    browser = await browse();
  });
  after(() => browser.close());
  beforeEach(async () => {
    server = await Server.start();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) {
      for (const page of context.pages()) {
        assert.deepEqual(page.problems ?? [], []);
        await page.unrouteAll({ behavior: "ignoreErrors" });
      }
      await context.close();
    }
    await server.close();
  });
}

const PAGES = { user: "/resident", doctor: "/practice", admin: "/office" };

/** Somebody in a browser of their own, logged in and connected; `init` runs in each page before all else. */
export async function enter(browser, server, role, account, { init, ...options } = {}) {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1180, height: 760 },
    permissions: ["camera", "microphone"],
    // What a test answers in the server's place would not be asked for otherwise; alerts.test.mjs allows it.
    serviceWorkers: "block",
    ...options,
  });
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  page.problems = [];
  page.on(
    "console",
    (message) =>
      message.type() === "error" &&
      !/Failed to load resource|WebSocket connection/.test(message.text()) &&
      page.problems.push(message.text()),
  );
  page.on("pageerror", (error) => page.problems.push(String(error)));
  await page.goto(server.url + PAGES[role]);
  await logIn(page, account);
  return page;
}

/** Logs in on the page that is open. */
export async function logIn(page, account) {
  await page.locator("input[name=account]").fill(account);
  await page.locator("input[name=password]").first().fill(PASSWORD);
  await page.locator("form button[type=submit]").first().click();
  await page.locator(".frame").waitFor();
}

/** Opens the conversation with somebody. */
export async function openChat(page, name) {
  await page.locator("nav a").first().click();
  await page.locator(".line", { hasText: name }).first().click();
  await page.locator(".head h2", { hasText: name }).waitFor();
}

/** Writes in the conversation that is open. */
export async function write(page, text) {
  await page.locator(".composer textarea").fill(text);
  await page.locator(".composer textarea").press("Enter");
}

/** Sends files in the conversation that is open. @param {{name: string, mimeType: string, buffer: Buffer}[]} files */
export async function attach(page, ...files) {
  await page.locator(".composer input[type=file][multiple]").setInputFiles(files);
  await page.getByRole("button", { name: /^(Send|发送)$/ }).click();
}

/**
 * A picture as a page draws it: of one colour, or else as fine as a photograph.
 * @param {{mimeType?: string, width?: number, height?: number, colour?: string}} [look]
 */
export async function paint(page, name, { mimeType = "image/png", width = 480, height = 320, colour } = {}) {
  const url = await page.evaluate(
    ({ mimeType, width, height, colour }) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const pen = canvas.getContext("2d");
      pen.fillStyle = colour ?? "#fff";
      pen.fillRect(0, 0, width, height);
      for (let place = 0; place < 60_000 && !colour; place++) {
        pen.fillStyle = `hsl(${(place * 47) % 360} 80% ${place % 100}%)`;
        pen.fillRect((place * 7919) % width, (place * 104_729) % height, 9, 5);
      }
      return canvas.toDataURL(mimeType, 1);
    },
    { mimeType, width, height, colour },
  );
  return { name, mimeType, buffer: Buffer.from(url.split(",")[1], "base64") };
}

/** The texts of the conversation that is open. */
export const texts = (page) => page.locator(".log .bubble .body").allTextContents();

/** Presses the first button of a name. */
export const press = (page, name) => page.getByRole("button", { name }).first().click();
