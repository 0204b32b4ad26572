//! Who is asking: tokens and passwords.
//!
//! The rules of who may do what are in `service`, what is kept of logins is in `store::login`, and how
//! often somebody may try a password is in `limits::login`.

pub mod password;
pub mod token;
