//! Socket.IO, protocols 4 and 5: namespaces, events, acknowledgements and binary attachments on top
//! of an Engine.IO connection.

mod actor;
mod assembly;
mod context;
mod encode;
mod event;
mod handler;
mod library;
mod namespaces;
pub(crate) mod packet;
mod server;
mod session;

pub use self::actor::SocketActor;
pub use self::context::SocketContext;
pub use self::event::{Ack, EncodedEvent, Event};
pub use self::handler::{Application, SocketHandler};
pub use self::server::SocketIo;
