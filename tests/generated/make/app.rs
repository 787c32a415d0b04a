//! Builds a complete app: description, roles, local accounts and all other parts.

use serde_json::{Value, json};

use super::{Maker, put};

/// Protocols with which an identity provider signs people in.
const FEDERATED: [&str; 3] = ["saml", "oidc", "ws-federation"];

impl Maker<'_> {
    fn roles(&mut self) -> Vec<Value> {
        let mut roles = Vec::new();
        for name in self.random.some(&["Administrator", "Auditor", "Editor", "Viewer", "Billing"], 40) {
            let mut role = json!({"name": name});
            if name == "Administrator" || name == "Billing" {
                let owner = self.random.team(&[]);
                let every = self.random.number(7, 90);
                let grants = ["pim", "iga", "ticket", "group", "scim", "admin", "vendor"];
                role = json!({
                    "name": name, "privileged": true, "owner": owner, "grant": self.random.pick(&grants),
                    "max": self.random.number(2, 20), "reviewEveryDays": every, "lastReview": self.random.ago(0, every),
                });
                if self.random.chance(70) {
                    put(&mut role, "approver", self.random.team(&[owner]));
                }
            } else {
                if self.random.chance(50) {
                    put(&mut role, "grant", self.random.pick(&["claim", "jit", "default", "group", "ticket"]));
                }
                if self.random.chance(30) {
                    put(&mut role, "privileged", false);
                }
            }
            if self.random.chance(10) {
                put(&mut role, "notes", "As the vendor calls it.");
            }
            roles.push(role);
        }
        roles
    }

    fn locals(&mut self) -> Value {
        let inventory = u64::try_from(self.limits.inventory).expect("a small number");
        if self.random.chance(60) {
            return json!({"none": true, "checkedOn": self.random.ago(0, inventory)});
        }
        let mut accounts = Vec::new();
        for number in 0..self.random.number(1, 3) {
            let mut account = json!({"name": format!("local-{number}"), "owner": self.random.team(&[])});
            if self.random.chance(60) {
                put(&mut account, "purpose", "an appliance that cannot sign in otherwise");
            }
            put(&mut account, "vault", format!("vault://kv/{}/local-{number}", self.name));
            if self.random.chance(40) {
                put(&mut account, "lastReview", self.random.ago(0, 80));
            }
            if self.random.chance(20) {
                put(&mut account, "temporary", true);
                put(&mut account, "expires", self.random.ahead(0, 30));
            } else if self.random.chance(30) {
                put(&mut account, "expires", self.random.ahead(0, 700));
            }
            if self.random.chance(20) {
                put(&mut account, "privileged", self.random.chance(50));
                put(&mut account, "notes", "Known to the auditors.");
            }
            accounts.push(account);
        }
        let mut locals = json!({"accounts": accounts, "checkedOn": self.random.ago(0, inventory)});
        if self.random.chance(30) {
            put(&mut locals, "owner", self.random.team(&[]));
            put(&mut locals, "none", false);
            put(&mut locals, "notes", "Looked up in the admin console.");
        }
        locals
    }

    pub(super) fn app(mut self) -> Value {
        let status = self.random.number(1, 100);
        let (planned, retiring, retired) = (status <= 8, (9..=16).contains(&status), status > 94);
        self.planned = planned;
        let mut metadata = json!({"name": self.name});
        put(&mut metadata, "owner", self.owner);
        if self.random.chance(50) {
            put(&mut metadata, "title", format!("App {}", self.number));
            put(&mut metadata, "description", "What the company uses it for, in a line.");
        }
        if self.random.chance(10) {
            put(&mut metadata, "aliases", vec![format!("{}-old", self.name)]);
            put(&mut metadata, "labels", json!({"costCenter": "cc-1310"}));
        }
        let mut spec = json!({});
        let churn = self.random.chance(70).then(|| self.random.pick(&["low", "medium", "high"]));
        put(&mut metadata, "vendor", self.random.pick(&["airbase", "in-house"]));
        // Sign-in alone does not suit an app whose roles change every week.
        let churn = if self.mode == "jit" { churn.filter(|churn| *churn != "high") } else { churn };
        if let Some(churn) = churn {
            put(&mut spec, "roleChurn", churn);
        }
        if self.tier != 3 || self.random.chance(50) {
            put(&mut spec, "tier", self.tier);
        }
        if let Some(class) = self.class {
            put(&mut spec, "dataClass", class);
        }
        if self.random.chance(10) {
            put(&mut spec, "notes", "Bought in 2021.");
        }
        if retired {
            put(&mut spec, "status", "retired");
            put(&mut spec, "provisioning", json!({"mode": self.mode}));
            let mut end = json!({"owner": self.random.team(&[])});
            for key in [
                "plannedFor",
                "retiredOn",
                "accountsRemovedOn",
                "credentialsRevokedOn",
                "signOnRemovedOn",
                "dataTransferredOn",
            ] {
                put(&mut end, key, self.random.ago(0, 400));
            }
            if self.random.chance(40) {
                put(&mut end, "runbook", "docs/rb/retire.md");
                put(&mut end, "evidence", self.random.pick(&["ticket", "log", "export"]));
                put(&mut end, "notes", "The contract ended in June.");
            }
            put(&mut spec, "retirement", end);
            return json!({"apiVersion": "leaver/v1", "kind": "App", "metadata": metadata, "spec": spec});
        }
        if planned || retiring || self.random.chance(50) {
            put(
                &mut spec,
                "status",
                if planned {
                    "planned"
                } else if retiring {
                    "retiring"
                } else {
                    "live"
                },
            );
        }
        if retiring {
            put(
                &mut spec,
                "retirement",
                json!({"owner": self.random.team(&[]), "plannedFor": self.random.ahead(10, 400)}),
            );
        }
        if self.mode == "none" {
            put(&mut spec, "provisioning", json!({"mode": "none"}));
            if self.random.chance(70) {
                put(&mut spec, "signOn", json!({"protocol": "none"}));
            }
            if self.random.chance(30) && !spec["signOn"].is_null() {
                put(&mut spec, "lifecycle", json!({"create": {"via": "none"}}));
            }
            self.decide(&mut spec);
            return json!({"apiVersion": "leaver/v1", "kind": "App", "metadata": metadata, "spec": spec});
        }
        let outside = self.random.some(&["contractors", "guests", "partners"], 20);
        let customers = outside.is_empty() && self.mode != "hr" && self.random.chance(5);
        let populations: Vec<&str> =
            if customers { vec!["customers"] } else { ["employees"].into_iter().chain(outside.clone()).collect() };
        if customers || !outside.is_empty() || self.random.chance(50) {
            put(&mut spec, "populations", populations);
        }
        let sources = ["workday", "successfactors", "bamboohr", "active-directory"];
        let source = (!customers && (self.mode != "hr" || self.random.chance(50))).then(|| self.random.pick(&sources));
        if let Some(source) = source {
            put(&mut spec, "sourceOfTruth", source);
        }
        if !outside.is_empty() {
            let mut external = json!({"sponsor": self.random.team(&[])});
            if self.random.chance(60) {
                put(&mut external, "endDateRequired", true);
            }
            if external["endDateRequired"].is_null() || self.random.chance(50) {
                put(&mut external, "maxDays", self.random.number(1, 365));
            }
            if let Some(source) = source.filter(|_| self.random.chance(60)) {
                put(&mut external, "system", source);
            } else {
                let closed = json!({
                    "via": "ticket", "owner": self.random.team(&[]), "queue": "ITAPP", "slaHours": 24, "evidence": "ticket",
                });
                put(&mut external, "closedBy", closed);
            }
            if self.random.chance(30) {
                put(&mut external, "notes", "Sponsors confirm by mail.");
            }
            put(&mut spec, "external", external);
        }
        let pushes = ["scim", "connector", "directory", "hr"].contains(&self.mode) || self.mode == "hybrid";
        // Most pushes suspend accounts. Other mechanisms suspend accounts less often.
        self.effect = if pushes && self.random.chance(75) || !pushes && self.random.chance(40) {
            "suspend"
        } else {
            self.random.pick(&["delete", "delete", "remove-membership", "seat-only"])
        };
        self.deletes = pushes && self.effect == "suspend" && self.random.chance(20);
        self.reactivates = pushes && self.effect == "suspend" && self.random.chance(25);
        let idps = self.capable_systems("idp", self.effect == "delete" || self.deletes);
        let idp = self.random.pick(&idps.iter().map(String::as_str).collect::<Vec<_>>()).to_owned();
        let protocols: &[&str] = match self.mode {
            "scim" | "jit" | "hybrid" | "connector" => &["saml", "oidc", "ws-federation"],
            "directory" => &["ldap", "kerberos", "radius", "saml"],
            "shared" => &["password-vault", "local"],
            _ => &["saml", "oidc", "local", "password-vault"],
        };
        let protocol = self.random.pick(protocols);
        let mut sign_on = json!({"protocol": protocol, "assignmentRequired": true});
        if FEDERATED.contains(&protocol) {
            put(&mut sign_on, "enforced", true);
            put(&mut sign_on, "passwordReset", false);
        } else if ["ldap", "kerberos", "radius"].contains(&protocol) {
            put(&mut sign_on, "enforced", true);
        }
        let named = self.mode == "scim" || self.mode == "hybrid" || self.random.chance(60);
        if named {
            put(&mut sign_on, "system", idp.as_str());
            put(&mut sign_on, "appId", format!("0oa{:06}", self.number));
        }
        put(&mut spec, "signOn", sign_on);
        let shared = self.mode == "shared";
        let tokens = self.random.chance(40);
        if !shared {
            put(&mut spec, "issuesTokens", tokens);
        }
        let roles = if shared { Vec::new() } else { self.roles() };
        let mut provisioning = self.provisioning(named.then_some(idp.as_str()), churn);
        if !shared {
            let mut life = self.lifecycle(named.then_some(idp.as_str()), &provisioning, &outside, roles.len() > 1);
            if tokens {
                let (team, via) =
                    (self.random.team(&[]), self.random.pick(&["script", "ticket", "runbook", "admin", "connector"]));
                let mut stage = self.stage(via, team);
                put(
                    &mut stage,
                    "covers",
                    ["personalTokens", "apiKeys", "sshKeys", "oauthGrants", "appPasswords", "certificates"].as_slice(),
                );
                put(&mut life, "revokeCredentials", stage);
            }
            if self.random.chance(60) {
                let seats = self.random.pick(&["paid", "flat", "free"]);
                put(&mut spec, "seats", seats);
                if seats == "paid" {
                    let (team, via) = (
                        self.random.team(&[]),
                        self.random.pick(&["script", "ticket", "connector", "admin", "runbook"]),
                    );
                    let mut stage = self.stage(via, team);
                    let every = self.random.number(7, 90);
                    put(&mut stage, "everyDays", every);
                    put(&mut stage, "last", self.random.ago(0, every));
                    put(&mut stage, "afterInactiveDays", self.random.number(30, 90));
                    put(&mut life, "reclaim", stage);
                }
            }
            // The mechanism that creates accounts must have precedence.
            if life["create"]["via"] == "jit" && provisioning["precedence"] == "scim" {
                put(&mut provisioning, "precedence", "jit");
            }
            put(&mut spec, "lifecycle", life);
            put(&mut spec, "localAccounts", self.locals());
        } else if self.random.chance(30) {
            let reviewer = self.random.team(&[self.owner]);
            put(&mut spec, "lifecycle", json!({"review": self.review(reviewer, &outside)}));
            put(&mut spec, "localAccounts", self.locals());
        }
        let by_hand = |way: &Value| way.as_str().is_some_and(|way| super::BY_HAND.contains(&way));
        if by_hand(&spec["lifecycle"]["entitle"]["via"]) || roles.iter().any(|role| by_hand(&role["grant"])) {
            // These rights are granted by hand, so provisioning does not manage them.
            let mut attributes = provisioning["attributes"].as_array().cloned().unwrap_or_default();
            attributes.push(json!({"name": "entitlements", "via": "admin"}));
            put(&mut provisioning, "attributes", attributes);
        }
        put(&mut spec, "provisioning", provisioning);
        if !roles.is_empty() {
            put(&mut spec, "roles", roles);
        }
        self.extras(&mut spec);
        self.decide(&mut spec);
        json!({"apiVersion": "leaver/v1", "kind": "App", "metadata": metadata, "spec": spec})
    }

    fn extras(&mut self, spec: &mut Value) {
        // Only break-glass accounts can sign in when single sign-on fails.
        if FEDERATED.iter().any(|protocol| spec["signOn"]["protocol"] == *protocol) || self.random.chance(20) {
            let mut account = json!({
                "name": "bg-1", "owner": self.random.team(&[]), "vault": format!("vault://kv/breakglass/{}", self.name),
                "alert": "soc", "testedOn": self.random.ago(0, 365),
            });
            if self.random.chance(50) {
                put(&mut account, "role", "Administrator");
                put(&mut account, "lastRotated", self.random.ago(0, 365));
                put(&mut account, "rotateAfterUse", true);
                put(&mut account, "runbook", "docs/rb/breakglass.md");
                put(&mut account, "expires", self.random.ahead(0, 400));
                put(&mut account, "notes", "Two envelopes, two safes.");
            }
            let mut second = account.clone();
            put(&mut second, "name", "bg-2");
            put(spec, "breakGlass", vec![account, second]);
        }
        let kinds = [
            "agent",
            "api-key",
            "bot",
            "certificate",
            "oauth-client",
            "personal-token",
            "rpa",
            "scim-token",
            "service-account",
            "ssh-key",
            "sync-account",
            "webhook",
            "workload-identity",
        ];
        for _ in 0..self.random.number(0, 3) {
            let kind = self.random.pick(&kinds);
            let name = format!("{}-{}", self.name, self.non_human.len());
            let mut item = self.credential(kind, &name);
            if self.random.chance(10) {
                // A revoked credential needs no owner.
                item = json!({"name": item["name"], "kind": kind, "revokedOn": self.random.ago(0, 500)});
            }
            self.non_human.push(item);
        }
        let covered = spec["lifecycle"]["review"].clone();
        let looks = covered["covers"].as_array().is_some_and(|covers| covers.iter().any(|group| group == "nonHuman"))
            && covered["everyDays"].as_u64().is_some_and(|days| days <= 90)
            && covered["last"].is_string();
        for item in self.non_human.iter_mut().filter(|item| item["revokedOn"].is_null()) {
            if !looks || self.random.chance(40) {
                let every = self.random.number(7, 90);
                put(item, "reviewEveryDays", every);
                put(item, "lastReview", self.random.ago(0, every));
            }
        }
        if !self.non_human.is_empty() {
            put(spec, "nonHuman", std::mem::take(&mut self.non_human));
        }
        if self.random.chance(20) {
            let every = self.random.number(30, 365);
            let mut grant = json!({
                "name": "a helper of another vendor", "owner": self.random.team(&[]), "scopes": ["files.read"],
                "offboarding": "block it in the admin console", "reviewEveryDays": every, "lastReview": self.random.ago(0, every),
            });
            if self.random.chance(50) {
                put(&mut grant, "vendor", "docusign");
                put(&mut grant, "purpose", "signs quotes");
                put(&mut grant, "grantedOn", self.random.ago(0, 900));
                put(&mut grant, "expires", self.random.ahead(0, 300));
                put(&mut grant, "contract", "MSA-2024-31");
                put(&mut grant, "notes", "Asked for by sales.");
            }
            if self.random.chance(10) {
                grant = json!({"name": "gone", "revokedOn": self.random.ago(0, 300)});
            }
            put(spec, "thirdPartyGrants", vec![grant]);
        }
    }
}
