//! The duty desk: the questions that wait (`desk`), who is on duty when (`roster`), and who may sit at
//! the desk (`on_duty`).

pub mod desk;
pub mod on_duty;
pub mod roster;
