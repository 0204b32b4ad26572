//! Socket.IO, protocols 4 and 5: namespaces, events, acknowledgements and binary attachments on top
//! of an Engine.IO connection.

mod actor;
mod application;
mod assembly;
mod encode;
mod event;
mod library;
mod namespaces;
pub(crate) mod packet;
mod server;
mod session;

pub use self::actor::SocketActor;
pub use self::application::Application;
pub use self::event::{Ack, EncodedEvent, Event};
pub use self::server::SocketIo;
pub use self::session::{SocketContext, SocketHandler};
