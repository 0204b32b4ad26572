//! Lists that are searched: accounts by the phone's end and by team, a doctor's contracts by name, phone, team and
//! whose they are.

use crate::app::{TestApp, verdict};
use crate::contract::{apply, decision};
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// The names in a list.
async fn names(of: &Person, path: &str) -> Vec<String> {
    let list = of.gets(path).await["items"].clone();
    let mut names: Vec<_> =
        list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// A resident with a telephone, under contract with a doctor.
async fn signs(app: &TestApp, doctor: &Person, phone: &str, name: &str) -> Value {
    let community = doctor.gets("team/list").await["items"][0]["communityid"].clone();
    let registration =
        json!({ "phone": phone, "password": "correct horse", "name": name, "communityid": community });
    let resident = app.person(&app.post("/user/register", registration).await.1);
    let contract = apply(&resident, doctor).await;
    doctor.posts("signedprocess", decision(&contract, true)).await;
    contract
}

on_both_databases! {
    async fn accounts_are_found_by_the_end_of_the_phone_and_by_team(app: TestApp) {
        let (admin, doctor) = (app.login("admin").await, app.login("doctor1").await);
        let contract = signs(&app, &doctor, "13800001234", "赵六").await;
        signs(&app, &app.login("doctor3").await, "13912340000", "钱七").await;
        assert_eq!(names(&admin, "user/list?phone=1234").await, ["赵六"]);
        assert_eq!(names(&admin, "user/list?phone=0000").await, ["钱七"]);
        assert_eq!(names(&admin, "user/list?phone=1234&name=%E9%92%B1").await, [""; 0]);
        let stid = contract["stid"].as_str().unwrap();
        assert_eq!(names(&admin, &format!("user/list?stid={stid}")).await, ["张三", "王五", "赵六"]);
        assert_eq!(names(&admin, &format!("user/list?stid={stid}&phone=1234")).await, ["赵六"]);
        assert_eq!(names(&admin, &format!("doctor/list?stid={stid}")).await, ["李医生", "王医生"]);
        doctor.posts("rejectsigned", json!({ "sid": contract["sid"], "reason": "搬家" })).await;
        assert_eq!(names(&admin, &format!("user/list?stid={stid}")).await, ["张三", "王五"]);
        for wrong in ["12", "12a4", "%25%25%25", ""] {
            let refused = admin.get(&format!("user/list?phone={wrong}")).await;
            assert_eq!((verdict(&refused), &refused.1["field"]), ((400, "FA_PARAM"), &json!("phone")), "{wrong}");
        }
    }

    async fn a_doctor_finds_contracts_by_name_phone_team_and_whose_they_are(app: TestApp) {
        let (one, two) = (app.login("doctor1").await, app.login("doctor2").await);
        let contract = signs(&app, &one, "13800001234", "赵六").await;
        let elsewhere = signs(&app, &app.login("doctor3").await, "13912341234", "钱七").await;
        assert_eq!(names(&one, "signed/list?phone=1234").await, ["赵六"], "none of a team of others");
        assert_eq!(names(&two, "signed/list?status=signed&phone=1234").await, ["赵六"]);
        assert_eq!(names(&two, "signed/list?phone=34").await, ["赵六"]);
        assert_eq!(names(&one, "signed/list?name=%E5%BC%A0").await, ["张三"]);
        assert_eq!(names(&one, "signed/list").await, ["张三", "王五", "赵六"]);
        assert_eq!(names(&one, "signed/list?mine=true").await, ["张三", "赵六"]);
        assert_eq!(names(&two, "signed/list?mine=true").await, ["王五"]);
        let of = |contract: &Value| format!("signed/list?stid={}", contract["stid"].as_str().unwrap());
        assert_eq!(names(&one, &of(&contract)).await.len(), 3);
        assert_eq!(names(&one, &of(&elsewhere)).await, [""; 0]);
        let page = one.gets("signed/list?mine=true&limit=1").await;
        let next = page["next"].as_str().unwrap();
        assert_eq!(names(&one, &format!("signed/list?mine=true&limit=1&before={next}")).await, ["张三"]);
        for wrong in ["1", "01234", "3x"] {
            let refused = one.get(&format!("signed/list?phone={wrong}")).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{wrong}");
        }
    }
}
