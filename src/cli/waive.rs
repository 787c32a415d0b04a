//! `leaver waive`: a complete Waiver, or none.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde_json::{Map, Value, json};

use super::{
    common::{ConfigArgs, create, own_binary, print, refuse, safe, today, usage},
    style::{self, When},
};
use crate::{
    Request, check,
    config::{Config, Overrides},
    declarations,
    finding::Finding,
    model::Declaration,
    report::Failure,
    rule::{RuleId, Severity},
    schema::nearest,
    source::{Address, Node, display_path},
};

/// Arguments of `leaver waive`.
#[derive(Debug, Clone, Args)]
pub(super) struct Waive {
    /// Id of the rule
    rule: String,
    /// The apps, by `metadata.name`
    #[arg(required = true)]
    apps: Vec<String>,
    /// Why the finding is accepted for now
    #[arg(long)]
    reason: String,
    /// Team or person that accepts it; not the owner of the app
    #[arg(long)]
    approver: String,
    /// Last day of the waiver
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires: String,
    /// Team that mends the finding before the waiver ends [default: the owner of the app]
    #[arg(long)]
    owner: Option<String>,
    /// Only findings at or below this place, such as spec.lifecycle.update or spec.nonHuman[terraform]
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// What keeps the risk small until then
    #[arg(long, value_name = "TEXT")]
    compensating_control: Option<String>,
    /// Record of the decision
    #[arg(long)]
    ticket: Option<String>,
    /// Name of the waiver [default: made from rule and first app]
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

impl Waive {
    pub(super) fn run(&self, when: When) -> u8 {
        match self.write() {
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

    /// Where it was written, and what the rules say to it.
    fn write(&self) -> Result<(String, Vec<String>), Vec<Failure>> {
        let from = today(self.today.as_deref()).map_err(|failure| vec![failure])?;
        let expires = today(Some(&self.expires)).map_err(|failure| vec![failure])?;
        let config = self.config.settle(Utf8Path::new("."), Overrides::default())?;
        let all = declarations(&config, &Request::default(), &[]);
        let mut faults = Vec::new();
        match config.all_rules.values().find(|meta| meta.id.as_str() == self.rule) {
            None => faults.push(usage(
                format!("there is no rule `{}`", self.rule),
                did_you_mean(&self.rule, config.all_rules.keys().map(RuleId::as_str)),
            )),
            Some(meta) if meta.native => faults.push(usage(
                format!("`{}` cannot be waived", meta.id),
                "fix the file: only findings of rules about apps can be waived",
            )),
            Some(_) => {}
        }
        let apps: Vec<&Declaration> = all.iter().filter(|declaration| declaration.kind == "App").collect();
        let mut owner = self.owner.clone();
        let mut identities = Map::new();
        let mut place = self.path.as_deref().map(Address::parse).transpose().map_err(|error| {
            vec![usage(error.to_string(), "a report in `-o json` has the path of a finding as `address`")]
        })?;
        for name in &self.apps {
            match apps.iter().find(|app| app.name == *name) {
                None => faults.push(usage(
                    format!("there is no app `{name}`"),
                    did_you_mean(name, apps.iter().map(|app| app.name.as_str())),
                )),
                Some(app) => {
                    let of_app =
                        app.root.get("metadata").and_then(|metadata| metadata.get("owner")).and_then(Node::text);
                    if of_app == Some(self.approver.as_str()) {
                        faults.push(usage(
                            format!("`{}` owns `{name}` and cannot approve its waiver", self.approver),
                            "let somebody else approve it",
                        ));
                    }
                    owner = owner.or_else(|| of_app.map(str::to_owned));
                    identities.insert(name.clone(), json!(app.identity()));
                    // A position stands for the entry that the first app has there.
                    place = place.map(|place| if place.has_index() { place.named(&app.root) } else { place });
                }
            }
        }
        if let Some(place) = place.as_ref().filter(|place| place.has_index()) {
            faults.push(usage(
                format!("`{place}` counts positions, and no app has such an entry"),
                "write the name of the entry, such as spec.nonHuman[terraform]",
            ));
        }
        if expires <= from {
            faults.push(usage(format!("the waiver would end on {expires}, before it begins"), "choose a later day"));
        }
        for (what, text) in [("reason", &self.reason), ("approver", &self.approver)] {
            if text.trim().is_empty() {
                faults.push(usage(format!("the {what} is empty"), "an exception needs one"));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let first = self.apps.first().map_or("app", String::as_str);
        let name: String = self
            .name
            .clone()
            .unwrap_or_else(|| format!("{first}-{}", self.rule.replace('/', "-")).chars().take(63).collect());
        let mut spec = Map::from_iter([("rule".to_owned(), json!(self.rule)), ("apps".to_owned(), json!(self.apps))]);
        let optional = [
            ("path", &place.map(|place| place.to_string())),
            ("compensatingControl", &self.compensating_control),
            ("owner", &owner),
            ("ticket", &self.ticket),
        ];
        spec.insert("identities".to_owned(), Value::Object(identities));
        spec.extend([("reason".to_owned(), json!(self.reason)), ("approver".to_owned(), json!(self.approver))]);
        spec.extend(
            optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::from(value.clone()?)))),
        );
        spec.extend([("from".to_owned(), json!(from)), ("expires".to_owned(), json!(expires))]);
        let waiver = json!({"apiVersion": "leaver/v1", "kind": "Waiver", "metadata": {"name": name}, "spec": spec});
        let text = serde_yaml::to_string(&waiver)
            .map_err(|error| vec![usage(format!("cannot write the waiver: {error}"), "report this")])?;
        let path = self.output.clone().unwrap_or_else(|| config.root.join("waivers").join(format!("{name}.yaml")));
        let shown = display_path(&path);
        let notes = judged(&config, &from, &shown, &text)?;
        create(&path, &text).map_err(|error| {
            vec![usage(
                format!("cannot write `{shown}`: {error}"),
                "choose another --name or --output: nothing is overwritten",
            )]
        })?;
        Ok((shown, notes))
    }
}

/// What the rules on waivers say to this one: an error refuses it, anything less is told.
fn judged(config: &Config, today: &str, shown: &str, text: &str) -> Result<Vec<String>, Vec<Failure>> {
    let paths = if config.has_file { Vec::new() } else { vec![config.root.clone()] };
    let text = Some((shown.to_owned(), text.to_owned()));
    let request = Request { paths, text, today: today.to_owned(), worker: own_binary(), ..Request::default() };
    let report = check(config, &request, &|_, _| {});
    let (errors, notes): (Vec<&Finding>, Vec<&Finding>) = report
        .open()
        .filter(|finding| finding.place.file.path() == shown)
        .partition(|finding| finding.severity == Severity::Error);
    let line = |finding: &Finding| format!("{} [{}]", finding.message, finding.rule);
    if errors.is_empty() {
        return Ok(notes.into_iter().map(line).collect());
    }
    let fix = |finding: &Finding| {
        let meta = report.rules.get(&finding.rule);
        finding.help.clone().or_else(|| meta.map(|meta| meta.fix.clone())).unwrap_or_default()
    };
    Err(errors.into_iter().map(|finding| usage(line(finding), fix(finding))).collect())
}

fn did_you_mean<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, names).map_or_else(
        || "`leaver rules` lists rules, `leaver check -o json` names apps".into(),
        |near| format!("did you mean `{near}`?"),
    )
}
