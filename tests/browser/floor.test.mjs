// The floor of browsers: pages do without what browsers at the floor lack, and tell those below it. Browsers of that
// age cannot be had; one of today, from which what they lack was taken away, stands in. Their syntax and styles are
// held by static/check.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  PICTURE,
  attach,
  browse,
  browser,
  enter,
  openChat,
  server,
  shoot,
  startServers,
  write,
} from "./stage.mjs";

startServers();

/** Takes away what came after Chrome 90 or Safari 14.1. */
function growOld() {
  const newer = [
    [HTMLDialogElement.prototype, "showModal", "show", "close"],
    [window, "BroadcastChannel", "Notification", "trustedTypes", "structuredClone", "reportError"],
    [Navigator.prototype, "locks", "setAppBadge", "clearAppBadge"],
    [Array.prototype, "at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"],
    [String.prototype, "at", "isWellFormed"],
    [Object, "hasOwn", "groupBy"],
    [Map, "groupBy"],
    [Promise, "withResolvers", "try"],
    [Crypto.prototype, "randomUUID"],
    [AbortSignal, "timeout", "any", "abort"],
    [SubmitEvent.prototype, "submitter"],
    [HTMLFormElement.prototype, "requestSubmit"],
    [Iterator.prototype, "map", "filter", "find", "some", "every", "toArray", "take", "drop"],
  ];
  for (const [owner, ...names] of newer) for (const name of names) delete owner[name];
}

for (const [place, options] of [
  ["desktop", {}],
  ["phone", { viewport: { width: 390, height: 780 } }],
]) {
  test(`everything works at the floor: ${place}`, async (context) => {
    const old = await browse();
    context.after(() => old.close());
    const start = old.newContext.bind(old);
    old.newContext = async (options) => {
      const made = await start(options);
      await made.addInitScript(growOld);
      return made;
    };
    const doctor = await enter(old, server, "doctor", "doctor1", options);
    const resident = await enter(browser, server, "user", "resident1");
    assert.equal(await doctor.evaluate(() => typeof BroadcastChannel + typeof [].at), "undefinedundefined");
    await openChat(doctor, "张三");
    await write(doctor, "seen at the floor");
    await openChat(resident, "王医生");
    await resident.locator(".bubble", { hasText: "seen at the floor" }).waitFor();
    await write(resident, "heard");
    await doctor.locator(".bubble", { hasText: "heard" }).waitFor();
    await attach(doctor, { name: "rash.png", mimeType: "image/png", buffer: PICTURE });
    await doctor.locator(".bubble .picture").click();
    await doctor.locator("dialog.viewer[open] .whole").waitFor();
    await shoot(doctor, `floor-viewer-${place}`);
    await doctor.keyboard.press("Escape");
    await doctor.locator("dialog").waitFor({ state: "detached" });

    // A dialog keeps the focus, is left by Escape, and gives what was entered.
    await doctor.locator("nav a").first().click();
    const open = doctor.getByRole("button", { name: "New group" });
    await open.click();
    const dialog = doctor.getByRole("dialog");
    for (let presses = 0; presses < 30; presses++) {
      await doctor.keyboard.press("Tab");
      assert.ok(
        await doctor.evaluate(() => document.querySelector("dialog").contains(document.activeElement)),
      );
    }
    await shoot(doctor, `floor-dialog-${place}`);
    await doctor.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await open.click();
    await dialog.locator("input[name=name]").fill("会诊");
    await dialog.locator("input[type=checkbox]").first().check();
    await dialog.locator("button.primary").click();
    await doctor.locator(".head h2", { hasText: "会诊" }).waitFor();

    // A call, too, is a dialog.
    await openChat(resident, "王医生");
    await resident.getByRole("button", { name: "Video call" }).click();
    await doctor.getByRole("button", { name: "Accept the call" }).click();
    await resident.locator("dialog.call[data-state=active]").waitFor();
    await doctor.getByRole("button", { name: "Hang up" }).click();
    await doctor.locator("dialog.call").waitFor({ state: "detached" });
    for (const link of await doctor.locator("nav a").all()) {
      await link.click();
      await doctor.locator("main :is(h1, h2)").first().waitFor();
    }
    assert.deepEqual(doctor.problems, []);
  });
}

test("a browser below the floor is told so, and one that could not load the page as well", async () => {
  for (const [isOld, words] of [
    [true, "Your browser is too old for this page."],
    [false, "This page did not load completely."],
  ]) {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    if (isOld) await page.addInitScript(() => delete window.AudioContext);
    // What such a browser makes of a module that it cannot read.
    await page.route("**/app/resident.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: "class { of another age" }),
    );
    await page.goto(`${server.url}/resident`);
    await page.getByText(words).waitFor();
    await shoot(page, `floor-${isOld}`);
    await context.close();
  }
});
