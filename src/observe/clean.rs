//! Sanitizes values of exports, with one function for each shape: label, id, host, time. A value that does not have the expected shape is dropped, so
//! that no personal name, address or secret gets into a catalogue.

use jiff::{Timestamp, civil::Date};

use crate::{
    output::escape::is_hazard,
    source::{compared_id, redact},
};

/// Maximum length of a label, in characters.
const LABEL: usize = 200;

/// Reduces a display name to one line, without control characters, mail addresses and secrets. `None` if nothing is left.
pub(super) fn label(text: &str) -> Option<String> {
    let visible: String = text.chars().map(|c| if is_hazard(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = visible.split_whitespace().map(without_address).collect();
    let joined = words.join(" ");
    // Redact after joining the words, because a secret may consist of several words.
    let text = redact(&joined).into_owned();
    let cut: String = text.chars().take(LABEL).collect();
    let cut = cut.trim().to_owned();
    (!cut.is_empty()).then_some(cut)
}

/// Replaces a word that contains a mail address.
fn without_address(word: &str) -> &str {
    let is_at = |c: char| matches!(c, '@' | '\u{ff20}' | '\u{fe6b}');
    let escaped = word.to_ascii_lowercase().contains("%40");
    // `@scope` and a single `@` are not addresses.
    let address = word.char_indices().any(|(at, c)| is_at(c) && at > 0 && at + c.len_utf8() < word.len());
    if address || escaped { "(address)" } else { word }
}

/// Reads the id of an application: visible ASCII without quotes, markup and `@`. Returns the form in which ids are compared.
pub(super) fn id(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '@' | '<' | '>' | '"' | '\'' | '`' | '\\' | '&' | '%');
    let fits = (1..=200).contains(&text.len()) && text.chars().all(plain);
    (fits && redact(text) == text).then(|| compared_id(text).into_owned())
}

/// Reads a word, such as a product name in a catalogue of integrations.
pub(super) fn word(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = (1..=100).contains(&text.len()) && text.chars().all(plain);
    (fits && redact(text) == text).then(|| text.to_owned())
}

/// Reads the host of a URL, in lower case. Drops user name, password, path and query.
pub(super) fn host(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?.to_ascii_lowercase();
    let plain = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let fits = host.len() <= 253 && host.contains('.') && host.split('.').all(plain);
    (fits && redact(&host) == host).then_some(host)
}

/// Reads a time and converts it to UTC, to the second. `None` for the year 1 and the Unix epoch, which exports use for "never".
pub(super) fn moment(text: &str) -> Option<String> {
    let text = text.trim();
    let moment: Timestamp = milliseconds(text).or_else(|| text.parse().ok())?;
    let is_real = moment.as_second() > 0;
    is_real.then(|| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).filter(|text| text.len() == 20)
}

/// Reads a time that Windows PowerShell wrote, such as `/Date(1764000000000)/`.
fn milliseconds(text: &str) -> Option<Timestamp> {
    let number = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    Timestamp::from_millisecond(number.parse().ok()?).ok()
}

/// Reads the day of a date or a time, `YYYY-MM-DD`.
pub(super) fn day(text: &str) -> Option<String> {
    let day = match moment(text) {
        Some(moment) => moment.get(..10)?.to_owned(),
        None => text.trim().parse::<Date>().ok().filter(|_| text.trim().len() == 10)?.to_string(),
    };
    ("1970".."2200").contains(&day.get(..4)?).then_some(day)
}

/// Converts an ISO 8601 duration, or a time such as `00:40:00`, to minutes and rounds up. `None` for a year or more, which means "never" in Entra.
pub(super) fn minutes(text: &str) -> Option<u64> {
    if let [hours, minutes, seconds] = text.split(':').collect::<Vec<_>>().as_slice() {
        let is_number = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_time = [hours, minutes, seconds].into_iter().all(is_number);
        return is_time.then(|| format!("PT{hours}H{minutes}M{seconds}S")).and_then(|text| self::minutes(&text));
    }
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut seconds = 0_f64;
    for (part, units) in
        [(days, &[('W', 604_800_f64), ('D', 86_400.0)][..]), (time, &[('H', 3_600.0), ('M', 60.0), ('S', 1.0)][..])]
    {
        let mut number = String::new();
        for c in part.chars() {
            if c.is_ascii_digit() || c == '.' {
                number.push(c);
            } else {
                let unit = units.iter().find(|(unit, _)| *unit == c)?.1;
                seconds += number.parse::<f64>().ok()? * unit;
                number.clear();
            }
        }
        if !number.is_empty() {
            return None;
        }
    }
    let minutes = (seconds / 60.0).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a year")]
    (1.0..525_600.0).contains(&minutes).then_some(minutes as u64)
}

/// Makes a name for a file or declaration: lower-case letters, digits and hyphens.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            // Other characters in a row become one hyphen.
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_one_line_without_addresses_and_secrets() {
        for (text, kept) in [
            ("Slack", Some("Slack")),
            (" A\u{1b}[31m\nB\u{202e}C\t", Some("A [31m B C")),
            ("Box of ada@example.com", Some("Box of (address)")),
            ("<ada@example.com>", Some("(address)")),
            ("ada%40example.com", Some("(address)")),
            ("ada＠example.com box", Some("(address) box")),
            ("@acme/tool", Some("@acme/tool")),
            ("\u{7}", None),
            ("", None),
        ] {
            assert_eq!(label(text).as_deref(), kept, "{text:?}");
        }
        assert_eq!(label(&"é".repeat(500)).map(|text| text.chars().count()), Some(200));
        let secret = format!("Box ghp_{}", "aB3".repeat(12));
        assert!(!label(&secret).expect("a label").contains("aB3aB3"));
    }

    #[test]
    fn hosts_are_stripped_of_the_rest_of_the_url() {
        for (text, kept) in [
            ("https://api.example.com/scim/v2?token=x", Some("api.example.com")),
            ("https://ada:pw@API.example.com:8443/x", Some("api.example.com")),
            ("https://api.example.com\\@evil.example/x", Some("api.example.com")),
            ("api.example.com", None),
            ("https://localhost/", None),
            ("https:///x", None),
            ("https://a b.example.com", None),
        ] {
            assert_eq!(host(text).as_deref(), kept, "{text}");
        }
    }

    #[test]
    fn moments_and_days_are_in_utc() {
        assert_eq!(moment("2019-11-20T14:09:46.8855027Z").as_deref(), Some("2019-11-20T14:09:46Z"));
        assert_eq!(moment("2026-11-25T01:00:00+02:00").as_deref(), Some("2026-11-24T23:00:00Z"));
        assert_eq!(moment("/Date(1795564800000)/").as_deref(), Some("2026-11-25T00:00:00Z"));
        assert_eq!(day("2026-11-25T01:00:00+02:00").as_deref(), Some("2026-11-24"));
        assert_eq!(day("2026-11-25").as_deref(), Some("2026-11-25"));
        for never in [
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00.000Z",
            "",
            "Never",
            "2026-13-01",
            "9999-12-31T00:00:00Z",
            "/Date(-62135596800000)/",
            "/Date(99999999999999999999)/",
            "/Date()/",
        ] {
            assert_eq!(day(never), None, "{never}");
        }
    }

    #[test]
    fn durations_are_converted_to_minutes() {
        for (text, expected) in [
            ("PT40M", Some(40)),
            ("PT2M", Some(2)),
            ("PT1H30M", Some(90)),
            ("P1D", Some(1_440)),
            ("PT30S", Some(1)),
            ("00:40:00", Some(40)),
            ("01:00:30", Some(61)),
            ("00:00:00", None),
            ("0:4:0", None),
            ("10675199.02:48:05.4775807", None),
            ("::", None),
            ("P10675199DT2H48M5.4775807S", None),
            ("PT", None),
            ("P5M", None),
            ("40", None),
        ] {
            assert_eq!(minutes(text), expected, "{text}");
        }
    }

    #[test]
    fn slugs_have_only_letters_digits_and_hyphens() {
        for (text, expected) in
            [("monday.com", "monday-com"), ("  Ünïcode — App!", "n-code-app"), ("日本", ""), ("A/B", "a-b")]
        {
            assert_eq!(slug(text), expected);
        }
    }
}
