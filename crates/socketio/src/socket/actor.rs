//! The actor of a connection, as other actors and the handler's author see it.

use actix::Context;

use crate::engine::Connection;

use super::session::{Session, SocketContext, SocketHandler};

/// The actor that runs the [`SocketHandler`] of one connection.
///
/// To let other actors send messages to a connection, implement [`actix::Handler`] for the
/// `SocketActor` of your handler, and hand out [`SocketContext::address`]:
///
/// ```
/// # use actix_socketio::{CloseFrame, DisconnectReason, Event, SocketHandler};
/// use actix_socketio::{SocketActor, SocketContext};
///
/// #[derive(actix::Message)]
/// #[rtype(result = "()")]
/// struct News(String);
///
/// struct Visitor;
///
/// # impl SocketHandler for Visitor {
/// #     fn connect(&mut self, _: &str, _: Option<serde_json::Value>, _: &mut SocketContext<'_, Self>) -> Result<(), String> {
/// #         Ok(())
/// #     }
/// #     fn event(&mut self, _: &str, _: Event<'_>, _: &mut SocketContext<'_, Self>) {}
/// # }
/// impl actix::Handler<News> for SocketActor<Visitor> {
///     type Result = ();
///
///     fn handle(&mut self, News(text): News, context: &mut Self::Context) {
///         let args = serde_json::json!(text).to_string();
///         self.call_handler(context, |_, context| context.emit("/", "news", &args));
///     }
/// }
/// ```
///
/// The mailbox holds [`Options::mailbox_capacity`](crate::Options::mailbox_capacity) messages. Use
/// [`Addr::try_send`](actix::Addr::try_send), which fails when it is full, or
/// [`Addr::send`](actix::Addr::send), which waits.
pub type SocketActor<H> = Connection<Session<H>>;

impl<H: SocketHandler> Connection<Session<H>> {
    /// Calls the handler, and sends what it has to send. Returns `None` without calling it if the
    /// connection has ended.
    pub fn call_handler<R>(
        &mut self,
        context: &mut Context<Self>,
        act: impl FnOnce(&mut H, &mut SocketContext<'_, H>) -> R,
    ) -> Option<R> {
        self.call(context, |session, engine| session.call(engine, act))
    }
}
