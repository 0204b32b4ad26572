//! Rooms: who is in them and hears of them, and those whose members something binds, a contract or a
//! team.
//!
//! Such a room is open exactly while the bond holds. One function of each kind derives that from the
//! store, opens or closes the rooms and puts back members who are missing: `alonechat::sync_members`
//! and `teammate::sync_members`. Whoever changes what a bond rests on calls it in the same
//! transaction. Friends' rooms are in `friends`, groups, which nothing binds, in `discussions`; what
//! opening and closing a room means is in `bond`.

pub mod alonechat;
pub mod bond;
pub mod members;
pub mod recipients;
pub mod teammate;
