// Appointments: a resident asks, the doctor answers, the resident reads it in the chat.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, shareServer, shoot, write } from "./stage.mjs";

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
    await shoot(doctor, `week-${place}`, { fullPage: true });
    const isWide = await doctor.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(isWide, false, "nothing hangs over");
    for (const page of [resident, doctor]) {
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
  });
}

const WORDS = {
  "en-GB": {
    more: "Add hours",
    day: "Day",
    monday: "Monday",
    workdays: "Monday to Friday",
    until: "Until",
    overlap: "These hours overlap others.",
    take: /^Delete (?!Monday)/,
    time: "Time",
    why: "What for",
    ask: "Ask",
    refused: "When must be in the hours that the doctor offers.",
    about: /^About /,
    auto: "An automatic answer at other times",
    system: "System",
  },
  "zh-CN": {
    more: "添加时间",
    day: "日期",
    monday: "星期一",
    workdays: "星期一至星期五",
    until: "结束",
    overlap: "与已有时间重叠。",
    take: /^删除(?!星期一)/,
    time: "时间",
    why: "事由",
    ask: "申请",
    refused: "时间不在医生开放预约的时段内。",
    about: /的资料$/,
    auto: "其他时间来消息时自动回复",
    system: "系统",
  },
};

for (const [place, locale, viewport, people, name] of [
  ["desktop", "en-GB", { width: 1180, height: 760 }, ["doctor2", "resident3"], "李医生"],
  ["phone", "zh-CN", { width: 360, height: 760 }, ["doctor1", "resident1"], "王医生"],
]) {
  test(`a doctor sets hours, and a resident asks for a time out of them: ${place}`, async () => {
    const words = WORDS[locale];
    const doctor = await enter(browser, server, "doctor", people[0], { locale, viewport });
    const resident = await enter(browser, server, "user", people[1], { locale, viewport });
    const look = (page, name) => shoot(page, `${name}-${place}`, { fullPage: true });
    await doctor.locator("nav a[href='#/appointments']").click();
    const add = async (day, ends) => {
      await doctor.getByRole("button", { name: words.more }).click();
      await doctor.getByLabel(words.day, { exact: true }).selectOption({ label: day });
      await doctor.getByLabel(words.until, { exact: true }).fill(ends);
      await look(doctor, "hours-dialog");
      await doctor.locator("dialog button.primary").click();
    };
    await add(words.workdays, "12:00");
    await doctor.getByRole("button", { name: words.take }).nth(3).waitFor();
    await add(words.monday, "09:00");
    await doctor.getByText(words.overlap).waitFor();
    await look(doctor, "hours");
    // All but Monday goes.
    for (let left = 4; left > 0; left--) {
      await doctor.getByRole("button", { name: words.take }).first().click();
      await doctor
        .getByRole("button", { name: words.take })
        .nth(left - 1)
        .waitFor({ state: "detached" });
    }

    await doctor.getByLabel(words.auto).check();
    const person = await Person.login(server, "doctor", people[0]);
    while (!(await person.get("hours")).autoanswer) await doctor.waitForTimeout(50);

    // The resident's page offers times of Monday; one that is offered no more is refused in words.
    await resident.locator("nav a[href='#/appointments']").click();
    const day = resident.getByLabel(words.day, { exact: true });
    await day.waitFor();
    assert.ok((await day.locator("option").allTextContents()).every((text) => text.includes(words.monday)));
    // Of four weeks; on a Monday that of today may be over.
    assert.ok((await day.locator("option").count()) >= 3);
    await day.selectOption({ index: 2 });
    const time = resident.getByLabel(words.time, { exact: true });
    const times = await time.locator("option").allTextContents();
    assert.deepEqual([times[0], times.length], ["08:00", 8]);
    await time.selectOption({ label: "09:30" });
    await look(resident, "hours-asked");
    const offered = await person.get("hours");
    const tuesday = [{ weekday: 2, begins: "08:00", ends: "12:00" }];
    await person.post("hours/update", { ...offered, hours: tuesday });
    const why = `In the hours (${place})`; // as no other test asks
    await resident.getByLabel(words.why).fill(why);
    await resident.getByRole("button", { name: words.ask, exact: true }).click();
    await resident.locator(".error", { hasText: words.refused }).waitFor();
    await look(resident, "hours-refused");
    await person.post("hours/update", offered);
    await resident.getByRole("button", { name: words.ask, exact: true }).click();
    const find = async () =>
      (await person.get("reservation/list")).items.find(({ reason }) => reason === why);
    while (!(await find())) await doctor.waitForTimeout(50);
    assert.equal(new Date((await find()).time).getDay(), 1);

    // Beside the chat stands when the doctor offers appointments.
    await openChat(resident, name);
    await resident.getByRole("button", { name: words.about }).click();
    await resident.locator(".hours li", { hasText: "08:00–12:00" }).waitFor();
    await look(resident, "hours-about");

    // Out of hours an automatic answer comes, which nobody has written.
    const inThreeDays = ((new Date().getUTCDay() + 2) % 7) + 1;
    const hours = [{ weekday: inThreeDays, begins: "08:00", ends: "12:00" }];
    await person.post("hours/update", { ...offered, hours });
    if (place === "phone") await resident.keyboard.press("Escape");
    await write(resident, `May I ask something? (${place})`);
    await resident.locator(".told", { hasText: "自动回复" }).getByText(words.system).waitFor();
    await look(resident, "hours-auto");
    await person.post("hours/update", { ...offered, hours: [] });
    for (const page of [resident, doctor]) {
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
  });
}

test("hours are changed once they are read only, and do not move with their doctor", async () => {
  const person = await Person.login(server, "doctor", "doctor1");
  const hours = [{ weekday: 1, begins: "08:00", ends: "12:00" }];
  await person.post("hours/update", { hours, offset: 480, autoanswer: false });
  const doctor = await enter(browser, server, "doctor", "doctor1", { timezoneId: "America/Bogota" });
  let read;
  const held = new Promise((resolve) => (read = resolve));
  await doctor.route("**/doctor/hours", (route) => held.then(() => route.continue()));
  await doctor.locator("nav a[href='#/appointments']").click();
  const add = doctor.getByRole("button", { name: "Add hours" });
  await doctor.getByRole("heading", { name: "Hours for appointments" }).waitFor();
  assert.equal(await add.isVisible(), false);
  read();
  await add.waitFor();
  await doctor.getByText("These hours go by the clock of UTC+08:00.").waitFor();
  await shoot(doctor, "hours-abroad");

  const tick = doctor.getByLabel("An automatic answer at other times");
  await doctor.route("**/hours/update", (route) => route.abort());
  await tick.click();
  await doctor.getByText("The server cannot be reached.").first().waitFor();
  assert.equal(await tick.isChecked(), false, "as it is kept");
  await doctor.unroute("**/hours/update");
  await tick.click();
  await doctor.getByText("Saved.").waitFor();
  assert.deepEqual(await person.get("hours"), { hours, offset: 480, autoanswer: true });
  await person.post("hours/update", { hours: [], offset: 0 });
});
