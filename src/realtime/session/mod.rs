//! One connection from its first envelope to its last, as a machine without I/O.
//!
//! `effect` has what it is told and what it wants done; `machine` is the session, with what it makes of
//! a client's envelopes; `answer` is what it makes of what was looked up for it and of what the server
//! has to say. Which tokens are good, what is stored and how a frame looks on the wire is not known here.

mod answer;
pub mod effect;
pub mod machine;
