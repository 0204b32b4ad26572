// Quoting a message: from its bubble, above the place to write, in the bubble that quotes it; the way to the original,
// and what becomes of the words when that is withdrawn.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import {
  PHONE,
  PICTURE,
  attach,
  browser,
  enter,
  openChat,
  server,
  shoot,
  startServers,
  write,
} from "./stage.mjs";

startServers();

const bubbleOf = (page, text) => page.locator(".bubble", { hasText: text });

/** Quotes the message that holds a text. */
async function quote(page, text) {
  const bubble = bubbleOf(page, text).first();
  await bubble.hover();
  await bubble.getByRole("button", { name: /^(Quote it|引用)$/ }).click();
}

for (const [place, options] of [
  ["desktop", {}],
  ["phone", PHONE],
]) {
  test(`a message is quoted, and its words go with it: ${place}`, async () => {
    const [doctor, patient] = [
      await Person.login(server, "doctor", "doctor1"),
      await Person.login(server, "user", "resident1"),
    ];
    await doctor.write(patient, "Good morning");
    const original = await doctor.write(
      patient,
      "Take two of the\nwhite pills at noon, and rest for an hour or so",
    );
    const resident = await enter(browser, server, "user", "resident1", options);
    await openChat(resident, "王医生");
    const reader = await enter(browser, server, "doctor", "doctor1");
    await openChat(reader, "张三");

    await quote(resident, "Good morning");
    const quoting = resident.locator(".quoting");
    await quoting.getByText("Good morning").waitFor();
    await quoting.getByRole("button").click();
    assert.equal(await quoting.isVisible(), false);
    await quote(resident, "white pills");
    await quoting.getByText("王医生").waitFor();
    assert.equal(await resident.evaluate(() => document.activeElement.localName), "textarea");
    await shoot(resident, `quoting-${place}`);
    await write(resident, "Before the meal, or after it?");
    assert.equal(await quoting.isVisible(), false);
    await quote(resident, "Good morning");
    await attach(resident, { name: "pills.png", mimeType: "image/png", buffer: PICTURE });
    for (const page of [resident, reader]) {
      const line = bubbleOf(page, "Before the meal").locator(".quoted", { hasText: "white pills at noon" });
      await line.getByText("王医生").waitFor();
      await page.locator(".bubble .body.image .quoted", { hasText: "Good morning" }).waitFor();
    }
    await shoot(resident, `quoted-${place}`);
    await shoot(reader, `quoted-reader-${place}`);
    const [box, body] = [
      await bubbleOf(resident, "Before the meal").locator(".quoted").boundingBox(),
      await bubbleOf(resident, "Before the meal").locator(".body").boundingBox(),
    ];
    assert.ok(box.width <= body.width && box.x >= body.x, "the line stays in its bubble");

    // What is about to be quoted and is withdrawn meanwhile is not quoted.
    await quote(resident, "white pills at noon, and rest");
    await doctor.post("dialog/recall", { dialogid: original.dialogid });
    for (const page of [resident, reader]) {
      await bubbleOf(page, "Before the meal")
        .locator(".quoted", { hasText: /Withdrawn|已撤回/ })
        .waitFor();
      assert.equal((await page.locator("body").textContent()).includes("white pills"), false);
    }
    assert.equal(await quoting.isVisible(), false);
    await shoot(resident, `quote-withdrawn-${place}`);
  });

  test(`a quoted line leads to a message that was not read yet: ${place}`, async () => {
    const [doctor, patient] = [
      await Person.login(server, "doctor", "doctor1"),
      await Person.login(server, "user", "resident1"),
    ];
    const { roomseq } = await patient.write(doctor, "My allergies: penicillin");
    for (let number = 1; number <= 120; number++) await patient.write(doctor, `line ${number}`);
    await doctor.post("alonechat/send", { touid: patient.uid, body: "Since when?", quote: roomseq });
    const resident = await enter(browser, server, "user", "resident1", options);
    await openChat(resident, "王医生");
    const line = bubbleOf(resident, "Since when?").locator(".quoted", { hasText: "penicillin" });
    await line.waitFor();
    await shoot(resident, `quote-far-${place}`);
    await line.click();
    const sought = resident.locator(".bubble.sought", { hasText: "penicillin" });
    await sought.waitFor();
    await resident.waitForFunction(() => {
      const { top, bottom } = document.querySelector(".sought").getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
    await shoot(resident, `quote-sought-${place}`);
  });
}

test("doctors of a team quote each other, and the desk quotes what it answers", async () => {
  const [asking, doctor, patient] = [
    await Person.login(server, "doctor", "doctor2"),
    await Person.login(server, "doctor", "doctor1"),
    await Person.login(server, "user", "resident1"),
  ];
  const { teams } = await asking.get("me");
  await asking.post("teammatechat/send", { stid: teams[0], body: "Who is free at three?" });
  const leader = await enter(browser, server, "doctor", "doctor1");
  await openChat(leader, "签约团队一");
  await quote(leader, "Who is free");
  await write(leader, "I am");
  await bubbleOf(leader, "I am").locator(".quoted", { hasText: "Who is free" }).waitFor();

  await patient.write(doctor, "Shall I come?");
  await patient.write(doctor, "Or call?");
  const desk = await enter(browser, server, "doctor", "doctor3");
  await desk.getByRole("link", { name: /Duty desk/ }).click();
  await desk.getByRole("button", { name: "Answer 张三" }).click();
  const dialog = desk.locator("dialog");
  await dialog.locator("blockquote", { hasText: "Shall I come?" }).getByRole("button").click();
  await dialog.locator(".quoting", { hasText: "Shall I come?" }).waitFor();
  await dialog.getByLabel(/Your answer in the place of 王医生/).fill("Please do.");
  await dialog.locator("button.primary").click();
  await dialog.waitFor({ state: "detached" });
  const resident = await enter(browser, server, "user", "resident1");
  await openChat(resident, "王医生");
  await bubbleOf(resident, "Please do.").locator(".quoted", { hasText: "Shall I come?" }).waitFor();
});

for (const [place, options] of [
  ["desktop", {}],
  ["phone", PHONE],
]) {
  test(`a card of the desk shows what a question quotes: ${place}`, async () => {
    const [doctor, patient] = [
      await Person.login(server, "doctor", "doctor1"),
      await Person.login(server, "user", "resident1"),
    ];
    const ask = (body, { roomseq }) =>
      patient.post("alonechat/send", { touid: doctor.uid, body, quote: roomseq });
    const pills = await doctor.write(patient, "Take the white pills");
    const which = await ask("These ones?", pills);
    await ask("I mean this", which);
    const desk = await enter(browser, server, "doctor", "doctor3", options);
    await desk.getByRole("link", { name: /Duty desk|值班台/ }).click();
    const question = desk.locator(".question");
    await question
      .locator(".body", { hasText: "These ones?" })
      .locator(".quoted", { hasText: "white pills" })
      .waitFor();
    await question
      .locator(".body", { hasText: "I mean this" })
      .locator(".quoted", { hasText: "These ones?" })
      .waitFor();
    await shoot(desk, `quote-desk-${place}`);
    // Who may not answer it sees the words of the question alone.
    const admin = await Person.login(server, "admin", "admin");
    await admin.post("/admin/duty/claim", { dialogid: which.dialogid });
    await question.getByText(/taken on by a colleague|同事处理中/).waitFor();
    const taken = question.filter({ hasText: /taken on by a colleague|同事处理中/ });
    assert.equal(await taken.locator(".quoted").count(), 0);
  });
}

test("what was withdrawn between quoting and sending is sent without it at the second try", async () => {
  const [doctor, patient] = [
    await Person.login(server, "doctor", "doctor1"),
    await Person.login(server, "user", "resident1"),
  ];
  const original = await doctor.write(patient, "Not for you");
  const resident = await enter(browser, server, "user", "resident1");
  await openChat(resident, "王医生");
  await quote(resident, "Not for you");
  // The news of it comes after the message.
  await resident.route("**/alonechat/send", async (route) => {
    await doctor.post("dialog/recall", { dialogid: original.dialogid }).catch(() => {});
    await route.continue();
  });
  await write(resident, "What is this?");
  await resident.locator("#notes", { hasText: "The quoted message is not there." }).waitFor();
  await resident.getByRole("button", { name: "Try again" }).click();
  await bubbleOf(resident, "What is this?").locator(".mark:not(.failed):not(.sending)").waitFor();
  assert.equal(await bubbleOf(resident, "What is this?").locator(".quoted").count(), 0);
});
