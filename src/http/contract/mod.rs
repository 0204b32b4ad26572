//! Contracts (`signed`), appointments (`reservation`) and when they are offered (`hours`).

pub mod hours;
pub mod reservation;
pub mod signed;
