//! Who one is: registering, logging in and out (`session`), and the teams of one's community
//! (`directory`).

pub mod directory;
pub mod session;
