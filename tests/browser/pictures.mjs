// Takes the pictures of the README anew: node tests/browser/pictures.mjs [FOLDER]

import { join } from "node:path";
import { browse, enter, openChat, Server, write } from "./stage.mjs";

const folder = process.argv[2] ?? new URL("../../docs/images", import.meta.url).pathname;
const browser = await browse();
const server = await Server.start();
const PHONE = { viewport: { width: 390, height: 780 } };
const take = async (page, name) => {
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(folder, `${name}.png`) });
};

const resident = await enter(browser, server, "user", "resident1", { ...PHONE, locale: "zh-CN" });
const doctor = await enter(browser, server, "doctor", "doctor1");
const friend = await enter(browser, server, "doctor", "doctor3", { colorScheme: "dark" });
await openChat(resident, "王医生");
await openChat(doctor, "张三");
const say = async (page, other, text) => {
  await write(page, text);
  await other.locator(".bubble", { hasText: text }).waitFor();
};
await say(resident, doctor, "王医生您好，我这两天头疼，睡不好。");
await say(doctor, resident, "您好！有没有发烧？血压量过吗？");
await say(resident, doctor, "没有发烧，血压 138/88。");
await say(doctor, resident, "先多休息，少喝咖啡。明天上午可以来门诊看一下。");
await say(resident, doctor, "好的，谢谢王医生！");
await take(doctor, "doctor");
await take(resident, "resident-phone");
await doctor.getByRole("link", { name: /Contracts/ }).click();
await take(doctor, "contracts");
const newcomer = await enter(browser, server, "user", "resident2");
await newcomer.getByRole("link", { name: "Contract" }).click();
await take(newcomer, "sign");
await friend.getByRole("link", { name: /Duty desk/ }).click();
await take(friend, "duty-dark");
const entry = await (await browser.newContext({ locale: "en-GB", viewport: { width: 1180, height: 640 } })).newPage();
await entry.goto(server.url);
await take(entry, "entry");

for (const name of ["Notices", "Appointments", "Friends"]) {
  const link = doctor.getByRole("link", { name: new RegExp(name) });
  if (!await link.count()) continue;
  await link.click();
  await take(doctor, name.toLowerCase());
}
const calling = doctor.getByRole("button", { name: "Video call" });
await openChat(doctor, "张三");
if (await calling.count()) {
  await calling.click();
  await resident.locator("dialog.call .primary").waitFor();
  await take(resident, "ringing-phone");
  await resident.locator("dialog.call .primary").click();
  await doctor.locator("dialog.call[data-state=active]").waitFor();
  await doctor.waitForTimeout(2_000);
  await take(doctor, "call");
  await take(resident, "call-phone");
}
const office = await enter(browser, server, "admin", "admin").catch(() => null);
for (const link of office ? await office.locator("nav a").all() : []) {
  await link.click();
  await take(office, `office-${(await link.getAttribute("href")).slice(2)}`);
}
await browser.close();
await server.close();
