//! Notices: those of doctors to their residents (`doctors`), announcements of the back office, and
//! what one has been told (`history`).

pub mod announcement;
pub mod doctors;
pub mod history;
