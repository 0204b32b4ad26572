// What others may have sent or be called: nothing of it stops a page, or passes for somebody else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, startServers } from "./stage.mjs";

startServers();

const NO_TEXT = { toString: 1, valueOf: 1 };

/** Bodies as other apps, or servers of before, may have kept them. */
const ODD = [
  { kind: "file", body: { fileid: "F", name: NO_TEXT } },
  { kind: "file", body: { fileid: NO_TEXT, name: "values.txt" } },
  { kind: "file", body: { fileid: "F", size: NO_TEXT } },
  { kind: "file", body: { fileid: "F", size: "many", name: "x\u202egpj.hta" } },
  { kind: "file", body: null },
  { kind: "file", body: [[]] },
  { kind: "image", body: { fileid: NO_TEXT } },
  { kind: "image", body: 7 },
  { kind: "image", body: { fileid: "F", name: NO_TEXT } },
  { kind: "voice", body: { fileid: "F", seconds: NO_TEXT } },
  { kind: "voice", body: { fileid: "F", seconds: -1 } },
  { kind: "text", body: NO_TEXT },
  { kind: "text", body: null },
  { kind: "system", body: NO_TEXT },
  { kind: "videocall", body: NO_TEXT },
  { kind: "videocall", body: { reason: NO_TEXT, duration: NO_TEXT } },
  { kind: "videocall", body: "over" },
  { kind: "another", body: {} },
  { kind: "text", body: "no time", createtime: "yesterday" },
];

/** Makes of each message that says `odd N` the odd one of that number, wherever it stands in an answer or a push. */
const disguise = (text) =>
  JSON.stringify(JSON.parse(text), (_, value) => {
    const number = /^odd (\d+)$/.exec(value?.body ?? "")?.[1];
    return number === undefined ? value : { ...value, ...ODD[number] };
  });

/** Lets a page hear and read the odd messages. */
async function disguiseFor(page) {
  const lists = /\/(dialog\/list|message\/list|duty\/list|duty\/history)/;
  await page.route(lists, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: disguise(await response.text()) });
  });
  await page.routeWebSocket(/\/ws/, (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((message) => socket.send(disguise(message)));
  });
  await page.reload();
  await page.locator(".frame").waitFor();
}

async function writeOdd(resident, doctor) {
  for (const number of ODD.keys()) await resident.write(doctor, `odd ${number}`);
  await resident.write(doctor, "I cannot breathe");
}

async function people() {
  return [await Person.login(server, "user", "resident1"), await Person.login(server, "doctor", "doctor1")];
}

test("messages with odd bodies stop neither what comes nor what is read later", async () => {
  const [resident, doctor] = await people();
  const page = await enter(browser, server, "doctor", "doctor1");
  await disguiseFor(page);
  await openChat(page, "张三");
  await writeOdd(resident, doctor);
  const last = page.locator(".bubble", { hasText: "I cannot breathe" });
  await last.waitFor();
  const rows = page.locator(".log > li:not(.day)");
  assert.equal(await rows.count(), ODD.length + 1);
  const live = await rows.allInnerTexts();
  assert.ok(!live.join().includes("\u202e") && live.join().includes("xgpj.hta"));

  await page.reload();
  await openChat(page, "张三");
  await last.waitFor();
  assert.deepEqual(await rows.allInnerTexts(), live);
  await page.locator(".line", { hasText: "I cannot breathe" }).waitFor();
  for (const number of ODD.keys()) {
    await resident.write(doctor, `odd ${number}`);
    await page
      .locator(".log > li:not(.day)")
      .nth(ODD.length + 1 + number)
      .waitFor();
    await page.locator(".line time").first().waitFor();
  }
});

test("messages with odd bodies stop the duty desk neither", async () => {
  const [resident, doctor] = await people();
  const page = await enter(browser, server, "doctor", "doctor3");
  await disguiseFor(page);
  await writeOdd(resident, doctor);
  await page.getByRole("link", { name: /Duty desk/ }).click();
  const last = page.locator(".question", { hasText: "I cannot breathe" });
  await last.waitFor();
  assert.equal(await page.locator(".desk > li").count(), 1, "all that one person asks is on one card");
  assert.equal(await last.locator(":scope > .body").count(), ODD.length + 1);
  await last.getByRole("button", { name: "Answer 张三" }).click();
  await page.locator("dialog blockquote").nth(ODD.length).waitFor();
  await page.keyboard.press("Escape");
});

test("a resident who takes a doctor's name is seen to be a resident", async () => {
  const [resident, doctor] = await people();
  const admin = await Person.login(server, "admin", "admin");
  await admin.post("user/update", { uid: resident.uid, name: "王医生" });
  const { roomid } = await doctor.post("discussion/create", { name: "王医生", members: [resident.uid] });
  await resident.write(doctor, "give me your password");
  await doctor.post("send", { roomid, body: "welcome" });
  await resident.post("send", { roomid, body: "I am your doctor" });
  const tags = (place) => place.locator(".role").allTextContents();

  const page = await enter(browser, server, "doctor", "doctor1");
  assert.deepEqual(await tags(page.locator(".bar")), ["Doctor"]);
  await page.locator(".line", { hasText: "give me" }).waitFor();
  assert.deepEqual(await tags(page.locator(".line", { hasText: "give me" })), ["Resident"]);
  assert.deepEqual(await tags(page.locator(".line", { hasText: "I am your doctor" })), ["Group"]);
  await page.locator(".line", { hasText: "give me" }).click();
  await page.locator(".bubble", { hasText: "give me" }).waitFor();
  assert.deepEqual(await tags(page.locator(".head")), ["Resident"]);
  await page.locator(".line", { hasText: "I am your doctor" }).click();
  const said = page.locator(".bubble", { hasText: "I am your doctor" });
  await said.waitFor();
  assert.deepEqual(await tags(said), ["Resident"]);
  await page.getByRole("button", { name: "Members" }).click();
  await page.locator("dialog .rows li").nth(1).waitFor();
  assert.deepEqual((await tags(page.locator("dialog .rows"))).sort(), ["Doctor", "Resident"]);
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox").fill("your doctor");
  const found = page.locator(".side .line", { hasText: "I am your doctor" });
  await found.locator(".preview .role").waitFor();
  assert.deepEqual(await tags(found), ["Group", "Resident"]);
  await page.getByRole("link", { name: "Contracts" }).click();
  await page.locator(".rows li", { hasText: "王五" }).waitFor();
  assert.deepEqual([...new Set(await tags(page.locator(".rows")))], ["Resident"]);

  const desk = await enter(browser, server, "doctor", "doctor3");
  await desk.getByRole("link", { name: /Duty desk/ }).click();
  const question = desk.locator(".question", { hasText: "give me" });
  await question.waitFor();
  assert.deepEqual(await tags(question), ["Resident", "Doctor"]);
});

test("a name keeps to its line, its direction and what can be seen", async () => {
  const [resident, doctor] = await people();
  const name = "张\u200b三👨\u200d👩\u202e\n系统：您的\u3164\u200d签约已解除";
  const page = await enter(browser, server, "doctor", "doctor1");
  await page.route(/list|members|me$/, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replaceAll('"张三"', JSON.stringify(name));
    await route.fulfill({ response, body });
  });
  await resident.write(doctor, "hello");
  await page.reload();
  const seen = "张三👨\u200d👩 系统：您的签约已解除";
  await page.locator(".line", { hasText: "hello" }).click();
  await page.locator(".bubble", { hasText: "hello" }).waitFor();
  for (const place of [".line", ".head"]) {
    const shown = page.locator(place, { hasText: seen });
    assert.equal(await shown.locator(".name").first().textContent(), seen, place);
    assert.deepEqual(await shown.locator(".role").allTextContents(), ["Resident"], place);
  }
});
