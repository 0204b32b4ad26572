// Not one English sentence on a Chinese page, and none of Chinese on an English one that we wrote; errors too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, shoot, startServers } from "./stage.mjs";

startServers();

/** What a page says that is English: two words beside each other, in texts and in what screen readers are told. */
const english = (page) =>
  page.evaluate(() => {
    const found = [document.title];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) found.push(texts.currentNode.data);
    for (const element of document.querySelectorAll("*"))
      for (const name of ["aria-label", "title", "placeholder", "alt"])
        found.push(element.getAttribute(name) ?? "");
    return found.filter((text) => /\p{Script=Latin}{2,}[ ,]+\p{Script=Latin}{2,}/u.test(text));
  });

const SIZES = [
  ["desktop", {}],
  ["phone", { viewport: { width: 390, height: 780 } }],
];

for (const [place, options] of SIZES) {
  test(`no English sentence stands on a Chinese page: ${place}`, async () => {
    const [resident, doctor] = [
      await Person.login(server, "user", "resident1"),
      await Person.login(server, "doctor", "doctor1"),
    ];
    const { messageid } = await resident.write(doctor, "我头疼");
    assert.ok(messageid);
    const found = [];
    for (const [role, account] of [
      ["user", "resident1"],
      ["doctor", "doctor1"],
      ["doctor", "doctor3"],
      ["admin", "admin"],
    ]) {
      const page = await enter(browser, server, role, account, { locale: "zh-CN", ...options });
      const look = async (where) => found.push(...(await english(page)).map((text) => `${where}: ${text}`));
      for (const link of await page.locator("nav a").all()) {
        await link.click();
        await page.locator("main :is(h1, h2)").first().waitFor();
        await page.waitForTimeout(300);
        for (const summary of await page.locator("main summary").all()) await summary.click();
        await look(`${role} ${await link.getAttribute("href")}`);
      }
      await page.getByRole("button", { name: "设置" }).click();
      await page.getByRole("dialog").waitFor();
      await look(`${role} settings`);
      await page.keyboard.press("Escape");
      if (account === "resident1" || account === "doctor1") {
        await openChat(page, account === "doctor1" ? "张三" : "王医生");
        await page.locator(".bubble").first().waitFor();
        await look(`${role} chat`);
      }
      await page.context().close();
    }
    assert.deepEqual(found, []);
  });

  test(`what is wrong with an entry is said in the reader's language: ${place}`, async () => {
    for (const [locale, phone, password, name] of [
      ["zh-CN", "手机号应为 5 至 20 位数字。", "密码应为 8 至 128 个字符。", "姓名不能为空。"],
      [
        "en-GB",
        "Phone must be a number of 5 to 20 digits.",
        "Password must have 8 to 128 characters.",
        "Name must not be empty.",
      ],
    ]) {
      const context = await browser.newContext({ locale, serviceWorkers: "block", ...options });
      const page = await context.newPage();
      await page.goto(`${server.url}/resident`);
      await page.locator("summary").click();
      const form = page.locator("details form");
      const refused = async (fields, words) => {
        for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
        await form.locator("button[type=submit]").click();
        await form.locator(".error", { hasText: words }).waitFor();
        if (locale === "zh-CN") assert.deepEqual(await english(page), []);
      };
      // What the browser would hold back, the server must refuse in words.
      await form.evaluate((form) => form.setAttribute("novalidate", ""));
      await refused({ name: "钱七", phone: "12", password: "long enough" }, phone);
      await shoot(page, `refused-${place}-${locale}`);
      await refused({ name: "钱七", phone: "13800001111", password: "short" }, password);
      await refused({ name: " ", phone: "13800001111", password: "long enough" }, name);
      await context.close();
    }
  });
}
