// What is in the package, and that a project in TypeScript can use its types.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { Installed } from "./installed.mjs";

const TSC = new URL("../../node_modules/.bin/tsc", import.meta.url).pathname;
const installed = new Installed();
after(() => installed.remove());
const root = join(installed.folder, "node_modules/jiayi-client");

test("everything that the package names is in it, and no test is", () => {
  const { exports, main, types } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const adapters = ["browser", "web", "node", "mini-program"];
  const named = adapters.flatMap((name) =>
    Object.values(exports["./adapters/*.js"]).map((path) => path.replace("*", name)),
  );
  for (const path of [
    main,
    types,
    ...Object.values(exports["."]),
    ...Object.values(exports["./calls.js"]),
    ...named,
    "README.md",
    "LICENSE",
  ]) {
    assert.ok(existsSync(join(root, path)), path);
  }
  assert.ok(!existsSync(join(root, "tests")));
});

test("its types serve a strict project", () => {
  const source = `
    import { Jiayi, JiayiError, randomId, type Adapter, type Status } from "jiayi-client";
    import { Calls } from "jiayi-client/calls.js";
    import { node } from "jiayi-client/adapters/node.js";
    import { miniProgram, type MiniProgramApi } from "jiayi-client/adapters/mini-program.js";
    import { web } from "jiayi-client/adapters/web.js";

    declare const wx: MiniProgramApi;
    const adapters: Adapter[] = [node(), web({ platform: "react-native" }), miniProgram(wx, "wechat")];
    const jiayi = await Jiayi.login("user", "a", "b", { address: "https://jiayi.example", adapter: adapters[0] });
    jiayi.addEventListener("status", ({ detail }) => { const status: Status = detail; console.log(status); });
    jiayi.addEventListener("push", ({ detail: { type, seq } }) => console.log(type.length, seq ?? 0));
    new Calls(jiayi).addEventListener("ring", ({ detail: call }) => call.accept());
    const id: string = randomId();
    const token: string | null = jiayi.token;
    console.log(id, token, new JiayiError("FA_PARAM", "x").retryable);
    // @ts-expect-error: there is no such role
    await Jiayi.resume("nurse");
    // @ts-expect-error: there is no such event
    jiayi.addEventListener("pull", () => {});
  `;
  installed.write("app.mts", source);
  installed.run(TSC, ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "app.mts"]);
});
