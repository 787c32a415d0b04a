//! Every app in use needs certain decisions. This module adds those that are still missing.

use serde_json::{Value, json};

use super::{Maker, put};

/// Sets a missing value.
fn answer(object: &mut Value, key: &str, value: impl Into<Value>) {
    if object.get(key).is_none() {
        put(object, key, value);
    }
}

/// The entries of a list, if it exists.
fn list<'a>(spec: &'a mut Value, place: &str) -> impl Iterator<Item = &'a mut Value> {
    spec.pointer_mut(place).and_then(Value::as_array_mut).into_iter().flatten()
}

impl Maker<'_> {
    pub(super) fn decide(&mut self, spec: &mut Value) {
        answer(spec, "tier", self.tier);
        answer(spec, "dataClass", "internal");
        answer(spec, "nonHuman", json!([]));
        answer(spec, "thirdPartyGrants", json!([]));
        for role in list(spec, "/roles") {
            answer(role, "privileged", false);
        }
        for item in list(spec, "/nonHuman") {
            if item["revokedOn"].is_null() {
                answer(item, "interactive", false);
                answer(item, "boundTo", "organisation");
                if !item["rotateEveryDays"].is_null() && item["neverExpires"].is_null() {
                    answer(item, "expires", "2027-11-01");
                }
                if item["boundTo"] == "team" {
                    answer(item, "rotateOnLeave", true);
                }
                if item["overlapHours"].is_null() {
                    answer(item, "revokesPrevious", true);
                }
            }
        }
        if ["none", "shared"].contains(&self.mode) {
            return;
        }
        answer(spec, "populations", json!(["employees"]));
        answer(spec, "roleChurn", self.random.pick(&["low", "medium"]));
        answer(spec, "roles", json!([]));
        answer(spec, "seats", self.random.pick(&["flat", "free"]));
        answer(spec, "breakGlass", json!([]));
        answer(spec, "secondAccounts", json!({"none": true}));
        let covers = spec["lifecycle"]["revokeCredentials"]["covers"].clone();
        if spec["issuesTokens"] == true && spec["issues"].is_null() {
            put(spec, "issues", if covers.is_array() { covers } else { json!(["personalTokens"]) });
        }
        for stage in ["revokeSessions", "reactivate"] {
            let via = spec["lifecycle"][stage]["via"].as_str().unwrap_or_default();
            if ["scim", "connector", "directory", "hr", "csv", "script", "automation"].contains(&via) {
                answer(&mut spec["lifecycle"][stage], "testedOn", self.random.ago(0, 300));
            }
        }
        if spec["signOn"]["system"].is_null()
            && ["saml", "oidc", "ws-federation"].iter().any(|protocol| spec["signOn"]["protocol"] == *protocol)
        {
            put(&mut spec["signOn"], "protocol", self.random.pick(&["password-vault", "local", "kerberos"]));
        }
        if spec["external"].is_object() {
            answer(&mut spec["external"], "maxDays", self.random.number(1, 365));
        }
        if spec["provisioning"]["csv"].is_object() {
            answer(
                &mut spec["provisioning"]["csv"],
                "operations",
                json!(["create", "update", "disable", "reactivate", "delete"]),
            );
        }
        if spec["lifecycle"]["deprovision"]["signal"].is_object() {
            answer(&mut spec["lifecycle"]["deprovision"]["signal"], "everyHours", 1);
        }
        for stage in ["revokeSessions", "revokeCredentials"] {
            if spec["lifecycle"][stage]["slaHours"].as_u64().is_some_and(|hours| hours > 24) {
                put(&mut spec["lifecycle"][stage], "slaHours", 24);
            }
        }
        for account in list(spec, "/localAccounts/accounts") {
            answer(account, "temporary", false);
        }
        if spec["provisioning"]["jit"].is_object() {
            answer(&mut spec["provisioning"]["jit"], "refusesSuspended", true);
            answer(&mut spec["provisioning"]["jit"], "roleSync", "none");
        }
        let every = spec["lifecycle"]["review"]["everyDays"].as_u64().expect("an interval");
        let mut covers = vec!["users", "admins", "localAccounts", "breakGlass", "nonHuman", "thirdPartyGrants"];
        let outside = ["contractors", "guests", "partners"];
        covers.extend(outside.iter().filter(|group| {
            spec["populations"].as_array().is_some_and(|groups| groups.iter().any(|one| one == **group))
        }));
        let review = &mut spec["lifecycle"]["review"];
        answer(review, "last", self.random.ago(0, every.min(60)));
        answer(review, "covers", covers);
        answer(review, "onSilence", "revoke");
        answer(review, "selfReview", false);
        if spec["lifecycle"]["reconcile"].is_null() {
            let (team, every) = (self.random.team(&[]), self.random.number(1, 90));
            let mut stage = self.stage("script", team);
            put(&mut stage, "everyDays", every);
            put(&mut stage, "last", self.random.ago(0, every));
            put(&mut spec["lifecycle"], "reconcile", stage);
        }
    }
}
