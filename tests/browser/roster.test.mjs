// The roster of the back office: a week of it, putting somebody on duty, ending a turn, and the week before once more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, server, shoot, startServers } from "./stage.mjs";

startServers();

const TEXTS = {
  "en-GB": {
    next: "The week after",
    add: "Put somebody on duty",
    until: /^Until/,
    save: "Save",
    off: "Take this turn off the roster",
    again: "As the week before",
    taken: "Turns taken over: 1",
    conflict: "The doctor is on duty then already.",
  },
  "zh-CN": {
    next: "下一周",
    add: "安排值班",
    until: /^结束/,
    save: "保存",
    off: "取消这次值班",
    again: "沿用上一周",
    taken: "已沿用 1 个班次。",
    conflict: "该医生此时段已有值班。",
  },
};

for (const [place, locale, viewport] of [
  ["desktop", "en-GB", { width: 1180, height: 760 }],
  ["phone", "zh-CN", { width: 360, height: 760 }],
]) {
  test(`an administrator sees and sets who is on duty on each day of a week: ${place}`, async () => {
    const admin = await Person.login(server, "admin", "admin");
    const texts = TEXTS[locale];
    const page = await enter(browser, server, "admin", "admin", { locale, viewport });
    await page.locator("nav a[href='#/roster']").click();
    const days = page.locator(".week > li");
    // The turn of the demonstration has no end.
    await days.nth(6).locator(".turn", { hasText: "赵医生" }).waitFor();
    assert.equal(await days.count(), 7);
    await look(page, `roster-${place}`);

    // Wednesday of the next week, until the morning after.
    await page.getByRole("button", { name: texts.next }).click();
    const [wednesday, thursday] = [days.nth(2), days.nth(3)];
    const put = async (doctor) => {
      await wednesday.getByRole("button", { name: new RegExp(texts.add) }).click();
      await page.locator("dialog select").selectOption({ label: doctor });
      await look(page, `roster-dialog-${place}`);
      await page.locator("dialog button.primary").click();
    };
    const label = (await admin.get("doctor/list")).items.find(({ name }) => name === "李医生");
    const doctor = [label.name, label.title].filter(Boolean).join(" ");
    await put(doctor);
    await wednesday.locator(".turn", { hasText: "李医生" }).getByText("08:00").waitFor();
    await thursday.locator(".turn", { hasText: "李医生" }).getByText("08:00").waitFor();
    await put(doctor);
    await page.getByText(texts.conflict).waitFor();

    // It ends earlier.
    await wednesday.locator(".turn", { hasText: "李医生" }).click();
    const ends = page.locator("dialog input[name=ends]");
    await ends.fill(evening(await ends.inputValue()));
    await page.locator("dialog button.primary").click();
    await wednesday.getByText("08:00–20:00").waitFor();
    assert.equal(await thursday.locator(".turn", { hasText: "李医生" }).count(), 0);

    // The week after as this one; then it is taken off.
    await page.getByRole("button", { name: texts.next }).click();
    await page.getByRole("button", { name: texts.again }).click();
    await page.locator("dialog button.primary").click();
    await page.getByText(texts.taken).waitFor();
    await wednesday.getByText("08:00–20:00").waitFor();
    await look(page, `roster-next-${place}`);
    await wednesday.locator(".turn", { hasText: "李医生" }).click();
    await page.getByLabel(texts.off).check();
    await page.locator("dialog button.primary").click();
    await wednesday.locator(".turn", { hasText: "李医生" }).waitFor({ state: "detached" });
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(isWide, false, "nothing hangs over");
  });
}

/** Twelve hours before a time of an input. */
function evening(value) {
  const time = new Date(`${value}:00Z`);
  time.setUTCHours(time.getUTCHours() - 12);
  return time.toISOString().slice(0, 16);
}

/** Takes a picture of what is seen, if it is asked for. */
async function look(page, name) {
  await shoot(page, name, { fullPage: true });
}
