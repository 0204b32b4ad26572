//! Notices: those of doctors to their residents (`doctors`), announcements of administrators
//! (`announcement`), what the two have in common (`topic`), and what one has received (`history`).

pub mod announcement;
pub mod doctors;
pub mod history;
pub mod schedule;
pub mod topic;
