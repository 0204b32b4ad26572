// Pictures and files in a conversation, from a page to a page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PICTURE, attach, browser, enter, logIn, openChat, server, shareServer } from "./stage.mjs";

shareServer();

test("a picture and a file are sent, shown and read by the other", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  await attach(resident, { name: "rash.png", mimeType: "image/png", buffer: PICTURE });
  const picture = doctor.locator(".bubble img");
  await picture.waitFor();
  await doctor.waitForFunction(() => document.querySelector(".bubble img").naturalWidth === 1);
  await attach(resident, { name: "values.txt", mimeType: "text/plain", buffer: Buffer.from("138/88") });
  const [download] = await Promise.all([
    doctor.waitForEvent("download"),
    doctor.locator(".bubble a", { hasText: "values.txt" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "values.txt");
  assert.equal(readFileSync(await download.path(), "utf8"), "138/88");

  const address = await picture.getAttribute("src");
  const stranger = await enter(browser, server, "user", "resident3");
  const asked = (page) => page.evaluate(async (address) => (await fetch(address)).status, address);
  assert.deepEqual([await asked(resident), await asked(doctor), await asked(stranger)], [200, 200, 404]);
  const nobody = await (await browser.newContext()).newPage();
  await nobody.goto(server.url);
  assert.equal(await asked(nobody), 401);

  // The stranger's browser is the doctor's too.
  const both = await stranger.context().newPage();
  await both.goto(`${server.url}/practice`);
  await logIn(both, "doctor1");
  await openChat(both, "张三");
  await both.waitForFunction(() => document.querySelector(".bubble img")?.naturalWidth === 1);
  for (const page of [resident, doctor]) assert.deepEqual(page.problems, []);
});

test("what the microphone hears is sent, and played by the other", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  const record = resident.getByRole("button", { name: "Record a voice message" });
  await record.click();
  await resident.locator(".clock", { hasText: /0:0[1-9]/ }).waitFor();
  await resident.getByRole("button", { name: "Drop" }).click();
  await record.click();
  await resident.locator(".clock", { hasText: /0:0[2-9]/ }).waitFor();
  await resident.getByRole("button", { name: "Stop and send the voice message" }).click();
  await doctor
    .locator(".bubble .voice")
    .getByText(/0:0[2-9]/)
    .waitFor();
  assert.equal(await doctor.locator(".bubble audio").count(), 1, "what was dropped is not sent");
  const played = await doctor.locator(".bubble audio").evaluate(async (audio) => {
    await audio.play();
    await new Promise((resolve) => {
      audio.ontimeupdate = () => audio.currentTime > 0.5 && resolve();
    });
    return audio.currentTime;
  });
  assert.ok(played > 0.5);
  for (const page of [resident, doctor]) assert.deepEqual(page.problems, []);
});
