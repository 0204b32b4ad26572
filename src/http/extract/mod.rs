//! What handlers take as arguments: who asks (`caller`), bodies, queries and answers (`body`), and
//! where a request comes from (`peer`).

pub mod body;
pub mod caller;
pub mod message;
pub mod peer;
