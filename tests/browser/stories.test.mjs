// A day of each of four people, from the first click to the last, without asking anybody: a resident of seventy, a
// family doctor, a doctor on duty and an administrator, on a desktop in English and on a phone in Chinese. Others act
// by HTTP.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CHINESE } from "../../static/app/state/chinese.js";
import "../../static/app/state/chinese-late.js";
import "../../static/app/state/chinese-office.js";
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

const RASH = { name: "rash.png", mimeType: "image/png", buffer: PICTURE };

const PLACES = [
  ["a desktop, in English", {}],
  ["a phone, in Chinese", PHONE],
];

/** A page with what its words are and the clicks that all days have. */
async function sit(role, account, options) {
  const page = await enter(browser, server, role, account, options);
  const isChinese = options.locale === "zh-CN";
  const t = (text, ...args) =>
    (isChinese ? CHINESE[text] : text).replace(/\{(\d)\}/g, (_, index) => String(args[index]));
  const named = (kind, text, ...args) => page.getByRole(kind, { name: t(text, ...args), exact: true });
  const press = (text, ...args) =>
    named("button", text, ...args)
      .first()
      .click();
  const go = (text) =>
    page
      .locator("nav")
      .getByRole("link", { name: new RegExp(`^${t(text)}`) })
      .click();
  const fill = (label, text) => page.getByLabel(t(label)).first().fill(text);
  const confirm = (kind = "primary") => page.locator(`dialog button.${kind}`).last().click();
  const see = (text, ...args) =>
    page
      .getByText(t(text, ...args))
      .first()
      .waitFor();
  const look = (name) => shoot(page, `story-${role}-${name}-${options.locale}`);
  return { page, t, named, press, go, fill, confirm, see, look };
}

/** What all others in a story are. */
const logIn = (role, account) => Person.login(server, role, account);
const bubble = (page, text) => page.locator(".bubble", { hasText: text });

for (const [place, options] of PLACES) {
  test(`a resident signs, tells who she is, asks, sends a picture, is given an appointment: ${place}`, async () => {
    const doctor = await logIn("doctor", "doctor1");
    const { page, press, go, fill, confirm, see, look, named, t } = await sit("user", "resident2", options);
    await press("Letters: normal");
    await press("Letters: large");

    await go("Contract");
    await press("Apply to {0}", "王医生");
    await confirm();
    await see("waiting for the team");
    const [{ sid }] = (await doctor.get("signed/list?status=applied")).items;
    await doctor.post("signedprocess", { sid, accept: true });
    await page.locator("h3 .tagged", { hasText: t("in force") }).waitFor();
    await page
      .locator(".about-me")
      .getByRole("button", { name: t("Edit") })
      .click();
    await fill("Born", "1952-03-08");
    await fill("Allergies", "青霉素");
    await press("Save");
    await page.locator(".about-me").getByText("青霉素").waitFor();
    await look("who");

    await openChat(page, "王医生");
    await write(page, "王医生您好，我这两天头疼。");
    await attach(page, RASH);
    await page.locator(".body.image").waitFor();
    const resident = await logIn("user", "resident2");
    await doctor.write(resident, "量过血压吗？");
    await bubble(page, "量过血压吗").waitFor();
    await bubble(page, "量过血压吗").hover();
    await bubble(page, "量过血压吗")
      .getByRole("button", { name: t("Quote it") })
      .click();
    await write(page, "150/95");
    await bubble(page, "150/95").getByText("量过血压吗").waitFor();
    await look("chat");
    await press("About {0}", "王医生");
    const about = page.getByRole("dialog");
    await about.getByText("签约团队一").waitFor();
    await about.getByRole("button", { name: t("Back") }).click();

    await go("Appointments");
    await fill("What for", "血压");
    await look("ask");
    await press("Ask");
    await see("waiting for the doctor");
    const [{ reservationid }] = (await doctor.get("reservation/list")).items;
    await doctor.post("reservation/update", { reservationid, accept: true, reply: "请空腹来" });
    await page.locator(".tagged.on", { hasText: t("agreed") }).waitFor();
    await look("appointment");

    const admin = await logIn("admin", "admin");
    await admin.post("platform/push", { title: "流感疫苗", content: "周六开始接种。", audience: "all" });
    await go("Messages");
    await page.locator(".line", { hasText: "流感疫苗" }).click();
    await page.locator(".notice .body", { hasText: "周六开始接种。" }).waitFor();
    await press("Log out");
    await named("button", "Log out").waitFor({ state: "detached" });
    await page.locator("input[name=account]").waitFor();
  });

  test(`a family doctor accepts, answers, agrees to an appointment, makes a group, tells all: ${place}`, async () => {
    const [newcomer, resident] = [await logIn("user", "resident2"), await logIn("user", "resident1")];
    const { page, press, go, fill, confirm, see, look, t } = await sit("doctor", "doctor1", options);
    const me = await logIn("doctor", "doctor1");
    const [stid] = (await me.get("me")).teams;
    await newcomer.post("/social/signed2", { stid, doctoruid: me.uid });
    await go("Contracts");
    await press("Accept {0}", "李四");
    await page
      .locator(".rows li", { hasText: "李四" })
      .getByRole("button", { name: t("End the contract with {0}", "李四") })
      .waitFor();

    await resident.write(me, "我可以停药吗？");
    await go("Messages");
    await page.locator(".line", { hasText: "张三" }).locator(".badge").waitFor();
    await openChat(page, "张三");
    await page.locator(".line", { hasText: "张三" }).locator(".badge").waitFor({ state: "detached" });
    await press("About {0}", "张三");
    await page
      .getByRole("button", { name: t("Edit") })
      .first()
      .click();
    await fill("Long-term illnesses", "高血压");
    await press("Save");
    await page.locator("dd", { hasText: "高血压" }).waitFor();
    await look("person");
    if (options.viewport)
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("Back") })
        .click();
    await write(page, "不可以，请先来复查。");
    await bubble(page, "先来复查").locator(".mark.sent, .mark.delivered, .mark.read").waitFor();

    const time = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await resident.post("reservation/create", { doctoruid: me.uid, time, reason: "复查" });
    await go("Appointments");
    await press("Agree");
    await page.getByLabel(t("A word to the resident (optional)")).fill("请带上旧的化验单");
    await confirm();
    await page
      .locator(".tagged.on", { hasText: t("agreed") })
      .first()
      .waitFor();
    await look("appointments");

    await go("Messages");
    await press("New group");
    await fill("Name of the group", "血压管理");
    for (const name of ["张三", "李四"]) await page.getByRole("checkbox", { name }).check();
    await press("Make the group");
    await page.locator(".head h2", { hasText: "血压管理" }).waitFor();
    await write(page, "请大家每天记录血压。");
    const { items: groups } = await newcomer.get("discussion/list");
    await newcomer.post("send", { roomid: groups[0].roomid, body: "好的" });
    await bubble(page, "好的").waitFor();
    await look("group");

    await go("Notices");
    await fill("Title", "停诊通知");
    await fill("Text", "周五停诊一天。");
    await press("Send the notice");
    await see("The notice was sent to {0}.", 3);
  });

  test(`a doctor on duty takes a question on, reads what was before, answers with a picture: ${place}`, async () => {
    const [resident, doctor] = [await logIn("user", "resident1"), await logIn("doctor", "doctor1")];
    await resident.write(doctor, "我头晕");
    await doctor.write(resident, "多久了？");
    const { page, go, press, confirm, look, see, t } = await sit("doctor", "doctor3", options);
    await resident.write(doctor, "从昨晚开始，很厉害");
    await go("Duty desk");
    const card = page.locator(".question", { hasText: "从昨晚开始" });
    await card.waitFor();
    await press("Take on the question of {0}", "张三");
    await see("taken on by you");
    await card.getByText(t("Written before")).click();
    await card.locator(".before .bubble", { hasText: "多久了？" }).waitFor();
    await look("card");
    await press("Answer {0}", "张三");
    const dialog = page.locator("dialog");
    await dialog.locator("textarea").fill("请马上到急诊。");
    await dialog.locator("input[type=file]").setInputFiles(RASH);
    await look("answer");
    await confirm();
    await card.waitFor({ state: "detached" });
    const { roomid } = (await resident.get("contacts/list")).items[0];
    const { items } = await resident.get(`dialog/list?roomid=${roomid}`);
    assert.deepEqual(
      items.slice(0, 2).map(({ kind, from }) => [kind, from.name]),
      [
        ["image", "赵医生"],
        ["text", "赵医生"],
      ],
    );
    // A resident who was answered has nothing at the desk; the next one who asks has.
    await (await logIn("user", "resident3")).write(await logIn("doctor", "doctor2"), "要复诊吗？");
    await page.locator(".question", { hasText: "要复诊吗？" }).waitFor();
    assert.equal(await page.locator(".question", { hasText: "张三" }).count(), 0);
    await press("Log out");
    await page.locator("input[name=account]").waitFor();
  });

  test(`an administrator makes an account, sets the roster, announces, counts, closes it: ${place}`, async () => {
    const { page, go, press, fill, confirm, see, look, t } = await sit("admin", "admin", options);
    await see("Contracts in force");
    await go("People");
    const doctors = page.locator("section", { has: page.getByRole("heading", { name: t("Doctors") }) });
    await doctors.getByText(t("One more")).click();
    await doctors.getByLabel(t("Name"), { exact: true }).fill("孙医生");
    await doctors.getByLabel(t("Login name"), { exact: true }).fill("doctor4");
    await doctors.getByLabel(t("Password"), { exact: true }).fill("jiayi-demo");
    await doctors.getByRole("button", { name: t("Make"), exact: true }).click();
    await doctors.getByRole("cell", { name: "孙医生" }).first().waitFor();
    await look("people");

    await go("Roster");
    await press("The week after");
    const wednesday = page.locator(".week > li").nth(2);
    await wednesday.getByRole("button", { name: new RegExp(t("Put somebody on duty")) }).click();
    await page.locator("dialog select").selectOption({ label: "孙医生" });
    await confirm();
    await wednesday.locator(".turn", { hasText: "孙医生" }).waitFor();
    await look("roster");

    await go("Announcements");
    await fill("Title", "流感疫苗");
    await fill("Text", "本周开始接种。");
    await press("Announce");
    await confirm();
    await see("The announcement went to {0}.", 7);
    const resident = await logIn("user", "resident1");
    assert.equal((await resident.get("notice/list?tag=system")).items[0].title, "流感疫苗");

    await go("Reports");
    await press("Count");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: t("{0}: {1}", t("Save as CSV"), t("Announcements")) }).click(),
    ]);
    assert.match(download.suggestedFilename(), /\.csv$/);
    await look("reports");

    await go("People");
    await press("Close the account of {0}", "孙医生");
    await confirm("danger");
    await page
      .getByRole("button", { name: t("Close the account of {0}", "孙医生") })
      .waitFor({ state: "detached" });
    await assert.rejects(logIn("doctor", "doctor4"), /401|403/);
  });
}
