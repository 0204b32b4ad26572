//! What one account may ask for by HTTP.

use crate::app::verdict;
use crate::on_both_databases;
use crate::people::Person;
use jiayi::config::Config;
use jiayi::limits::account::{Budget, Budgets};
use serde_json::{Value, json};

/// Three of each kind, and one that comes back in an hour.
fn narrow(config: &mut Config) {
    let three = Budget { burst: 3, per_hour: 1 };
    let (messages, applications, notices, groups, calls) = (three, three, three, three, three);
    config.budgets = Budgets { enabled: true, messages, applications, notices, groups, calls };
}

/// Asks for the same until it is refused, with the time to wait; returns how often it was not.
async fn exhaust(who: &Person, path: &str, body: &Value) -> usize {
    for asked in 0..10 {
        let answer = who.post(path, body.clone()).await;
        if verdict(&answer) == (429, "FA_LIMIT") {
            return asked;
        }
    }
    panic!("{path} is never refused");
}

on_both_databases! {
    async fn one_account_takes_no_more_than_its_share(app: TestApp with narrow) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let duty = app.login("doctor3").await;
        let question = resident.writes(&doctor, "我头疼").await["dialogid"].clone();
        let message = json!({ "touid": doctor.uid, "body": "在吗" });
        assert_eq!(exhaust(&resident, "alonechat/send", &message).await, 2);
        let wish = json!({ "doctoruid": doctor.uid, "time": "2099-01-01T08:00:00.000Z", "reason": "复查血压" });
        assert_eq!(exhaust(&resident, "reservation/create", &wish).await, 3);
        let group = json!({ "name": "病友", "members": [resident.uid] });
        assert_eq!(exhaust(&doctor, "discussion/create", &group).await, 3);
        assert_eq!(exhaust(&resident, "videoCall/invite", &json!({ "touid": doctor.uid })).await, 3);
        assert_eq!(exhaust(&duty, "/admin/duty/remindmsg", &json!({ "dialogid": question })).await, 3);
        assert_eq!(doctor.gets("reservation/list").await["items"].as_array().unwrap().len(), 3);
        doctor.writes(&resident, "还有预算").await;
    }

    async fn the_back_office_has_no_budget(app: TestApp with narrow) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let question = json!({ "dialogid": resident.writes(&doctor, "我头疼").await["dialogid"] });
        let admin = app.login("admin").await;
        for _ in 0..10 {
            admin.posts("/admin/duty/remindmsg", question.clone()).await;
        }
    }
}
