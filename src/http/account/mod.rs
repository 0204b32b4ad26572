//! Who one is: signing up (`register`), logging in and out (`session`), and the teams of one's community
//! (`directory`).

pub mod directory;
pub mod person;
pub mod register;
pub mod session;
pub mod web_push;
