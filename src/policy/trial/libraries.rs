//! Finds the libraries that a rule uses, because loading all libraries would take most of the time of a test.

use std::collections::BTreeSet;

use crate::policy::{
    load::{Module, PolicySet, RuleSource},
    syntax::{Reference, Syntax},
};

/// The libraries of a set, with their syntax.
pub(super) struct Libraries<'a> {
    all: &'a [Module],
    /// `None` if the library does not parse. Such a library is always loaded, so that its error is reported.
    syntax: Vec<Option<Syntax>>,
}

impl<'a> Libraries<'a> {
    pub(super) fn of(set: &'a PolicySet) -> Self {
        let parse = |module: &Module| Syntax::parse(module.file.path(), module.file.text()).ok();
        Self { all: &set.libraries, syntax: set.libraries.iter().map(parse).collect() }
    }

    /// The libraries that a rule uses directly or through other libraries, in the order of the set. All libraries of the user are included, so that a
    /// test run reports the errors in them and the lines that no rule reaches.
    pub(super) fn used_by(&self, rule: &RuleSource) -> Vec<Module> {
        let Ok(rule) = Syntax::parse(rule.module.file.path(), rule.module.file.text()) else {
            return self.all.to_vec();
        };
        let mut used = BTreeSet::new();
        let mut open: Vec<&Syntax> = vec![&rule];
        for (at, (module, syntax)) in self.all.iter().zip(&self.syntax).enumerate() {
            if !module.bundled || syntax.is_none() {
                used.insert(at);
                open.extend(syntax);
            }
        }
        while let Some(module) = open.pop() {
            for (at, syntax) in self.syntax.iter().enumerate() {
                let Some(library) = syntax else { continue };
                if !used.contains(&at) && module.all_references().any(|reference| may_reach(reference, library)) {
                    used.insert(at);
                    open.push(library);
                }
            }
        }
        self.all.iter().enumerate().filter(|(at, _)| used.contains(at)).map(|(_, module)| module.clone()).collect()
    }
}

/// Whether a reference may name something in the package of a library. A step that is known only at run time may be any name.
fn may_reach(reference: &Reference, library: &Syntax) -> bool {
    let Some(package) = &library.package else { return true };
    let package = std::iter::once(Some(&package.root)).chain(package.path.iter().map(Option::as_ref));
    reference.root == "data"
        && reference.path.iter().zip(package).all(|(step, name)| match (step, name) {
            (Some(step), Some(name)) => step == name,
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_use_the_libraries_that_they_and_their_libraries_refer_to() {
        let set = PolicySet::bundled().expect("the bundled rules load");
        let libraries = Libraries::of(&set);
        let mut most = 0;
        for rule in set.rules.values().filter(|rule| !rule.meta.native) {
            let used: Vec<&str> = libraries.all.iter().map(|module| module.file.path()).collect();
            let found = libraries.used_by(rule);
            let found: Vec<&str> = found.iter().map(|module| module.file.path()).collect();
            most = most.max(found.len());
            // Every library that the rule or a loaded library imports is loaded, too.
            let texts = found.iter().filter_map(|path| set.libraries.iter().find(|module| module.file.path() == *path));
            for text in texts.map(|module| module.file.text()).chain([rule.module.file.text()]) {
                for path in &used {
                    let name = path.trim_start_matches("policies/lib/").trim_end_matches(".rego");
                    let names = |line: &str| {
                        line.strip_prefix(&format!("import data.policies.lib.{name}"))
                            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
                    };
                    assert!(!text.lines().any(names) || found.contains(path), "{}: {path}", rule.meta.id);
                }
            }
        }
        assert!(most < set.libraries.len(), "some rule loads all of them");
    }

    #[test]
    fn a_reference_reaches_every_package_that_it_may_name() {
        let library = |text: &str| Syntax::parse("lib.rego", text).expect("it parses");
        let apps = library("package policies.lib.apps\n\nalive := true\n");
        for (text, reached) in [
            ("import data.policies.lib.apps\n\nx if apps.alive", true),
            ("import data.policies.lib\n\nx if lib.apps.alive", true),
            ("import data.policies.lib.apps.alive\n\nx if alive", true),
            ("x if data.policies.lib[\"apps\"].alive", true),
            ("x if some name, y in data.policies.lib", true),
            ("x if data.policies.lib[input.name].alive", true),
            ("x if data.policies[input.name]", true),
            ("x if data[input.name]", true),
            ("import data.policies.lib.appset\n\nx if appset.alive", false),
            ("x if input.policies.lib.apps", false),
            ("x if data.leaver.today == \"\"", false),
        ] {
            let rule = library(&format!("package policies.a.b\n\n{text}\n"));
            assert_eq!(rule.all_references().any(|reference| may_reach(reference, &apps)), reached, "{text}");
        }
    }
}
