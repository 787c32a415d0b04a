//! Plants faults in valid files. Each fault changes a few characters at a random place and returns the line.

/// Plants a fault and returns its line, counted from 1, or `None` if the text has no suitable place.
pub type Fault = fn(&mut Text, &mut Random) -> Option<usize>;

/// A small random number generator: the same seed gives the same faults.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).expect("a small number")
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// The lines of a file.
pub struct Text(Vec<String>);

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Returns the key and the value if a line of block YAML is one plain pair.
fn pair(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let (key, value) = line.strip_prefix("- ").unwrap_or(line).split_once(": ")?;
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    let plain = value.starts_with(|c: char| c.is_ascii_alphanumeric()) && !value.contains(['#', ',', '}', ']', '"']);
    (word(key) && plain && !value.contains(": ")).then_some((key, value))
}

/// For each line, whether a `[` or `{` is open before it. Brackets in strings count, too: this approximation is enough, since the files are valid.
fn inside_collection(lines: &[String]) -> Vec<bool> {
    let mut open = [0_usize; 4];
    let mut inside = Vec::with_capacity(lines.len());
    for line in lines {
        inside.push(open[0] != open[1] || open[2] != open[3]);
        let code = line.split(" #").next().unwrap_or_default();
        for (count, bracket) in open.iter_mut().zip(['[', ']', '{', '}']) {
            *count += code.matches(bracket).count();
        }
    }
    inside
}

impl Text {
    pub fn new(text: &str) -> Self {
        Self(text.lines().map(str::to_owned).collect())
    }

    pub fn text(&self) -> String {
        self.0.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    /// Returns the index of a random line outside of flow collections for which `fits(previous line, line)` is true.
    fn line(&self, random: &mut Random, fits: impl Fn(&str, &str) -> bool) -> Option<usize> {
        let inside = inside_collection(&self.0);
        let found: Vec<usize> =
            (1..self.0.len()).filter(|at| fits(&self.0[at - 1], &self.0[*at]) && !inside[*at]).collect();
        (!found.is_empty()).then(|| found[random.below(found.len())])
    }

    /// A line with a plain pair in block style.
    fn pair(&self, random: &mut Random) -> Option<usize> {
        self.line(random, |_, line| pair(line).is_some())
    }

    /// A line with a plain pair that is not the first of its mapping.
    fn later_pair(&self, random: &mut Random) -> Option<usize> {
        let begins = |line: &str| line.trim_start().starts_with("- ");
        self.line(random, |before, line| {
            pair(line).is_some()
                && pair(before).is_some()
                && !begins(line)
                && !begins(before)
                && indent(line) == indent(before)
        })
    }

    /// Replaces the value of a plain pair.
    fn value(&mut self, random: &mut Random, make: impl Fn(&str) -> String) -> Option<usize> {
        let at = self.pair(random)?;
        let (_, old) = pair(&self.0[at])?;
        let start = self.0[at].len() - old.len();
        let new = make(old);
        self.0[at].replace_range(start.., &new);
        Some(at + 1)
    }

    /// Inserts a line before a later pair, with the pair's indent.
    fn insert(&mut self, random: &mut Random, text: &str) -> Option<usize> {
        let at = self.later_pair(random)?;
        let pad = " ".repeat(indent(&self.0[at]));
        self.0.insert(at, format!("{pad}{text}"));
        Some(at + 1)
    }

    /// Replaces the value of one of these keys, in block or flow style, anywhere.
    fn set(&mut self, random: &mut Random, keys: &[&str], value: &str) -> Option<usize> {
        let (at, start, end) = self.find(random, keys)?;
        self.0[at].replace_range(start..end, value);
        Some(at + 1)
    }

    /// Returns the line, the start and the end of a plain value of one of these keys.
    fn find(&self, random: &mut Random, keys: &[&str]) -> Option<(usize, usize, usize)> {
        let mut found = Vec::new();
        for (at, line) in self.0.iter().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
            let code = line.split(" #").next().unwrap_or("");
            for key in keys {
                for (start, _) in code.match_indices(&format!("{key}: ")) {
                    let before = code[..start].chars().next_back();
                    let value = start + key.len() + 2;
                    let rest = &code[value..];
                    let end = value + rest.find([',', '}', ']']).unwrap_or(rest.trim_end().len());
                    let plain = rest.starts_with(|c: char| c.is_ascii_alphanumeric());
                    if plain && before.is_none_or(|c| c == ' ' || c == '{') {
                        found.push((at, value, end));
                    }
                }
            }
        }
        (!found.is_empty()).then(|| found[random.below(found.len())])
    }

    /// Renames one of these keys.
    fn rename(&mut self, random: &mut Random, keys: &[&str], name: impl Fn(&str) -> String) -> Option<usize> {
        let key = random.pick(keys);
        let (at, value, _) = self.find(random, &[key])?;
        self.0[at].replace_range(value - 2 - key.len()..value - 2, &name(key));
        Some(at + 1)
    }
}

const NUMBERS: [&str; 8] =
    ["slaHours", "everyDays", "rotateEveryDays", "reviewEveryDays", "afterDays", "expiresAfterDays", "tier", "max"];
const WORDS: [&str; 6] = ["mode", "dataClass", "roleChurn", "effect", "grant", "via"];
const DAYS: [&str; 6] = ["last", "lastReview", "lastRotated", "checkedOn", "testedOn", "expires"];
const NAMES: [&str; 4] = ["owner", "approver", "sponsor", "system"];
const SWITCHES: [&str; 4] = ["assignmentRequired", "selfReview", "issuesTokens", "privileged"];

/// Faults that make the text invalid YAML, or YAML that leaver refuses.
pub const SYNTAX: [(&str, Fault); 32] = [
    ("one space of indentation too few", |text, random| {
        let at = text.line(random, |before, line| {
            pair(line).is_some()
                && pair(before).is_some()
                && indent(line) > 2
                && indent(line) == indent(before)
                && !line.trim_start().starts_with("- ")
                && !before.trim_start().starts_with("- ")
        })?;
        text.0[at].remove(0);
        Some(at + 1)
    }),
    ("one space of indentation too many", |text, random| {
        let at = text.later_pair(random)?;
        text.0[at].insert(0, ' ');
        Some(at + 1)
    }),
    ("a tab as indentation", |text, random| {
        let at = text.line(random, |before, line| {
            pair(line).is_some()
                && indent(line) >= 2
                && before.trim_end().ends_with(':')
                && !line.trim_start().starts_with("- ")
        })?;
        let rest = text.0[at].trim_start().to_owned();
        text.0[at] = format!("\t{rest}");
        Some(at + 1)
    }),
    ("a tab among spaces", |text, random| {
        let at = text.later_pair(random).filter(|at| indent(&text.0[*at]) >= 2)?;
        text.0[at].replace_range(1..2, "\t");
        Some(at + 1)
    }),
    ("an unclosed double quote", |text, random| text.value(random, |old| format!("\"{old}"))),
    ("an unclosed single quote", |text, random| text.value(random, |old| format!("'{old}"))),
    ("a closing quote without an opening one", |text, random| text.value(random, |old| format!("\"\"{old}\""))),
    ("an apostrophe in single quotes", |text, random| text.value(random, |old| format!("'{old}'s'"))),
    ("an unclosed bracket", |text, random| text.value(random, |old| format!("[{old}"))),
    ("an unclosed brace", |text, random| text.value(random, |old| format!("{{{old}: x"))),
    ("a bracket that is closed twice", |text, random| text.value(random, |old| format!("[{old}]]"))),
    ("a brace that is closed twice", |text, random| text.value(random, |old| format!("{{{old}: x}}}}"))),
    ("a bracket closed by a brace", |text, random| text.value(random, |old| format!("[{old}}}"))),
    ("a missing comma", |text, random| text.value(random, |_| "{via: scim owner: it-apps}".into())),
    ("a duplicate key", |text, random| {
        let at = text.later_pair(random)?;
        let line = text.0[at].clone();
        text.0.insert(at + 1, line);
        Some(at + 2)
    }),
    ("a missing colon", |text, random| {
        let at = text.later_pair(random)?;
        text.0[at] = text.0[at].replacen(": ", " ", 1);
        Some(at + 1)
    }),
    ("no space after the colon", |text, random| {
        let at = text.later_pair(random)?;
        text.0[at] = text.0[at].replacen(": ", ":", 1);
        Some(at + 1)
    }),
    ("an equals sign instead of a colon", |text, random| {
        let at = text.later_pair(random)?;
        text.0[at] = text.0[at].replacen(": ", " = ", 1);
        Some(at + 1)
    }),
    ("two colons on a line", |text, random| text.value(random, |old| format!("{old}: x"))),
    ("a bad escape", |text, random| text.value(random, |old| format!("\"{old}\\q\""))),
    ("a Windows path in double quotes", |text, random| text.value(random, |_| "\"C:\\users\\x\"".into())),
    ("merge conflict marks", |text, random| {
        let at = text.later_pair(random)?;
        let line = text.0[at].clone();
        let marks = ["<<<<<<< HEAD".to_owned(), line.clone(), "=======".into(), line, ">>>>>>> theirs".into()];
        text.0.splice(at..=at, marks);
        Some(at + 1)
    }),
    ("a template's value", |text, random| text.value(random, |_| "{{ owner }}".into())),
    ("a template's condition", |text, random| text.insert(random, "{% if x %}")),
    ("an alias without an anchor", |text, random| text.value(random, |_| "*nowhere".into())),
    ("a tag", |text, random| {
        let tag = random.pick(&["!Ref ", "!GetAtt ", "!!python/object ", "!include "]);
        text.value(random, |old| format!("{tag}{old}"))
    }),
    ("a control character", |text, random| text.value(random, |old| format!("{old}\u{1b}[0m"))),
    ("a reserved character", |text, random| {
        let mark = random.pick(&["@", "`", "%", "]", ","]);
        text.value(random, |old| format!("{mark}{old}"))
    }),
    ("a list item among keys", |text, random| text.insert(random, "- item")),
    ("a merge key with a number", |text, random| text.insert(random, "<<: 3")),
    ("a number that is too large", |text, random| text.value(random, |_| "99999999999999999999".into())),
    ("a block scalar with an invalid header", |text, random| text.value(random, |_| "|x".into())),
];

/// Faults that keep the text valid YAML, but not a valid declaration.
pub const SHAPE: [(&str, Fault); 30] = [
    ("an unknown key", |text, random| text.insert(random, "colour: blue")),
    ("a slip in a key of another mapping", |text, random| text.insert(random, "apiVersionn: leaver/v1")),
    ("a slip in a key", |text, random| {
        text.rename(random, &["owner", "slaHours", "via", "everyDays", "purpose"], |key| {
            format!("{}{}", &key[1..2], key)
        })
    }),
    ("two swapped letters in a key", |text, random| {
        text.rename(random, &["owner", "slaHours", "rotateEveryDays", "lastReview"], |key| {
            let mut letters: Vec<char> = key.chars().collect();
            letters.swap(1, 2);
            letters.into_iter().collect()
        })
    }),
    ("a key with a capital", |text, random| text.rename(random, &["owner", "via", "vault"], str::to_uppercase)),
    ("a key in another style", |text, random| text.rename(random, &["slaHours"], |_| "sla_hours".into())),
    ("a slip in a word", |text, random| text.set(random, &WORDS, "scimm")),
    ("a word with a capital", |text, random| text.set(random, &WORDS, "SCIM")),
    ("a number instead of a word", |text, random| text.set(random, &WORDS, "3")),
    ("a string instead of a number", |text, random| text.set(random, &NUMBERS, "soon")),
    ("a duration of ISO 8601", |text, random| text.set(random, &NUMBERS, "PT24H")),
    ("a duration with its unit", |text, random| text.set(random, &NUMBERS, "24h")),
    ("a quoted number", |text, random| text.set(random, &NUMBERS, "\"24\"")),
    ("a fraction", |text, random| text.set(random, &["everyDays", "tier", "max", "afterDays"], "1.5")),
    ("a negative number", |text, random| text.set(random, &NUMBERS, "-1")),
    ("a number that is too large", |text, random| text.set(random, &NUMBERS, "99999999")),
    ("a list instead of a number", |text, random| text.set(random, &NUMBERS, "[1]")),
    ("a date in German notation", |text, random| text.set(random, &DAYS, "25.11.2026")),
    ("a date without leading zeros", |text, random| text.set(random, &DAYS, "2026-1-5")),
    ("an invalid date", |text, random| text.set(random, &DAYS, "2026-02-30")),
    ("a time instead of a date", |text, random| text.set(random, &DAYS, "2026-11-25T10:00:00Z")),
    ("a number instead of a name", |text, random| text.set(random, &NAMES, "7")),
    ("an empty name", |text, random| text.set(random, &NAMES, "\"\"")),
    ("a null name", |text, random| {
        // With a pattern, `null` removes a value of the pattern.
        let inherits = text.0.iter().any(|line| line.trim_start().starts_with("pattern: "));
        if inherits { None } else { text.set(random, &NAMES, "null") }
    }),
    ("a list instead of a name", |text, random| text.set(random, &NAMES, "[a, b]")),
    ("a mapping instead of a name", |text, random| text.set(random, &NAMES, "{name: a}")),
    ("a word instead of a boolean", |text, random| text.set(random, &SWITCHES, "\"true\"")),
    ("a YAML 1.1 boolean", |text, random| text.set(random, &SWITCHES, "yes")),
    ("an unknown version", |text, random| text.set(random, &["apiVersion"], "leaver/v2")),
    ("a name with blanks", |text, random| {
        let at = text
            .line(random, |before, line| before == "metadata:" && pair(line).is_some_and(|(key, _)| key == "name"))?;
        text.0[at] = "  name: My App".into();
        Some(at + 1)
    }),
];

/// Missing or superfluous parts. The expected place is the parent.
pub const GAPS: [(&str, Fault); 5] = [
    ("a missing name", |text, random| {
        let at = text
            .line(random, |before, line| before == "metadata:" && pair(line).is_some_and(|(key, _)| key == "name"))?;
        // A mapping without keys is a different fault.
        let next = text.0.get(at + 1).is_some_and(|next| next.starts_with("  "));
        next.then(|| text.0.remove(at)).map(|_| at)
    }),
    ("a list instead of a mapping with required keys", |text, random| {
        let at =
            text.line(random, |before, line| before.trim() == "metadata:" && line.trim_start().starts_with("name: "))?;
        text.0[at - 1] = "metadata: []".into();
        let mut end = at;
        while text.0.get(end).is_some_and(|line| line.starts_with("  ")) {
            end += 1;
        }
        text.0.drain(at..end);
        Some(at)
    }),
    ("a duplicate item", |text, random| {
        let at = text.line(random, |_, line| line.trim_start().starts_with("populations: [") && line.contains(']'))?;
        text.0[at] = text.0[at].replacen("populations: [", "populations: [employees, employees, ", 1);
        Some(at + 1)
    }),
    ("an unknown item", |text, random| {
        let at = text.line(random, |_, line| line.trim_start().starts_with("populations: [") && line.contains(']'))?;
        text.0[at] = text.0[at].replacen("populations: [", "populations: [staff, ", 1);
        Some(at + 1)
    }),
    ("an unknown kind", |text, random| {
        let at = text.line(random, |_, line| line == "kind: App")?;
        text.0[at] = "kind: Ap".into();
        Some(at + 1)
    }),
];
