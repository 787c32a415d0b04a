//! The worker: evaluates the given rules and reports its progress line by line.

use std::{
    io::{self, Write},
    time::Duration,
};

use regorus::Value;

use super::{Message, Request};
use crate::policy::{
    child::{GRACE, allow_time, limit, send_line},
    engine::{
        Budget,
        quota::{Bounds, MAX_FINDING_BYTES, too_large},
    },
    index::{Applicable, Index, derive},
    interpret::Interpreter,
    program::package_path,
};

/// When the findings in a line exceed this number of bytes, the worker sends the line.
const BATCH: usize = 64 * 1024;

/// Reads the request from `input`, limits this process, evaluates the rules, and reports line by line to `output`. Only the parent reads `output`.
pub fn worker(input: impl io::Read, output: impl Write) -> io::Result<()> {
    let request: Request = serde_json::from_reader(input)?;
    limit(request.memory_mib, request.total_seconds)?;
    serve(request, output)
}

pub(super) fn serve(request: Request, mut output: impl Write) -> io::Result<()> {
    let mut send_line = |message: &Message| send_line(&mut output, message);
    let budget = Budget { rule: Duration::from_millis(request.rule_millis), ..Budget::default() };
    let limit = budget.rule + GRACE;
    let data = Value::from(request.data);
    let inputs: Vec<(String, Value)> =
        request.declarations.into_iter().map(|(kind, value)| (kind, Value::from(value))).collect();
    for (task, (rule, source)) in request.tasks.iter().zip(request.rules).enumerate() {
        allow_time(limit);
        send_line(&Message::Load { task })?;
        let texts = request.libraries.iter().chain([&source]).map(|(path, text)| (path.as_str(), text.as_str()));
        // A rule on the whole catalogue has no index, because it is not evaluated on single declarations.
        let single = rule.rule.split_once('/').filter(|_| !rule.kinds.is_empty());
        let index = single.map_or_else(Index::default, |(group, name)| {
            derive(texts, [(rule.rule.as_str(), package_path(group, name))])
        });
        let applicable = Applicable::new(&index, &data, true);
        let root = index.roots.get(&rule.rule).copied();
        let modules = request.libraries.iter().cloned().chain([source]);
        let mut interpreter = match Interpreter::new(modules, data.clone(), budget, false) {
            Ok(interpreter) => interpreter,
            Err((_, reason)) => {
                send_line(&Message::Failed { task, message: format!("does not compile: {reason}") })?;
                send_line(&Message::End { task })?;
                continue;
            }
        };
        let whole = rule.kinds.is_empty().then(|| {
            let values: Vec<Value> = inputs.iter().take(request.own).map(|(_, value)| value.clone()).collect();
            (None, Value::from(std::collections::BTreeMap::from([(Value::from("declarations"), Value::from(values))])))
        });
        let each = inputs
            .iter()
            .enumerate()
            .filter(|(index, (kind, _))| {
                rule.kinds.contains(kind) && (rule.secret || !request.replaced.contains(index))
            })
            .map(|(index, (_, value))| (Some(index), value.clone()));
        let mut sent = Sent { bounds: request.bounds, findings: 0, bytes: 0 };
        for (declaration, input) in whole.into_iter().chain(each) {
            if declaration.is_some() && applicable.may_apply_to_value(&input, [root]) == [false] {
                continue;
            }
            allow_time(limit);
            send_line(&Message::Begin { task, declaration: declaration.unwrap_or(usize::MAX) })?;
            match interpreter.findings(rule, input) {
                Ok(found) => {
                    if !sent.send(task, declaration, &found, &mut send_line)? {
                        send_line(&Message::Full { task })?;
                        break;
                    }
                }
                Err(reason) => {
                    let name = declaration.and_then(|at| inputs.get(at)).map_or_else(
                        || "the catalogue".to_owned(),
                        |(_, value)| {
                            value["metadata"]["name"]
                                .as_string()
                                .map_or_else(|_| "?".into(), std::string::ToString::to_string)
                        },
                    );
                    send_line(&Message::Failed { task, message: format!("failed on {name}: {reason}") })?;
                }
            }
        }
        send_line(&Message::End { task })?;
    }
    send_line(&Message::Done)
}

/// Counts the findings of one rule that the worker has sent, so that the worker sends no finding that the parent would drop.
struct Sent {
    bounds: Bounds,
    findings: usize,
    bytes: usize,
}

impl Sent {
    /// Sends findings, several in each line. Returns false if the rule exceeds its limit.
    fn send(
        &mut self,
        task: usize,
        declaration: Option<usize>,
        found: &[Value],
        send_line: &mut dyn FnMut(&Message) -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut findings = Vec::new();
        let mut batch = 0;
        for finding in found {
            if self.findings >= self.bounds.findings || self.bytes > self.bounds.rule_bytes {
                send_line(&Message::Found { task, declaration, findings })?;
                return Ok(false);
            }
            let finding = serde_json::to_value(finding)?;
            let bytes = finding.to_string().len();
            if bytes > MAX_FINDING_BYTES {
                send_line(&Message::Failed { task, message: too_large(bytes) })?;
                continue;
            }
            self.findings += 1;
            self.bytes += bytes;
            batch += bytes;
            findings.push(finding);
            if batch > BATCH {
                send_line(&Message::Found { task, declaration, findings: std::mem::take(&mut findings) })?;
                batch = 0;
            }
        }
        if !findings.is_empty() {
            send_line(&Message::Found { task, declaration, findings })?;
        }
        Ok(true)
    }
}
