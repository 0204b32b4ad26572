// The duty desk: a question waits, a doctor on duty answers it, and the resident sees who did.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import {
  PHONE,
  PICTURE,
  browser,
  enter,
  logIn,
  openChat,
  server,
  shareServer,
  shoot,
  write,
} from "./stage.mjs";

shareServer();

test("the doctor on duty takes a question on and answers in the doctor's place", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const doctor = await enter(browser, server, "doctor", "doctor1");
  const onDuty = await enter(browser, server, "doctor", "doctor3");
  assert.equal(
    await doctor.getByRole("link", { name: "Duty desk" }).count(),
    0,
    "who is not on duty has no desk",
  );
  await openChat(resident, "王医生");
  await openChat(doctor, "张三");
  await write(resident, "Is this fever dangerous?");
  await resident.locator(".mark.sent, .mark.delivered, .mark.read").waitFor();

  await onDuty.getByRole("link", { name: "Duty desk" }).click();
  const question = onDuty.locator(".question", { hasText: "Is this fever dangerous?" });
  await question.getByText("waiting").waitFor();
  await question.getByRole("button", { name: "Remind of the question of 张三" }).click();
  await doctor.locator(".told").waitFor();
  await question.getByRole("button", { name: "Answer 张三" }).click();
  await onDuty.getByLabel(/Your answer in the place of 王医生/).fill("Drink a lot and rest.");
  await onDuty.locator("dialog button.primary").click();
  await question.waitFor({ state: "detached" });

  for (const page of [resident, doctor]) {
    const answer = page.locator(".bubble", { hasText: "Drink a lot and rest." });
    await answer.locator(".author", { hasText: "赵医生" }).waitFor();
    await answer.getByText("on duty, in the doctor's place").waitFor();
  }
  // An administrator sits there too, although the same browser holds the cookie of a doctor off duty.
  await write(resident, "And the cough?");
  // The desk is live: it is told, long before it would read the list again.
  const cough = onDuty.locator(".question", { hasText: "And the cough?" });
  await cough.waitFor({ timeout: 10_000 });
  const admin = await doctor.context().newPage();
  await admin.goto(`${server.url}/office`);
  await logIn(admin, "admin");
  await admin.getByRole("link", { name: /Duty desk/ }).click();
  await admin.getByRole("button", { name: "Take on the question of 张三" }).click();
  await admin.getByText("taken on by you").waitFor();
  await onDuty.locator(".question").getByText("taken on by a colleague").waitFor({ timeout: 10_000 });

  for (const page of [resident, doctor, onDuty]) assert.deepEqual(page.problems, []);
});

for (const [place, options, words] of [
  ["desktop", {}, { desk: "Duty desk", on: "You are on duty now.", off: "You are off duty now." }],
  [
    "phone",
    { locale: "zh-CN", viewport: { width: 360, height: 760 } },
    { desk: "值班台", on: "您已开始值班。", off: "您的值班已结束。" },
  ],
]) {
  test(`an open page shows at once that its doctor goes on duty and off: ${place}`, async () => {
    const admin = await Person.login(server, "admin", "admin");
    const { uid } = await Person.login(server, "doctor", "doctor2");
    const page = await enter(browser, server, "doctor", "doctor2", options);
    const desk = page.getByRole("link", { name: new RegExp(words.desk) });
    await page.locator("nav a").first().waitFor();
    assert.equal(await desk.count(), 0);
    // By the roster, and by the clock.
    const { rosterid } = await admin.post("/admin/duty/roster", { uid });
    await page.getByText(words.on).waitFor();
    await desk.click();
    await page.getByRole("heading", { name: words.desk }).waitFor();
    await shoot(page, `on-duty-${place}`, { fullPage: true });
    await admin.post("/admin/duty/roster", { rosterid, ends: new Date(Date.now() + 500).toISOString() });
    await page.getByText(words.off).waitFor();
    await desk.waitFor({ state: "detached" });
    await page.locator("main.view-messages").waitFor();
    assert.deepEqual(page.problems, []);

    // What was said while the connection was gone is asked for when it is back.
    await page.context().setOffline(true);
    await admin.post("/admin/duty/roster", { uid });
    await page.context().setOffline(false);
    await desk.waitFor();
    const turns = await admin.get("/admin/duty/roster");
    const turn = turns.items.find((turn) => turn.uid === uid && turn.onduty);
    await admin.post("/admin/duty/roster", { rosterid: turn.rosterid, remove: true });
    await desk.waitFor({ state: "detached" });
    await page.context().close();
  });
}

test("the desk shows the picture of a question and what was written before it", async () => {
  const [resident, doctor, admin] = [
    await Person.login(server, "user", "resident3"),
    await Person.login(server, "doctor", "doctor2"),
    await Person.login(server, "admin", "admin"),
  ];
  await resident.write(doctor, "My skin itches");
  await doctor.write(resident, "Since when?");
  const { dialogid } = await resident.share(doctor, "image", PICTURE, "rash.png");

  const onDuty = await enter(browser, server, "doctor", "doctor3");
  await onDuty.getByRole("link", { name: "Duty desk" }).click();
  const question = onDuty.locator(".question", { has: onDuty.locator(".body.image") });
  await question.waitFor();
  await onDuty.waitForFunction(() => document.querySelector(".question img").naturalWidth === 1);
  await question.getByText("Written before").click();
  await question.locator(".before .bubble", { hasText: "Since when?" }).waitFor();
  assert.deepEqual(await question.locator(".before .body").allTextContents(), [
    "My skin itches",
    "Since when?",
  ]);

  // What comes and what changes leaves alone what is open.
  await resident.write(doctor, "It is red");
  await question.getByRole("button", { name: "Take on the question of 王五" }).click();
  await question.getByText("taken on by you").waitFor();
  await onDuty.locator(".question", { hasText: "It is red" }).waitFor();
  // One person is one card, with all that waits of them.
  await question.getByText("2 questions").waitFor();
  assert.equal(await onDuty.locator(".question", { hasText: "王五" }).count(), 1);
  await question.locator(".before .bubble", { hasText: "Since when?" }).waitFor();

  await question.getByRole("button", { name: "Answer 王五" }).click();
  const dialog = onDuty.locator("dialog");
  await dialog.locator(".before .bubble", { hasText: "Since when?" }).waitFor();
  assert.equal(await dialog.locator("blockquote img").count(), 1);
  await dialog.locator("blockquote", { hasText: "It is red" }).waitFor();
  await dialog.getByLabel(/Your answer in the place of 李医生/).fill("Use this cream.");
  await dialog.locator("button.primary").click();
  await question.waitFor({ state: "detached" });
  assert.equal(await onDuty.locator(".question", { hasText: "王五" }).count(), 0, "all is answered");

  // A colleague's question is read as far as the list tells it, and no further.
  const { dialogid: next } = await resident.share(doctor, "image", PICTURE, "rash.png");
  assert.notEqual(next, dialogid);
  await admin.post("/admin/duty/claim", { dialogid: next });
  await onDuty.reload();
  const taken = onDuty.locator(".question", { hasText: "taken on by a colleague" });
  await taken.getByText("[Picture]").waitFor();
  assert.equal(await taken.locator("img, details").count(), 0);
  assert.equal(await taken.getByRole("button", { name: "Answer 王五" }).isDisabled(), true);
  assert.deepEqual(onDuty.problems, []);
});

for (const [place, role, account, options] of [
  ["desktop", "doctor", "doctor3", {}],
  ["phone", "admin", "admin", PHONE],
]) {
  test(`an answer goes with its files, all at once, and is not lost when one fails: ${place}`, async () => {
    const [resident, doctor] = [
      await Person.login(server, "user", "resident1"),
      await Person.login(server, "doctor", "doctor1"),
    ];
    const desk = await enter(browser, server, role, account, options);
    await resident.write(doctor, "How do I use the cream?");
    await desk.getByRole("link", { name: /Duty desk|值班台/ }).click();
    const question = desk.locator(".question", { hasText: "How do I use the cream?" });
    await question.getByRole("button", { name: /^(Answer 张三|回复张三)$/ }).click();
    const dialog = desk.locator("dialog");
    const files = ["first.png", "second.png"].map((name) => ({
      name,
      mimeType: "image/png",
      buffer: PICTURE,
    }));
    await dialog.locator("input[type=file]").setInputFiles(files);
    await dialog.locator(".tray input").nth(1).fill("thinly");
    await dialog.locator("textarea").fill("As in the pictures.");
    await shoot(desk, `answer-${place}`);
    await desk.route("**/file", (route) => route.abort());
    await dialog.locator("button.primary").click();
    await dialog.getByText(/The server cannot be reached|无法连接服务器/).waitFor();
    assert.equal(await dialog.locator("textarea").inputValue(), "As in the pictures.");
    assert.equal(await dialog.locator(".tray li").count(), 2);
    await desk.unroute("**/file");
    await dialog.locator("button.primary").click();
    await question.waitFor({ state: "detached" });

    const page = await enter(browser, server, "user", "resident1", options);
    await openChat(page, "王医生");
    const bubbles = page.locator(".bubble", { has: page.locator(".author") });
    await page.locator(".body.image", { hasText: "thinly" }).last().waitFor();
    const answer = (await bubbles.locator(".body").allTextContents()).slice(-3);
    assert.deepEqual(answer, ["As in the pictures.", "", "thinly"]);
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".body.image img")]
        .slice(-2)
        .every(({ naturalWidth }) => naturalWidth === 1),
    );
    await shoot(page, `answered-${place}`);
    for (const each of [desk, page]) {
      assert.deepEqual(each.problems, []);
      await each.context().close();
    }
  });
}

test("an answer that is given up while its file uploads is not sent", async () => {
  const [resident, doctor] = [
    await Person.login(server, "user", "resident1"),
    await Person.login(server, "doctor", "doctor1"),
  ];
  await resident.write(doctor, "Shall I come?");
  const desk = await enter(browser, server, "doctor", "doctor3");
  await desk.getByRole("link", { name: /Duty desk/ }).click();
  const question = desk.locator(".question", { hasText: "Shall I come?" });
  await question.getByRole("button", { name: "Answer 张三" }).click();
  const dialog = desk.locator("dialog");
  const file = { name: "first.png", mimeType: "image/png", buffer: PICTURE };
  await dialog.locator("input[type=file]").setInputFiles(file);
  await dialog.locator("textarea").fill("Never mind.");
  const sent = [];
  desk.on("request", (request) => request.url().endsWith("/duty/sendmsg") && sent.push(request));
  const held = new Promise((resolve) => desk.route("**/file", resolve));
  await dialog.locator("button.primary").click();
  const route = await held;
  assert.equal(await dialog.locator(".tray").evaluate((tray) => tray.inert), true);
  await desk.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const [response] = await Promise.all([desk.waitForResponse("**/file"), route.continue()]);
  await response.finished();
  await desk.evaluate(() => fetch("/doctor/me")); // what follows the upload has had its turn
  assert.deepEqual(sent, []);
  await question.waitFor();
});
