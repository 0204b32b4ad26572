//! Communities: creating, renaming and closing them.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Access, CommunityId, Malformed, Name};
use crate::store::community::{self, ListedCommunity};

const NO_COMMUNITY: Error = Error::NotFound("community");

/// Creates a community.
pub fn create(tx: &mut Tx<'_>, name: &Name) -> Result<CommunityId> {
    community::insert(tx, name)
}

/// Renames a community.
pub fn rename(tx: &mut Tx<'_>, id: &CommunityId, name: &Name) -> Result<ListedCommunity> {
    community::set_name(tx, id, name)?;
    community::find(tx, id)?.ok_or(NO_COMMUNITY)
}

/// Closes a community for new accounts and teams, or opens it again.
pub fn set_access(tx: &mut Tx<'_>, id: &CommunityId, access: Access) -> Result<()> {
    match community::set_access(tx, id, access)? {
        true => Ok(()),
        false => Err(NO_COMMUNITY),
    }
}

/// Fails with `FA_PARAM` unless there is an open community with this id.
pub fn require_open(connection: &mut AnyConnection, id: &CommunityId) -> Result<()> {
    match community::find(connection, id)? {
        Some(community) if !community.disabled => Ok(()),
        Some(_) | None => Err(Error::param("communityid", Malformed::Unknown("community"))),
    }
}
