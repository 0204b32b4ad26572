// Takes the pictures of the README anew: node tests/browser/pictures.mjs [FOLDER]

import { join } from "node:path";
import { Server } from "./server.mjs";
import { attach, browse, enter, openChat, write } from "./stage.mjs";

const folder = process.argv[2] ?? new URL("../../docs/images", import.meta.url).pathname;
const browser = await browse();
const server = await Server.start();
const PHONE = { viewport: { width: 390, height: 780 } };
const take = async (page, name) => {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.waitForFunction(() => !document.querySelector("#notes p"));
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(folder, `${name}.png`) });
};
const say = async (page, other, text) => {
  await write(page, text);
  await other.locator(".bubble", { hasText: text }).waitFor();
};

/** A week of blood pressure, drawn as somebody's own notes would have it. */
const chart = (page) =>
  page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 560, height: 320 });
    const pen = canvas.getContext("2d");
    const line = (values, colour) => {
      Object.assign(pen, { strokeStyle: colour, fillStyle: colour, lineWidth: 4 });
      pen.beginPath();
      values.forEach((value, day) => pen.lineTo(50 + day * 77, 300 - (value - 60) * 2.6));
      pen.stroke();
      values.forEach((value, day) => pen.fillRect(46 + day * 77, 296 - (value - 60) * 2.6, 8, 8));
    };
    Object.assign(pen, { fillStyle: "#fffdf7" });
    pen.fillRect(0, 0, 560, 320);
    Object.assign(pen, { fillStyle: "#555", font: "24px sans-serif" });
    pen.fillText("血压记录 11/16–11/22", 40, 40);
    line([142, 138, 145, 139, 136, 138, 132], "#b4432f");
    line([92, 90, 95, 91, 88, 90, 86], "#2f6db4");
    const blob = await new Promise((resolve) => canvas.toBlob(resolve));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });

const resident = await enter(browser, server, "user", "resident1", { ...PHONE, locale: "zh-CN" });
const doctor = await enter(browser, server, "doctor", "doctor1");
await openChat(resident, "王医生");
await openChat(doctor, "张三");
await say(resident, doctor, "王医生您好，我这两天头疼，睡不好。");
await say(doctor, resident, "您好！有没有发烧？血压量过吗？");
await attach(resident, {
  name: "血压记录.png",
  mimeType: "image/png",
  buffer: Buffer.from(await chart(resident)),
});
await doctor.waitForFunction(() => document.querySelector(".bubble img")?.naturalWidth > 1);
await say(resident, doctor, "没有发烧，这是一周的血压。");
await say(doctor, resident, "在慢慢下降，很好。先多休息，少喝咖啡，明天上午可以来门诊看一下。");
await say(resident, doctor, "好的，谢谢王医生！");
await take(doctor, "doctor");
await take(resident, "resident-phone");

await doctor.getByRole("button", { name: "Video call" }).click();
await resident.locator("dialog.call .primary").waitFor();
await take(resident, "ringing-phone");
await doctor.getByRole("button", { name: "Hang up" }).click();

const newcomer = await enter(browser, server, "user", "resident2");
await newcomer.getByRole("link", { name: "Contract" }).click();
await newcomer.getByRole("button", { name: "Apply to 王医生" }).click();
await newcomer.locator("dialog button.primary").click();
await doctor.getByRole("link", { name: /Contracts 1/ }).click();
await take(doctor, "contracts");

const patient = await enter(browser, server, "user", "resident3");
await openChat(patient, "李医生");
await write(patient, "李医生，孩子发烧 38.5 度，需要马上去医院吗？");
await patient.locator(".mark.sent").waitFor();
const onDuty = await enter(browser, server, "doctor", "doctor3", {
  colorScheme: "dark",
  viewport: { width: 1180, height: 620 },
});
await onDuty.getByRole("link", { name: /Duty desk/ }).click();
await onDuty.locator(".question").first().waitFor();
await take(onDuty, "duty-dark");

const admin = await enter(browser, server, "admin", "admin");
await admin.getByRole("link", { name: "Announcements" }).click();
await admin.getByLabel("Title").fill("流感疫苗接种通知");
await admin.getByLabel("Text").fill("本周六上午 8 点起，社区卫生服务中心接种流感疫苗。");
await admin.getByRole("button", { name: "Announce" }).click();
await resident.locator(".back:visible").click();
await resident.locator(".line", { hasText: "流感疫苗" }).click();
await admin.locator("summary", { hasText: "流感疫苗" }).click();
await admin.locator("meter").first().waitFor();
await admin.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
await take(admin, "reach");
await browser.close();
await server.close();
