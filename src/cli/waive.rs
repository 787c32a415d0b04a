//! `leaver waive`: writes a complete Waiver.

use std::{collections::BTreeSet, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde_json::{Map, Value, json};

use super::{
    common::{ConfigArgs, create, own_binary, print, refuse, safe, today, usage},
    style::{self, When},
};
use crate::{
    Request, check,
    check::load,
    config::{Config, Overrides},
    declarations,
    files::Workspace,
    finding::{Finding, Status},
    model::{Declaration, Waiver},
    output::summary::counted,
    report::Failure,
    rule::{RuleId, Severity},
    ruleset::Ruleset,
    schema::nearest,
    source::{Address, Node, SourceFile},
};

/// Arguments of `leaver waive`.
#[derive(Debug, Clone, Args)]
pub(super) struct Waive {
    /// Id of the rule
    rule: String,
    /// The apps, by `metadata.name`
    #[arg(required_unless_present_any = ["labels", "vendor", "pattern"])]
    apps: Vec<String>,
    /// Only apps with this label; repeatable
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Only apps of this vendor
    #[arg(long, value_name = "NAME")]
    vendor: Option<String>,
    /// Only apps that use this pattern, directly or through others
    #[arg(long, value_name = "NAME")]
    pattern: Option<String>,
    /// Only this population, in apps that declare keys for it; repeatable
    #[arg(long = "population", value_name = "NAME")]
    populations: Vec<String>,
    /// Maximum number of apps that the waiver may cover [default with --label, --vendor or --pattern: the number that match now]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    max_apps: Option<u16>,
    /// Reason for accepting the finding for now
    #[arg(long)]
    reason: String,
    /// Team or person that accepts the finding; must not be the owner of the app
    #[arg(long)]
    approver: String,
    /// Last day of the waiver
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires: String,
    /// Team that fixes the finding before the waiver ends [default: the owner of the app]
    #[arg(long)]
    owner: Option<String>,
    /// Only findings at or below this place, such as spec.lifecycle.update or spec.nonHuman[terraform]
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Control that limits the risk until the waiver ends
    #[arg(long, value_name = "TEXT")]
    compensating_control: Option<String>,
    /// Record of the decision
    #[arg(long)]
    ticket: Option<String>,
    /// Name of the waiver [default: derived from the rule and the first app]
    #[arg(long)]
    name: Option<String>,
    /// The file to write [default: waivers/<name>.yaml below the catalogue's root]
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
    #[command(flatten)]
    config: ConfigArgs,
    /// First day of the waiver [default: today, UTC]
    #[arg(long, value_name = "YYYY-MM-DD", env = "LEAVER_TODAY")]
    today: Option<String>,
}

/// The rule about waivers that last longer than the profile allows.
const TOO_LONG: &str = "waiver/too-long";
/// The greatest `maxApps` that the schema allows. With this limit, the draft of a waiver selects all matching apps, so that they can be counted.
const MAX_APPS: usize = 1000;

/// The values of a waiver that depend on the covered apps, not only on the arguments.
#[derive(Default)]
struct Derived {
    max_apps: Option<usize>,
    place: Option<Address>,
    owner: Option<String>,
    identities: Map<String, Value>,
}

impl Waive {
    /// Makes a name from the first selector and the rule.
    fn default_name(&self) -> String {
        let label = self.labels.first().map(|(key, value)| format!("{key}-{value}"));
        let others = || self.vendor.clone().or_else(|| self.pattern.clone());
        let first = self.apps.first().cloned().or(label).or_else(others).unwrap_or_default();
        let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let first: String = if self.apps.is_empty() { first.chars().map(word).collect() } else { first };
        let first = self.populations.first().map_or(first.clone(), |population| format!("{first}-{population}"));
        format!("{first}-{}", self.rule.replace('/', "-")).trim_start_matches('-').chars().take(63).collect()
    }

    pub(super) fn run(&self, files: &Workspace, when: When) -> u8 {
        match self.write(files) {
            Ok((path, notes)) => print(|out| {
                writeln!(out, "wrote {}", safe(&path))?;
                for note in notes {
                    writeln!(out, "note: {}", safe(&note))?;
                }
                writeln!(out, "next: have it reviewed by {}; `leaver check` shows what it covers", safe(&self.approver))
            }),
            Err(failures) => refuse(&failures, &style::stdout(when)),
        }
    }

    /// Writes the waiver. Returns its path, and notes from the rules.
    fn write(&self, files: &Workspace) -> Result<(String, Vec<String>), Vec<Failure>> {
        let from = today(self.today.as_deref()).map_err(|failure| vec![failure])?;
        let expires = today(Some(&self.expires)).map_err(|failure| vec![failure])?;
        let (config, ruleset) = self.config.load(files, Utf8Path::new("."), Overrides::default())?;
        let all = declarations(&config, &ruleset, &Request::default());
        let mut faults = Vec::new();
        match ruleset.find(&self.rule) {
            None => faults.push(usage(
                format!("there is no rule `{}`", self.rule),
                did_you_mean(&self.rule, ruleset.ids().map(RuleId::as_str)),
            )),
            Some(meta) if meta.native => faults.push(usage(
                format!("`{}` cannot be waived", meta.id),
                "fix the file: only findings of rules about apps can be waived",
            )),
            Some(_) => {}
        }
        let apps: Vec<&Declaration> = all.iter().filter(|declaration| declaration.kind == "App").collect();
        for name in &self.apps {
            if !apps.iter().any(|app| app.name == *name) {
                faults.push(usage(format!("there is no app `{name}`"), suggest_app(name, &apps)));
            }
        }
        for (what, text) in [("reason", &self.reason), ("approver", &self.approver)] {
            if text.trim().is_empty() {
                faults.push(usage(format!("the {what} is empty"), "an exception needs one"));
            }
        }
        let open = self.apps.is_empty();
        let name = self.name.clone().unwrap_or_else(|| self.default_name());
        let path = self.output.clone().unwrap_or_else(|| config.root.join("waivers").join(format!("{name}.yaml")));
        let shown = files.show(&path);
        let make = |derived: &Derived| self.document(&name, &from, &expires, derived).map_err(|failure| vec![failure]);
        // Let the waiver itself select the apps. An incomplete waiver selects nothing, and `faults` contains the reason.
        let draft = make(&Derived { max_apps: open.then_some(MAX_APPS), ..Derived::default() })?;
        let draft = read_waiver(&config, &ruleset, &shown, &draft);
        let covered: Vec<&Declaration> =
            apps.iter().copied().filter(|app| draft.as_ref().is_some_and(|waiver| waiver.selects(app))).collect();
        if faults.is_empty() && covered.is_empty() {
            let traits = draft.as_ref().map(Waiver::described_selector).unwrap_or_default();
            faults.push(usage(
                format!("no app has {traits}"),
                "check `metadata.labels` and `metadata.vendor` of the Apps, and the patterns that they use directly or through others",
            ));
        }
        let max_apps = self.max_apps.map(usize::from).or_else(|| open.then_some(covered.len()));
        if let Some(max) = max_apps.filter(|max| covered.len() > *max) {
            faults.push(usage(
                format!("{} match, but --max-apps allows {max}", counted(covered.len(), "app")),
                "raise --max-apps, or select fewer apps",
            ));
        }
        let mut owner = self.owner.clone();
        let mut identities = Map::new();
        let mut place = self.path.as_deref().map(Address::parse).transpose().map_err(|error| {
            vec![usage(error.to_string(), "a report in `-o json` has the path of a finding as `address`")]
        })?;
        for app in &covered {
            let of_app = app.root.get("metadata").and_then(|metadata| metadata.get("owner")).and_then(Node::text);
            if of_app == Some(self.approver.as_str()) {
                faults.push(usage(
                    format!("`{}` owns `{}` and cannot approve its waiver", self.approver, app.name),
                    "let somebody else approve it",
                ));
            }
            owner = owner.or_else(|| of_app.map(str::to_owned));
            if !open {
                identities.insert(app.name.clone(), json!(app.identity()));
            }
            // Replace a position in a list by the name of the entry at this position, in the first app or population.
            for root in self.roots(app) {
                place = place.map(|place| if place.has_index() { place.with_names(root) } else { place });
            }
        }
        if let Some(place) = place.as_ref().filter(|place| place.has_index()) {
            faults.push(usage(
                format!("`{place}` uses a position, but no app has an entry there"),
                "write the name of the entry, such as spec.nonHuman[terraform]",
            ));
        }
        if expires <= from {
            faults.push(usage(format!("the waiver would end on {expires}, before it begins"), "choose a later day"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = make(&Derived { max_apps, place, owner, identities })?;
        let notes = evaluate_waiver(&config, &ruleset, &from, &shown, &text, &covered)?;
        create(&path, &text).map_err(|error| {
            vec![usage(
                format!("cannot write `{shown}`: {error}"),
                "choose another --name or --output: nothing is overwritten",
            )]
        })?;
        Ok((shown, notes))
    }

    /// Returns the declarations in which leaver looks up the entry at a position in the path: the selected populations, or the app if no population
    /// is selected.
    fn roots<'a>(&self, app: &'a Declaration) -> Vec<&'a Node> {
        if self.populations.is_empty() {
            return vec![&app.root];
        }
        let wanted =
            |one: &&Declaration| one.population().is_some_and(|name| self.populations.iter().any(|own| own == name));
        app.populations().iter().filter(wanted).map(|population| &*population.root).collect()
    }

    /// Writes the waiver as YAML.
    fn document(&self, name: &str, from: &str, expires: &str, derived: &Derived) -> Result<String, Failure> {
        let Derived { max_apps, place, owner, identities } = derived;
        let mut spec = Map::from_iter([("rule".to_owned(), json!(self.rule))]);
        if !self.apps.is_empty() {
            spec.insert("apps".to_owned(), json!(self.apps));
        }
        if !self.labels.is_empty() {
            spec.insert("labels".to_owned(), self.labels.iter().cloned().collect());
        }
        spec.extend(self.vendor.iter().map(|vendor| ("vendor".to_owned(), json!(vendor))));
        spec.extend(self.pattern.iter().map(|pattern| ("pattern".to_owned(), json!(pattern))));
        if !self.populations.is_empty() {
            spec.insert("populations".to_owned(), json!(self.populations));
        }
        spec.extend(max_apps.map(|max| ("maxApps".to_owned(), json!(max))));
        if !identities.is_empty() {
            spec.insert("identities".to_owned(), Value::Object(identities.clone()));
        }
        spec.extend([("reason".to_owned(), json!(self.reason)), ("approver".to_owned(), json!(self.approver))]);
        let optional = [
            ("path", &place.as_ref().map(ToString::to_string)),
            ("compensatingControl", &self.compensating_control),
            ("owner", owner),
            ("ticket", &self.ticket),
        ];
        spec.extend(
            optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::from(value.clone()?)))),
        );
        spec.extend([("from".to_owned(), json!(from)), ("expires".to_owned(), json!(expires))]);
        let waiver = json!({"apiVersion": "leaver/v1", "kind": "Waiver", "metadata": {"name": name}, "spec": spec});
        serde_yaml::to_string(&waiver)
            .map_err(|error| usage(format!("cannot write the waiver: {error}"), "report this"))
    }
}

/// Reads the waiver from its text.
fn read_waiver(config: &Config, ruleset: &Ruleset, shown: &str, text: &str) -> Option<Waiver> {
    let file = Arc::new(SourceFile::new(shown, text));
    load(file, config, ruleset, true).declarations.first().and_then(Waiver::read)
}

/// Checks the catalogue with the waiver. Fails if a rule reports an error in the waiver, if the waiver lasts too long, or if the waiver covers no
/// finding. Returns other findings about the waiver as notes. A finding that both this and another waiver cover counts as covered, so that a waiver
/// can be renewed before it ends.
fn evaluate_waiver(
    config: &Config,
    ruleset: &Ruleset,
    today: &str,
    shown: &str,
    text: &str,
    apps: &[&Declaration],
) -> Result<Vec<String>, Vec<Failure>> {
    let waiver = read_waiver(config, ruleset, shown, text)
        .ok_or_else(|| vec![usage("the waiver is incomplete", "report this")])?;
    let paths = config.whole_catalogue();
    let text = Some((shown.to_owned(), text.to_owned()));
    // Check the whole catalogue, because the waiver covers findings in other files.
    let request =
        Request { paths, text, whole: true, today: today.to_owned(), worker: own_binary(), ..Request::default() };
    let report = check(config, ruleset, &request, &|_, _| {});
    let apps: BTreeSet<&str> = apps.iter().map(|app| app.name.as_str()).collect();
    let of_apps = |finding: &&Finding| {
        finding.rule.as_str() == waiver.rule() && app_of(finding).is_some_and(|app| apps.contains(app))
    };
    let is_covered = |finding: &&Finding| match &finding.status {
        Status::Waived(by) => {
            by.name == waiver.name() || (waiver.matches(finding, today) && waiver.covers_path_of(finding, None))
        }
        Status::Open => false,
    };
    let found: Vec<&Finding> = report.findings.iter().filter(of_apps).collect();
    let covered: BTreeSet<&str> = found.iter().copied().filter(is_covered).filter_map(app_of).collect();
    let mut faults = Vec::new();
    if covered.is_empty() && report.failures.is_empty() {
        let place = waiver.path().map(|path| format!(" at or below `{path}`")).unwrap_or_default();
        let message = format!("`{}` has no finding in {}{place}", waiver.rule(), waiver.described_apps());
        let off = !report.rules.keys().any(|rule| rule.as_str() == waiver.rule());
        let others: BTreeSet<&str> = found.iter().filter_map(|finding| finding.population.as_deref()).collect();
        let help = if off {
            "the rule is off, so there is nothing to waive".to_owned()
        } else if !others.is_empty() {
            let options: Vec<String> = others.iter().map(|name| format!("--population {name}")).collect();
            format!("the rule has findings only in populations of these apps: add {}", options.join(" or "))
        } else {
            "there is nothing to waive".to_owned()
        };
        faults.push(usage(message, help));
    }
    let (refusing, notes): (Vec<&Finding>, Vec<&Finding>) = report
        .open()
        .filter(|finding| finding.place.file.path() == shown)
        .partition(|finding| finding.severity == Severity::Error || finding.rule.as_str() == TOO_LONG);
    let line = |finding: &Finding| format!("{} [{}]", finding.message, finding.rule);
    if refusing.is_empty() && faults.is_empty() {
        let idle = apps.difference(&covered).filter(|_| report.failures.is_empty());
        let idle = idle.map(|app| format!("`{}` has no finding in `{app}`", waiver.rule()));
        return Ok(notes.into_iter().map(line).chain(idle).collect());
    }
    let fix = |finding: &Finding| {
        let meta = report.rules.get(&finding.rule);
        finding.help.clone().or_else(|| meta.map(|meta| meta.fix.clone())).unwrap_or_default()
    };
    faults.extend(refusing.into_iter().map(|finding| usage(line(finding), fix(finding))));
    Err(faults)
}

/// Returns the name of the app with a finding.
fn app_of(finding: &Finding) -> Option<&str> {
    finding.subject.as_ref().filter(|subject| subject.kind == "App").map(|subject| subject.name.as_str())
}

/// Parses `KEY=VALUE`.
fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE, such as wave=2".into()),
    }
}

/// Suggests the app that the user probably meant: an app with a similar name, with this title or alias, or with a name that contains the text.
fn suggest_app(word: &str, apps: &[&Declaration]) -> String {
    let small = word.to_lowercase();
    let names = |app: &Declaration| {
        let metadata = app.root.get("metadata");
        let part = |key: &str| metadata.and_then(|metadata| metadata.get(key));
        let aliases = part("aliases").map_or(&[][..], Node::items);
        let all = part("title").into_iter().chain(aliases).filter_map(Node::text);
        all.map(str::to_lowercase).collect::<Vec<_>>()
    };
    let called = || apps.iter().find(|app| names(app).contains(&small)).map(|app| app.name.as_str());
    let nearest = || nearest(word, apps.iter().map(|app| app.name.as_str()));
    let part = || {
        let like = |name: &str| small.len() > 2 && (name.contains(&small) || small.contains(name));
        apps.iter().map(|app| app.name.as_str()).filter(|name| name.len() > 2).find(|name| like(&name.to_lowercase()))
    };
    called()
        .or_else(nearest)
        .or_else(part)
        .map_or_else(|| "`leaver list` names all apps".into(), |near| format!("did you mean `{near}`?"))
}

fn did_you_mean<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, names)
        .map_or_else(|| "`leaver rules` lists all rules".into(), |near| format!("did you mean `{near}`?"))
}
