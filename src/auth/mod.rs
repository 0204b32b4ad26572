//! Who is asking: tokens, passwords, and the brake on guessing.
//!
//! The rules of who may do what are the handlers'; what is kept of logins is in `store::login`.

pub mod password;
pub mod throttle;
pub mod token;
