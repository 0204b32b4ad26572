// The stage of a test: a server with demonstration data of its own that can be killed and started
// again, and people in browsers of their own, each of whose pages must break no policy.

import { chromium } from "playwright-core";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = process.env.JIAYI ?? new URL("../../target/debug/jiayi", import.meta.url).pathname;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const PASSWORD = "jiayi-demo";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update", "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns", "--autoplay-policy=no-user-gesture-required",
];

/** A browser. */
export const browse = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** A browser that can be killed as by a power cut. */
export async function browseApart() {
  const server = await chromium.launchServer({ executablePath: CHROMIUM, args: FLAGS });
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() };
}

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Server {
  #folder = mkdtempSync(join(tmpdir(), "jiayi-browser-"));
  #process = null;

  /** @param {Record<string, string>} settings further `JIAYI_…` settings */
  static async start(settings = {}) {
    const server = new Server();
    server.settings = settings;
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    await server.run();
    return server;
  }

  /** Runs it, with the data there is. */
  async run() {
    const env = { ...process.env, JIAYI_DATABASE_URL: `sqlite://${join(this.#folder, "jiayi.db")}`, ...this.settings };
    this.#process = spawn(PROGRAM, ["serve", "--demo", "--listen", `127.0.0.1:${this.port}`], { cwd: this.#folder, env, stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface({ input: this.#process.stderr });
    await new Promise((resolve, reject) => {
      lines.on("line", (line) => line.includes("listening on") && resolve());
      this.#process.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
  }

  /** Ends it at once, as a power cut would, or politely. */
  async kill(signal = "SIGKILL") {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill(signal);
    await ended;
  }

  async close() {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const PAGES = { user: "/resident", doctor: "/practice", admin: "/office" };

/** Somebody in a browser of their own, logged in and connected. */
export async function enter(browser, server, role, account, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1180, height: 760 }, permissions: ["camera", "microphone"], ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text()) && page.problems.push(message.text()));
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

/** The texts of the conversation that is open. */
export const texts = (page) => page.locator(".log .bubble .body").allTextContents();
