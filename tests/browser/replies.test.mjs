// Quick replies: kept in the settings, picked beside the place to write; those of a team, which its leader keeps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { PHONE, browser, enter, openChat, server, shoot, startServers } from "./stage.mjs";

startServers();

/** The buttons of the dialogs, in both languages. */
const WORDS = {
  en: {
    settings: "Settings",
    replies: "Quick replies",
    add: "Add a quick reply",
    save: "Save",
    up: "Move up",
    change: "Change",
    remove: "Delete",
    team: "Quick replies of 签约团队一",
    none: "No quick replies yet.",
  },
  zh: {
    settings: "设置",
    replies: "常用语",
    add: "添加常用语",
    save: "保存",
    up: "上移",
    change: "修改",
    remove: "删除",
    team: "签约团队一的常用语",
    none: "还没有常用语。",
  },
};

const press = (within, name) => within.getByRole("button", { name, exact: true }).click();

/** Fills the dialog that asks for words. */
async function put(page, words, text) {
  const dialog = page.locator("dialog").last();
  await dialog.locator("textarea").fill(text);
  await press(dialog, words.save);
}

for (const [place, options, words] of [
  ["desktop", {}, WORDS.en],
  ["phone", PHONE, WORDS.zh],
]) {
  test(`a doctor keeps quick replies and writes with them: ${place}`, async () => {
    const doctor = await enter(browser, server, "doctor", "doctor1", options);
    await press(doctor.locator(".bar"), words.settings);
    await press(doctor.locator("dialog"), words.replies);
    const keeping = doctor.locator("dialog", { has: doctor.locator("h3") });
    await keeping.getByText(words.none).waitFor();
    const row = (text) => keeping.locator("li .words", { hasText: text });
    for (const text of ["Measure your temperature first.", "Come at eight,\nfasting."]) {
      await press(keeping, words.add);
      await put(doctor, words, text);
      await row(text).waitFor();
    }
    await press(keeping.locator("li", { hasText: "fasting" }), words.up);
    await doctor.waitForFunction(() => document.querySelector(".rows .words").textContent.startsWith("Come"));
    await press(keeping.locator("li", { hasText: "Measure" }), words.change);
    await put(doctor, words, "Measure your temperature twice.");
    await row("twice").waitFor();
    await keeping.getByText(words.team).click();
    await press(keeping.locator("details"), words.add);
    await put(doctor, words, "The team is here on Wednesdays.");
    await row("Wednesdays").waitFor();
    await shoot(doctor, `replies-kept-${place}`);
    await doctor.keyboard.press("Escape");
    await doctor.keyboard.press("Escape");

    await openChat(doctor, "张三");
    const text = doctor.locator(".composer textarea");
    await text.fill("Good morning. ");
    await press(doctor.locator(".composer"), words.replies);
    const picking = doctor.locator("dialog");
    await picking.locator(".phrase").nth(2).waitFor();
    await shoot(doctor, `replies-picked-${place}`);
    await picking.getByText("Come at eight").click();
    await picking.waitFor({ state: "detached" });
    await doctor.waitForFunction(
      () => document.activeElement.value === "Good morning. Come at eight,\nfasting.",
    );
    await shoot(doctor, `replies-written-${place}`);
    await press(doctor.locator(".composer"), words.replies);
    await picking.getByRole("button", { name: /^(Change them|管理常用语)$/ }).click();
    await press(keeping.locator("li", { hasText: "fasting" }), words.remove);
    await doctor.waitForFunction(
      () => !document.querySelector("dialog .rows").textContent.includes("fasting"),
    );
  });
}

test("a colleague of the team picks the team's and changes none; a resident has none", async () => {
  const leader = await Person.login(server, "doctor", "doctor1");
  const [stid] = (await leader.get("me")).teams;
  for (let number = 1; number <= 9; number++)
    await leader.post("quickreply/create", { stid, content: `Reply number ${number}` });
  const doctor = await enter(browser, server, "doctor", "doctor2");
  await doctor.getByRole("button", { name: "Settings" }).click();
  await press(doctor.locator("dialog"), "Quick replies");
  const keeping = doctor.locator("dialog", { has: doctor.locator("h3") });
  await keeping.getByText("Quick replies of 签约团队一").click();
  await keeping.locator("details .words", { hasText: "Reply number 3" }).waitFor();
  assert.equal(await keeping.locator("details button").count(), 0);
  await doctor.keyboard.press("Escape");
  await doctor.keyboard.press("Escape");
  await openChat(doctor, "签约团队一");
  await press(doctor.locator(".composer"), "Quick replies");
  await doctor.locator("dialog input[type=search]").fill("number 7");
  assert.equal(await doctor.locator("dialog .phrases li:visible").count(), 1);
  await doctor.locator("dialog .phrase:visible").click();
  await doctor.waitForFunction(() => document.querySelector(".composer textarea").value === "Reply number 7");

  const resident = await enter(browser, server, "user", "resident1");
  await openChat(resident, "王医生");
  assert.equal(await resident.getByRole("button", { name: "Quick replies" }).count(), 0);
});

test("an administrator keeps their own, and those of every team", async () => {
  const admin = await enter(browser, server, "admin", "admin");
  await admin.getByRole("button", { name: "Settings" }).click();
  await press(admin.locator("dialog"), "Quick replies");
  const keeping = admin.locator("dialog", { has: admin.locator("h3") });
  await keeping.getByText("Quick replies of 签约团队一").click();
  await press(keeping.locator("details", { hasText: "签约团队一" }), "Add a quick reply");
  await put(admin, WORDS.en, "The office is open until five.");
  await keeping.locator("details .words", { hasText: "until five" }).waitFor();
  const doctor = await Person.login(server, "doctor", "doctor2");
  const { items } = await doctor.get("quickreply/list");
  assert.deepEqual(
    items.map(({ content }) => content),
    ["The office is open until five."],
  );
});
