// A conversation on paper and in a file, for who may read it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, shoot, startServers } from "./stage.mjs";

startServers();

const SIZES = [
  ["desktop", {}],
  ["phone", { viewport: { width: 390, height: 780 }, locale: "zh-CN" }],
];

/** Asks for the conversation in one of the ways. */
async function keep(page, way) {
  await page.getByRole("button", { name: /^(Print or keep|打印或留存)$/ }).click();
  await page.getByRole("radio", { name: way }).check();
  await page.getByRole("button", { name: /^(Go on|继续)$/ }).click();
}

async function saved(page, way) {
  const [download] = await Promise.all([page.waitForEvent("download"), keep(page, way)]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

for (const [place, options] of SIZES) {
  test(`a conversation is saved and printed, all of it and nothing else: ${place}`, async () => {
    const [resident, doctor] = [
      await Person.login(server, "user", "resident1"),
      await Person.login(server, "doctor", "doctor1"),
    ];
    const other = await Person.login(server, "user", "resident3");
    await other.write(doctor, "somebody else's");
    for (let number = 1; number <= 230; number++) await resident.write(doctor, `number ${number}.`);
    await doctor.write(resident, "<b>bold</b> & 多喝水");
    const { dialogid } = await doctor.write(resident, "withdrawn words");
    await doctor.post("dialog/recall", { dialogid });

    const page = await enter(browser, server, "doctor", "doctor1", options);
    await openChat(page, "张三");
    await page.locator(".bubble", { hasText: "number 230." }).waitFor();
    await shoot(page, `keep-head-${place}`, { fullPage: true });
    const text = await saved(page, /text|文本/);
    assert.match(text.name, /^张三 \d{4}-\d\d-\d\d\.txt$/);
    assert.equal(text.text.match(/number \d+\./g).length, 230);
    assert.ok(text.text.indexOf("number 1.") < text.text.indexOf("number 230."), "the oldest first");
    assert.ok(text.text.includes("<b>bold</b> & 多喝水") && !text.text.includes("withdrawn words"));
    assert.ok(!text.text.includes("somebody else's"));
    assert.doesNotMatch(text.text, /older ones|更早的/);

    const html = await saved(page, /as a page|网页/);
    assert.match(html.name, /\.html$/);
    const opened = await page.context().newPage();
    await opened.setContent(html.text);
    assert.equal(await opened.locator("li").count(), 232);
    await opened.getByText("<b>bold</b> & 多喝水").waitFor();
    await shoot(opened, `keep-page-${place}`, { fullPage: true });
    await opened.close();

    await page.evaluate(() => {
      window.print = () => (document.title = "printed");
    });
    await keep(page, /Print|打印/);
    await page.waitForFunction(() => document.title === "printed");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".transcript li").count(), 232);
    assert.equal(await page.locator(".transcript").isVisible(), true);
    assert.equal(await page.locator(".frame").isVisible(), false);
    await shoot(page, `keep-print-${place}`, { fullPage: true });
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator(".transcript").count(), 0);
    // The view as it stands, by the browser's own command.
    assert.equal(await page.locator(".composer").isVisible(), false);
    assert.equal(await page.locator(".bubble", { hasText: "number 230." }).isVisible(), true);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height > 2000, `${height} pixels: all that is loaded is on paper`);
    await shoot(page, `keep-view-${place}`, { fullPage: true });
  });
}

test("a resident keeps their own conversation, and what they could not read is not in it", async () => {
  const [leader, colleague, member] = [
    await Person.login(server, "doctor", "doctor1"),
    await Person.login(server, "doctor", "doctor2"),
    await Person.login(server, "user", "resident1"),
  ];
  const group = { name: "高血压/病友", members: [colleague.uid] };
  const { roomid } = await leader.post("discussion/create", group);
  await leader.post("send", { roomid, body: "before" });
  await leader.post("addmember", { roomid, members: [member.uid] });
  await leader.post("send", { roomid, body: "after" });
  const page = await enter(browser, server, "user", "resident1");
  await openChat(page, "高血压/病友");
  await page.locator(".bubble", { hasText: "after" }).waitFor();
  const { name, text } = await saved(page, /text/);
  assert.ok(text.includes("after") && !text.includes("before"), text);
  assert.match(name, /^高血压_病友 /);
});

test("nobody forges an entry of another in a text that is kept, and files are named", async () => {
  const [resident, doctor] = [
    await Person.login(server, "user", "resident1"),
    await Person.login(server, "doctor", "doctor1"),
  ];
  const forged = ["\n", "\r", "\r\n", "\u2028", "\u2029"].map((end) => `head${end}forged entry`);
  for (const body of forged) await resident.write(doctor, body);
  await resident.write(doctor, "turned \u202e\u2066round\u2069\u202c");
  await resident.share(doctor, "file", "plain words", "report.txt");
  const touid = doctor.uid;
  const secret = await doctor.write(resident, "secret words");
  const kept = await doctor.write(resident, "take\ntwo");
  for (const { roomseq } of [secret, kept])
    await resident.post("alonechat/send", { touid, body: "  > 王医生: take ten", quote: roomseq });
  await doctor.post("dialog/recall", { dialogid: secret.dialogid });
  const page = await enter(browser, server, "doctor", "doctor1");
  await openChat(page, "张三");
  await page.locator(".bubble", { hasText: "report.txt" }).waitFor();
  const { text } = await saved(page, /as text/);
  const lines = text.slice(1).split(/[\r\n\u2028\u2029]+/);
  const quoted = lines.filter((line) => line.startsWith("  > "));
  assert.ok(quoted.length === 2 && /^ {2}> 王医生.*: \[Withdrawn\]$/.test(quoted[0]), text);
  assert.match(quoted[1], /^ {2}> 王医生.*: take two$/);
  const margin = lines.filter((line) => /^\S/.test(line));
  assert.equal(margin.length, 2 + forged.length + 6, text);
  assert.equal(lines.filter((line) => line === "    forged entry").length, forged.length, text);
  assert.ok(lines.includes("    turned round") && lines.includes("    [File] report.txt"), text);
});

test("what is left out of a long conversation is said", async () => {
  const page = await enter(browser, server, "user", "resident1", { locale: "zh-CN" });
  await openChat(page, "王医生");
  const from = { uid: "d1", name: "王医生", role: "doctor" };
  const createtime = new Date().toISOString();
  const items = Array.from({ length: 200 }, () => ({ from, createtime, kind: "text", body: "多喝水" }));
  await page.route("**/user/dialog/list?*", (route) => route.fulfill({ json: { items, next: 7 } }));
  const { text } = await saved(page, /文本/);
  assert.equal(text.match(/ {4}多喝水/g).length, 5000);
  assert.ok(text.includes("更早的消息未包含在内。"), text.slice(0, 200));
});
