//! Scalars of the YAML 1.2 core schema (<https://yaml.org/spec/1.2.2/#103-core-schema>), and plain scalars that a YAML 1.1 tool reads differently.

use super::node::Yaml;

/// Reads a plain scalar. An error is the reason why the scalar has no value.
pub(super) fn parse_plain(text: &str) -> Result<Yaml, &'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Yaml::Null),
        "true" | "True" | "TRUE" => return Ok(Yaml::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Yaml::Bool(false)),
        _ => {}
    }
    if let Some(number) = number(text) {
        return number;
    }
    Ok(Yaml::Text(text.into()))
}

/// Reads a scalar with a core tag (`!!int`, …). Returns `None` if the tag is not in the core schema.
pub(super) fn parse_tagged(suffix: &str, text: &str) -> Option<Result<Yaml, &'static str>> {
    let wants = |ok: fn(&Yaml) -> bool, reason| {
        parse_plain(text).and_then(|value| if ok(&value) { Ok(value) } else { Err(reason) })
    };
    Some(match suffix {
        "str" => Ok(Yaml::Text(text.into())),
        "null" => wants(|value| matches!(value, Yaml::Null), "is not a null"),
        "bool" => wants(|value| matches!(value, Yaml::Bool(_)), "is not a boolean"),
        "int" => wants(|value| matches!(value, Yaml::Int(_)), "is not a whole number"),
        "float" => match parse_plain(text) {
            Ok(Yaml::Float(value)) => Ok(Yaml::Float(value)),
            #[expect(clippy::cast_precision_loss, reason = "`!!float 3` requires this conversion")]
            Ok(Yaml::Int(value)) => Ok(Yaml::Float(value as f64)),
            _ => Err("is not a number"),
        },
        _ => return None,
    })
}

fn number(text: &str) -> Option<Result<Yaml, &'static str>> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Err("is not a finite number"));
    }
    let radix = match text.as_bytes() {
        [b'0', b'o', digits @ ..] => Some((8, digits)),
        [b'0', b'x', digits @ ..] => Some((16, digits)),
        _ => None,
    };
    if let Some((radix, digits)) = radix {
        let digits =
            std::str::from_utf8(digits).ok().filter(|digits| !digits.is_empty() && !digits.starts_with(['+', '-']))?;
        if !digits.chars().all(|digit| digit.is_digit(radix)) {
            return None;
        }
        return Some(i64::from_str_radix(digits, radix).map(Yaml::Int).map_err(|_| "does not fit in 64 bits"));
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().map(Yaml::Int).map_err(|_| "does not fit in 64 bits"));
    }
    is_float(unsigned).then(|| match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Yaml::Float(value)),
        _ => Err("is not a finite number"),
    })
}

/// Whether a text matches `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_float(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    if exponent.is_some_and(|exponent| exponent.is_empty() || !digits(exponent)) {
        return false;
    }
    match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()),
        None => !mantissa.is_empty() && digits(mantissa),
    }
}

/// Describes how a YAML 1.1 tool reads a plain scalar, if YAML 1.2 tools read it differently (<https://yaml.org/type/>).
pub fn yaml11(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    match lower.as_str() {
        "y" | "yes" | "on" => Some("true"),
        "n" | "no" | "off" => Some("false"),
        _ if unsigned.len() > 1
            && unsigned.starts_with('0')
            && unsigned.bytes().all(|byte| (b'0'..=b'7').contains(&byte)) =>
        {
            Some("an octal number")
        }
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit()) && unsigned.contains('_') && digits(unsigned) => {
            Some("a number")
        }
        _ if unsigned.contains(':') && unsigned.split(':').all(digits) && sexagesimal(unsigned) => {
            Some("a base 60 number")
        }
        _ => None,
    }
}

fn sexagesimal(text: &str) -> bool {
    text.split(':').skip(1).all(|part| part.len() <= 2 && part.parse::<u8>().is_ok_and(|number| number < 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for (text, value) in [
            ("", Yaml::Null),
            ("~", Yaml::Null),
            ("True", Yaml::Bool(true)),
            ("12", Yaml::Int(12)),
            ("-7", Yaml::Int(-7)),
            ("0777", Yaml::Int(777)),
            ("0o17", Yaml::Int(15)),
            ("0x1F", Yaml::Int(31)),
            ("1.5", Yaml::Float(1.5)),
            (".5", Yaml::Float(0.5)),
            ("1e3", Yaml::Float(1000.0)),
            ("no", Yaml::Text("no".into())),
            ("2026-11-25", Yaml::Text("2026-11-25".into())),
            ("1:30", Yaml::Text("1:30".into())),
            ("-", Yaml::Text("-".into())),
            ("1_000", Yaml::Text("1_000".into())),
            ("0x", Yaml::Text("0x".into())),
            ("1.2.3", Yaml::Text("1.2.3".into())),
        ] {
            assert_eq!(parse_plain(text), Ok(value), "{text}");
        }
        for text in [".inf", "-.INF", ".nan", "99999999999999999999", "0xffffffffffffffffff", "1e999"] {
            assert!(parse_plain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn scalars_that_yaml_1_1_reads_differently_are_detected() {
        for text in ["no", "On", "y", "0777", "1:30", "12:30:45", "1_000"] {
            assert!(yaml11(text).is_some(), "{text}");
        }
        for text in ["none", "0", "10", "1:99", "2026-11-25", "0888", "a:b", "true", "10.0.0.1:80:80000"] {
            assert!(yaml11(text).is_none(), "{text}");
        }
    }
}
