// From a name, a team or the end of a phone to the conversation, also among 2,000 residents.

import assert from "node:assert/strict";
import { test } from "node:test";
import { crowded, keepTasks, longestTask, phoneOf } from "./crowd.mjs";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, startServers } from "./stage.mjs";

startServers();

const PHONE = { viewport: { width: 390, height: 780 } };
const ENGLISH = {
  locale: "en-GB",
  people: "People",
  messages: "Messages",
  none: "Nothing was found.",
  end: "Phone ends in",
  found: /^Found: \d+$/,
  send: "Send",
  cancel: "Cancel",
};
const CHINESE = {
  locale: "zh-CN",
  people: "人员",
  messages: "消息",
  none: "没有找到。",
  end: "手机尾号",
  found: /^找到 \d+ 条$/,
  send: "发送",
  cancel: "取消",
};
const WAYS = [
  ["desktop, English", {}, ENGLISH],
  ["desktop, Chinese", {}, CHINESE],
  ["phone, English", PHONE, ENGLISH],
  ["phone, Chinese", PHONE, CHINESE],
];

const shot = (page, name) =>
  process.env.SHOTS &&
  page.screenshot({ path: `${process.env.SHOTS}/people-${name.replace(", ", "-")}.png` });

const box = (page) => page.locator(".side").getByRole("searchbox");
const heading = (page, text) => page.locator(".lines").getByRole("heading", { name: text });
const names = (page) => page.locator(".lines .line .name").allTextContents();

/** Types words, and returns after how many ms a row with this text stood there. */
async function find(page, words, text) {
  await box(page).fill("");
  await page.locator(".lines .part").first().waitFor({ state: "detached" });
  await page.evaluate((text) => {
    const list = document.querySelector(".lines");
    const input = document.querySelector(".side [type=search]");
    input.addEventListener("input", () => (window.typed = performance.now()), { once: true });
    window.found = 0;
    new MutationObserver((_, observer) => {
      const isThere = [...list.querySelectorAll(".part ~ li")].some((row) => row.textContent.includes(text));
      if (!isThere) return;
      window.found = performance.now();
      observer.disconnect();
    }).observe(list, { childList: true });
  }, text);
  await box(page).fill(words);
  await page.waitForFunction(() => window.found);
  return page.evaluate(() => Math.round(window.found - window.typed));
}

for (const [place, size, words] of WAYS) {
  const options = { ...size, locale: words.locale };

  test(`a doctor gets from a name, a phone's end or a team to one of 2,000 residents: ${place}`, async () => {
    await crowded(2_000);
    const page = await enter(browser, server, "doctor", "doctor1", { ...options, init: keepTasks });
    await page.locator(".line", { hasText: "居民0" }).first().waitFor();
    await box(page).focus();

    const byName = await find(page, "居民1999", "居民1999");
    assert.deepEqual((await names(page)).slice(0, 1), ["居民1999"]);
    await heading(page, words.people).waitFor();
    await shot(page, `${place}-name`);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator(".head h2", { hasText: "居民1999" }).waitFor();
    await page.locator(".bubble", { hasText: "我头疼" }).waitFor();
    if (size === PHONE) await page.locator(".back:visible").click();

    const byPhone = await find(page, "0412", "居民412");
    await heading(page, `${words.end} 0412`).waitFor();
    assert.deepEqual(await names(page), ["居民412"]);
    await find(page, phoneOf(1_777), "居民1777");
    await find(page, "07", "居民1907");
    await heading(page, `${words.end} 07`).waitFor();
    await shot(page, `${place}-phone`);

    const byTeam = await find(page, "签约团队一", "居民0");
    assert.equal((await names(page))[0], "签约团队一", "the team's own room comes first");
    await page.locator(".lines .more button").first().click();
    await page.locator(".lines .line").nth(60).waitFor();
    await shot(page, `${place}-team`);

    // Words of messages come below the people.
    await find(page, "头疼", "我头疼");
    await heading(page, words.messages).waitFor();
    await page.getByRole("status").filter({ hasText: words.found }).waitFor({ state: "attached" });
    await box(page).fill("zzz");
    await page.getByText(words.none).waitFor();

    assert.ok(Math.max(byName, byTeam) < 500, `from the key to the row: ${byName}, ${byTeam} ms`);
    assert.ok(byPhone < 2_000, `from the key to what the server finds: ${byPhone} ms`);
    const longest = await longestTask(page);
    assert.ok(longest < 200, `nothing takes longer than 200 ms: ${longest}`);
    if (process.env.SHOTS)
      console.log(`${place}: ${byName}, ${byPhone}, ${byTeam} ms; longest task ${longest} ms`);
  });

  test(`in Contracts each row leads to the conversation, one that has not begun too: ${place}`, async () => {
    const newcomer = await Person.login(server, "user", "resident2");
    const { items } = await newcomer.get("team/list");
    const doctor = await Person.login(server, "doctor", "doctor1");
    const team = items.find(({ doctors }) => doctors.some(({ uid }) => uid === doctor.uid));
    const { sid } = await newcomer.post("/social/signed2", { stid: team.stid, doctoruid: doctor.uid });
    await doctor.post("signedprocess", { sid, accept: true });
    const page = await enter(browser, server, "doctor", "doctor1", options);
    await page.locator("nav a[href='#/contracts']").click();
    await page.getByRole("link", { name: /^(Write to 张三|给张三发消息)$/ }).waitFor();
    await shot(page, `${place}-contracts`);
    await page.getByRole("link", { name: /^(Write to 李四|给李四发消息)$/ }).click();
    await page.locator(".head h2", { hasText: "李四" }).waitFor();
    await page.locator(".composer textarea").fill("您好");
    await page.locator(".composer textarea").press("Enter");
    await page.locator(".mark.sent, .mark.delivered").waitFor();

    // A colleague's resident, with whom there is no room yet, from here and from the list.
    await page.locator("nav a[href='#/contracts']").click();
    await page.getByRole("button", { name: /^(Write to 王五|给王五发消息)$/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.cancel }).click();
    await page.locator("nav a[href='#/messages']").click();
    await find(page, "王五", "王五");
    await box(page).press("Enter");
    await page.getByRole("dialog").getByRole("textbox").fill("血压怎么样？");
    await shot(page, `${place}-first`);
    await page.getByRole("dialog").getByRole("button", { name: words.send }).click();
    await page.locator(".head h2", { hasText: "王五" }).waitFor();
    await page.locator(".bubble", { hasText: "血压怎么样？" }).waitFor();

    await doctor.post("rejectsigned", { sid, reason: "搬家" });
    await page.reload(); // whoever ends it is not told by a push
    await page.locator("nav a[href='#/contracts']").click();
    await page.getByRole("link", { name: /^(Messages with 李四|与李四的消息)$/ }).click();
    await page.locator(".bubble", { hasText: "您好" }).waitFor();
  });

  test(`a resident finds a doctor by name and by team: ${place}`, async () => {
    const page = await enter(browser, server, "user", "resident1", options);
    await find(page, "王", "王医生");
    await find(page, "签约团队一", "王医生");
    await shot(page, `${place}-resident`);
    await page.keyboard.press("Enter");
    await page.locator(".head h2", { hasText: "王医生" }).waitFor();
    await page.locator(".composer textarea").waitFor();
    if (size === PHONE) await page.locator(".back:visible").click();
    await box(page).fill("");
    await openChat(page, "王医生");
  });
}
