//! The ways to create accounts, each with its required settings.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{BY_HAND, Maker, put};

impl Maker<'_> {
    /// The settings of a push. The push runs often enough for every SLA.
    fn block(&mut self, via: &str, system: Option<&str>) -> Value {
        let facts = system.and_then(|name| self.systems.0.get(name)).cloned().unwrap_or(Value::Null);
        let closes = self.closing == via;
        let mut block = json!({});
        if via != "scim"
            && let Some(system) = system
        {
            put(&mut block, "system", system);
        }
        // Every SLA is at least one hour.
        let longest = 60;
        // The system's own interval needs no declaration if it is short enough.
        if facts["syncMinutes"].as_u64().is_none_or(|minutes| minutes > longest) || self.random.chance(50) {
            put(&mut block, "syncMinutes", self.random.number(0, longest));
        }
        match facts["delayDaysChoices"].as_array() {
            Some(choices) => put(&mut block, "delayDays", choices.iter().min_by_key(|day| day.as_u64()).cloned()),
            None => put(&mut block, "delayDays", 0),
        }
        if via != "hr" && (facts["outOfScope"] != "deprovision" || self.random.chance(40)) {
            put(&mut block, "outOfScope", "deprovision");
        }
        if facts["alertsByDefault"] != true || self.random.chance(50) {
            put(&mut block, "alert", self.random.pick(&["identity-alerts@example.com", "soc", "#identity"]));
        }
        if ["scim", "connector"].contains(&via) && (!self.planned || self.random.chance(20)) {
            put(&mut block, "backfilled", self.random.ago(0, 900));
        }
        let deletes = self.effect == "delete" || self.deletes;
        let guarded = closes && (["directory", "hr"].contains(&via) || deletes);
        if guarded || !facts["deleteGuard"].is_null() || self.random.chance(25) {
            let guard = json!({
                "threshold": self.random.number(1, 500), "approver": self.random.team(&[]),
                "slaHours": self.random.number(0, if closes { self.sla } else { 24 }),
            });
            put(&mut block, "deleteGuard", guard);
        }
        let mut operations: BTreeSet<&str> = ["create", "update", "groups"].into();
        operations.extend(self.random.some(&["entitlements", "disable"], 50));
        operations.extend(["suspend", "remove-membership"].contains(&self.effect).then_some("disable"));
        operations.extend((self.effect == "delete" || self.deletes).then_some("delete"));
        operations.extend(self.reactivates.then_some("reactivate"));
        if self.mode == "jit" {
            operations.remove("create");
        }
        if facts["pushesGroups"] == false || facts["keepsUnpushedGroups"] == true {
            operations.remove("groups");
        }
        // If a system does not delete unassigned accounts, it sends deletions only to apps that cannot disable accounts.
        if facts["deletesUnassigned"] == false && self.effect == "delete" {
            operations.remove("disable");
        }
        put(&mut block, "operations", operations.into_iter().collect::<Vec<_>>());
        if self.random.chance(10) {
            put(&mut block, "notes", "Set up by the vendor's guide.");
        }
        block
    }

    pub(super) fn provisioning(&mut self, idp: Option<&str>, churn: Option<&str>) -> Value {
        let mut provisioning = json!({"mode": self.mode});
        let key = self.random.pick(&["externalId", "employeeId", "objectGUID", "immutableId"]);
        if ["scim", "hybrid"].contains(&self.mode) {
            let mut block = self.block("scim", idp);
            put(
                &mut block,
                "credential",
                self.own_credential(&["scim-token", "oauth-client", "api-key", "certificate"]),
            );
            put(&mut block, "endpoint", format!("https://{}.example.com/scim/v2", self.name));
            put(&mut block, "auth", self.random.pick(&["oauth2", "mtls"]));
            put(&mut block, "softDeleteMapped", true);
            put(&mut block, "matchKey", key);
            put(&mut provisioning, "scim", block);
        }
        let way = if self.mode == "jit" { self.closing } else { self.mode };
        if ["connector", "directory", "hr"].contains(&way) {
            let kind = match way {
                "connector" => self.random.pick(&["idp", "iga"]),
                "directory" => "directory",
                _ => "hr",
            };
            let names = self.capable_systems(kind, self.effect == "delete" || self.deletes);
            let system = self.random.pick(&names.iter().map(String::as_str).collect::<Vec<_>>()).to_owned();
            let mut block = self.block(way, Some(&system));
            if way == "directory" {
                put(&mut block, "protocol", self.random.pick(&["ldaps", "ldap-starttls", "agent", "api"]));
                put(&mut block, "credential", self.own_credential(&["sync-account"]));
            } else if way == "connector" || self.random.chance(50) {
                put(
                    &mut block,
                    "credential",
                    self.own_credential(&["service-account", "oauth-client", "workload-identity"]),
                );
            }
            put(&mut block, "matchKey", key);
            put(&mut provisioning, way, block);
        }
        if self.mode == "csv" {
            let mut block =
                json!({"owner": self.random.team(&[]), "runbook": "docs/rb/upload.md", "alert": "it-apps@example.com"});
            put(&mut block, "everyDays", if self.closing == "csv" { self.sla / 24 } else { self.random.number(1, 30) });
            if self.closing == "csv" {
                put(
                    &mut block,
                    "deleteGuard",
                    json!({"threshold": 50, "approver": self.random.team(&[]), "slaHours": 1}),
                );
            }
            if self.random.chance(50) {
                put(
                    &mut block,
                    "operations",
                    ["create", "update", "disable", "delete", "groups", "reactivate"].as_slice(),
                );
            }
            put(&mut block, "matchKey", key);
            if self.random.chance(20) {
                put(&mut block, "notes", "The vendor reads the list at night.");
            }
            put(&mut provisioning, "csv", block);
        }
        if self.mode == "shared" {
            let every = self.random.number(30, 180);
            let mut shared = json!({
                "owner": self.random.team(&[]), "vault": format!("vault://kv/shared/{}", self.name), "rotateOnLeave": true,
            });
            put(&mut shared, "rotateEveryDays", every);
            put(&mut shared, "lastRotated", self.random.ago(0, every));
            if self.random.chance(20) {
                put(&mut shared, "notes", "The display in the lobby.");
            }
            put(&mut provisioning, "shared", shared);
        }
        if ["jit", "hybrid"].contains(&self.mode) {
            self.jit(&mut provisioning, key, churn);
        }
        if self.random.chance(25) {
            let mut attributes = Vec::new();
            for name in self.random.some(&["department", "manager", "profile", "costCenter", "roles"], 40) {
                let mut attribute = json!({"name": name});
                if self.random.chance(80) {
                    put(&mut attribute, "authority", self.random.pick(&["workday", "entra-id", "active-directory"]));
                }
                if self.random.chance(50) {
                    put(&mut attribute, "via", self.random.pick(&["hr", "directory", "scim", "connector", "script"]));
                }
                attributes.push(attribute);
            }
            put(&mut provisioning, "attributes", attributes);
        }
        provisioning
    }

    /// The systems of a kind, without those that cannot close accounts in time. With `deletes`, they can also delete accounts.
    pub(super) fn capable_systems(&self, kind: &str, deletes: bool) -> Vec<String> {
        let in_time = |spec: &Value| {
            let least =
                spec["delayDaysChoices"].as_array().and_then(|days| days.iter().filter_map(Value::as_u64).min());
            least.unwrap_or(0) == 0
        };
        let names = self.systems.of(kind);
        let able = names.into_iter().filter(|name| {
            let spec = &self.systems.0[*name];
            in_time(spec)
                && spec["pushes"] != false
                && spec["updates"] != false
                && !(deletes && spec["deletes"] == false)
        });
        let able: Vec<String> = able.map(str::to_owned).collect();
        // If no known system can close the accounts, the company's own system closes them.
        if able.is_empty() { vec!["hub".to_owned()] } else { able }
    }

    fn jit(&mut self, provisioning: &mut Value, key: &str, churn: Option<&str>) {
        let mut jit = json!({});
        if self.random.chance(50) {
            put(&mut jit, "groups", ["everyone", "app users"].as_slice());
        }
        if self.random.chance(30) {
            put(&mut jit, "domains", ["example.com"].as_slice());
        }
        put(&mut jit, "defaultRole", self.random.pick(&["Member", "viewer", "Standard User"]));
        put(&mut jit, "matchKey", key);
        if self.mode == "hybrid" {
            put(&mut jit, "refusesSuspended", true);
            put(&mut jit, "testedOn", self.random.ago(0, 600));
            // If SCIM creates the accounts, a sign-in need not create any.
            let creates = self.random.chance(70);
            put(&mut jit, "creates", creates);
            if creates {
                // The mechanism that creates accounts must have precedence. `app` corrects the precedence when the stages are known.
                put(provisioning, "precedence", self.random.pick(&["jit", "scim"]));
            }
        } else {
            put(&mut jit, "refusesSuspended", true);
            put(&mut jit, "testedOn", self.random.ago(0, 600));
            if self.closing == "ticket" || BY_HAND.contains(&self.closing) || self.random.chance(50) {
                put(&mut jit, "expiresAfterDays", self.random.number(14, self.limits.inactive));
            }
            if churn != Some("high") && self.random.chance(30) {
                put(&mut jit, "updatesAtSignIn", true);
            }
            if self.random.chance(30) {
                put(&mut jit, "roleSync", self.random.pick(&["none", "sync"]));
            }
        }
        if self.random.chance(20) {
            put(&mut jit, "reactivates", false);
        }
        put(provisioning, "jit", jit);
    }
}
