//! Several nodes over one database: what they tell each other, and how they notice that they did not hear it.
//!
//! The store is the truth and the bus a hint: whatever the bus loses, whoever did not hear it notices, and sweeps the
//! store. `wire` is a message between two nodes, `bundle` a push in it, `bus` what carries it: `nats`, or `memory` for tests; `outbox` has what
//! waits for others, `pending` what they were asked, `gaps` what others have said, `members` who lives and is heard. None of them waits, and none but a
//! bus does I/O. What is kept of nodes is in `store`.

pub mod bundle;
pub mod bus;
pub mod carrier;
pub mod dispatch;
pub mod gaps;
pub mod members;
pub mod memory;
pub mod nats;
pub mod outbox;
pub mod pending;
pub mod wire;
