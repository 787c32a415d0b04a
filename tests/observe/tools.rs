//! Exports that PowerShell modules, the Azure CLI and admin centers write, and exports that are cut off, filtered or not supported.

use super::{export, has_lines, notes, observed, of};

const PRINCIPAL: &str = "11aa22bb-0000-4000-8000-000000000001";
const CLIENT: &str = "22aa22bb-0000-4000-8000-000000000001";

/// `Get-MgServicePrincipal | ConvertTo-Json`: keys begin with a capital, and missing objects are objects without values.
fn principal(more: &str) -> String {
    format!(
        r#"{{"AccountEnabled":true,"AppId":"{CLIENT}","AppRoleAssignmentRequired":true,"DisplayName":"Harbour","Id":"{PRINCIPAL}","PreferredSingleSignOnMode":"saml","ServicePrincipalType":"Application","AdditionalProperties":{{}}{more}}}"#
    )
}

#[test]
fn powershell_writes_keys_with_capitals() {
    let certificate = |day: &str| format!(r#","KeyCredentials":[{{"EndDateTime":"{day}","KeyId":"k"}}]"#);
    let expected =
        ["label: Harbour", "status: active", "protocol: saml", "assignmentRequired: true", "certificate: 2027-03-01"];
    for day in ["2027-03-01T08:00:00Z", "/Date(1803888000000)/"] {
        let one = principal(&certificate(day));
        for text in [format!("[{one}]"), format!(r#"{{"value":[{one}],"Count":1}}"#), one.clone()] {
            let wide: Vec<u8> =
                [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            for bytes in [text.clone().into_bytes(), wide] {
                let all = observed("auto", &[export("x.json", bytes)]).expect("it is read");
                let harbour = of(&all, PRINCIPAL);
                assert!(has_lines(&harbour, &expected) && harbour.contains(CLIENT), "{text}: {harbour}");
            }
        }
    }
    let table = format!(
        "\"Id\",\"AppId\",\"DisplayName\",\"AccountEnabled\",\"AppRoleAssignmentRequired\"\r\n\"{PRINCIPAL}\",\"{CLIENT}\",\"Harbour\",\"False\",\"True\"\r\n"
    );
    let all = observed("auto", &[export("x.csv", table)]).expect("it is read");
    assert!(
        has_lines(&of(&all, PRINCIPAL), &["label: Harbour", "status: inactive", "assignmentRequired: true"]),
        "{all}"
    );
}

#[test]
fn jobs_and_assignments_of_powershell_are_read() {
    let span = r#"{"Ticks":24000000000,"Minutes":40,"TotalMinutes":40.0,"TotalSeconds":2400.0}"#;
    let nothing = r#"{"CurrentBegan":null,"Error":{"Code":null,"Message":null},"NextAttempt":null,"Reason":null}"#;
    let job = |interval: &str, quarantine: &str, last: &str| {
        format!(
            r#"{{"Id":"scim.e1","TemplateId":"scim","Schedule":{{"Expiration":null,"Interval":{interval},"State":"Active"}},"Status":{{"Code":"Active","LastExecution":{last},"Quarantine":{quarantine}}}}}"#
        )
    };
    let last = r#"{"State":"Succeeded","TimeEnded":"2026-11-20T16:17:24Z"}"#;
    let none = r#"{"State":null,"TimeEnded":null}"#;
    for (interval, quarantine, last, lines) in [
        (span, nothing, last, ["enabled: true", "syncMinutes: 40", "state: healthy"]),
        (r#""00:40:00""#, "null", last, ["enabled: true", "syncMinutes: 40", "state: healthy"]),
        (r#""PT40M""#, nothing, none, ["enabled: true", "syncMinutes: 40", "state: not-run"]),
        (
            span,
            r#"{"CurrentBegan":"2026-11-20T16:17:24Z","Reason":"TooManyDeletes"}"#,
            last,
            ["enabled: true", "syncMinutes: 40", "state: quarantined"],
        ),
    ] {
        let assigned = format!(
            r#"[{{"Id":"a1","PrincipalType":"User","ResourceId":"{PRINCIPAL}"}},{{"Id":"a2","PrincipalType":"Group","ResourceId":"{PRINCIPAL}"}}]"#
        );
        let files = [
            export("principals.json", format!("[{}]", principal(""))),
            export(&format!("jobs.{PRINCIPAL}.json"), job(interval, quarantine, last)),
            export("assigned.json", assigned),
        ];
        let harbour = of(&observed("entra", &files).expect("it is read"), PRINCIPAL);
        assert!(has_lines(&harbour, &["individuals: 1", "groups: 1", "mechanism: scim"]), "{harbour}");
        assert!(has_lines(&harbour, &lines), "{interval} {quarantine}: {harbour}");
    }
    // An object without values proves nothing.
    let empty = format!(
        r#"{{"Id":"scim.e1","TemplateId":"scim","Schedule":{{"State":null}},"Status":{{"Quarantine":{nothing}}}}}"#
    );
    let files = [export("p.json", format!("[{}]", principal(""))), export(&format!("jobs.{PRINCIPAL}.json"), empty)];
    let harbour = of(&observed("entra", &files).expect("it is read"), PRINCIPAL);
    assert!(!harbour.contains("health:") && !harbour.contains("enabled:"), "{harbour}");
}

/// Below a certain depth, PowerShell writes the name of a type or `@{…}`. From such a text, leaver once concluded that a job had never run.
#[test]
fn exports_cut_off_at_any_level_are_refused() {
    let job = |status: &str| format!(r#"{{"Id":"j","TemplateId":"scim","Status":{status}}}"#);
    let okta =
        |more: &str| format!(r#"[{{"id":"0oa1","label":"Box","status":"ACTIVE","signOnMode":"SAML_2_0"{more}}}]"#);
    for text in [
        job(r#"{"Code":"Active","LastExecution":"@{State=Succeeded}"}"#),
        job(
            r#"{"Code":"Active","Quarantine":"Microsoft.Graph.PowerShell.Models.MicrosoftGraphSynchronizationQuarantine"}"#,
        ),
        job(r#"{"LastSuccessfulExecution":"@{State=Succeeded}"}"#),
        job(r#""Microsoft.Graph.PowerShell.Models.MicrosoftGraphSynchronizationStatus""#),
        principal(r#","KeyCredentials":["Microsoft.Graph.PowerShell.Models.MicrosoftGraphKeyCredential"]"#),
        principal(r#","PasswordCredentials":["@{EndDateTime=}"]"#),
        okta(r#","features":"System.Object[]""#),
        okta(r#","features":"System.String[]""#),
        okta(r#","credentials":{"oauthClient":"@{client_id=x}"}"#),
        okta(r#","settings":"[object Object]""#),
    ] {
        let error = observed("auto", &[export("x.json", text.as_str())]).expect_err(&text);
        assert!(error.contains("cut off below it"), "{text}: {error}");
    }
}

/// A file may have thousands of unreadable documents, so one failure covers all of them.
#[test]
fn a_refused_file_is_reported_once() {
    let other = r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#;
    let plan = |version: &str| format!(r#"{{"format_version":"{version}","resource_changes":[]}}"#);
    let people = r#"[{"userPrincipalName":"x"}]"#;
    for (documents, others) in [
        (vec![other.to_owned(); 3], "2 other documents in it"),
        (vec![r#"{"lineage":"x","serial":1}"#.to_owned(), people.to_owned()], "1 other document in it"),
        (vec![plan("7.0"), plan("8.0"), plan("7.0"), plan("7.0")], "3 other documents in it"),
        (vec![other.to_owned()], ""),
    ] {
        let text = documents.join("\n");
        for files in [
            vec![export("x.json", text.as_str())],
            vec![export("x.json", text.as_str()), export("y.json", text.as_str())],
        ] {
            let failures = crate::observe::failures("auto", &files);
            assert_eq!(failures.len(), files.len(), "{failures:?}");
            for (failure, file) in failures.iter().zip(["`x.json`", "`y.json`"]) {
                assert!(failure.contains(file) && failure.contains(others), "{file}: {failure}");
                assert_eq!(failure.contains("in it"), !others.is_empty(), "{failure}");
            }
        }
    }
    // A truncated value is reported once per file, and in every file.
    let job = r#"{"Id":"j","TemplateId":"scim","Status":{"LastSuccessfulExecution":"@{State=Succeeded}"}}"#;
    let text = format!("[{job},{job}]");
    let failures =
        crate::observe::failures("auto", &[export("x.json", text.as_str()), export("y.json", text.as_str())]);
    assert_eq!(failures.len(), 2, "{failures:?}");
}

/// The tables that the admin center and the CLI for Microsoft 365 export.
#[test]
fn tables_of_enterprise_applications_are_read() {
    let head = "id,displayName,appId,createdDateTime,applicationType,accountEnabled,applicationVisibility,assignmentRequired,isAppProxy";
    let line = |nth: u32, kind: &str, enabled: &str, required: &str| {
        format!("p{nth},App {nth},c{nth},2026-05-04T08:14:29Z,{kind},{enabled},Visible,{required},False\n")
    };
    let table = format!("\u{feff}{head}\n")
        + &line(1, "Enterprise Application", "True", "True")
        + &line(2, "Enterprise Application", "False", "False")
        + &line(3, "Microsoft Application", "True", "False")
        + &line(4, "", "True", "")
        + &line(5, "Managed Identity", "True", "False");
    let all = observed("auto", &[export("EnterpriseAppsList.csv", table)]).expect("it is read");
    assert!(all.contains("complete: true"), "{all}");
    for (id, lines) in [
        ("p1", &["label: App 1", "status: active", "assignmentRequired: true"][..]),
        ("p2", &["status: inactive", "assignmentRequired: false"]),
        ("p3", &["builtIn: true", "status: active"]),
        ("p4", &["status: active"]),
        ("p5", &["builtIn: true"]),
    ] {
        assert!(has_lines(&of(&all, id), lines), "{id}: {all}");
    }
    // An empty cell is unknown.
    assert!(!of(&all, "p4").contains("assignmentRequired") && !of(&all, "p1").contains("builtIn"), "{all}");
    let cli = "id,accountEnabled,appDisplayName,appId,appRoleAssignmentRequired,servicePrincipalType\np1,1,Box,c1,,Application\n";
    let all = observed("auto", &[export("x.csv", cli)]).expect("it is read");
    let one = of(&all, "p1");
    assert!(has_lines(&one, &["label: Box", "status: active"]) && !one.contains("assignmentRequired"), "{one}");
}

/// `az ad sp list` and `Get-MgServicePrincipal` return the first 100 entries, and nothing shows whether there are more.
#[test]
fn a_plain_list_may_be_a_page() {
    let one = |at: usize| format!(r#"{{"id":"p{at}","appId":"c{at}","accountEnabled":true}}"#);
    let list = |size: usize, between: &str| (0..size).map(one).collect::<Vec<_>>().join(between);
    for (text, complete) in [
        (format!("[{}]", list(99, ",")), true),
        (format!("[{}]", list(100, ",")), false),
        (format!("[{}]", list(999, ",")), false),
        (format!("[{}]", list(1, ",")), true),
        (format!("[{}]\n[{}]", list(100, ","), list(103, ",")), true),
        (format!(r#"{{"value":[{}],"Count":100}}"#, list(100, ",")), false),
        (list(100, "\n"), false),
        // This is an answer of Graph itself, which would name a next page.
        (format!(r#"{{"value":[{}]}}"#, list(100, ",")), true),
    ] {
        let files = [export("x.json", text.as_str())];
        let all = observed("entra", &files).expect("it is read");
        assert_eq!(all.contains("complete: true"), complete, "{}", &text[..80]);
        assert_eq!(notes("entra", &files).contains("az ad sp list --all"), !complete, "{}", &text[..80]);
    }
    let rows: String = (0..100).map(|at| format!("p{at},c{at},True\n")).collect();
    let all = observed("entra", &[export("x.csv", format!("id,appId,accountEnabled\n{rows}"))]).expect("it is read");
    assert!(all.contains("complete: true"), "a table is one answer");
}

/// Applications that a filtered list lacks are not absent.
#[test]
fn a_filtered_list_is_incomplete() {
    let okta = r#"[{"id":"0oa1","label":"Box","name":"box","status":"ACTIVE","signOnMode":"SAML_2_0"}]"#;
    let with_user = okta.replace('}', r#","_embedded":{"user":{"id":"00u1"}}}"#);
    let answer = |query: &str, body: &str| {
        format!("HTTP/2 200\r\nlink: <https://o.example/api/v1/apps{query}>; rel=\"self\"\r\n\r\n{body}")
    };
    let principals = |query: &str| {
        let last = r#"{"value":[{"id":"p2","appId":"c2","accountEnabled":true}]}"#;
        format!(
            r#"{{"value":[{{"id":"p1","appId":"c1","accountEnabled":true}}],"@odata.nextLink":"https://g.example/v1.0/servicePrincipals?{query}$skiptoken=x"}}{last}"#
        )
    };
    let tag = "tags/any(t:t%20eq%20'WindowsAzureActiveDirectoryIntegratedApp')";
    for (format, text, filtered) in [
        ("okta", answer("?limit=200", okta), false),
        ("okta", answer("?limit=200&useOptimization=true", okta), false),
        ("okta", answer("?limit=200&q=bo", okta), true),
        ("okta", answer("?filter=status+eq+%22ACTIVE%22&limit=200", okta), true),
        ("okta", answer("?search=&limit=200", okta), false),
        ("okta", with_user, true),
        ("entra", principals(""), false),
        ("entra", principals(&format!("$filter={tag}&")), false),
        ("entra", principals(&format!("%24filter={tag}&")), false),
        ("entra", principals("$filter=servicePrincipalType+eq+%27Application%27&"), false),
        ("entra", principals(&format!("$filter={tag}%20and%20accountEnabled%20eq%20true&")), true),
        ("entra", principals("$filter=startswith(displayName,'B')&"), true),
        ("entra", principals("$search=%22displayName:b%22&"), true),
    ] {
        let files = [export("x.json", text.as_str())];
        let all = observed(format, &files).expect("it is read");
        assert_eq!(all.contains("gaps: [filtered]"), filtered, "{text}: {all}");
        assert_eq!(all.contains("complete: false"), filtered, "{text}: {all}");
        assert_eq!(notes(format, &files).contains("a filter restricts the list"), filtered, "{text}");
    }
}

/// leaver does not read these responses, although it supports the systems. The message names the response and the system.
#[test]
fn other_answers_are_named() {
    let token = r#"{"id":"oar1","status":"ACTIVE","issuer":"https://o.example/oauth2/default","clientId":"0oa1","userId":"00u1","scopes":["openid"],"_links":{"app":{"href":"https://o.example/api/v1/apps/0oa1"}}}"#;
    for (text, expected) in [
        (format!("[{token}]"), "tokens of an application of Okta"),
        (token.to_owned(), "tokens of an application of Okta"),
        (r#"[{"id":"oag1","scopeId":"okta.apps.read","issuer":"https://o.example","clientId":"0oa1"}]"#.into(), "grants of an application of Okta"),
        (r#"[{"id":"00u1","status":"ACTIVE","profile":{"login":"x"}}]"#.into(), "people of Okta"),
        (r#"[{"id":"00g1","objectClass":["okta:user_group"],"profile":{"name":"x"}}]"#.into(), "groups of Okta"),
        (r#"[{"eventType":"user.session.start","actor":{},"outcome":{}}]"#.into(), "the system log of Okta"),
        (r#"{"value":[{"id":"x","appId":"c","signInAudience":"AzureADMyOrg","displayName":"Box"}]}"#.into(), "app registrations of Entra ID"),
        (
            r#"{"@odata.context":"https://g.example/v1.0/$metadata#users('u')/appRoleAssignments","value":[{"id":"a","principalType":"User","principalId":"u","resourceId":"r"}]}"#.into(),
            "the applications of one person or group of Entra ID",
        ),
        (
            r#"{"@odata.context":"https://g.example/v1.0/$metadata#servicePrincipals('s')/appRoleAssignments","value":[{"id":"a","principalType":"ServicePrincipal","principalId":"s","resourceId":"r"}]}"#.into(),
            "the applications of one person or group of Entra ID",
        ),
        (
            r#"{"@odata.context":"https://g.example/v1.0/$metadata#appRoleAssignments","value":[{"id":"a","principalType":"User","principalId":"u","resourceId":"r"},{"id":"b","principalType":"User","principalId":"u","resourceId":"s"}]}"#.into(),
            "the applications of one person or group of Entra ID",
        ),
        (r#"{"value":[{"id":"u","userPrincipalName":"x"}]}"#.into(), "people of Entra ID"),
        (r#"{"data":[{"attributes":{},"type":"x"}],"meta":{}}"#.into(), "a JSON object whose list `data` has objects with `attributes`, `type`"),
        (r#"[{"id":"k","clientId":"grafana","surrogateAuthRequired":false}]"#.into(), "clients of Keycloak"),
        (r#"{"Resources":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x"}]}"#.into(), "people of a SCIM server"),
        (
            r#"{"@level":"info","@message":"Terraform 1.11.4","type":"version"}"#.into(),
            "the log of `terraform plan -json`",
        ),
        (r#"{"version":4,"serial":3,"lineage":"x","resources":[]}"#.into(), "the state file of Terraform itself"),
    ] {
        let error = observed("auto", &[export("x.json", text.as_str())]).expect_err(&text);
        assert!(error.contains(expected), "{text}: {error}");
    }
    let plan = [b"PK\x03\x04".to_vec(), vec![0; 26], b"tfplan".to_vec()].concat();
    let error = observed("auto", &[export("p", plan)]).expect_err("a saved plan");
    assert!(error.contains("a saved plan of Terraform"), "{error}");
}

#[test]
fn people_of_google_are_recognised_by_any_of_their_keys() {
    for person in [
        r#"{"kind":"admin#directory#user","id":"1","archived":false}"#,
        r#"{"primaryEmail":"ada@example.com","suspended":false}"#,
        r#"{"primaryEmail":"ada@example.com","isAdmin":true}"#,
    ] {
        for text in
            [format!("[{person}]"), format!(r#"{{"users":[{person}]}}"#), format!(r#"[{{"users":[{person}]}}]"#)]
        {
            let all = observed("auto", &[export("x.json", text.as_str())]).expect(&text);
            assert!(all.contains("people: 1"), "{text}: {all}");
        }
    }
}

/// The list of features is complete. If it contains only imports, Okta pushes nothing.
#[test]
fn features_without_a_push_mean_that_nothing_is_pushed() {
    for (features, enabled) in [
        ("[]", Some(false)),
        (r#"["IMPORT_NEW_USERS","PROFILE_MASTERING"]"#, Some(false)),
        (r#"["GROUP_PUSH","IMPORT_NEW_USERS"]"#, Some(true)),
        (r#"["PUSH_PASSWORD_UPDATES"]"#, Some(true)),
        ("null", None),
        ("[7]", None),
        (r#""""#, None),
    ] {
        let text = format!(r#"[{{"id":"0oa1","label":"Box","signOnMode":"SAML_2_0","features":{features}}}]"#);
        let all = observed("okta", &[export("x.json", text)]).expect("it is read");
        let shown = ["true", "false"].into_iter().find(|word| all.contains(&format!("    enabled: {word}\n")));
        assert_eq!(shown.map(|word| word == "true"), enabled, "{features}: {all}");
    }
}

#[test]
fn parts_of_okta_and_directories_are_not_applications() {
    for (name, expected) in [
        ("okta_enduser", "builtIn: true"),
        ("okta_account_settings", "builtIn: true"),
        ("okta_iga_security_access_reviews", "builtIn: true"),
        ("flow", "builtIn: true"),
        ("active_directory", "kind: component"),
        ("csv_directory_v2", "kind: component"),
        ("ldap_sun_one", "kind: component"),
    ] {
        let text = format!(r#"[{{"id":"0oa1","label":"X","name":"{name}","status":"ACTIVE","signOnMode":null}}]"#);
        let all = observed("okta", &[export("x.json", text)]).expect("it is read");
        assert!(all.contains(expected), "{name}: {all}");
    }
    let client = |kind: &str| {
        format!(
            r#"[{{"id":"0oa1","label":"X","name":"oidc_client","status":"ACTIVE","signOnMode":"OPENID_CONNECT","settings":{{"oauthClient":{{"application_type":"{kind}"}}}}}}]"#
        )
    };
    for (kind, is_program) in [("service", true), ("web", false), ("native", false), ("browser", false)] {
        let all = observed("okta", &[export("x.json", client(kind))]).expect("it is read");
        assert_eq!(all.contains("kind: component"), is_program, "{kind}: {all}");
    }
    for name in ["okta_org2org", "acme_okta_app_1", "deelhr", "flowdock"] {
        let text =
            format!(r#"[{{"id":"0oa1","label":"X","name":"{name}","status":"ACTIVE","signOnMode":"SAML_2_0"}}]"#);
        let all = observed("okta", &[export("x.json", text)]).expect("it is read");
        assert!(!all.contains("builtIn") && !all.contains("kind: component"), "{name}: {all}");
    }
}

/// An inventory may have templates, custom kinds, and documents without content.
#[test]
fn other_entities_of_an_inventory_do_not_hide_components() {
    let component =
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\nspec: {owner: billing}\n";
    let template = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\n";
    for text in [
        component.to_owned(),
        format!("# teams\n---\n{component}---\n{template}"),
        format!("{component}---\n"),
        format!("---\n---\n{component}---\n# nothing\n---\n{template}...\n"),
        component.replace('\n', "\r\n"),
    ] {
        let all = observed("auto", &[export("catalog-info.yaml", text.as_str())]).expect(&text);
        assert!(all.contains("appId: \"component:default/pay\"") && all.contains("apps: 1"), "{text}: {all}");
    }
    let list = r#"{"items":[{"apiVersion":"backstage.io/v1alpha1","kind":"Component","metadata":{"name":"pay"}},{"apiVersion":"scaffolder.backstage.io/v1beta3","kind":"Template","metadata":{"name":"t"}},{"apiVersion":"acme.example/v1","kind":"Widget","metadata":{"name":"w"}}],"totalItems":3,"pageInfo":{}}"#;
    let all = observed("auto", &[export("x.json", list)]).expect("it is read");
    assert!(all.contains("complete: true"), "{all}");
    // Documents of another program, and empty documents alone, are refused.
    for text in [format!("{component}---\napiVersion: apps/v1\nkind: Deployment\n"), "---\n---\n".to_owned()] {
        assert!(observed("auto", &[export("x.yaml", text.as_str())]).is_err(), "{text}");
    }
}
