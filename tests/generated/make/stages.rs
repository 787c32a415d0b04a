//! The stages of an account's life, and the non-human accounts of an app.

use serde_json::{Map, Value, json};

use super::{BY_HAND, JOBS, Maker, day, put};

impl Maker<'_> {
    /// A stage with everything that its mechanism requires, and some optional settings.
    pub(super) fn stage(&mut self, via: &str, owner: &str) -> Value {
        let mut stage = json!({"via": via, "owner": owner});
        let by_hand = BY_HAND.contains(&via);
        // A CSV list has its own schedule.
        if by_hand || via != "csv" && self.random.chance(30) {
            put(&mut stage, "slaHours", self.random.number(1, self.limits.stage));
        }
        if via == "ticket" || via == "admin" || self.random.chance(5) {
            put(&mut stage, "queue", self.random.pick(&["ITAPP", "IDENTITY", "HR-OPS"]));
        }
        if via == "runbook" || self.random.chance(10) {
            put(&mut stage, "runbook", format!("docs/rb/{}.md", self.name));
        }
        if via == "vendor" || self.random.chance(3) {
            put(&mut stage, "contact", "support@vendor.example");
            put(&mut stage, "contract", self.random.pick(&["MSA-2024-31 §9", "order form 7"]));
        }
        // The company's own job runner performs the operations that no product supports.
        if JOBS.contains(&via) {
            put(&mut stage, "system", "hub");
        }
        if by_hand || JOBS.contains(&via) || via == "csv" || self.random.chance(25) {
            let kinds = ["ticket", "log", "report", "export", "screenshot", "email"];
            put(&mut stage, "evidence", self.random.pick(&kinds));
        }
        if self.random.chance(10) {
            put(&mut stage, "alert", self.random.pick(&["soc", "identity-alerts@example.com", "#it-apps"]));
        }
        if self.random.chance(8) {
            put(&mut stage, "notes", self.random.pick(&["Tried out in the spring.", "See the vendor's page on SSO."]));
        }
        if self.random.chance(10)
            && !["jit", "scim", "connector", "directory", "hr", "csv", "script", "automation"].contains(&via)
        {
            put(&mut stage, "system", self.random.pick(&["servicenow", "jira-service-management"]));
        }
        stage
    }

    /// A non-human account of this kind that is well maintained.
    pub(super) fn credential(&mut self, kind: &str, name: &str) -> Value {
        let owner = self.random.team(&[]);
        let place = format!("vault://kv/{}/{name}", self.name);
        let mut item = json!({
            "name": name, "kind": kind, "owner": owner,
            "purpose": self.random.pick(&["nightly export", "SCIM provisioning", "deploys", "reads the audit log"]),
            "offboarding": self.random.pick(&["delete it in the admin console", "disabled by the closedown job"]),
        });
        let secretless = kind == "workload-identity";
        if !secretless || self.random.chance(30) {
            // The lifetime is at most a year, and the credential is valid for at least another month.
            let age = self.random.number(0, 300);
            let left = self.random.number(30, 365 - age.min(330));
            put(&mut item, "created", day(-i64::try_from(age).expect("a small number")));
            if !secretless || self.random.chance(50) {
                put(&mut item, "expires", day(i64::try_from(left).expect("a small number")));
            }
            if !secretless && self.random.chance(60) {
                let every = self.random.number(30, 365);
                put(&mut item, "rotateEveryDays", every);
                put(&mut item, "lastRotated", self.random.ago(0, every.min(age)));
            }
        }
        if !["certificate", "ssh-key", "webhook"].contains(&kind) || self.random.chance(30) {
            let scopes = ["users:read", "users:write", "repo", "api", "files.read", "refresh_token", "audit.read.all"];
            let mut mine = self.random.some(&scopes, 30);
            if mine.is_empty() {
                mine.push("users:read");
            }
            put(&mut item, "scopes", mine);
        }
        if !secretless && self.random.chance(70) {
            put(&mut item, "vault", place);
        }
        if self.random.chance(60) {
            put(&mut item, "environments", vec![self.random.pick(&["production", "staging", "test", "development"])]);
        }
        if self.random.chance(40) {
            put(&mut item, "interactive", false);
        }
        if self.random.chance(30) {
            put(&mut item, "privileged", self.random.chance(50));
        }
        if item["privileged"] == true && !secretless && item["vault"].is_null() {
            put(&mut item, "vault", format!("vault://kv/{}/{name}", self.name));
        }
        if self.random.chance(20) {
            put(&mut item, "id", format!("{kind}-{}-{}", self.number, self.random.number(1000, 9999)));
        }
        match self.random.number(1, 3) {
            1 => put(&mut item, "revokesPrevious", true),
            2 => put(&mut item, "overlapHours", self.random.number(0, 24)),
            _ => {}
        }
        if self.random.chance(10) {
            put(&mut item, "neverExpires", false);
        }
        if kind == "personal-token" {
            put(&mut item, "boundTo", self.random.pick(&["team", "organisation"]));
        }
        if kind == "agent" {
            put(&mut item, "holds", Vec::<Value>::new());
            put(&mut item, "sponsor", self.random.team(&[owner]));
            put(&mut item, "offSwitch", "remove it from the group ai-agents");
        }
        if self.random.chance(5) {
            put(&mut item, "notes", "Made together with the vendor.");
        }
        item
    }

    /// A credential that a mechanism uses to sign in.
    pub(super) fn own_credential(&mut self, kinds: &[&str]) -> String {
        let kind = self.random.pick(kinds);
        let name = format!("{}-{}", self.name, self.non_human.len());
        let item = self.credential(kind, &name);
        self.non_human.push(item);
        name
    }

    pub(super) fn lifecycle(
        &mut self,
        idp: Option<&str>,
        provisioning: &Value,
        outside: &[&str],
        privileged: bool,
    ) -> Value {
        let effect = self.effect;
        let mut life = Map::new();
        let pushes = ["scim", "connector", "directory", "hr", "csv"].contains(&self.mode);
        let by_hand = |maker: &mut Self| maker.random.pick(&BY_HAND);
        let create = match self.mode {
            "hybrid" if provisioning["jit"]["creates"] == false => "scim",
            "hybrid" => self.random.pick(&["scim", "jit"]),
            "manual" => self.random.pick(&["ticket", "admin", "runbook"]),
            "vendor" => self.random.pick(&["vendor", "ticket"]),
            // A script creates accounts only if the connector does not.
            "connector" | "csv" if provisioning["connector"]["operations"].is_null() && self.random.chance(10) => {
                "script"
            }
            mode => mode,
        };
        let owner = self.random.team(&[]);
        let mut stage = self.stage(create, owner);
        if self.random.chance(30) {
            put(&mut stage, "approver", self.random.team(&[owner]));
        }
        life.insert("create".into(), stage);
        let main = if self.mode == "hybrid" { "scim" } else { self.mode };
        let at_sign_in = ["assign", "append", "sync"].iter().all(|sync| provisioning["jit"]["roleSync"] != *sync);
        let update = if pushes || self.mode == "hybrid" {
            main
        } else if self.mode == "jit" && at_sign_in && self.random.chance(30) {
            "jit"
        } else if self.random.chance(50) {
            "script"
        } else {
            by_hand(self)
        };
        let team = self.random.team(&[]);
        life.insert("update".into(), self.stage(update, team));

        let team = self.random.team(&[]);
        let mut stage = self.stage(self.closing, team);
        put(&mut stage, "slaHours", self.sla);
        put(&mut stage, "effect", effect);
        if effect == "delete" && ["scim", "connector", "directory", "hr"].contains(&self.closing) {
            put(&mut stage, "sends", "delete");
        }
        if self.random.chance(15) {
            put(&mut stage, "afterInactiveDays", self.random.number(14, self.limits.inactive));
        }
        if self.closing == "scim"
            && self.random.chance(40)
            && let Some(idp) = idp
        {
            put(&mut stage, "system", idp);
        }
        let compared = !BY_HAND.contains(&self.closing) || self.random.chance(50);
        if BY_HAND.contains(&self.closing) && (self.tier <= 2 || !compared || self.random.chance(30)) {
            put(&mut stage, "signal", self.signal());
        }
        if self.random.chance(20) {
            put(&mut stage, "testedOn", self.random.ago(0, 365));
        }
        if self.random.chance(10) {
            let urgent = json!({
                "via": self.random.pick(&["script", "automation"]), "system": "hub", "owner": self.random.team(&[]), "slaHours": 1,
                "runbook": "docs/rb/urgent.md",
            });
            put(&mut stage, "urgent", urgent);
        }
        life.insert("deprovision".into(), stage);
        // Hours from the last day to the deletion of the data.
        let mut kept = if effect == "delete" { Some(0) } else { None };
        if effect != "delete" {
            let via = match self.random.number(1, 10) {
                _ if self.deletes => self.closing,
                1 if effect == "suspend" => "none",
                2..=6 => "script",
                _ => by_hand(self),
            };
            let team = self.random.team(&[]);
            let mut stage = self.stage(via, team);
            // If a system deletes the accounts, it waits at least 30 days.
            let days = match effect {
                // An account without a seat works until it is removed, so it is removed at once.
                "seat-only" => 0,
                _ => self.random.number(if self.deletes { 30 } else { 0 }, 180),
            };
            kept = Some(days * 24);
            put(&mut stage, "afterDays", days);
            life.insert("remove".into(), stage);
        }
        let transfer = match self.random.number(1, 3) {
            1 => json!({"toManager": true}),
            2 => json!({"to": self.random.team(&[])}),
            _ => json!({}),
        };
        let ways = ["script", "automation", "ticket", "admin", "runbook", "connector", "vendor"];
        let (team, via) = (self.random.team(&[]), self.random.pick(&ways));
        let mut stage = self.stage(via, team);
        stage.as_object_mut().expect("an object").extend(transfer.as_object().expect("an object").clone());
        if kept.is_some_and(|hours| stage["slaHours"].as_u64().is_some_and(|due| due > hours)) || self.random.chance(30)
        {
            put(&mut stage, "beforeRemoval", true);
        }
        life.insert("transfer".into(), stage);
        if effect == "suspend" || self.random.chance(20) {
            let (team, via) =
                (self.random.team(&[]), self.random.pick(&["ticket", "admin", "runbook", "script", "none"]));
            let mut stage = self.stage(if self.reactivates { self.closing } else { via }, team);
            let roles: &[&str] =
                if self.reactivates { &["empty", "default"] } else { &["empty", "default", "previous"] };
            put(&mut stage, "roles", self.random.pick(roles));
            if stage["roles"] == "previous" || self.random.chance(40) {
                put(&mut stage, "approver", self.random.team(&[team]));
            }
            life.insert("reactivate".into(), stage);
        }
        let longest = [12, 24, 720, 720][usize::try_from(self.tier - 1).expect("a small number")];
        let sessions = if self.random.chance(60) {
            let (team, via) = (
                self.random.team(&[]),
                self.random.pick(&["script", "connector", "ticket", "admin", "runbook", "vendor"]),
            );
            let mut stage = self.stage(via, team);
            if self.random.chance(60) {
                let methods = ["universal-logout", "shared-signals", "back-channel-logout", "api", "admin-console"];
                put(&mut stage, "method", self.random.pick(&methods));
            }
            stage
        } else if self.random.chance(50) {
            json!({"via": "none", "maxSessionHours": self.random.number(1, longest)})
        } else {
            json!({"method": "session-expiry", "owner": self.random.team(&[]), "maxSessionHours": self.random.number(1, longest)})
        };
        life.insert("revokeSessions".into(), sessions);

        let mut entitler = None;
        if privileged || self.random.chance(50) {
            let team = self.random.team(&[]);
            entitler = Some(team);
            let via = if pushes && self.mode != "csv" {
                self.mode
            } else {
                self.random.pick(&["script", "ticket", "admin", "runbook", "vendor"])
            };
            let mut stage = self.stage(via, team);
            if self.random.chance(40) {
                put(&mut stage, "approver", self.random.team(&[team]));
            }
            life.insert("entitle".into(), stage);
        }
        let reviewer = self.random.team(&[entitler.unwrap_or(self.owner), self.owner]);
        let review = self.review(reviewer, outside);
        life.insert("review".into(), review);
        if compared {
            let (team, via) = (
                self.random.team(&[]),
                self.random.pick(&["script", "runbook", "ticket", "connector", "admin", "vendor"]),
            );
            let mut stage = self.stage(via, team);
            let every = self.random.number(1, 90);
            put(&mut stage, "everyDays", every);
            put(&mut stage, "last", self.random.ago(0, every));
            if self.random.chance(40) {
                put(&mut stage, "covers", ["active", "disabled", "guests", "nonHuman", "groups"].as_slice());
            }
            life.insert("reconcile".into(), stage);
        }
        Value::Object(life)
    }

    /// The signal about a leaver, for people who close accounts by hand.
    fn signal(&mut self) -> Value {
        if self.random.chance(60) {
            return json!({"from": "workday", "via": "feed", "owner": self.random.team(&[]), "everyHours": self.random.number(0, 1)});
        }
        json!({
            "from": "people-ops", "via": self.random.pick(&["mail", "ticket"]), "owner": self.random.team(&[]),
            "missedBy": self.random.pick(&["security", "audit@example.com"]),
        })
    }

    pub(super) fn review(&mut self, reviewer: &'static str, outside: &[&str]) -> Value {
        let at =
            ["restricted", "confidential", "internal", "public"].iter().position(|class| Some(*class) == self.class);
        let longest = self.limits.review[at.unwrap_or(2)];
        let every = self.random.number(30, longest);
        let via = self.random.pick(&["connector", "script", "ticket", "runbook", "admin", "vendor"]);
        let mut stage = self.stage(via, reviewer);
        if via == "connector" {
            put(&mut stage, "system", self.random.pick(&["sailpoint", "saviynt", "conductorone"]));
        }
        put(&mut stage, "everyDays", every);
        if self.random.chance(70) {
            put(&mut stage, "last", self.random.ago(0, every));
        }
        if self.random.chance(60) {
            let mut covers = vec!["users", "admins", "localAccounts", "breakGlass", "nonHuman", "thirdPartyGrants"];
            covers.extend(outside);
            put(&mut stage, "covers", covers);
        }
        match self.random.number(1, 3) {
            1 => put(&mut stage, "onSilence", "revoke"),
            2 => {
                put(&mut stage, "onSilence", "escalate");
                put(&mut stage, "escalateTo", self.random.team(&[reviewer]));
            }
            _ => {}
        }
        if ["runbook", "vendor", "script"].contains(&via) && stage["queue"].is_null() || self.random.chance(20) {
            let enforced = json!({
                "via": self.random.pick(&["ticket", "script"]), "owner": self.random.team(&[]), "slaHours": self.random.number(1, 72),
            });
            put(&mut stage, "enforcedBy", enforced);
        }
        if self.random.chance(50) {
            put(&mut stage, "selfReview", false);
        }
        stage
    }
}
