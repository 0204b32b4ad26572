// The duty desk: a question waits, a doctor on duty answers it, and the resident sees who did.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server } from "./server.mjs";
import { browse, enter, logIn, openChat, write } from "./stage.mjs";

let browser, server;
before(async () => {
  [browser, server] = [await browse(), await Server.start()];
});
after(async () => {
  await browser.close();
  await server.close();
});

test("the doctor on duty takes a question on and answers in the doctor's place", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const onDuty = await enter(browser, server, "doctor", "doctor3");
  assert.equal(
    await doctor.getByRole("link", { name: "Duty desk" }).count(),
    0,
    "who is not on duty has no desk",
  );
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  await write(resident, "Is this fever dangerous?");
  await resident.locator(".mark.sent, .mark.delivered, .mark.read").waitFor();

  await onDuty.getByRole("link", { name: "Duty desk" }).click();
  const question = onDuty.locator(".question", { hasText: "Is this fever dangerous?" });
  await question.getByText("waiting").waitFor();
  await question.getByRole("button", { name: "Remind of the question of 张三" }).click();
  await doctor.locator(".told").waitFor();
  await question.getByRole("button", { name: "Answer 张三" }).click();
  await onDuty.getByLabel(/Your answer in the place of 王医生/).fill("Drink a lot and rest.");
  await onDuty.locator("dialog button.primary").click();
  await question.waitFor({ state: "detached" });

  for (const page of [resident, doctor]) {
    const answer = page.locator(".bubble", { hasText: "Drink a lot and rest." });
    await answer.locator(".author", { hasText: "赵医生" }).waitFor();
    await answer.getByText("on duty, in the doctor's place").waitFor();
  }
  // An administrator sits there too, although the same browser holds the cookie of a doctor off duty.
  await write(resident, "And the cough?");
  const admin = await doctor.context().newPage();
  await admin.goto(`${server.url}/office`);
  await logIn(admin, "admin");
  await admin.getByRole("link", { name: /Duty desk/ }).click();
  await admin.getByRole("button", { name: "Take on the question of 张三" }).click();
  await admin.getByText("taken on by you").waitFor();

  for (const page of [resident, doctor, onDuty]) assert.deepEqual(page.problems, []);
});
