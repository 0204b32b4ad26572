//! Video calls. A call is a pure state machine, one actor runs each, one actor finds them.
//!
//! In reading order: `event` has what goes into the machine and what comes out, `refusal` why something
//! is not taken; `machine` is the call, with `state` and `seat` for where it stands, `answer` for how it
//! is answered and ends and `link` for what its connections do to it. `store` is what keeps a call;
//! `message` is what the actors are told; `room` is the actor of one call, `dial` how it begins, `locate`
//! how it finds its parties' connections, `memory` what it knows of them, `look` what it does where it was not told of
//! some; `switchboard` is the actor
//! that knows the rooms. Of several nodes one leads a call: `lines` is what it asks of the others, `stand_in` the actor
//! in its place there, `elsewhere` what a switchboard is asked by them.

mod answer;
mod dial;
mod elsewhere;
pub mod event;
pub mod lines;
mod link;
mod locate;
mod look;
pub mod machine;
mod memory;
pub mod message;
pub mod refusal;
mod room;
mod seat;
mod stand_in;
mod state;
pub mod store;
pub mod switchboard;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
