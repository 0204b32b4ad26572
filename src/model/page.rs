//! How many items a page of a list has, in answers and on connections alike.

use super::malformed::Malformed;

/// The number of items, unless the client asks for another.
pub const PAGE_SIZE: i64 = 50;
/// The largest number of items that a client may ask for.
pub const MAX_PAGE_SIZE: i64 = 200;

/// Returns the number of items that a client asks for, if it may.
pub fn check_page_size(size: i64) -> Result<i64, Malformed> {
    match (1..=MAX_PAGE_SIZE).contains(&size) {
        true => Ok(size),
        false => Err(Malformed::invalid("must be 1 to 200")),
    }
}
