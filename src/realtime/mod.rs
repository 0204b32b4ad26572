//! Who is here and what goes on between them, in memory and in time. It knows nothing of the
//! database, of HTTP or of any wire format.

pub mod call;
pub mod turn;
