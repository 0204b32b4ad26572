// Appointments: a resident asks, the doctor answers, the resident reads it in the chat.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, server, shareServer } from "./stage.mjs";

shareServer();

/** Leads a doctor's page to the week of tomorrow, for which a resident's form asks unless told otherwise. */
async function showTomorrow(page) {
  const isSunday = new Date().getDay() === 0;
  if (isSunday) await page.getByRole("button", { name: /The week after|下一周/ }).click();
}

test("a resident asks for an appointment and reads the answer in the chat", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await resident.getByRole("link", { name: "Appointments" }).click();
  await resident.getByLabel("What for").fill("Blood pressure");
  await resident.getByRole("button", { name: "Ask", exact: true }).click();
  await resident.getByText("waiting for the doctor").waitFor();
  await doctor.getByRole("link", { name: /Appointments 1/ }).click();
  await showTomorrow(doctor);
  await doctor.locator(".week .applied", { hasText: "张三" }).getByText("to be answered").waitFor();
  await doctor.getByRole("button", { name: "Agree" }).click();
  await doctor.getByLabel(/A word to the resident/).fill("Come sober");
  await doctor.locator("dialog button.primary").click();
  await resident.locator(".tagged.on", { hasText: "agreed" }).waitFor();
  await doctor.locator(".week .accepted", { hasText: "张三" }).waitFor();
  await resident.getByText("It is agreed: if you cannot come, write to the doctor.").waitFor();
  assert.equal(
    await resident.getByRole("button", { name: "Call off" }).count(),
    0,
    "what cannot be done is not offered",
  );
  await resident.getByRole("link", { name: "Write to 王医生" }).click();
  await resident.locator(".head h2", { hasText: "王医生" }).waitFor();
  await resident.getByRole("link", { name: "Appointments" }).click();
  await resident.getByLabel("What for").fill("Advice");
  await resident.getByRole("button", { name: "Ask", exact: true }).click();
  await resident.getByRole("button", { name: "Call off" }).click();
  await resident.locator("dialog button.danger").click();
  await resident.locator(".tagged", { hasText: "called off" }).waitFor();
  await resident.getByRole("link", { name: /Messages/ }).click();
  await resident.locator(".line", { hasText: "Come sober" }).waitFor();
  for (const page of [resident, doctor]) assert.deepEqual(page.problems, []);
});

for (const [place, viewport] of [
  ["desktop", { width: 1180, height: 760 }],
  ["phone", { width: 360, height: 760 }],
]) {
  test(`a doctor goes through the weeks on a ${place}, in Chinese`, async () => {
    const resident = await enter(browser, server, "user", "resident1");
    await resident.getByRole("link", { name: "Appointments" }).click();
    const doctor = await enter(browser, server, "doctor", "doctor1", { locale: "zh-CN", viewport });
    await doctor.locator("nav a[href='#/appointments']").click();
    await doctor.getByRole("button", { name: "下一周" }).click();
    await doctor.getByText("本周没有预约。").waitFor();
    const first = await doctor.locator(".week-head h2").textContent();
    await doctor.getByRole("button", { name: "上一周" }).click();
    await doctor.getByRole("button", { name: "上一周" }).click();
    await doctor.getByRole("button", { name: "本周", exact: true }).click();
    assert.notEqual(await doctor.locator(".week-head h2").textContent(), first);
    assert.equal(await doctor.locator(".week [aria-current=date]").count(), 1);
    assert.equal(await doctor.locator(".week > li").count(), 7);
    await resident.getByLabel("What for").fill("Cough");
    await resident.getByRole("button", { name: "Ask", exact: true }).click();
    await showTomorrow(doctor);
    await doctor.locator(".week .applied", { hasText: "张三" }).first().waitFor();
    if (process.env.SHOTS)
      await doctor.screenshot({ path: `${process.env.SHOTS}/week-${place}.png`, fullPage: true });
    const isWide = await doctor.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(isWide, false, "nothing hangs over");
    for (const page of [resident, doctor]) {
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
  });
}
