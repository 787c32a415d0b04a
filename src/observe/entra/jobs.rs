//! Synchronization jobs. Only error codes are read, because messages may name people.

use serde_json::Value;

use crate::observe::{Observed, clean};

/// Job templates that work with any SCIM server. Every other template that sends accounts out of Entra ID is a connector for one product.
const GENERIC: &[&str] = &["scim", "customappsso", "dataBricks"];
/// Quarantine reasons of Graph.
const REASONS: &[&str] = &[
    "EncounteredBaseEscrowThreshold",
    "EncounteredTotalEscrowThreshold",
    "EncounteredEscrowProportionThreshold",
    "EncounteredQuarantineException",
    "QuarantinedOnDemand",
    "TooManyDeletes",
    "Unknown",
];

/// Orders the states of a job from good to bad.
pub(super) fn severity(job: &Observed) -> u8 {
    match job.text("health.state") {
        Some("quarantined") => 4,
        Some("failing") => 3,
        Some("paused") => 2,
        Some("not-run") => 1,
        _ => 0,
    }
}

/// Reads a synchronization job.
pub(super) fn job(entry: &Value) -> Observed {
    let mut job = Observed::default();
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str);
    job.set_from("template", entry.get("templateId"));
    let template = text("/templateId").unwrap_or_default();
    let inbound = template.contains("2AAD")
        || template.contains("2AD")
        || template.starts_with("Workday")
        || template.starts_with("SuccessFactors");
    if !template.is_empty() && !inbound {
        let generic = GENERIC.iter().any(|known| known.eq_ignore_ascii_case(template));
        job.set("provisioning.mechanism", if generic { "scim" } else { "connector" });
    } else if inbound {
        job.set("provisioning.mechanism", if template.contains("AD2AAD") { "directory" } else { "hr" });
    }
    let state = text("/schedule/state").unwrap_or_default();
    let code = text("/status/code").unwrap_or_default();
    let paused = matches!(state, "Disabled" | "Paused") || matches!(code, "Paused" | "NotConfigured");
    if !state.is_empty() || !code.is_empty() {
        job.set("provisioning.enabled", !paused);
    }
    if let Some(minutes) = entry.pointer("/schedule/interval").and_then(minutes).filter(|_| !paused) {
        job.set("provisioning.syncMinutes", minutes);
    }
    // Microsoft's PowerShell modules write a missing object as an object without values.
    let quarantine =
        entry.pointer("/status/quarantine").filter(|quarantine| quarantine.is_object() && has_values(quarantine));
    let last = text("/status/lastExecution/state").unwrap_or_default();
    let successes = [
        "/status/lastSuccessfulExecution/timeEnded",
        "/status/lastSuccessfulExecution/timeBegan",
        "/status/lastSuccessfulExecutionWithExports/timeEnded",
    ];
    let mut success = successes.into_iter().filter_map(|pointer| clean::moment(text(pointer)?)).max();
    if last == "Succeeded" {
        success = success.max(text("/status/lastExecution/timeEnded").and_then(clean::moment));
    }
    let health = if quarantine.is_some() || code == "Quarantine" {
        Some("quarantined")
    } else if paused {
        Some("paused")
    } else if last == "Failed" || (last == "EntryLevelErrors" && success.is_none()) {
        Some("failing")
    } else if !last.is_empty() || success.is_some() {
        Some("healthy")
    } else if code == "NotRun" || entry.pointer("/status").is_some_and(has_values) {
        Some("not-run")
    } else {
        None
    };
    if let Some(health) = health {
        job.set("health.state", health);
    }
    if let Some(quarantine) = quarantine {
        let reason = quarantine
            .get("reason")
            .and_then(Value::as_str)
            .and_then(|reason| REASONS.iter().find(|known| **known == reason));
        job.set("health.reason", *reason.unwrap_or(&"other"));
        job.set_first("health.since", [quarantine.get("seriesBegan"), quarantine.get("currentBegan")]);
    }
    if let Some(success) = success {
        job.set("health.lastSuccess", success);
    }
    job.set_from("health.failures", entry.pointer("/status/countSuccessiveCompleteFailures"));
    job.set_from("health.escrowed", entry.pointer("/status/lastExecution/countEscrowed"));
    let settings = entry.get("synchronizationJobSettings").and_then(Value::as_array).into_iter().flatten();
    let threshold = settings
        .filter(|setting| setting.get("name").and_then(Value::as_str) == Some("QuarantineTooManyDeletesThreshold"))
        .find_map(|setting| setting.get("value")?.as_str()?.parse::<u64>().ok());
    if let Some(threshold) = threshold {
        job.set("health.deleteThreshold", threshold);
    }
    job
}

/// Reads the minutes of an interval: a text such as `PT40M`, or the object that PowerShell writes instead.
fn minutes(interval: &Value) -> Option<u64> {
    match interval {
        Value::String(text) => clean::minutes(text),
        interval => {
            let seconds = interval.get("totalSeconds")?.as_f64()?;
            clean::minutes(&format!("PT{seconds}S"))
        }
    }
}

/// Whether a value contains anything other than `null`.
fn has_values(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(has_values),
        Value::Object(map) => map.values().any(has_values),
        _ => true,
    }
}
