//! Who is asking: tokens and passwords, addresses that a token has signed, and the proof of who runs the server.
//!
//! Who may do what is decided in `service`, tokens are kept in `store::token`, and how often somebody
//! may try a password is decided in `limits::login`.

pub mod address;
pub mod operator;
pub mod password;
pub mod token;
