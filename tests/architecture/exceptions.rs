//! What breaks a rule today and is to go. An exception that nothing needs any more fails, too.

/// Rooms that have a row in the map and are not there yet.
pub const ROOMS_TO_COME: &[&str] = &[];

/// Rooms that are still there without a row.
pub const ROOMS_TO_GO: &[&str] = &[];

/// A room, and another that it knows of without its row saying so.
pub const ROOMS: &[(&str, &str)] = &[];

/// A file of `http`, and a file of another group that it knows of.
pub const GROUPS: &[(&str, &str)] = &[];

/// A file in a circle, and the file that it is not to know of.
pub const CIRCLES: &[(&str, &str)] = &[];
