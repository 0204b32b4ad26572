//! Reports over a period: how soon residents were answered and by whom, what became of contracts.

use crate::app::{TestApp, verdict};
use crate::contract::{apply, decision};
use crate::on_both_databases;
use crate::people::Person;
use diesel::prelude::*;
use jiayi::error::Error;
use jiayi::model::Time;
use serde_json::{Value, json};
use std::time::Duration;

impl TestApp {
    /// Has a message have been written that many seconds earlier, as far as its own time says it.
    async fn date_back(&self, sent: &Value, seconds: i64) {
        let dialogid = sent["dialogid"].as_str().unwrap().to_owned();
        let changed = self.app.write(move |tx| {
            let update = format!("UPDATE social_dialog SET createtime = createtime - {seconds} * 1000 WHERE dialogid = '{dialogid}'");
            diesel::sql_query(update).execute(&mut **tx).map_err(Error::from)
        });
        assert_eq!(changed.await.unwrap(), 1);
    }
}

/// The entry of that name.
fn named(report: &Value, list: &str, name: &str) -> Value {
    report[list].as_array().unwrap().iter().find(|entry| entry["name"] == name).cloned().unwrap_or_default()
}

async fn work(admin: &Person) -> Value {
    admin.gets("report/work").await
}

on_both_databases! {
    async fn work_is_told_by_doctor_and_by_team(app: TestApp) {
        let admin = app.login("admin").await;
        let (one, three) = (app.login("resident1").await, app.login("resident3").await);
        let (leader, doctor, duty) = (app.login("doctor1").await, app.login("doctor2").await, app.login("doctor3").await);
        let nothing = json!({ "questions": 0, "answered": 0, "waiting": 0, "median": null, "p90": null });
        assert_eq!(work(&admin).await["all"], nothing);

        app.date_back(&one.writes(&leader, "我头疼").await, 100).await;
        leader.writes(&one, "多喝水").await;
        app.date_back(&three.writes(&doctor, "我咳嗽").await, 40).await;
        doctor.writes(&three, "来门诊").await;
        doctor.writes(&three, "明天上午").await;
        let asked = three.writes(&leader, "在吗").await;
        app.date_back(&asked, 1000).await;
        duty.posts("/admin/duty/sendmsg", json!({ "dialogid": asked["dialogid"], "body": "值班医生在" })).await;
        one.writes(&leader, "谢谢").await;
        let withdrawn = one.writes(&doctor, "写错了").await;
        one.posts("dialog/recall", json!({ "dialogid": withdrawn["dialogid"] })).await;
        // Doctors ask each other, too: that is no question of a resident.
        let stid = leader.gets("me").await["teams"][0].clone();
        leader.posts("teammatechat/send", json!({ "stid": stid, "body": "开会" })).await;

        let report = work(&admin).await;
        let near = |value: &Value, seconds: i64| (seconds..seconds + 20).contains(&value.as_i64().unwrap());
        let all = &report["all"];
        assert_eq!((&all["questions"], &all["answered"], &all["waiting"]), (&json!(4), &json!(3), &json!(1)));
        assert!(near(&all["median"], 100) && near(&all["p90"], 1000), "{all}");
        let team = named(&report, "teams", "签约团队一");
        assert_eq!((&team["questions"], &team["answered"], &team["waiting"]), (&json!(4), &json!(3), &json!(1)));
        assert_eq!(named(&report, "teams", "签约团队二")["questions"], 0);
        let of = |name: &str| {
            let doctor = named(&report, "doctors", name);
            (doctor["messages"].clone(), doctor["answered"].clone(), doctor["median"].clone())
        };
        let (messages, answered, median) = of("王医生");
        assert!(messages == 2 && answered == 1 && near(&median, 100), "{report}");
        let (messages, answered, median) = of("李医生");
        assert!(messages == 2 && answered == 1 && near(&median, 40), "{report}");
        let (messages, answered, median) = of("赵医生");
        assert!(messages == 1 && answered == 1 && near(&median, 1000), "{report}");
        assert_eq!(report["doctors"].as_array().unwrap().len(), 3, "no resident is among them");
    }

    async fn a_report_holds_what_was_in_its_period_alone(app: TestApp) {
        let (admin, resident, doctor) = (app.login("admin").await, app.login("resident1").await, app.login("doctor1").await);
        resident.writes(&doctor, "早").await;
        let between = Time::now() + Duration::from_millis(1);
        while Time::now() <= between {
            tokio::task::yield_now().await;
        }
        resident.writes(&doctor, "晚").await;
        let later = Time::now() + Duration::from_secs(3600);
        for (query, questions) in [
            (String::new(), 2),
            (format!("?until={between}"), 1),
            (format!("?from={between}"), 1),
            (format!("?from={between}&until={later}"), 1),
            (format!("?from={later}&until={}", later + Duration::from_secs(1)), 0),
        ] {
            let report = admin.gets(&format!("report/work{query}")).await;
            assert_eq!(report["all"]["questions"], questions, "{query}");
        }
        let year = Duration::from_secs(367 * 86_400);
        for (query, rule) in [
            (format!("from={later}&until={between}"), "order"),
            (format!("from={later}"), "order"),
            (format!("from={}", Time::now() - year), "period"),
            ("from=yesterday".to_owned(), "invalid"),
        ] {
            for path in ["report/work", "report/contracts"] {
                let refused = admin.get(&format!("{path}?{query}")).await;
                assert_eq!((verdict(&refused), &refused.1["rule"]), ((400, "FA_PARAM"), &json!(rule)), "{query}");
            }
        }
    }

    async fn contracts_are_told_by_what_became_of_them(app: TestApp) {
        let (admin, resident, doctor) = (app.login("admin").await, app.login("resident2").await, app.login("doctor1").await);
        let team = async || {
            let report = admin.gets("report/contracts").await;
            (named(&report, "teams", "签约团队一"), named(&report, "doctors", "王医生"))
        };
        let numbers = |entry: &Value| ["applied", "signed", "rejected", "ended"].map(|field| entry[field].as_i64().unwrap());
        let (before, through) = team().await;
        assert_eq!((numbers(&before), numbers(&through), &before["inforce"]), ([2, 2, 0, 0], [1, 1, 0, 0], &json!(2)));
        doctor.posts("signedprocess", decision(&apply(&resident, &doctor).await, false)).await;
        let contract = apply(&resident, &doctor).await;
        doctor.posts("signedprocess", decision(&contract, true)).await;
        doctor.posts("rejectsigned", json!({ "sid": contract["sid"], "reason": "搬家" })).await;
        let (after, through) = team().await;
        assert_eq!((numbers(&after), numbers(&through), &after["inforce"]), ([4, 3, 1, 1], [3, 2, 1, 1], &json!(2)));
        let later = Time::now() + Duration::from_secs(60);
        let empty = admin.gets(&format!("report/contracts?from={later}&until={}", later + Duration::from_secs(60))).await;
        assert_eq!(numbers(&named(&empty, "teams", "签约团队一")), [0; 4]);
        assert_eq!(empty["doctors"], json!([]));
    }
}
