//! Generates apps that were not written for the rules. Each app is declared as a sensible team would declare it. The generator considers the needs of
//! an app, not the conditions of rules. The benchmarks use these apps, too.

mod app;
mod decided;
mod provisioning;
mod stages;

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

/// The date on which the apps are clean.
pub(crate) const TODAY: &str = "2026-11-25";
const TEAMS: [&str; 12] = [
    "identity",
    "it-apps",
    "security",
    "platform",
    "soc",
    "data-platform",
    "people-ops",
    "finance-apps",
    "sales-ops",
    "support",
    "legal-ops",
    "marketing-tech",
];
const MODES: [&str; 11] =
    ["scim", "jit", "hybrid", "connector", "directory", "hr", "csv", "manual", "vendor", "shared", "none"];
const JOBS: [&str; 2] = ["script", "automation"];
const BY_HAND: [&str; 4] = ["ticket", "admin", "runbook", "vendor"];

/// The limits of a profile.
pub(crate) struct Limits {
    pub(crate) profile: &'static str,
    /// Maximum hours until an account is closed, by tier.
    sla: [u64; 4],
    /// Maximum `slaHours` of the other stages.
    stage: u64,
    /// Days between reviews, by data class: restricted, confidential, internal, public.
    review: [u64; 4],
    inactive: u64,
    inventory: i64,
}

pub(crate) const DEFAULT: Limits = Limits {
    profile: "default",
    sla: [1, 24, 72, 168],
    stage: 72,
    review: [90, 180, 365, 730],
    inactive: 90,
    inventory: 365,
};
pub(crate) const STRICT: Limits =
    Limits { profile: "strict", sla: [1, 4, 4, 4], stage: 24, review: [90, 90, 90, 90], inactive: 45, inventory: 90 };

/// A small random number generator: the same seed gives the same catalogue on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, inclusive.
    fn number(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.number(1, 100) <= percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.next() % from.len() as u64).expect("a small number")]
    }

    /// A random selection, in the original order.
    fn some<'a>(&mut self, from: &[&'a str], percent: u64) -> Vec<&'a str> {
        from.iter().copied().filter(|_| self.chance(percent)).collect()
    }

    /// A team other than these.
    fn team(&mut self, but: &[&str]) -> &'static str {
        loop {
            let team = self.pick(&TEAMS);
            if !but.contains(&team) {
                return team;
            }
        }
    }

    fn ago(&mut self, low: u64, high: u64) -> String {
        day(-i64::try_from(self.number(low, high)).expect("a small number"))
    }

    fn ahead(&mut self, low: u64, high: u64) -> String {
        day(i64::try_from(self.number(low, high)).expect("a small number"))
    }
}

fn day(from_today: i64) -> String {
    let today: Date = TODAY.parse().expect("a day");
    (today + from_today.days()).to_string()
}

/// The capabilities of the built-in systems.
pub(crate) struct Systems(BTreeMap<String, Value>);

impl Systems {
    pub(crate) fn read() -> Self {
        let documents = serde_yaml::Deserializer::from_str(include_str!("../../../data/systems.yaml"))
            .map(|document| <Value as serde::Deserialize>::deserialize(document).expect("a System"))
            .filter(Value::is_object);
        Self(
            documents
                .map(|system| (system["metadata"]["name"].as_str().expect("a name").to_owned(), system["spec"].clone()))
                .collect(),
        )
    }

    fn of(&self, kind: &str) -> Vec<&str> {
        self.0.iter().filter(|(_, spec)| spec["kind"] == kind).map(|(name, _)| name.as_str()).collect()
    }
}

/// Builds one app.
struct Maker<'a> {
    random: Random,
    systems: &'a Systems,
    limits: &'a Limits,
    number: usize,
    name: String,
    owner: &'static str,
    tier: u64,
    class: Option<&'static str>,
    mode: &'static str,
    planned: bool,
    /// The mechanism that closes accounts, and its SLA.
    closing: &'static str,
    sla: u64,
    /// Whether the mechanism that closes accounts also deletes and restores them.
    deletes: bool,
    reactivates: bool,
    effect: &'static str,
    non_human: Vec<Value>,
}

fn put(object: &mut Value, key: &str, value: impl Into<Value>) {
    object.as_object_mut().expect("an object").insert(key.to_owned(), value.into());
}

/// A catalogue of clean apps, with the teams that own them and a waiver for each shared account.
pub(crate) fn catalogue(seed: u64, apps: usize, limits: &Limits, systems: &Systems) -> Vec<Value> {
    let mut documents: Vec<Value> = Vec::new();
    for number in 0..apps {
        let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let mode = MODES[number % MODES.len()];
        let class = random.chance(85).then(|| random.pick(&["restricted", "confidential", "internal", "public"]));
        let mut tier = random.number(1, 4);
        // Manual work is not allowed for the most critical apps and restricted data.
        let critical = tier == 1 || class == Some("restricted");
        let closing = match mode {
            "scim" | "connector" | "directory" | "hr" => mode,
            "hybrid" => "scim",
            // A CSV list is sent at most once a day.
            "csv" if !critical && limits.sla[1..].iter().all(|longest| *longest >= 24) => "csv",
            "vendor" if !critical => "vendor",
            "jit" if random.chance(20) => "connector",
            _ if critical => random.pick(&["script", "automation"]),
            _ => random.pick(&["script", "automation", "ticket", "admin", "runbook"]),
        };
        if closing == "csv" && tier == 2 && random.chance(50) {
            tier = 4;
        }
        let longest = limits.sla[usize::try_from(tier - 1).expect("a small number")];
        let sla = if closing == "csv" { random.number(1, longest / 24) * 24 } else { random.number(1, longest) };
        let owner = random.team(&[]);
        let maker = Maker {
            random,
            systems,
            limits,
            number,
            name: format!("app-{number:04}"),
            owner,
            tier,
            class,
            mode,
            planned: false,
            closing,
            sla,
            deletes: false,
            reactivates: false,
            effect: "suspend",
            non_human: Vec::new(),
        };
        let app = maker.app();
        let name = app["metadata"]["name"].clone();
        if mode == "shared" && app["spec"]["status"] != "retired" {
            documents.push(json!({
                "apiVersion": "leaver/v1", "kind": "Waiver", "metadata": {"name": format!("shared-{number:04}")},
                "spec": {
                    "rule": "shared/one-account", "apps": [name], "reason": "the device supports one account only", "owner": "it-apps",
                    "approver": if owner == "security" { "platform" } else { "security" }, "from": "2026-10-01", "expires": "2027-02-28",
                },
            }));
        }
        documents.push(app);
    }
    for team in TEAMS {
        documents.push(json!({
            "apiVersion": "leaver/v1", "kind": "Team", "metadata": {"name": team},
            "spec": {"members": [format!("ada@{team}.example"), format!("sam@{team}.example")]},
        }));
    }
    documents.push(json!({
        "apiVersion": "leaver/v1", "kind": "System", "metadata": {"name": "hub", "owner": "platform"}, "spec": {
            "kind": "iga", "alertsByDefault": true, "runsAs": {"kind": "service-account", "owner": "platform"},
            "fedBy": [{"system": "workday", "syncMinutes": 0}], "deleteGuard": {"threshold": 50, "approver": "identity", "slaHours": 1},
        },
    }));
    // This system does not push deletions, so its feed deactivates leavers.
    documents.push(json!({
        "apiVersion": "leaver/v1", "kind": "System", "metadata": {"name": "pingfederate", "owner": "identity"},
        "spec": {"fedBy": [{"system": "active-directory", "syncMinutes": 0, "action": "deactivate"}]},
    }));
    documents
}
