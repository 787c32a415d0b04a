//! Times in UTC, to the second. Local times are refused, because the same key would be valid on one machine and invalid on another.

use std::fmt;

use jiff::civil::DateTime;

/// A time such as `2026-11-24T09:00:00Z`. The texts sort in the order of the times.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(String);

impl Moment {
    /// Parses `YYYY-MM-DDTHH:MM:SSZ` (RFC 3339 in UTC, whole seconds) and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let time: DateTime = text.strip_suffix('Z')?.parse().ok()?;
        let moment = Self::of(time);
        (moment.0 == text).then_some(moment)
    }

    /// Parses a time of an allowed signers file, `YYYYMMDDZ`, `YYYYMMDDHHMMZ` or `YYYYMMDDHHMMSSZ` (ssh-keygen(1), ALLOWED SIGNERS).
    pub fn parse_openssh(text: &str) -> Option<Self> {
        let digits = text.strip_suffix('Z')?;
        if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let padded = format!("{digits:0<14}");
        let part = |from: usize, to: usize| padded.get(from..to).unwrap_or_default();
        Self::parse(&format!(
            "{}-{}-{}T{}:{}:{}Z",
            part(0, 4),
            part(4, 6),
            part(6, 8),
            part(8, 10),
            part(10, 12),
            part(12, 14)
        ))
    }

    /// Returns the first second of a day (`YYYY-MM-DD`).
    pub fn start_of(day: &str) -> Option<Self> {
        Self::parse(&format!("{day}T00:00:00Z"))
    }

    /// Converts a civil time in UTC.
    pub fn of(time: DateTime) -> Self {
        Self(format!("{}Z", time.strftime("%Y-%m-%dT%H:%M:%S")))
    }

    /// Returns the day of the time, `YYYY-MM-DD`.
    pub fn day(&self) -> &str {
        self.0.get(..10).unwrap_or_default()
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Whether a text is an existing date, `YYYY-MM-DD`.
pub(super) fn is_day(text: &str) -> bool {
    Moment::start_of(text).is_some_and(|moment| moment.day() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_spelling_of_a_time_is_accepted() {
        assert!(Moment::parse("2026-11-24T09:00:00Z").is_some());
        for wrong in [
            "2026-11-24",
            "2026-11-24T09:00:00",
            "2026-11-24T09:00:00+00:00",
            "2026-02-30T09:00:00Z",
            "2026-11-24 09:00:00Z",
        ] {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
        assert!(is_day("2028-02-29") && !is_day("2027-02-29") && !is_day("2027-2-9"));
    }

    #[test]
    fn openssh_times_without_a_time_zone_are_refused() {
        let read = |text| Moment::parse_openssh(text).map(|moment| moment.to_string());
        assert_eq!(read("20260101Z").as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(read("202601012359Z").as_deref(), Some("2026-01-01T23:59:00Z"));
        assert_eq!(read("20260101235958Z").as_deref(), Some("2026-01-01T23:59:58Z"));
        for wrong in ["20260101", "2026-01-01Z", "20261301Z", "2026010123Z", "Z"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
