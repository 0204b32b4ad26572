//! Conversation: writing (`message`), discussion groups, message lists (`inbox`), what was written
//! (`history`), and files.

pub mod discussion;
pub mod file;
pub mod history;
pub mod inbox;
pub mod message;
pub mod quick_reply;
