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

/** Somebody in a browser of their own, logged in and connected. */
export async function enter(browser, server, role, account, options = {}) {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1180, height: 760 },
    permissions: ["camera", "microphone"],
    // What a test answers in the server's place would not be asked for otherwise; alerts.test.mjs allows it.
    serviceWorkers: "block",
    ...options,
  });
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

/** The texts of the conversation that is open. */
export const texts = (page) => page.locator(".log .bubble .body").allTextContents();
