//! Names of library rules in full. The virtual machine reads `apps.alive` after `import data.policies.lib.apps` as one field of the whole
//! package, and so evaluates every rule of the package and builds an object of them at each use; `data.policies.lib.apps.alive` is a call.

const LIBRARY: &str = "data.policies.lib.";

/// The same module with `apps.` spelled out as `data.policies.lib.apps.` where it is the imported package. Lines stay where they are.
pub(super) fn in_full(text: &str) -> String {
    let imported: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim_end().strip_prefix("import ")?.strip_prefix(LIBRARY))
        .filter(|name| is_word(name))
        .collect();
    let words = words(text);
    // A name that also stands by itself is a variable somewhere: then it is left alone.
    let variable = |name: &str| words.iter().any(|word| word.of(text) == name && !word.after_dot && !word.before_dot);
    let meant: Vec<&str> = imported.into_iter().filter(|name| !variable(name)).collect();
    let mut full = String::with_capacity(text.len() + 1_024);
    let mut done = 0;
    for word in words.iter().filter(|word| word.before_dot && !word.after_dot && meant.contains(&word.of(text))) {
        full.push_str(text.get(done..word.start).unwrap_or_default());
        full.push_str(LIBRARY);
        done = word.start;
    }
    full.push_str(text.get(done..).unwrap_or_default());
    full
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A name in the code of a module.
struct Word {
    start: usize,
    end: usize,
    after_dot: bool,
    before_dot: bool,
}

impl Word {
    fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// All names outside comments and texts.
fn words(text: &str) -> Vec<Word> {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(b'\n');
    let mut words = Vec::new();
    let mut index = 0;
    while index < bytes.len() {
        match at(index) {
            b'#' => {
                while index < bytes.len() && at(index) != b'\n' {
                    index += 1;
                }
            }
            b'`' => {
                index += 1;
                while index < bytes.len() && at(index) != b'`' {
                    index += 1;
                }
            }
            b'"' => {
                index += 1;
                while index < bytes.len() && !matches!(at(index), b'"' | b'\n') {
                    index += if at(index) == b'\\' { 2 } else { 1 };
                }
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                let start = index;
                while at(index).is_ascii_alphanumeric() || at(index) == b'_' {
                    index += 1;
                }
                let after_dot = start > 0 && at(start - 1) == b'.';
                words.push(Word { start, end: index, after_dot, before_dot: at(index) == b'.' });
                continue;
            }
            _ => {}
        }
        index += 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imported_packages_are_spelled_out_in_code_alone() {
        let text = "package x\n\nimport data.policies.lib.apps\nimport data.policies.lib.dates\n\n# apps.alive\nfindings contains f if {\n\tapps.alive\n\tnot apps.owned(\"apps.x\")\n\tf := [`apps.y`, input.apps.z, dates.days_left(\"a\\\"apps.\")]\n}\n";
        let want = "package x\n\nimport data.policies.lib.apps\nimport data.policies.lib.dates\n\n# apps.alive\nfindings contains f if {\n\tdata.policies.lib.apps.alive\n\tnot data.policies.lib.apps.owned(\"apps.x\")\n\tf := [`apps.y`, input.apps.z, data.policies.lib.dates.days_left(\"a\\\"apps.\")]\n}\n";
        assert_eq!(in_full(text), want);
    }

    #[test]
    fn a_variable_of_the_same_name_is_left_alone() {
        for text in [
            "import data.policies.lib.apps\nx if { some apps in input.list; apps.alive }\n",
            "import data.policies.lib.apps as a\nx if a.alive\n",
            "x if apps.alive\n",
            "",
            "\"",
            "`é",
        ] {
            assert_eq!(in_full(text), text);
        }
    }
}
