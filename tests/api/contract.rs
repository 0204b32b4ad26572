//! Contracts: applying, accepting, refusing, ending, and who hears of it.

use crate::app::verdict;
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// The id of the team that the doctor is in.
async fn team_of(doctor: &Person) -> Value {
    doctor.gets("me").await["teams"][0].clone()
}

/// resident2 applies for a contract with the doctor.
pub async fn apply(resident: &Person, doctor: &Person) -> Value {
    let body = json!({ "stid": team_of(doctor).await, "doctoruid": doctor.uid, "source": "wechat" });
    resident.posts("/social/signed2", body).await
}

/// Accepting, or refusing with a reason.
pub fn decision(contract: &Value, accept: bool) -> Value {
    json!({ "sid": contract["sid"], "accept": accept, "reason": if accept { Value::Null } else { json!("人数已满") } })
}

on_both_databases! {
    async fn an_application_is_told_to_both_and_to_nobody_else(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let colleague = app.login("doctor2").await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let mut other_desk = colleague.connect("desk").await;
        let contract = apply(&resident, &doctor).await;
        assert_eq!(contract, json!({
            "sid": contract["sid"], "uid": resident.uid, "doctoruid": doctor.uid,
            "stid": team_of(&doctor).await, "team": "签约团队一", "status": "applied", "reason": null,
            "source": "wechat", "createtime": contract["createtime"], "updatetime": contract["createtime"],
        }));
        assert_eq!(phone.hear("S2C_SIGNED_PUSH").await["data"], contract);
        assert_eq!(desk.hear("S2C_SIGNED_PUSH").await["data"], contract);
        other_desk.hears_nothing().await;
        let write = resident.post("alonechat/send", json!({ "touid": doctor.uid, "body": "在吗" })).await;
        assert_eq!(verdict(&write), (403, "FA_PERMISSION"), "the room is closed until it is accepted");
    }

    async fn one_applies_once_at_a_time(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        apply(&resident, &doctor).await;
        let body = json!({ "stid": team_of(&doctor).await, "doctoruid": doctor.uid });
        assert_eq!(verdict(&resident.post("/social/signed2", body.clone()).await), (409, "FA_STATE"));
        let signed = app.login("resident1").await;
        assert_eq!(verdict(&signed.post("/social/signed2", body).await), (409, "FA_STATE"));
        assert_eq!(resident.all_pushes().await.len(), 1);
        assert_eq!(signed.all_pushes().await.len(), 0);
    }

    async fn of_two_applications_at_once_one_is_made(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let body = json!({ "stid": team_of(&doctor).await, "doctoruid": doctor.uid });
        let one = || resident.post("/social/signed2", body.clone());
        let (first, second) = tokio::join!(one(), one());
        let mut statuses = [first.0, second.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(resident.gets("signed/list").await["items"].as_array().unwrap().len(), 1);
    }

    async fn an_application_names_a_team_and_a_doctor_of_it(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let other = app.login("doctor3").await;
        let to = |stid: Value, doctoruid: &str| json!({ "stid": stid, "doctoruid": doctoruid });
        let mixed = resident.post("/social/signed2", to(team_of(&doctor).await, &other.uid)).await;
        assert_eq!(verdict(&mixed), (400, "FA_PARAM"));
        let nowhere = resident.post("/social/signed2", to(json!("nowhere"), &doctor.uid)).await;
        assert_eq!(verdict(&nowhere), (404, "FA_NOTFOUND"));
        let nobody = resident.post("/social/signed2", to(team_of(&doctor).await, "nobody")).await;
        assert_eq!(verdict(&nobody), (404, "FA_NOTFOUND"));
        assert_eq!(resident.all_pushes().await, [] as [Value; 0]);
    }

    async fn who_is_accepted_hears_so_and_may_chat(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let contract = apply(&resident, &doctor).await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let signed = doctor.posts("signedprocess", decision(&contract, true)).await;
        assert_eq!((&signed["status"], &signed["sid"]), (&json!("signed"), &contract["sid"]));
        let notice = phone.hear("S2C_ALONECHAT_PUSH").await["data"].clone();
        assert_eq!((&notice["data"]["kind"], &notice["unread"]), (&json!("system"), &json!(1)));
        assert!(notice["content"].as_str().unwrap().contains("签约团队一"), "{notice}");
        assert_eq!(phone.hear("S2C_SIGNED_PUSH").await["data"], signed);
        assert_eq!(desk.hear("S2C_SIGNED_PUSH").await["data"], signed);
        resident.writes(&doctor, "谢谢").await;
        assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["data"]["content"], "谢谢");
        doctor.writes(&resident, "不客气").await;
        assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["data"]["content"], "不客气");
        assert_eq!(verdict(&doctor.post("signedprocess", decision(&contract, false)).await), (409, "FA_STATE"));
    }

    async fn who_is_rejected_reads_why_and_may_apply_again(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let contract = apply(&resident, &doctor).await;
        let mut phone = resident.connect("phone").await;
        let rejected = doctor.posts("signedprocess", decision(&contract, false)).await;
        assert_eq!((&rejected["status"], &rejected["reason"]), (&json!("rejected"), &json!("人数已满")));
        assert!(phone.hear("S2C_ALONECHAT_PUSH").await["data"]["content"].as_str().unwrap().contains("人数已满"));
        assert_eq!(phone.hear("S2C_SIGNED_PUSH").await["data"], rejected);
        let write = resident.post("alonechat/send", json!({ "touid": doctor.uid, "body": "为什么" })).await;
        assert_eq!(verdict(&write), (403, "FA_PERMISSION"));
        apply(&resident, &doctor).await;
    }

    async fn only_the_team_processes_and_only_the_doctor_alone(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let (colleague, stranger) = (app.login("doctor2").await, app.login("doctor3").await);
        let contract = apply(&resident, &doctor).await;
        let body = decision(&contract, true);
        assert_eq!(verdict(&colleague.post("signedprocess", body.clone()).await), (403, "FA_PERMISSION"));
        assert_eq!(verdict(&stranger.post("signedprocess", body.clone()).await), (404, "FA_NOTFOUND"));
        assert_eq!(verdict(&stranger.post("signedprocess2", body.clone()).await), (404, "FA_NOTFOUND"));
        assert_eq!(resident.gets("signed/list").await["items"], json!([contract]));
        assert_eq!(resident.all_pushes().await.len(), 1);
    }

    async fn a_contract_is_ended_by_its_doctor_or_the_leader(app: TestApp) {
        let (leader, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let (of_leader, of_colleague) = (app.login("resident1").await, app.login("resident3").await);
        let contract_of = async |resident: &Person| resident.gets("signed/list").await["items"][0]["sid"].clone();
        let ending = async |resident| json!({ "sid": contract_of(resident).await, "reason": "迁居" });
        let refused = colleague.post("rejectsigned", ending(&of_leader).await).await;
        assert_eq!(verdict(&refused), (403, "FA_PERMISSION"));
        assert_eq!(of_leader.all_pushes().await, [] as [Value; 0]);
        let stranger = app.login("doctor3").await.post("rejectsigned", ending(&of_leader).await).await;
        assert_eq!(verdict(&stranger), (404, "FA_NOTFOUND"));
        assert_eq!(leader.posts("rejectsigned", ending(&of_colleague).await).await["status"], "ended");
        assert_eq!(of_colleague.all_pushes().await[0]["type"], "S2C_UNSIGNED_PUSH");
    }

    async fn a_colleague_processes_and_the_whole_team_hears(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let (colleague, stranger) = (app.login("doctor2").await, app.login("doctor3").await);
        let contract = apply(&resident, &doctor).await;
        let signed = colleague.posts("signedprocess2", decision(&contract, true)).await;
        for person in [&resident, &doctor, &colleague] {
            let last = person.all_pushes().await.pop().unwrap();
            assert_eq!((&last["type"], &last["data"]), (&json!("S2C_SIGNED_PUSH"), &signed));
        }
        assert_eq!(stranger.all_pushes().await, [] as [Value; 0]);
        resident.writes(&doctor, "谢谢").await;
    }

    async fn of_two_doctors_processing_at_once_one_succeeds(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let colleague = app.login("doctor2").await;
        let contract = apply(&resident, &doctor).await;
        let (first, second) = tokio::join!(
            doctor.post("signedprocess", decision(&contract, true)),
            colleague.post("signedprocess2", decision(&contract, false)),
        );
        let mut verdicts = [verdict(&first), verdict(&second)];
        verdicts.sort_unstable();
        assert_eq!(verdicts, [(200, ""), (409, "FA_STATE")]);
    }

    async fn a_contract_that_is_ended_closes_the_room_and_keeps_its_record(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let roomid = resident.writes(&doctor, "我头疼").await["roomid"].clone();
        let contract = resident.gets("signed/list").await["items"][0].clone();
        let mut phone = resident.connect("phone").await;
        let body = json!({ "sid": contract["sid"], "reason": "迁居" });
        let stranger = app.login("doctor3").await;
        assert_eq!(verdict(&stranger.post("rejectsigned", body.clone()).await), (404, "FA_NOTFOUND"));
        let colleague = app.login("doctor2").await;
        assert_eq!(verdict(&colleague.post("rejectsigned", body.clone()).await), (403, "FA_PERMISSION"));
        doctor.posts("rejectsigned", body.clone()).await;
        assert_eq!(phone.hear("S2C_UNSIGNED_PUSH").await["data"], json!({
            "title": "解除签约通知", "team": "签约团队一", "content": "您的签约已被解除: 迁居", "sid": contract["sid"],
        }));
        assert_eq!(verdict(&doctor.post("rejectsigned", body).await), (409, "FA_STATE"));
        for (from, to) in [(&resident, &doctor), (&doctor, &resident)] {
            let write = from.post("alonechat/send", json!({ "touid": to.uid, "body": "在吗" })).await;
            assert_eq!(verdict(&write), (403, "FA_PERMISSION"));
            let path = format!("dialog/list?roomid={}", roomid.as_str().unwrap());
            assert_eq!(from.gets(&path).await["items"][0]["body"], "我头疼");
        }
    }

    async fn contracts_are_listed_by_status_and_page(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        for _ in 0..3 {
            let contract = apply(&resident, &doctor).await;
            doctor.posts("signedprocess", decision(&contract, false)).await;
        }
        apply(&resident, &doctor).await;
        let count = async |person: &Person, query: &str| {
            person.gets(&format!("signed/list{query}")).await["items"].as_array().unwrap().len()
        };
        assert_eq!(count(&resident, "").await, 4);
        assert_eq!(count(&resident, "?status=rejected").await, 3);
        assert_eq!(count(&doctor, "?status=applied").await, 1);
        assert_eq!(count(&doctor, "?status=signed").await, 2, "those of the team");
        assert_eq!(count(&app.login("doctor3").await, "").await, 0);
        let listed = app.login("doctor2").await.gets("signed/list?status=applied").await;
        assert_eq!(listed["items"][0]["name"], json!(resident.name), "also to colleagues with no room with them");
        let all = resident.gets("signed/list").await;
        let (mut pages, mut query) = (Vec::new(), "?limit=3".to_owned());
        loop {
            let page = resident.gets(&format!("signed/list{query}")).await;
            pages.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=3&before={next}");
        }
        assert_eq!(json!(pages), all["items"]);
        assert_eq!(verdict(&resident.get("signed/list?status=odd").await), (400, "FA_PARAM"));
    }
}
