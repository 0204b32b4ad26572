// The package as `npm pack` makes it, installed into an empty folder.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = new URL("..", import.meta.url).pathname;

export class Installed {
  folder = mkdtempSync(join(tmpdir(), "jiayi-client-"));

  constructor() {
    this.run("npm", ["pack", "--silent", "--pack-destination", this.folder], PACKAGE);
    const [tarball] = readdirSync(this.folder);
    this.write("package.json", JSON.stringify({ private: true, type: "module" }));
    this.run("npm", ["install", "--silent", "--offline", "--ignore-scripts", `./${tarball}`]);
  }

  /** Runs a program and returns what it prints; its errors are shown in the test's failure. */
  run(program, args, cwd = this.folder) {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Puts a file beside the package, which may import it by its name. Returns its path. */
  write(name, text) {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** What the library exports, together with one adapter. */
  async load(adapter) {
    const text = `export * from "jiayi-client";\nexport * from "jiayi-client/adapters/${adapter}.js";\n`;
    return import(this.write("load.mjs", text));
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
