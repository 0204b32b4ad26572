//! Video calls. A call is a pure state machine, one actor runs each, one actor finds them.
//!
//! In reading order: `event` has what goes into the machine and what comes out, `refusal` why something
//! is not taken; `machine` is the call, with `state` and `seat` for where it stands, `answer` for how it
//! is answered and ends and `link` for what its connections do to it. `store` is what keeps a call;
//! `message` is what the actors are told; `room` is the actor of one call, `dial` how it begins, `locate`
//! how it finds its parties' connections; `switchboard` is the actor that knows the rooms.

mod answer;
mod dial;
pub mod event;
mod link;
mod locate;
pub mod machine;
pub mod message;
pub mod refusal;
mod room;
mod seat;
mod state;
pub mod store;
pub mod switchboard;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
