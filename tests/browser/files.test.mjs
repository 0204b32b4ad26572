// Pictures and files in a conversation, from a page to a page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, enter, openChat, Server } from "./stage.mjs";

let browser, server;
before(async () => { [browser, server] = [await browse(), await Server.start()]; });
after(async () => { await browser.close(); await server.close(); });

const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

test("a picture and a file are sent, shown and read by the other", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  await resident.locator("input[type=file]").setInputFiles({ name: "rash.png", mimeType: "image/png", buffer: PICTURE });
  const picture = doctor.locator(".bubble img");
  await picture.waitFor();
  await doctor.waitForFunction(() => document.querySelector(".bubble img").naturalWidth === 1);
  await resident.locator("input[type=file]").setInputFiles({ name: "values.txt", mimeType: "text/plain", buffer: Buffer.from("138/88") });
  const [download] = await Promise.all([doctor.waitForEvent("download"), doctor.locator(".bubble a", { hasText: "values.txt" }).click()]);
  assert.equal(download.suggestedFilename(), "values.txt");
  for (const page of [resident, doctor]) assert.deepEqual(page.problems, []);
});
