//! Demonstration data: the people, teams and contracts that the README's story is about.

use crate::app::App;
use crate::auth::password;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{CommunityId, ContractStatus, Login, Malformed, Name, Role, Stid, Title, Uid};
use crate::service::rooms::alonechat;
use crate::service::{accounts, communities, friends, roster, teams};
use crate::store::account::{self, NewAccount};
use crate::store::contract;
use crate::store::team::NewTeam;

/// The password of every demonstration account.
pub const PASSWORD: &str = "jiayi-demo";

/// Fills an empty store; one that has accounts is left as it is. Returns whether the demonstration's people
/// are there.
pub async fn fill(app: &App) -> Result<bool> {
    let password = password::digest(PASSWORD)?;
    app.write(move |tx| match account::any(tx)? {
        true => Ok(account::find_by_login(tx, Role::User, "resident1")?.is_some()),
        false => People::make(tx, &password)?.meet(tx).map(|()| true),
    })
    .await
}

struct People {
    community: CommunityId,
    doctors: [Uid; 3],
    residents: [Uid; 3],
}

impl People {
    fn make(tx: &mut Tx<'_>, password: &str) -> Result<Self> {
        let community = communities::create(tx, &text("幸福社区")?)?;
        let mut make = |role, login: &str, name: &str, title: Option<&str>| {
            let communityid = (role != Role::Admin).then(|| community.clone());
            let title = title.map(text::<Title>).transpose()?;
            let (login, name) = (text::<Login>(login)?, text::<Name>(name)?);
            let password = password.to_owned();
            accounts::create(tx, &NewAccount { role, login, password, name, communityid, title })
        };
        make(Role::Admin, "admin", "后台管理员", None)?;
        let doctors = [
            make(Role::Doctor, "doctor1", "王医生", Some("主任医师"))?,
            make(Role::Doctor, "doctor2", "李医生", Some("主治医师"))?,
            make(Role::Doctor, "doctor3", "赵医生", Some("住院医师"))?,
        ];
        let residents = [
            make(Role::User, "resident1", "张三", None)?,
            make(Role::User, "resident2", "李四", None)?,
            make(Role::User, "resident3", "王五", None)?,
        ];
        Ok(Self { community, doctors, residents })
    }

    fn meet(&self, tx: &mut Tx<'_>) -> Result<()> {
        let [doctor1, doctor2, doctor3] = &self.doctors;
        let [resident1, _, resident3] = &self.residents;
        let one = self.team(tx, "签约团队一", doctor1, vec![doctor2.clone()])?;
        self.team(tx, "签约团队二", doctor3, Vec::new())?;
        let now = tx.now;
        roster::add(tx, doctor3, now, None)?;
        friends::introduce(tx, doctor1, doctor3)?;
        sign(tx, resident1, doctor1, &one)?;
        sign(tx, resident3, doctor2, &one)
    }

    fn team(&self, tx: &mut Tx<'_>, name: &str, leader: &Uid, doctors: Vec<Uid>) -> Result<Stid> {
        let (name, communityid, leader) = (text(name)?, self.community.clone(), leader.clone());
        teams::create(tx, &NewTeam { name, communityid, leader, doctors })
    }
}

/// Brings a contract into force without telling anybody: the numbers of the pushes begin with what the
/// reader does.
fn sign(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid, stid: &Stid) -> Result<()> {
    let sid = contract::insert(tx, resident, doctor, stid, None)?;
    alonechat::ensure(tx, resident, doctor)?;
    contract::set_status(tx, &sid, ContractStatus::Applied, ContractStatus::Signed, None)?;
    alonechat::sync_members(tx, resident)
}

fn text<T: TryFrom<String, Error = Malformed>>(text: &str) -> Result<T> {
    T::try_from(text.to_owned()).map_err(Error::inside)
}

/// What is printed at the start of a demonstration without its people.
pub const NOT_EMPTY: &str = "The database is not empty: no demonstration data was added. Name another one with \
                             --database-url, or begin anew without --demo.";

/// What is printed at the start: the accounts, and what to try.
pub fn story(address: std::net::SocketAddr) -> String {
    format!(
        "Demonstration data. Every password is {PASSWORD}.
  admin       runs the back office
  doctor1     leads team one; under contract with resident1; a friend of doctor3
  doctor2     in team one; under contract with resident3
  doctor3     leads team two; on duty
  resident1   resident2   resident3      (resident2 has no contract yet)

Try, in another terminal:
  curl -s http://{address}/user/login -d '{{\"account\":\"resident1\",\"password\":\"{PASSWORD}\"}}'
and go on with the story in README.md."
    )
}
