//! [`Fault`]: why a call failed, before it becomes a pending error.

use crate::abi::Status;
use taipan::object::raise::Raised;
use taipan_gc::HeapFull;

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A script exception is on its way.
    Raised(Raised),
    /// The call itself was wrong.
    Api(Status, String),
    /// An error was pending already, or came in as an argument.
    Sticky,
}

impl From<Raised> for Fault {
    fn from(raised: Raised) -> Fault {
        Fault::Raised(raised)
    }
}

impl From<HeapFull> for Fault {
    fn from(full: HeapFull) -> Fault {
        Fault::Raised(Raised::from(full))
    }
}

/// A fault of the call itself.
pub(crate) fn fault<T>(status: Status, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Api(status, message.into()))
}
