// The office's work: importing people from a file, reports with their tables, lists that are searched.

import assert from "node:assert/strict";
import { readdir, readFile, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Person } from "./http.mjs";
import { Server } from "./server.mjs";
import { browser, enter, server, shoot, startServers } from "./stage.mjs";

startServers();

const SIZES = [
  ["desktop", {}],
  ["phone", { viewport: { width: 390, height: 780 }, locale: "zh-CN" }],
];

/** A picture of a view from its beginning to its end. */
async function shot(page, name) {
  if (!process.env.SHOTS) return;
  const size = page.viewportSize();
  await page.setViewportSize({ ...size, height: 2000 });
  await shoot(page, name);
  await page.setViewportSize(size);
}

const table = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

/** What the browser saves when something is done: the name of the file and its text. */
async function saved(page, deed) {
  const [download] = await Promise.all([page.waitForEvent("download"), deed()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

/** The card of a kind of people. */
const card = (page, title) =>
  page.locator("section.card", { has: page.getByRole("heading", { name: title, exact: true }) });

for (const [place, options] of SIZES) {
  test(`the overview says what runs here, and how old the last backup is: ${place}`, async (context) => {
    const kept = await Server.start({ JIAYI_BACKUP_FOLDER: "backups" });
    context.after(() => kept.close());
    const admin = await enter(browser, kept, "admin", "admin", options);
    const box = (name) => admin.locator(".figures div", { has: admin.getByText(name) });
    const last = box(/^(Last backup|最近备份)$/);
    await last.getByText(/^(None yet|尚无备份)$/).waitFor();
    assert.equal(await last.getAttribute("class"), "wrong");
    assert.match(await box(/^(Version|版本)$/).innerText(), /\d+\.\d+\.\d+/);
    assert.match(await box(/^(Database|数据库)$/).innerText(), /SQLite/);

    await kept.command("backup", "create");
    await admin.reload();
    await last.getByText(/^(\d min ago|\d 分钟前)$/).waitFor();
    assert.notEqual(await last.getAttribute("class"), "wrong");
    await shot(admin, `overview-${place}`);

    const folder = join(dirname(kept.database), "backups");
    const [backup] = await readdir(folder);
    const then = new Date(Date.now() - 30 * 3_600_000 - 60_000);
    await utimes(join(folder, backup), then, then);
    await admin.reload();
    await last.getByText(/^(30 h ago|30 小时前)$/).waitFor();
    assert.equal(await last.getAttribute("class"), "wrong");
  });

  test(`residents are imported from a file, and what is wrong in it is named: ${place}`, async () => {
    const admin = await enter(browser, server, "admin", "admin", options);
    await admin.getByRole("link", { name: /^(People|人员)$/ }).click();
    const residents = card(admin, /^(Residents|居民)$/);
    await residents.getByText(/^(Import from a file|从文件导入)$/).click();
    const file = residents.locator("input[type=file]");
    const people = Array.from(
      { length: 60 },
      (_, index) => `139000000${10 + index},居民${10 + index},幸福社区`,
    );
    await file.setInputFiles(
      table(
        "people.csv",
        `手机号,姓名,社区,备注\n12,孙三,幸福社区,\n13800000001,=赵六,幸福社区,\n${people.join("\n")}\n${people[0]}\n`,
      ),
    );
    await residents
      .getByText(/61 can be imported; 2 lines cannot\.|可导入 61 人，2 行有误不导入。/)
      .waitFor();
    const wrong = residents.getByRole("region", { name: /^(What is wrong|问题)$/ });
    const cells = await wrong.getByRole("cell").allTextContents();
    assert.deepEqual([cells[0], cells[2]], ["2", "64"]);
    assert.match(cells[1], /^(Phone must be a number of 5 to 20 digits\.|手机号应为 5 至 20 位数字。)$/);
    assert.match(cells[3], /^(Phone stands in an earlier line already\.|手机号与前面的行重复。)$/);
    await residents.getByText(/(Columns that are not used: |未使用的列：)备注/).waitFor();
    await shot(admin, `import-preview-${place}`);

    const start = residents.getByRole("button", { name: /^(Import 61 people|导入 61 人)$/ });
    const { name, text } = await saved(admin, () => start.click());
    assert.match(name, /^(First passwords|初始密码名单)\.csv$/);
    const lines = text.split("\r\n");
    assert.match(lines[0], /^\ufeff(Name,Phone,Community,Password|姓名,手机号,社区,密码)$/);
    assert.match(lines[1], /^"'=赵六",13800000001,幸福社区,[a-z2-9]{10}$/);
    assert.equal(lines.length, 63, "a line each, a heading, and the end of the last line");
    await residents.getByText(/^(61 accounts were made\.|已新建 61 个账号。)$/).waitFor();
    await shot(admin, `import-done-${place}`);

    // The list can be imported itself: whoever is there already is named.
    await file.setInputFiles(table("again.csv", text));
    await residents
      .getByText(/0 can be imported; 61 lines cannot\.|可导入 0 人，61 行有误不导入。/)
      .waitFor();
    const password = lines[1].split(",")[3];
    const resident = await fetch(`${server.url}/user/login`, {
      method: "POST",
      body: JSON.stringify({ account: "13800000001", password }),
    });
    assert.equal(resident.status, 200);
  });

  test(`an import that breaks off goes on where it was: ${place}`, async () => {
    const admin = await enter(browser, server, "admin", "admin", options);
    await admin.getByRole("link", { name: /^(People|人员)$/ }).click();
    const doctors = card(admin, /^(Doctors|医生)$/);
    await doctors.getByText(/^(Import from a file|从文件导入)$/).click();
    const box = doctors.locator("details", { hasText: /Import from a file|从文件导入/ });
    await box.getByRole("combobox").selectOption({ label: "幸福社区" });
    const people = Array.from({ length: 30 }, (_, index) => `new${index},新医生${index},`).join("\n");
    await doctors
      .locator("input[type=file]")
      .setInputFiles(table("doctors.csv", `账号,姓名,职称\n${people}\n`));
    const start = doctors.getByRole("button", { name: /^(Import 30 people|导入 30 人)$/ });
    await start.waitFor();
    // The first part arrives, but its answer is lost.
    let lost = 0;
    await admin.route("**/admin/doctor/import", async (route) => {
      if (lost++) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await saved(admin, () => start.click());
    await doctors.getByText(/cannot be reached|无法连接服务器/).waitFor();
    await shot(admin, `import-broken-${place}`);
    await doctors.getByRole("button", { name: /^(Go on|继续)$/ }).click();
    await doctors.getByText(/^(30 accounts were made\.|已新建 30 个账号。)$/).waitFor();
    await doctors.getByRole("searchbox").fill("新医生");
    await doctors.getByRole("cell", { name: "新医生29", exact: true }).waitFor();
    await doctors.locator("td bdi", { hasText: "王医生" }).waitFor({ state: "detached" });
    assert.equal(await doctors.locator("tbody tr").count(), 30);
  });

  test(`accounts are found by name, by the end of the phone, and by team: ${place}`, async () => {
    const admin = await Person.login(server, "admin", "admin");
    const [{ communityid }] = (await admin.get("community/list")).items;
    for (let number = 100; number < 160; number++) {
      const phone = `13700000${number}`;
      await admin.post("user/create", { phone, name: `居民${number}`, password: "jiayi-demo", communityid });
    }
    const page = await enter(browser, server, "admin", "admin", options);
    await page.getByRole("link", { name: /^(People|人员)$/ }).click();
    const residents = card(page, /^(Residents|居民)$/);
    const rows = residents.locator("tbody tr");
    const names = () => rows.locator("td:first-child bdi").allTextContents();
    await rows.nth(49).waitFor();
    await residents.getByRole("button", { name: /^(Show more|显示更多)$/ }).click();
    await rows.nth(62).waitFor();
    assert.equal(new Set(await names()).size, 63);
    await residents.getByRole("searchbox").fill("0131");
    await page.waitForFunction(() => document.querySelector("section.card tbody")?.rows.length === 1);
    assert.deepEqual(await names(), ["居民131"]);
    await shot(page, `find-${place}`);
    await residents.getByRole("searchbox").fill("");
    await residents.getByRole("combobox", { name: /^(Team|团队)$/ }).selectOption({ label: "签约团队一" });
    await page.waitForFunction(() => document.querySelector("section.card tbody")?.rows.length === 2);
    assert.deepEqual((await names()).sort(), ["张三", "王五"]);
  });

  test(`reports are shown for a period and saved as tables: ${place}`, async () => {
    const [resident, doctor] = [
      await Person.login(server, "user", "resident1"),
      await Person.login(server, "doctor", "doctor1"),
    ];
    const office = await Person.login(server, "admin", "admin");
    await resident.write(doctor, "我头疼");
    await doctor.write(resident, "多喝水");
    await resident.write(doctor, "谢谢");
    await office.post("platform/push", { title: "=流感疫苗", content: "本周开始接种", audience: "all" });
    const page = await enter(browser, server, "admin", "admin", options);
    await page.getByRole("link", { name: /^(Reports|报表)$/ }).click();
    const number = (name) => page.locator(".figures div", { hasText: name }).locator("dd").innerText();
    await page.locator("main dt", { hasText: /Nine of ten within|九成回复用时/ }).waitFor();
    assert.deepEqual(
      [await number(/Asked|提问/), await number(/^(Answered|已回复)/), await number(/Waiting|等待中/)],
      ["2", "1", "1"],
    );
    const row = card(page, /^(Doctors|医生)$/).getByRole("row", { name: "王医生" });
    assert.deepEqual((await row.getByRole("cell").allTextContents()).slice(0, 3), ["王医生", "1", "1"]);
    await shot(page, `reports-${place}`);
    const save = (of) => page.getByRole("button", { name: of });
    const doctors = await saved(page, () => save(/^(Save as CSV: Doctors|保存为 CSV：医生)$/).click());
    assert.match(
      doctors.text,
      /^\ufeff(Doctor,Messages,Answered|医生,消息,已回复),.*\r\n王医生,1,1,\d+,\d+,1,1,0,0\r\n/,
    );
    const sent = await saved(page, () => save(/^(Save as CSV: Announcements|保存为 CSV：公告)$/).click());
    assert.match(sent.text, /\r\n"'=流感疫苗",.*,6,/, "nothing that a program would calculate");
    // A day without anything.
    await page.getByLabel(/^(From|开始)$/).fill("2020-01-01");
    await page.getByLabel(/^(Until|结束)$/).fill("2020-01-02");
    await page.getByRole("button", { name: /^(Count|统计)$/ }).click();
    await page.waitForFunction(() => document.querySelector(".figures dd")?.textContent === "0");
    await page.getByLabel(/^(Until|结束)$/).fill("2019-01-02");
    await page.getByRole("button", { name: /^(Count|统计)$/ }).click();
    await page.getByText(/^(Until must be after the beginning\.|结束应晚于开始。)$/).waitFor();
  });

  test(`a doctor finds contracts by name, by the end of the phone, and those of their own: ${place}`, async () => {
    const doctor = await enter(browser, server, "doctor", "doctor1", options);
    await doctor.locator("nav a[href='#/contracts']").click();
    const names = () => doctor.locator(".rows li .name").allTextContents();
    await doctor.locator(".rows li").nth(1).waitFor();
    assert.deepEqual((await names()).sort(), ["张三", "王五"]);
    await doctor.getByLabel(/^(Mine alone|只看我的)$/).check();
    await doctor.waitForFunction(() => document.querySelectorAll(".rows li").length === 1);
    assert.deepEqual(await names(), ["张三"]);
    await shot(doctor, `contracts-${place}`);
    await doctor.getByRole("searchbox").fill("王");
    await doctor.waitForFunction(() => document.querySelectorAll(".rows li").length === 0);
    await doctor.getByLabel(/^(Mine alone|只看我的)$/).uncheck();
    await doctor.locator(".rows li", { hasText: "王五" }).waitFor();
    await doctor.getByRole("searchbox").fill("9999");
    await doctor.waitForFunction(() => document.querySelectorAll(".rows li").length === 0);
  });

  test(`the message list shows a doctor's own residents alone: ${place}`, async () => {
    const doctor = await Person.login(server, "doctor", "doctor1");
    for (const account of ["resident1", "resident3"])
      await (await Person.login(server, "user", account)).write(doctor, `from ${account}`);
    const page = await enter(browser, server, "doctor", "doctor1", options);
    const previews = () => page.locator(".lines .line .preview").allTextContents();
    await page.locator(".line", { hasText: "from resident3" }).waitFor();
    await page.getByRole("button", { name: /^(Mine|我的居民)$/ }).click();
    assert.deepEqual(await previews(), ["from resident1"]);
    await shot(page, `mine-${place}`);
  });
}

test("a check that is late replaces no other, and nothing else is chosen while an import runs", async () => {
  const admin = await enter(browser, server, "admin", "admin");
  await admin.getByRole("link", { name: "People" }).click();
  const residents = card(admin, "Residents");
  await residents.getByText("Import from a file").click();
  const box = residents.locator("details", { hasText: "Import from a file" });
  const [file, place] = [box.locator("input[type=file]"), box.getByRole("combobox")];
  let release;
  const hold = async (route) => {
    await new Promise((resolve) => (release = resolve));
    await route.continue();
  };
  const people = (count) =>
    Array.from({ length: count }, (_, index) => `1360000${1000 + index},居民,幸福社区`);
  const csv = (count) => table(`${count}.csv`, `手机号,姓名,社区\n${people(count).join("\n")}\n`);

  await admin.route("**/admin/user/import/check*", hold, { times: 1 });
  const [late] = await Promise.all([admin.waitForRequest(/import\/check/), file.setInputFiles(csv(2))]);
  await file.setInputFiles(csv(3));
  const start = box.getByRole("button", { name: "Import 3 people" });
  await start.waitFor();
  release();
  await (await late.response()).finished();
  await admin.evaluate(() => new Promise(requestAnimationFrame));
  await box.getByText("3.csv", { exact: true }).waitFor();
  assert.equal(await start.isVisible(), true);
  assert.equal(await file.inputValue(), "", "the same one can be chosen again");

  await admin.route("**/admin/user/import", hold, { times: 1 });
  await Promise.all([admin.waitForRequest(/user\/import$/), saved(admin, () => start.click())]);
  assert.deepEqual([await file.isDisabled(), await place.isDisabled()], [true, true]);
  release();
  await box.getByText("3 accounts were made.").waitFor();
  assert.deepEqual([await file.isDisabled(), await place.isDisabled()], [false, false]);
});

test("what was counted stays until the next is, and what is left out of it is said", async () => {
  const page = await enter(browser, server, "admin", "admin");
  const createtime = new Date().toISOString();
  const items = Array.from({ length: 50 }, (_, topicid) => ({ topicid, title: "＝流感", createtime }));
  const reach = { stored: 1, delivered: 1, acknowledged: 1, read: 1 };
  await page.route("**/admin/platform/list*", (route) => route.fulfill({ json: { items, next: 7 } }));
  await page.route(/admin\/report\?/, (route) => route.fulfill({ json: reach }));
  let [running, most] = [0, 0];
  await page.route("**/admin/report/*", async (route) => {
    most = Math.max(most, ++running);
    const response = await route.fetch();
    running--;
    await route.fulfill({ response });
  });
  await page.getByRole("link", { name: "Reports" }).click();
  await page.getByText("The newest 100 of each kind at most; older ones are left out.").waitFor();
  const { text } = await saved(page, () =>
    page.getByRole("button", { name: "Save as CSV: Announcements" }).click(),
  );
  assert.equal(text.match(/\r\n"'＝流感",/g).length, 100);
  assert.match(text, /\r\n"The newest 100 of each kind at most; older ones are left out\."\r\n$/);
  assert.equal(most, 1);

  const count = page.getByRole("button", { name: "Count" });
  let release;
  await page.route("**/admin/report/contracts*", async (route) => {
    await new Promise((resolve) => (release = resolve));
    await route.abort();
  });
  await Promise.all([page.waitForRequest(/report\/contracts/), count.click()]);
  assert.equal(await count.isDisabled(), true);
  assert.equal(await page.locator(".figures").isVisible(), true);
  release();
  await page.getByText("The server cannot be reached.").waitFor();
  assert.equal(await count.isDisabled(), false);
  assert.equal(await page.locator(".figures").isVisible(), true);
});
