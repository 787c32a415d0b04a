//! Tests how often a trial derives the index of a user's rule.

use super::*;
use crate::files::Workspace;
use crate::policy::{compiled, index::DERIVED, load_folder};

const HEAD: &str = "# METADATA\n# title: A rule of a test\n# description: It exists to be tried out.\n# custom:\n#   severity: warning\n#   precision: high\n#   status: stable\n#   since: 0.1.0\n#   scope: App\n#   fix: There is nothing to fix.\npackage policies.acme.x\n\n";

#[test]
fn an_index_is_derived_once_on_first_use() {
    for (scope, wanted) in [("App", 1), ("catalogue", 0)] {
        let folder = tempfile::tempdir().expect("a folder");
        let rule = "findings contains {\"path\": [], \"message\": \"m\"} if input.spec.tier == 2\n";
        let text = format!("{}{rule}", HEAD.replace("scope: App", &format!("scope: {scope}")));
        std::fs::create_dir_all(folder.path().join("acme/x")).expect("a folder");
        std::fs::write(folder.path().join("acme/x/rule.rego"), text).expect("a file");
        let set = load_folder(&Workspace::default(), camino::Utf8Path::from_path(folder.path()).expect("UTF-8"))
            .expect("it loads");
        let shared = TrialSet::new(&set, &Facts::default(), Budget::default());
        let rule = set.rules.values().next().expect("a rule");
        let derived = || DERIVED.replace(0);
        derived();
        let mut trial = shared.rule(rule).expect("it loads");
        compiled::compile(&set, &[rule], Budget::default()).expect("it compiles");
        assert_eq!(derived(), 0, "{scope}");
        for _ in 0..2 {
            trial.interpret(&Catalogue::default(), &ExampleInput::default()).expect("a result");
            trial.compiled(&Catalogue::default(), &ExampleInput::default()).expect("a result");
        }
        assert_eq!(derived(), wanted, "{scope}");
    }
}
