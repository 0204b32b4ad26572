// The back office: figures, who is online, making and closing accounts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, enter, logIn, openChat, server, shareServer, write } from "./stage.mjs";

shareServer();

test("the back office sees who is online, and logs somebody out", async () => {
  const resident = await enter(browser, server, "user", "resident1");
  const admin = await enter(browser, server, "admin", "admin");
  await admin.locator("dt", { hasText: "Contracts in force" }).waitFor();
  await admin.getByRole("button", { name: "Log 张三 out" }).click();
  await admin.locator("dialog button.danger").click();
  await resident.locator("input[name=account]").waitFor();
  await admin.context().close();
});

test("the overview draws how much is written, and says it in words", async () => {
  const resident = await enter(browser, server, "user", "resident3");
  await openChat(resident, "李医生");
  for (const text of ["one", "two", "three"]) await write(resident, text);
  await resident.locator(".mark.sent, .mark.delivered").nth(2).waitFor();
  const admin = await enter(browser, server, "admin", "admin");
  for (const [title, bars] of [
    ["Messages a day", 14],
    ["Messages an hour", 24],
  ]) {
    const chart = admin.getByRole("img", { name: `${title}: 3 in all, 3 at the most` });
    await chart.waitFor();
    assert.equal(await chart.locator(".track").count(), bars);
    const heights = await chart
      .locator(".bar")
      .evaluateAll((all) => all.map((bar) => Number(bar.getAttribute("height"))));
    assert.deepEqual(
      [heights.filter((height) => height === 100).length, heights.filter((height) => height === 0).length],
      [1, bars - 1],
    );
    const figure = admin.locator("figure", { has: chart });
    await figure.getByText("As a table").click();
    assert.equal(await figure.getByRole("row").count(), bars);
    assert.equal(await figure.getByRole("cell", { name: "3", exact: true }).count(), 1);
  }
  const number = (name) => admin.locator(".figures div", { hasText: name }).locator("dd").innerText();
  assert.deepEqual(
    [await number("Errors since the start"), await number("Writes refused"), await number("Vendor")],
    ["0", "0", "Off"],
  );
  assert.match(await number("Half of all writes take"), /^[\d.]+ ms$/);
  assert.equal(await admin.locator(".figures .wrong").count(), 0);
  assert.deepEqual(admin.problems, []);
  await admin.context().close();
  await resident.context().close();
});

test("a doctor's account is made, used and closed", async () => {
  const admin = await enter(browser, server, "admin", "admin");
  await admin.getByRole("link", { name: "People" }).click();
  const doctors = admin.locator("section", { has: admin.getByRole("heading", { name: "Doctors" }) });
  await doctors.getByText("One more").click();
  await doctors.getByLabel("Name", { exact: true }).fill("孙医生");
  await doctors.getByLabel("Login name").fill("doctor4");
  await doctors.getByLabel("Password").fill("jiayi-demo");
  await doctors.getByRole("button", { name: "Make" }).click();
  await doctors.getByRole("cell", { name: "孙医生" }).first().waitFor();
  const doctor = await enter(browser, server, "doctor", "doctor4");
  await doctors.getByRole("button", { name: "Close the account of 孙医生" }).click();
  await admin.locator("dialog button.danger").click();
  await doctor.locator("input[name=account]").waitFor();
  await assert.rejects(
    Promise.race([
      logIn(doctor, "doctor4"),
      doctor
        .locator(".error", { hasText: "wrong" })
        .waitFor()
        .then(() => {
          throw new Error("refused");
        }),
    ]),
    /refused/,
  );
  for (const page of [admin]) assert.deepEqual(page.problems, []);
});

test("a team is given another name and another leader; accounts are changed", async () => {
  const admin = await enter(browser, server, "admin", "admin");
  await admin.getByRole("link", { name: "Teams" }).click();
  await admin.getByRole("button", { name: "Change 签约团队一" }).click();
  await admin.locator("dialog").getByLabel("Name").fill("签约团队甲");
  await admin.locator("dialog").getByLabel("Leader").selectOption({ label: "李医生" });
  await admin.getByRole("button", { name: "Save" }).click();
  await admin.locator(".rows li", { hasText: "签约团队甲" }).waitFor();
  await admin.getByRole("button", { name: "Close 幸福社区" }).waitFor();

  await admin.getByRole("link", { name: "People" }).click();
  await admin.getByRole("button", { name: "Change the account of 李四" }).click();
  await admin.locator("dialog").getByLabel("Name").fill("李思");
  await admin.getByRole("button", { name: "Save" }).click();
  await admin.getByRole("cell", { name: "李思", exact: true }).waitFor();
  const resident = await enter(browser, server, "user", "resident2");
  await resident.locator(".who .name", { hasText: "李思" }).waitFor();
  await resident.getByRole("link", { name: "Contract" }).click();
  const team = resident.locator("section", { hasText: "签约团队甲" });
  await team.locator("li", { hasText: "李医生" }).getByText("leads the team").waitFor();
  assert.deepEqual(admin.problems, []);
});
