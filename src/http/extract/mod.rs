//! What handlers take as arguments and what they answer, whatever their subject.
//!
//! `caller` says who asks, `signed` where an address says so by itself, `client_address` where from, `peer` from which page; `admission`
//! bounds the connections on which nobody has logged in; `body`, `file_part` and `query` read what a request bears, `page` and
//! `cursor` are about pages of lists, `response` and `refusal`
//! are what goes back. `describe` says of all of them what
//! stands in the description of the interface.

pub mod admission;
pub mod body;
pub mod caller;
pub mod client_address;
pub mod cursor;
pub mod describe;
pub mod file_part;
pub mod message;
pub mod page;
pub mod peer;
pub mod query;
pub mod refusal;
pub mod response;
pub mod signed;
