// Who somebody is: a resident writes it, the doctor sees it beside the chat and the duty doctor at the desk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { browser, enter, openChat, server, shoot, startServers, write } from "./stage.mjs";

startServers();

const PHONE = { viewport: { width: 390, height: 800 } };

/** A resident who has told who they are. */
async function told(options = {}) {
  const resident = await enter(browser, server, "user", "resident1", options);
  await resident.getByRole("link", { name: "Contract", exact: true }).click();
  const card = resident.locator(".about-me");
  await card.getByText("not known").first().waitFor();
  await card.getByRole("button", { name: "Edit" }).click();
  await resident.getByLabel("Born").fill("1952-03-08");
  await resident.getByLabel("Sex").selectOption("Woman");
  await resident.getByLabel("Allergies").fill("Penicillin");
  await resident.getByRole("button", { name: "Save" }).click();
  await card.getByText("Penicillin").waitFor();
  await shoot(resident, `person-own-${options.viewport?.width ?? "wide"}`);
  return resident;
}

test("the doctor reads and writes beside the chat who the resident is", async () => {
  const resident = await told();
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(doctor, "张三");
  await doctor.getByRole("button", { name: "About 张三" }).click();
  const about = doctor.getByRole("complementary", { name: "About 张三" });
  await about.locator("dd", { hasText: "Penicillin" }).getByText("张三").waitFor();
  await about.getByText(/^\d\d years, 1952-03-08/).waitFor();
  await about.getByText("Woman").waitFor();
  const [log, aside] = [await doctor.locator(".scroll").boundingBox(), await about.boundingBox()];
  assert.ok(log.x + log.width <= aside.x + 1, "it covers nothing of the conversation");
  await about.getByRole("button", { name: "Edit" }).click();
  await doctor.getByLabel("Long-term illnesses").fill("High blood pressure");
  await doctor.getByRole("button", { name: "Save" }).click();
  await about.locator("dd", { hasText: "High blood pressure" }).getByText("王医生").waitFor();
  await about.locator("dd", { hasText: "Penicillin" }).getByText("张三").waitFor();
  await shoot(doctor, "person-beside");
  await doctor.getByRole("button", { name: "About 张三" }).click();
  await about.waitFor({ state: "detached" });

  // Both see the same; what is asked at the desk shows it there, too.
  await openChat(resident, "王医生");
  await write(resident, "May I take amoxicillin?");
  const desk = await enter(browser, server, "doctor", "doctor3");
  await desk.getByRole("link", { name: "Duty desk" }).click();
  const question = desk.locator(".question", { hasText: "May I take amoxicillin?" });
  await question.getByText("About 张三").click();
  await question.locator(".warned", { hasText: "Penicillin" }).waitFor();
  assert.equal(await question.getByRole("button", { name: "Edit" }).count(), 0);
  await shoot(desk, "person-desk");
});

test("who writes is told of what somebody else wrote meanwhile", async () => {
  const resident = await told();
  const doctor = await enter(browser, server, "doctor", "doctor1");
  await openChat(doctor, "张三");
  await doctor.getByRole("button", { name: "About 张三" }).click();
  const about = doctor.getByRole("complementary", { name: "About 张三" });
  await about.getByRole("button", { name: "Edit" }).click();
  await resident.locator(".about-me").getByRole("button", { name: "Edit" }).click();
  await resident.getByLabel("Allergies").fill("Penicillin, nuts");
  await resident.getByRole("button", { name: "Save" }).click();
  await resident.locator(".about-me").getByText("Penicillin, nuts").waitFor();
  await doctor.getByLabel("Allergies").fill("Penicillin, fish");
  await doctor.getByRole("button", { name: "Save" }).click();
  await doctor.getByText("Somebody else has written here meanwhile").waitFor();
  await about.getByText("Penicillin, nuts").waitFor();
});

test("on a phone a resident reads who the doctor is, and the doctor who the resident is, on a sheet", async () => {
  const resident = await told(PHONE);
  await openChat(resident, "王医生");
  await resident.getByRole("button", { name: "About 王医生" }).click();
  const sheet = resident.getByRole("dialog");
  await sheet.getByText("a doctor on duty may answer in their place").waitFor();
  await shoot(resident, "person-doctor-390");
  const doctor = await enter(browser, server, "doctor", "doctor1", PHONE);
  await openChat(doctor, "张三");
  await doctor.getByRole("button", { name: "About 张三" }).click();
  await doctor.getByRole("dialog").locator(".warned", { hasText: "Penicillin" }).waitFor();
  for (const page of [resident, doctor])
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      "nothing is cut",
    );
  await shoot(doctor, "person-resident-390");
});

for (const [place, options, words] of [
  ["desktop", {}, ["About 张三", "Files of this conversation", "Show more"]],
  ["phone", { ...PHONE, locale: "zh-CN" }, ["张三的资料", "会话中的文件", "显示更多"]],
]) {
  test(`beside the chat are the files of the whole conversation, page by page: ${place}`, async () => {
    const [resident, doctor] = [
      await Person.login(server, "user", "resident1"),
      await Person.login(server, "doctor", "doctor1"),
    ];
    for (let number = 1; number <= 25; number++)
      await resident.share(doctor, "file", `report ${number}`, `report-${number}.txt`);
    for (let number = 1; number <= 230; number++) await resident.write(doctor, `later ${number}`);
    await resident.share(doctor, "file", "the last", "last.txt");
    const page = await enter(browser, server, "doctor", "doctor1", options);
    await openChat(page, "张三");
    const [button, heading, more] = words;
    await page.getByRole("button", { name: button }).click();
    const about = page.locator(".about, dialog");
    await about.getByRole("heading", { name: heading }).waitFor();
    await about.locator(".files li.file").nth(1).waitFor();
    assert.match(await about.locator(".files li.file").first().textContent(), /last\.txt/);
    await shoot(page, `person-files-${place}`);
    while (await about.getByRole("button", { name: more }).count()) {
      const count = await about.locator(".files li.file").count();
      await about.getByRole("button", { name: more }).click();
      await about.locator(".files li.file").nth(count).waitFor();
    }
    const names = await about.locator(".files li.file bdi").allTextContents();
    assert.deepEqual(names, [
      "last.txt",
      ...Array.from({ length: 25 }, (_, index) => `report-${25 - index}.txt`),
    ]);
  });
}

test("in Chinese nothing is left in English", async () => {
  const doctor = await enter(browser, server, "doctor", "doctor1", { locale: "zh-CN" });
  await openChat(doctor, "张三");
  await doctor.getByRole("button", { name: "张三的资料" }).click();
  const about = doctor.getByRole("complementary", { name: "张三的资料" });
  await about.getByText("过敏史").waitFor();
  await shoot(doctor, "person-chinese");
  assert.doesNotMatch(await about.innerText(), /[A-Za-z]/);
});
