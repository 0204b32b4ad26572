//! How many people an announcement would reach; who they are is read batch by batch (`topic`).

use crate::db::connection::AnyConnection;
use crate::db::schema::account;
use crate::error::Result;
use crate::model::{Audience, CommunityId, Role};
use crate::store::tally;
use diesel::prelude::*;

/// The open accounts of an audience: of a community, or of the whole platform, which are counted already.
pub fn count(
    connection: &mut AnyConnection,
    audience: Audience,
    communityid: Option<&CommunityId>,
) -> Result<i64> {
    let roles: &[Role] = match audience {
        Audience::All => &[Role::User, Role::Doctor],
        Audience::User => &[Role::User],
        Audience::Doctor => &[Role::Doctor],
    };
    match communityid {
        Some(communityid) => {
            let people = account::table.filter(account::communityid.eq(communityid));
            let open = people.filter(account::role.eq_any(roles).and(account::disabled.eq(false)));
            Ok(open.count().get_result(connection)?)
        }
        None => roles.iter().map(|role| tally::count_accounts(connection, *role)).sum(),
    }
}
