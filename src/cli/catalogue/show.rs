//! `leaver show`: prints an effective declaration, and where each value is written.

use std::io::Write;

use clap::Args;

use super::{
    super::{
        common::{ConfigArgs, print, refuse, safe, usage},
        style::{self, When},
    },
    read,
    tree::{Line, lines},
};
use crate::{
    check::Effective,
    files::Workspace,
    finding::Subject,
    model::Declaration,
    output::{
        Style, escape,
        paint::{Paint, TextRole},
    },
    report::Failure,
    schema::nearest,
    source::redact,
};

/// Minimum number of columns between a value and its origin.
const GAP: usize = 2;
/// The widest value determines the column of the origins. Values wider than this limit do not count.
const WIDEST: usize = 60;

/// Arguments of `leaver show`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct Show {
    /// Name of the app, or of a pattern
    #[arg(value_name = "APP")]
    name: String,
    /// This population of the app, if the app declares it as a mapping
    #[arg(long, value_name = "NAME")]
    population: Option<String>,
    /// Output format; only text shows where each value is written
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    output: Format,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Yaml,
    Json,
}

impl Show {
    pub(in crate::cli) fn run(&self, files: &Workspace, when: When) -> u8 {
        let style = style::stdout(when);
        let found = match read(files, &self.config) {
            Ok(found) => found,
            Err(failures) => return refuse(&failures, &style),
        };
        if !found.failures.is_empty() {
            return refuse(&found.failures, &style);
        }
        match self.find(&found) {
            Ok(declaration) => print(|out| self.write(declaration, &style, out)),
            Err(failure) => refuse(&[failure], &style),
        }
    }

    /// Finds the app with this name or, if there is none, the pattern.
    fn find<'f>(&self, found: &'f Effective) -> Result<&'f Declaration, Failure> {
        let all = found.declarations.iter();
        let of = |kind: &str| all.clone().find(|declaration| declaration.kind == kind && declaration.name == self.name);
        let Some(declaration) = of("App").or_else(|| of("Pattern")) else {
            let named = all.clone().filter(|declaration| declaration.kind == "App" || declaration.kind == "Pattern");
            let near = nearest(&self.name, named.map(|declaration| declaration.name.as_str()));
            let help = near
                .map_or_else(|| "`leaver list` names all apps".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(usage(format!("there is no app or pattern `{}`", self.name), help));
        };
        if declaration.well_formed {
            return self.select_population(declaration);
        }
        let subject = declaration.subject();
        let patterns = declaration.patterns();
        let is_its_pattern =
            |of: &Subject| of.kind == "Pattern" && (patterns.contains(&*of.name) || of.name == declaration.name);
        let cause = found.findings.iter().find(|finding| {
            let of = finding.subject.as_ref();
            of == Some(&subject) || of.is_some_and(is_its_pattern)
        });
        let reason = cause.map_or_else(String::new, |finding| format!(": {}", finding.message));
        let failure = usage(format!("`{}` has errors{reason}", self.name), "`leaver check` reports them");
        Err(Failure { place: cause.map(|finding| finding.place.clone()), ..failure })
    }

    /// Returns the requested population, or the whole declaration if no population is requested.
    fn select_population<'f>(&self, declaration: &'f Declaration) -> Result<&'f Declaration, Failure> {
        let Some(name) = &self.population else { return Ok(declaration) };
        let own = declaration.populations().iter();
        own.clone().find(|population| population.population() == Some(name)).ok_or_else(|| {
            let names: Vec<&str> = own.filter_map(Declaration::population).collect();
            let help = match &names[..] {
                [] => "it declares none as a mapping; `leaver show` without --population shows the values for all"
                    .to_owned(),
                names => format!("they are {}", names.join(", ")),
            };
            usage(format!("`{}` does not declare the population `{name}` as a mapping", self.name), help)
        })
    }

    fn write(&self, declaration: &Declaration, style: &Style, out: &mut dyn Write) -> std::io::Result<()> {
        let paint = Paint { style };
        match self.output {
            Format::Text => text(declaration, &paint, out),
            Format::Json => {
                let text = serde_json::to_string_pretty(&declaration.content())?;
                writeln!(out, "{}", escape::json(&redact(&text)))
            }
            Format::Yaml => {
                for Line { text, .. } in lines(&declaration.root, &|path| path != ["spec", "pattern"]) {
                    writeln!(out, "{}", safe(&text))?;
                }
                Ok(())
            }
        }
    }
}

fn text(declaration: &Declaration, paint: &Paint<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let noun = if declaration.kind == "App" { String::new() } else { format!("{} ", declaration.kind.to_lowercase()) };
    let name = paint.color(TextRole::Strong, &safe(&declaration.name));
    let population = declaration.population().map(|name| format!(" ({})", safe(name))).unwrap_or_default();
    writeln!(out, "{noun}{name}{population}  {}", paint.color(TextRole::Faint, &safe(declaration.file.path())))?;
    for layer in declaration.layers() {
        let file = paint.color(TextRole::Faint, &safe(layer.file.path()));
        writeln!(out, "  pattern {}  {file}", paint.color(TextRole::Strong, &safe(&layer.name)))?;
    }
    writeln!(out)?;
    let lines = lines(&declaration.root, &|path| !matches!(path, ["apiVersion" | "kind"]));
    let shown: Vec<(String, &Line<'_>)> = lines.iter().map(|line| (safe(&line.text), line)).collect();
    let width = shown.iter().map(|(text, _)| text.chars().count()).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    for (text, line) in shown {
        let Some(node) = line.written else {
            writeln!(out, "{text}")?;
            continue;
        };
        let layer = declaration.layer(node.layer());
        let file = layer.map_or(&declaration.file, |layer| &layer.file);
        let at = file.point(node.defined().unwrap_or_else(|| node.span()).start());
        let place = format!("{}:{}", file.path(), at.line);
        let place = layer.map_or_else(|| place.clone(), |layer| format!("{place} ({})", layer.name));
        let pad = " ".repeat((width + GAP).saturating_sub(text.chars().count()).max(GAP));
        let color = if layer.is_some() { TextRole::Help } else { TextRole::Faint };
        writeln!(out, "{text}{pad}{}", paint.color(color, &safe(&place)))?;
    }
    Ok(())
}
