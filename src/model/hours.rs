//! The hours of a week in which a doctor offers appointments, by a clock that is so far ahead of UTC. (An offset and
//! no time zone: where clocks are changed, a doctor sets them anew.)

use super::malformed::Malformed;
use super::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const MINUTE: i64 = 60_000; // ms
const DAY: i64 = 1440; // minutes

/// A time of day in whole minutes, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(inline, extend("type" = "string", "pattern" = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", "examples" = ["08:00"]))]
pub struct TimeOfDay(#[schemars(with = "String")] i64);

impl TimeOfDay {
    /// Minutes since midnight.
    pub fn minutes(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for TimeOfDay {
    type Error = Malformed;

    fn try_from(minutes: i64) -> Result<Self, Malformed> {
        match (0..=DAY).contains(&minutes) {
            true => Ok(Self(minutes)),
            false => Err(Malformed::invalid("must be a time of day such as 08:00")),
        }
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let two = |part: &str| part.parse::<u8>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
        let parts = text.split_once(':').filter(|_| text.len() == "08:00".len());
        let parts = parts.and_then(|(hours, minutes)| Some((two(hours)?, two(minutes).filter(|m| *m < 60)?)));
        // Whatever is none is later than any.
        Self::try_from(parts.map_or(i64::MAX, |(hours, minutes)| i64::from(hours) * 60 + i64::from(minutes)))
    }
}

impl From<TimeOfDay> for String {
    fn from(TimeOfDay(minutes): TimeOfDay) -> Self {
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// A day of the week: 1 is Monday, 7 is Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schemars(inline, extend("type" = "integer", "minimum" = 1, "maximum" = 7, "examples" = [1]))]
pub struct Weekday(#[schemars(with = "i64")] i64);

impl TryFrom<i64> for Weekday {
    type Error = Malformed;

    fn try_from(day: i64) -> Result<Self, Malformed> {
        match (1..=7).contains(&day) {
            true => Ok(Self(day)),
            false => Err(Malformed::invalid("must be 1 for Monday to 7 for Sunday")),
        }
    }
}

impl From<Weekday> for i64 {
    fn from(Weekday(day): Weekday) -> Self {
        day
    }
}

/// Minutes that a clock is ahead of UTC: 480 in China.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schemars(inline, extend("type" = "integer", "minimum" = -840, "maximum" = 840, "examples" = [480]))]
pub struct ClockOffset(#[schemars(with = "i64")] i64);

impl TryFrom<i64> for ClockOffset {
    type Error = Malformed;

    fn try_from(minutes: i64) -> Result<Self, Malformed> {
        match (-840..=840).contains(&minutes) {
            true => Ok(Self(minutes)),
            false => Err(Malformed::invalid("must be -840 to 840 minutes")),
        }
    }
}

impl From<ClockOffset> for i64 {
    fn from(ClockOffset(minutes): ClockOffset) -> Self {
        minutes
    }
}

/// A span of a day in which appointments are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct OfficeHours {
    /// Of which day: 1 is Monday, 7 is Sunday.
    pub weekday: Weekday,
    /// From when.
    pub begins: TimeOfDay,
    /// Until when; that itself is not in it.
    #[schemars(example = &"12:00")]
    pub ends: TimeOfDay,
}

/// The spans of a week, in their order. Each begins before it ends, and none overlaps another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<OfficeHours>")]
#[schemars(inline, extend("maxItems" = WeeklyHours::MOST))]
pub struct WeeklyHours(Vec<OfficeHours>);

impl WeeklyHours {
    /// How many spans a week may have.
    const MOST: usize = 28;

    /// Each of them.
    pub fn spans(&self) -> &[OfficeHours] {
        &self.0
    }
}

/// When a doctor offers appointments: in these hours, or at any time where there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OfferedHours {
    /// The hours of each week; at most 28, none of which overlaps another.
    pub hours: WeeklyHours,
    /// Minutes that the doctor's clock is ahead of UTC: 480 in China.
    pub offset: ClockOffset,
    /// Whether a resident who writes outside of the hours is told so by a `system` line, at most once in twelve hours.
    pub autoanswer: bool,
}

impl OfferedHours {
    /// Whether an appointment may be at a time.
    pub fn cover(&self, time: Time) -> bool {
        let minutes = time.millis().div_euclid(MINUTE) + self.offset.0;
        let (day, minute) = (minutes.div_euclid(DAY), minutes.rem_euclid(DAY));
        // 1970 began on a Thursday.
        let weekday = Weekday((day + 3).rem_euclid(7) + 1);
        let has = |span: &OfficeHours| {
            span.weekday == weekday && (span.begins.minutes()..span.ends.minutes()).contains(&minute)
        };
        self.hours.0.is_empty() || self.hours.0.iter().any(has)
    }
}

impl TryFrom<Vec<OfficeHours>> for WeeklyHours {
    type Error = Malformed;

    fn try_from(mut spans: Vec<OfficeHours>) -> Result<Self, Malformed> {
        spans.sort_unstable();
        let overlap =
            |pair: &[OfficeHours]| pair[0].weekday == pair[1].weekday && pair[1].begins < pair[0].ends;
        match spans.len() {
            count if count > Self::MOST => Err(Malformed::TooLong),
            _ if spans.iter().any(|span| span.ends <= span.begins) => {
                Err(Malformed::invalid("must end after they begin"))
            }
            _ if spans.windows(2).any(overlap) => Err(Malformed::invalid("must not overlap")),
            _ => Ok(Self(spans)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn a_time_of_day_is_read_as_it_is_written() {
        for text in ["00:00", "08:05", "23:59", "24:00"] {
            assert_eq!(String::from(TimeOfDay::try_from(text.to_owned()).unwrap()), text);
        }
        for odd in ["", "8:00", "08:60", "24:01", "+8:00", "08-00", "08:0", "08:000", "０8:00"] {
            assert!(TimeOfDay::try_from(odd.to_owned()).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn spans_of_a_day_neither_overlap_nor_end_before_they_begin() {
        let week = |spans: &[(i64, &str, &str)]| {
            let spans = spans
                .iter()
                .map(|(weekday, begins, ends)| json!({ "weekday": weekday, "begins": begins, "ends": ends }));
            from_value::<WeeklyHours>(spans.collect()).map_err(|error| error.to_string())
        };
        let sound = week(&[(1, "12:00", "17:00"), (1, "08:00", "12:00"), (2, "08:00", "24:00")]).unwrap();
        assert_eq!(sound.spans()[0].ends.minutes(), 720, "they are in their order");
        assert!(week(&[(1, "08:00", "12:01"), (1, "12:00", "17:00")]).is_err());
        assert!(week(&[(1, "08:00", "08:00")]).is_err());
        assert!(week(&[(0, "08:00", "12:00")]).is_err());
        let many: Vec<_> = (0..29).map(|_| (1, "08:00", "08:01")).collect();
        assert_eq!(week(&many), Err("is too long".to_owned()));
    }

    #[test]
    fn a_time_is_in_a_span_by_the_doctors_clock() {
        // 2026-11-23 is a Monday.
        let at = |text: &str| from_value::<Time>(json!(text)).unwrap();
        let week = json!([{ "weekday": 1, "begins": "07:30", "ends": "12:00" }]);
        let offered = |offset: i64| {
            let (hours, offset) = (from_value(week.clone()).unwrap(), offset.try_into().unwrap());
            OfferedHours { hours, offset, autoanswer: false }
        };
        for (time, is_in) in [
            ("2026-11-22T23:29:59.999Z", false),
            ("2026-11-22T23:30:00.000Z", true),
            ("2026-11-23T03:59:59.999Z", true),
            ("2026-11-23T04:00:00.000Z", false),
            ("2026-11-23T23:30:00.000Z", false),
            ("2026-11-29T23:30:00.000Z", true),
        ] {
            assert_eq!(offered(480).cover(at(time)), is_in, "{time}");
        }
        assert!(offered(0).cover(at("2026-11-23T07:30:00.000Z")));
        assert!(OfferedHours::default().cover(at("2026-11-23T03:00:00.000Z")), "who has set none offers any");
    }
}
