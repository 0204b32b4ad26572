// Lists that live: filters of the message list, what is new below, who of a group has read, thousands of rows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, shoot, startServers, write } from "./stage.mjs";

startServers();

const SIZES = [
  ["desktop", {}],
  ["phone", { viewport: { width: 390, height: 780 }, locale: "zh-CN" }],
];

const login = (role, account) => Person.login(server, role, account);

/** A group of doctor1 with other doctors, in which something was written. */
async function group(doctor, members) {
  const { roomid } = await doctor.post("discussion/create", { name: "会诊", members });
  return roomid;
}

for (const [place, options] of SIZES) {
  test(`the message list shows all, what is unread, or what waits for an answer: ${place}`, async () => {
    const [resident, doctor] = [await login("user", "resident1"), await login("doctor", "doctor1")];
    const colleague = await login("doctor", "doctor2");
    await resident.write(doctor, "asked");
    const roomid = await group(doctor, [colleague.uid]);
    await doctor.post("send", { roomid, body: "answered" });
    const page = await enter(browser, server, "doctor", "doctor1", options);
    const lines = page.locator(".lines .line");
    const previews = () => page.locator(".lines .line .preview").allTextContents();
    await page.locator(".line", { hasText: "answered" }).waitFor();
    const all = await lines.count();
    assert.ok(all > 2);
    await page.getByRole("button", { name: /^(Unread|未读)$/ }).click();
    assert.deepEqual(await previews(), ["asked"]);
    await shoot(page, `filter-${place}`);
    await lines.first().click();
    await page.locator(".bubble", { hasText: "asked" }).waitFor();
    if (place === "phone") await page.locator(".back:visible").click();
    else assert.deepEqual(await previews(), ["asked"], "what is open stays");
    await page.getByRole("button", { name: /^(To be answered|待回复)$/ }).click();
    assert.deepEqual(await previews(), ["asked"]);
    await resident.write(doctor, "asked again");
    await page.locator(".line", { hasText: "asked again" }).waitFor();
    await doctor.write(resident, "done");
    await openChat(page, "张三");
    await write(page, "take care");
    await page.locator(".bubble .mark.sent, .bubble .mark.delivered").first().waitFor();
    await page
      .getByRole("link", { name: /^(Messages|消息)/ })
      .first()
      .click();
    await page.getByText(/^(There is none\.|暂无。)$/).waitFor();
    await page.getByRole("button", { name: /^(All|全部)$/ }).click();
    assert.equal(await lines.count(), all);
  });

  test(`what is new below is counted, and read only once it was in view: ${place}`, async () => {
    const [resident, doctor] = [await login("user", "resident1"), await login("doctor", "doctor1")];
    for (let number = 1; number <= 30; number++) await doctor.write(resident, `earlier ${number}.`);
    const page = await enter(browser, server, "user", "resident1", options);
    const unread = async () => {
      const { items } = await resident.get("message/list");
      return items[0].unread;
    };
    const settled = async (count) => {
      for (let tries = 0; tries < 60 && (await unread()) !== count; tries++) await page.waitForTimeout(100);
      return unread();
    };
    await openChat(page, "王医生");
    const below = page.locator(".below");
    await page.locator(".news").waitFor();
    await below.waitFor();
    const top = await page.evaluate(() => document.querySelector(".scroll").scrollTop);
    assert.ok(top < 100, "one begins to read at the first that is new");
    await page.waitForTimeout(500);
    const left = await unread();
    assert.ok(left > 5 && left < 30, `${left} are not in view`);
    assert.match(await below.textContent(), new RegExp(`^${left} (new|条新消息)`));
    await shoot(page, `below-${place}`);
    await below.click();
    await below.waitFor({ state: "hidden" });
    assert.equal(await settled(0), 0);

    await page.locator(".scroll").evaluate((scroll) => (scroll.scrollTop = 0));
    await page.waitForTimeout(200);
    for (const text of ["one", "two", "three"]) await doctor.write(resident, text);
    await below.filter({ hasText: /^3 / }).waitFor();
    assert.equal(await unread(), 3);
    await below.click();
    assert.equal(await settled(0), 0);
    await page.locator(".bubble", { hasText: "three" }).waitFor();
    const first = await page.evaluate(
      () => document.querySelector(".news").nextElementSibling.querySelector(".body").textContent,
    );
    assert.match(first, /^earlier 1\./, "what came since has not moved where the news begin");
  });

  test(`in a group one sees how many have read, and who: ${place}`, async () => {
    const [doctor, colleague, third] = [
      await login("doctor", "doctor1"),
      await login("doctor", "doctor2"),
      await login("doctor", "doctor3"),
    ];
    await group(doctor, [colleague.uid, third.uid]);
    const page = await enter(browser, server, "doctor", "doctor1", options);
    const other = await enter(browser, server, "doctor", "doctor2");
    await openChat(page, "会诊");
    await write(page, "谁有空？");
    await page.locator(".mark.sent, .mark.delivered").waitFor();
    await openChat(other, "会诊");
    const mark = page.getByRole("button", { name: /^(1 of 2 read|1\/2 已读)$/ });
    await mark.waitFor();
    await mark.click();
    const dialog = page.getByRole("dialog");
    assert.deepEqual(await dialog.locator("li").allTextContents(), ["李医生", "赵医生"]);
    await shoot(page, `readers-${place}`);
    await page.keyboard.press("Escape");
    await page.reload();
    await mark.waitFor();
    const last = await enter(browser, server, "doctor", "doctor3");
    await openChat(last, "会诊");
    await page.getByRole("button", { name: /^(2 of 2 read|2\/2 已读)$/ }).waitFor();
  });
}
