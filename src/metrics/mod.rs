//! Figures for those who run the server: what is counted, under which names, and how it is written.
//!
//! Each group has a file here and is counted where the thing happens. What only the store can
//! tell is asked for when the figures are read, in `http::metrics`. No figure names anybody.

mod connections;
mod figures;
mod logins;
mod notices;
mod pushes;
mod requests;
mod writes;

pub use connections::{Connections, Counted, Transport};
pub use figures::{Figures, encode};
pub use logins::{Logins, Outcome};
pub use notices::Notices;
pub use pushes::{Envelopes, Pushes};
pub use requests::Requests;
pub use writes::{Queue, Writes};

use crate::error::Result;
use std::sync::Arc;

/// Everything that is counted while it happens.
pub struct Metrics {
    /// Where all of it is written out from.
    pub figures: Figures,
    /// Requests of HTTP.
    pub requests: Requests,
    /// Connections that are there and that were.
    pub connections: Arc<Connections>,
    /// What clients say on their connections.
    pub envelopes: Envelopes,
    /// What they are told.
    pub pushes: Pushes,
    /// What is written to the store.
    pub writes: Writes,
    /// Who wanted to log in.
    pub logins: Logins,
    /// Mobile notices.
    pub notices: Notices,
}

impl Metrics {
    /// Nothing has happened yet.
    pub fn new() -> Result<Self> {
        let figures = Figures::of_process()?;
        Ok(Self {
            requests: Requests::new(&figures)?,
            connections: Arc::new(Connections::new(&figures)?),
            envelopes: Envelopes::new(&figures)?,
            pushes: Pushes::new(&figures)?,
            writes: Writes::new(&figures)?,
            logins: Logins::new(&figures)?,
            notices: Notices::new(&figures)?,
            figures,
        })
    }
}
