//! A day of birth, without a time. How old somebody is depends on the day it is asked.

use super::malformed::Malformed;
use chrono::{Datelike, NaiveDate, Utc};

/// The first year in which somebody can have been born.
const EARLIEST: i32 = 1880;
/// `YYYY-MM-DD`.
const FORM: &str = "%Y-%m-%d";

/// A day of birth, from 1880 to today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birthdate(NaiveDate);

impl std::fmt::Display for Birthdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format(FORM))
    }
}

impl TryFrom<String> for Birthdate {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        // Tomorrow is today already, east of UTC.
        let latest = Utc::now().date_naive().succ_opt();
        let date = NaiveDate::parse_from_str(&text, FORM).ok();
        let date = date.filter(|date| date.format(FORM).to_string() == text);
        let date = date.filter(|date| date.year() >= EARLIEST && Some(*date) <= latest);
        date.map(Self).ok_or(Malformed::invalid("must be a day of birth, such as 1952-03-08"))
    }
}

#[cfg(test)]
mod tests {
    use super::Birthdate;

    #[test]
    fn a_day_of_birth_is_a_day_that_has_come() {
        assert_eq!(Birthdate::try_from("1952-02-29".to_owned()).unwrap().to_string(), "1952-02-29");
        for odd in ["1953-02-29", "1879-12-31", "2999-01-01", "1952-2-29", "19520229", "", "+1952-02-1"] {
            assert!(Birthdate::try_from(odd.to_owned()).is_err(), "{odd:?}");
        }
    }
}
