//! Socket.IO, protocols 4 and 5: namespaces, events, acks and binary attachments over an
//! Engine.IO connection; and the traits of what is hosted.

pub mod application;
pub mod assembly;
pub mod encode;
pub mod outbound;
pub mod packet;
pub mod service;
pub mod session;
