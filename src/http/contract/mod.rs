//! Contracts (`signed`) and appointments (`reservation`).

pub mod reservation;
pub mod signed;
