//! The people whom one knows: contacts, and friends among doctors.

pub mod contacts;
pub mod friend;
