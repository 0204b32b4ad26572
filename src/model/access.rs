//! Whether something may be used: no word on the wire, where it is `disabled` or `open`.

/// Whether an account, a community, a team or a room is open. What is closed keeps all that is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It may be used.
    Open,
    /// It may not, until it is opened again.
    Closed,
}

impl Access {
    /// Open where that is so, closed otherwise.
    pub fn open_if(open: bool) -> Self {
        if open { Self::Open } else { Self::Closed }
    }

    /// Whether it is open.
    pub fn is_open(self) -> bool {
        match self {
            Self::Open => true,
            Self::Closed => false,
        }
    }

    /// Whether it is closed.
    pub fn is_closed(self) -> bool {
        !self.is_open()
    }
}
