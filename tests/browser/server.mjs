// A server of a test's own, with demonstration data, that can be killed and started again.

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const PROGRAM = process.env.JIAYI ?? new URL("../../target/debug/jiayi", import.meta.url).pathname;

/** The password of every demonstration account. */
export const PASSWORD = "jiayi-demo";

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

  /** Where its data is. */
  get database() {
    return join(this.#folder, "jiayi.db");
  }

  get #environment() {
    return {
      ...process.env,
      JIAYI_DATABASE_URL: `sqlite://${this.database}`,
      // Tests do in a second what nobody does in an hour.
      JIAYI_BUDGETS__ENABLED: "false",
      ...this.settings,
    };
  }

  /** Runs another command of the program beside it. */
  command(...words) {
    return promisify(execFile)(PROGRAM, words, { cwd: this.#folder, env: this.#environment });
  }

  /** Runs it, with the data there is. */
  async run() {
    this.#process = spawn(PROGRAM, ["serve", "--demo", "--listen", `127.0.0.1:${this.port}`], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
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
