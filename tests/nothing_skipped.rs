//! Documents meant for leaver are never skipped silently, and documents of other tools are not reported.

use crate::common::{CLEAN, FAULTY, code, err, folder, leaver, out, rule};

const CONFIG: &str = "version: 1\n";

/// A finding: rule, line, message.
type Found = (String, u64, String);

/// Checks each text as a file next to a clean catalogue. Returns the exit status, the findings in each text, and the number of skipped documents.
fn check_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> (i32, Vec<Vec<Found>>, u64) {
    let texts: Vec<(String, &str)> =
        texts.into_iter().enumerate().map(|(nth, text)| (format!("case-{nth}.yaml"), text)).collect();
    let mut files = vec![("leaver.yaml", CONFIG), ("clean.yaml", CLEAN)];
    files.extend(texts.iter().map(|(name, text)| (name.as_str(), *text)));
    let files = folder(&files);
    let output = leaver(files.path(), &["check", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let mut found = vec![Vec::new(); texts.len()];
    for finding in report["findings"].as_array().expect("a list") {
        let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let Some(at) = texts.iter().position(|(name, _)| *name == word("file")) else { continue };
        let line = finding["region"]["startLine"].as_u64().expect("a line");
        found[at].push((word("rule"), line, word("message")));
    }
    (code(&output), found, report["summary"]["skippedDocuments"].as_u64().expect("a number"))
}

/// A valid declaration, indented.
fn app(indent: usize) -> String {
    let lines = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: hidden}\nspec: {provisioning: {mode: jit}}\n";
    lines.lines().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect()
}

#[test]
fn a_declaration_where_leaver_does_not_read_it_is_a_finding_at_its_place() {
    let body = "kind: App\nmetadata: {name: hidden}\nspec: {provisioning: {mode: jit}}\n";
    let json = r#"{"apiVersion": "leaver/v1", "kind": "App", "metadata": {"name": "hidden"}}"#;
    let quoted = serde_json::to_string(json).expect("JSON");
    let item = app(2).replacen("  api", "- api", 1);
    let cases = [
        ("a list", item.clone(), 1),
        ("a list, second item", format!("- x: 1\n{item}"), 2),
        ("a list of lists", format!("- {}", item.replace("\n  ", "\n    ")), 1),
        ("below a key", format!("app:\n{}", app(2)), 2),
        ("below keys", format!("a:\n  b:\n    c:\n{}", app(6)), 4),
        ("in flow", format!("app: {json}\n"), 1),
        ("kind: List", format!("apiVersion: v1\nkind: List\nitems:\n{item}"), 4),
        ("a list of leaver's", format!("apiVersion: leaver/v1\nkind: List\nitems:\n{item}"), 2),
        (
            "a ConfigMap",
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata:\n  a.yaml: |\n{}", app(4)),
            6,
        ),
        ("a folded text", format!("data: >-\n{}", app(2).replace('\n', "\n\n")), 2),
        ("a text in a list in a text", format!("data: |\n  more:\n    - |\n{}", app(8)), 2),
        ("a document that is a text", format!("|\n{}", app(2)), 2),
        ("a quoted document", format!("{quoted}\n"), 1),
        ("JSON in a text", format!("data: {{a.json: {quoted}}}\n"), 1),
        ("JSON in single quotes", format!("data: '{json}'\n"), 1),
        ("the envelope in another case below a key", format!("app:\n{}", app(2).replace("leaver/v1", "Leaver/V1")), 2),
        ("below a key, without a version", format!("app:\n  {}", body.replace('\n', "\n  ")), 2),
        (
            "a map of apps",
            "apps:\n  one: {metadata: {name: a}, spec: {lifecycle: {deprovision: {via: scim}}}}\n".to_owned(),
            2,
        ),
        (
            "several in flat form",
            "apps:\n  - {name: a, signOn: {protocol: saml}, provisioning: {mode: jit}}\n".to_owned(),
            2,
        ),
        ("Team without a version in a list", "teams:\n  - {kind: Team, metadata: {name: a}, spec: {}}\n".to_owned(), 2),
        ("by an anchor", format!("x: &a\n{}y: *a\n", app(2)), 2),
    ];
    let (status, found, skipped) = check_texts(cases.iter().map(|case| case.1.as_str()));
    assert_eq!((status, skipped), (1, 0), "{found:?}");
    for ((what, text, line), findings) in cases.iter().zip(found) {
        assert!(findings.iter().all(|finding| finding.0 == "schema/api-version"), "{what}: {findings:?}");
        assert_eq!(findings.first().map(|finding| finding.1), Some(*line), "{what}: {findings:?}\n{text}");
    }
}

#[test]
fn each_of_several_hidden_declarations_has_its_finding() {
    let item = app(2).replacen("  api", "- api", 1);
    let (_, found, _) = check_texts(
        [format!("{item}{item}{item}"), format!("a:\n{}b: |\n{}", app(2), app(2))].iter().map(String::as_str),
    );
    let lines: Vec<Vec<u64>> =
        found.iter().map(|findings| findings.iter().map(|finding| finding.1).collect()).collect();
    assert_eq!(lines, [vec![1, 5, 9], vec![2, 7]]);
}

/// A text value of a valid declaration may contain another declaration.
#[test]
fn reports_a_declaration_inside_a_text_value() {
    let text = format!("apiVersion: leaver/v1\nkind: Team\nmetadata: {{name: t}}\nspec:\n  notes: |\n{}", app(4));
    let (status, found, _) = check_texts([text.as_str()]);
    assert!(
        status == 1 && found[0].iter().any(|finding| finding.0 == "schema/api-version" && finding.1 == 6),
        "{found:?}"
    );
}

#[test]
fn a_nearly_correct_api_version_or_kind_is_a_finding() {
    let spec = "metadata: {name: hidden}\nspec: {}\n";
    let full = "metadata: {name: hidden}\nspec: {provisioning: {mode: jit}}\n";
    let mut cases: Vec<String> = Vec::new();
    for key in [
        "apiversion",
        "ApiVersion",
        "APIVERSION",
        "api_version",
        "api-version",
        "apiVerson",
        "аpiVersion",
        "api\u{200b}Version",
    ] {
        cases.push(format!("{key}: leaver/v1\nkind: App\n{spec}"));
        cases.push(format!("{key}: leaver/v1\nkind: Team\n{spec}"));
    }
    for version in [
        "LEAVER/v1",
        "Leaver/v1",
        "leaver/V1",
        "leaver.io/v1",
        "leaver",
        "leaver/v2",
        "leaver/v1alpha1",
        "leaver/1",
        "io.leaver/v1",
        "leaver v1",
        "leaver:v1",
        "lеaver/v1",
        "leavers/v1",
        "'leaver/v1 '",
        "\" leaver/v1\"",
        "[leaver/v1]",
    ] {
        cases.push(format!("apiVersion: {version}\nkind: App\n{spec}"));
        cases.push(format!("apiVersion: {version}\nkind: Waiver\n{spec}"));
    }
    for kind in [
        "app",
        "APP",
        "Apps",
        "Aplication",
        "Application",
        "Ap",
        "team",
        "Teams",
        "Sytem",
        "waiver",
        "Wavier",
        "''",
        "1",
        "[App]",
    ] {
        cases.push(format!("apiVersion: leaver/v1\nkind: {kind}\n{full}"));
        if !kind.contains(['\'', '1', '[']) {
            cases.push(format!("kind: {kind}\n{spec}"));
        }
    }
    cases.extend([
        format!("apiVersion: leaver/v1\n{full}"),
        format!("apiVersion: leaver/v1\nKind: App\n{full}"),
        full.to_owned(),
        "spec: {provisioning: {mode: jit}}\n".to_owned(),
        "spec: {provisioning: }\n".to_owned(),
        "metadata: {name: a}\nspec: {lifecycle: {deprovision: {via: scim, owner: it}}}\n".to_owned(),
        "spec: {lifecycle: {create: {via: jit}}}\n".to_owned(),
        "Spec: {Provisioning: {mode: jit}}\n".to_owned(),
        format!("apiVersion: v1\nkind: App\n{spec}"),
        format!("apiVersion: v1\nkind: Team\n{spec}"),
        format!("apiVersion: 1\nkind: Waiver\n{spec}"),
        format!("apiVersion: example.com/v1\nkind: Thing\n{full}"),
        "signOn: {protocol: saml}\nprovisioning: {mode: jit}\n".to_owned(),
    ]);
    let (status, found, skipped) = check_texts(cases.iter().map(String::as_str));
    assert_eq!((status, skipped), (1, 0), "{found:?}");
    for (text, findings) in cases.iter().zip(found) {
        assert!(
            findings.iter().any(|finding| finding.0 == "schema/api-version" && finding.1 >= 1),
            "{findings:?}\n{text}"
        );
    }
}

#[test]
fn a_document_that_is_not_a_mapping_is_a_finding() {
    let cases = [
        ("App\n", 1),
        ("leaver/v1\n", 1),
        ("just a sentence\n", 1),
        ("42\n", 1),
        ("true\n", 1),
        ("'../other.yaml'\n", 1),
        ("- slack\n- monday\n", 1),
        ("[]\n", 1),
        ("[[1]]\n", 1),
        ("- name: slack\n  owner: it-apps\n", 1),
        ("apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t}\nspec: {}\n---\n- a\n", 6),
        ("kind: Deployment\n---\nword\n", 3),
    ];
    let (status, found, _) = check_texts(cases.iter().map(|case| case.0));
    assert_eq!(status, 1);
    for ((text, line), findings) in cases.iter().zip(found) {
        let found: Vec<(&str, u64)> = findings.iter().map(|finding| (finding.0.as_str(), finding.1)).collect();
        assert_eq!(found, [("schema/api-version", *line)], "{text}");
    }
}

/// Characters that look like other characters or that are invisible are reported in keys, names, owners and other identifying values. The message
/// contains the code point.
#[test]
fn characters_that_imitate_or_hide_are_a_finding() {
    let app = |metadata: &str, spec: &str| {
        format!(
            "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: NAME, {metadata}}}\nspec: {{provisioning: {{mode: none}}, {spec}}}\n"
        )
    };
    let cases = [
        (app("оwner: it-apps", ""), 3, "U+043E"),
        (app("owner: it-аpps", ""), 3, "U+0430"),
        (app("owner: \"it-apps\\u200b\"", ""), 3, "U+200B"),
        (app("owner: it\u{a0}apps", ""), 3, "U+00A0"),
        (app("owner: it\u{2010}apps", ""), 3, "U+2010"),
        (app("vendor: slаck", ""), 3, "U+0430"),
        (app("aliases: [slаck]", ""), 3, "U+0430"),
        (app("labels: {cost\u{ad}Center: a}", ""), 3, "U+00AD"),
        (app("labels: {team: it\u{202e}sppa}", ""), 3, "U+202E"),
        (app("", "sourceOfTruth: wοrkday"), 4, "U+03BF"),
        (app("", "signOn: {system: ｏkta, appId: x}"), 4, "U+FF4F"),
        (app("", "signOn: {system: okta, appId: 0oа1}"), 4, "U+0430"),
        (app("", "lifecycle: {update: {via: script, оwner: it-apps}}"), 4, "U+043E"),
        (app("", "lifecycle: {update: {via: script, owner: \"it-apps\u{feff}\"}}"), 4, "U+FEFF"),
        (app("", "nonHuman: [{name: bоt, kind: bot, owner: it-apps}]"), 4, "U+043E"),
        (app("", "roles: [{name: admi\u{301}n}]"), 4, "U+0301"),
        ("apiVersion: leaver/v1\nkind: Team\nmetadata: {name: it-аpps}\nspec: {}\n".to_owned(), 3, "U+0430"),
        ("apiVersion: leaver/v1\nkind: Team\nmetadata: {name: t1}\nspec: {members: [аnna@example.com]}\n".to_owned(), 4, "U+0430"),
        ("apiVersion: leaver/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: jit/nо-update-owner, apps: [slаck], approver: x}\n".to_owned(), 4, "U+043E"),
        ("аpiVersion: leaver/v1\nkind: Team\nmetadata: {name: t2}\nspec: {}\n".to_owned(), 1, "U+0430"),
        ("apiVersion: lеaver/v1\nkind: Team\nmetadata: {name: t3}\nspec: {}\n".to_owned(), 1, "U+0435"),
        ("apiVersion: leaver/v1\nkind: Аpp\nmetadata: {name: t4}\nspec: {}\n".to_owned(), 2, "U+0410"),
    ];
    let texts: Vec<String> =
        cases.iter().enumerate().map(|(nth, case)| case.0.replace("NAME", &format!("app-{nth}"))).collect();
    let (status, found, _) = check_texts(texts.iter().map(String::as_str));
    assert_eq!(status, 1);
    for ((text, line, code), findings) in cases.iter().zip(found) {
        let hit = |finding: &&Found| {
            finding.0 == "schema/confusable-character" && finding.1 == *line && finding.2.contains(code)
        };
        assert!(findings.iter().any(|finding| hit(&finding)), "{findings:?}\n{text}");
    }
}

#[test]
fn texts_for_people_may_be_in_any_language() {
    let people = [
        "Слак",
        "Чат для всех: а также о",
        "全員のため",
        "صفحة\u{200f} العمل",
        "צ\u{200e}ט",
        "cafe\u{301}",
        "a\u{a0}b",
        "it-аpps",
        "👩\u{200d}💻 ✔\u{fe0f}",
    ];
    let texts: Vec<String> = people
        .iter()
        .enumerate()
        .map(|(nth, text)| {
            format!(
                "apiVersion: leaver/v1\nkind: App\nmetadata: {{name: app-{nth}, owner: it-apps, title: \"{text}\", description: \"{text}\", labels: {{отдел: продажи, ort: Zürich, 部署: 営業}}}}\nspec: {{provisioning: {{mode: none}}, notes: \"{text}\", nonHuman: [{{name: b, kind: bot, owner: it-apps, purpose: \"{text}\"}}]}}\n"
            )
        })
        .collect();
    let (_, found, _) = check_texts(texts.iter().map(String::as_str));
    for (text, findings) in texts.iter().zip(found) {
        assert!(!findings.iter().any(|finding| finding.0 == "schema/confusable-character"), "{findings:?}\n{text}");
    }
}

/// Files of other tools that are typical of repositories with a catalogue.
const FOREIGN: &[(&str, &str)] = &[
    (
        "k8s/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n          lifecycle: {preStop: {exec: {command: [sleep, '5']}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n",
    ),
    (
        "k8s/list.yaml",
        "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a.yaml: \"kind: Service\\nx: [1]\\n\"}}\n",
    ),
    (
        "k8s/configmap.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  app.yaml: |\n    server:\n      port: 80\n    provisioning: {enabled: true}\n  grafana.ini: |\n    [server]\n    kind = x\n  dashboards.json: |\n    {\"panels\": [{\"kind\": \"app\", \"title\": \"lifecycle: all\"}]}\n",
    ),
    (
        "k8s/crd.yaml",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: teams.example.com}\nspec:\n  names: {kind: Team, plural: teams}\n  versions:\n    - name: v1\n      schema:\n        openAPIV3Schema:\n          properties:\n            apiVersion: {type: string}\n            kind: {type: string}\n            spec: {properties: {provisioning: {type: object}, lifecycle: {type: object}}}\n",
    ),
    (
        "k8s/kapp.yaml",
        "apiVersion: kappctrl.k14s.io/v1alpha1\nkind: App\nmetadata: {name: web}\nspec: {serviceAccountName: x, fetch: [{git: {url: 'https://example.com/x'}}], template: [{ytt: {}}], deploy: [{kapp: {}}]}\n",
    ),
    (
        "k8s/giantswarm.yaml",
        "apiVersion: application.giantswarm.io/v1alpha1\nkind: App\nmetadata: {name: web}\nspec: {catalog: x, version: 1.0.0}\n",
    ),
    (
        "k8s/argo.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {project: default, source: {repoURL: 'https://example.com'}, destination: {}}\n",
    ),
    (
        "k8s/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\npatches:\n  - target: {kind: App, name: web}\n    patch: |-\n      - op: replace\n        path: /spec/replicas\n        value: 3\n",
    ),
    ("k8s/patch.yaml", "- op: replace\n  path: /spec/replicas\n  value: 3\n"),
    (
        "k8s/event.yaml",
        "apiVersion: v1\nkind: Event\ninvolvedObject: {apiVersion: example.com/v1, kind: App, name: x}\n",
    ),
    (
        "backstage/catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: web}\nspec: {type: service, lifecycle: production, owner: team-a, system: shop}\n---\napiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec: {owner: team-a}\n---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec: {type: openapi, lifecycle: production, owner: x, definition: \"openapi: 3.0.0\\ninfo: {title: kind}\\n\"}\n",
    ),
    (
        "datadog.yaml",
        "apiVersion: v3\nkind: system\nmetadata: {name: shop}\nspec: {components: [service:web], lifecycle: production}\n",
    ),
    (
        "teleport.yaml",
        "kind: app\nversion: v3\nmetadata: {name: grafana}\nspec: {uri: 'http://localhost:3000'}\n---\nkind: role\nversion: v7\nmetadata: {name: dev}\nspec: {allow: {}}\n",
    ),
    (
        "helm/Chart.yaml",
        "apiVersion: v2\nname: web\ndescription: leaver is a word here\nversion: 1.0.0\ntype: application\n",
    ),
    (
        "helm/values.yaml",
        "image: {repository: web, tag: 1}\nlifecycle: {preStop: {}}\nprovisioning:\n  enabled: false\n  resources: {}\n  users: []\nlifecycleHooks: {}\n",
    ),
    (
        "helm/templates/deployment.yaml",
        "{{- if .Values.on }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"web.name\" . }}\nspec:\n  replicas: {{ .Values.replicas }}\n{{- end }}\n",
    ),
    ("helm/templates/list.yaml", "- {{ .Values.a }}\n- x\n"),
    (
        "workflows/ci.yml",
        "name: ci\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          leaver check --trust-ref \"$BASE\"\n          echo kind: App\n      - name: lifecycle\n        run: 'echo \"kind: Team\"'\n",
    ),
    (
        "gitlab-ci.yml",
        "stages: [test]\ntest:\n  script:\n    - leaver check\n    - |\n      if true; then echo x; fi\n",
    ),
    ("compose.yaml", "services:\n  web: {image: web, environment: {KIND: App}, deploy: {replicas: 2}}\nvolumes: {}\n"),
    (
        "openapi.yaml",
        "openapi: 3.1.0\ninfo: {title: x, version: 1.0.0}\npaths: {/teams: {get: {responses: {'200': {description: ok}}}}}\ncomponents:\n  schemas:\n    App:\n      properties:\n        apiVersion: {const: leaver/v1}\n        kind: {const: App}\n        metadata: {}\n        spec: {properties: {provisioning: {properties: {mode: {type: string}}}}}\n",
    ),
    (
        "playbook.yml",
        "- hosts: all\n  become: true\n  tasks:\n    - name: install\n      ansible.builtin.apt: {name: nginx}\n",
    ),
    (
        "tasks.yml",
        "- name: install\n  ansible.builtin.apt: {name: nginx}\n- name: start\n  service: {name: nginx, state: started}\n",
    ),
    ("vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162636465\n6666\n"),
    ("hooks.yaml", "- id: leaver\n  name: leaver\n  entry: leaver check\n  language: rust\n"),
    ("labels.yml", "- name: bug\n  color: d73a4a\n"),
    ("targets.yml", "- targets: ['a:9100']\n  labels: {job: node}\n"),
    ("rules.yml", "groups:\n  - name: a\n    rules: [{alert: Down, expr: up == 0, labels: {team: it}}]\n"),
    (
        "cloudformation.yaml",
        "Resources:\n  A:\n    Type: AWS::IAM::User\n    Properties: {UserName: !Ref Name, Tags: !GetAtt a.b}\n",
    ),
    (
        "dependabot.yml",
        "version: 2\nupdates:\n  - {package-ecosystem: cargo, directory: /, schedule: {interval: weekly}}\n",
    ),
    ("mkdocs.yml", "site_name: x\nnav:\n  - Home: index.md\n"),
    ("grafana.yaml", "apiVersion: 1\nproviders:\n  - {name: default, type: file, options: {path: /x}}\n"),
    (
        "crossplane.yaml",
        "apiVersion: storage.example.io/v1\nkind: Volume\nmetadata: {name: x}\nspec: {provisioning: thin, lifecycle: {create: fast}}\n",
    ),
    ("empty.yaml", ""),
    ("comments.yaml", "# apiVersion: leaver/v1\n# kind: App\n"),
    ("marks.yaml", "---\n---\n# nothing\n...\n"),
    ("nulls.yaml", "~\n---\nnull\n"),
    ("map.yaml", "{}\n"),
];

#[test]
fn files_of_other_tools_are_not_reported() {
    let mut files = vec![("leaver.yaml", CONFIG), ("clean.yaml", CLEAN)];
    files.extend(FOREIGN);
    let files = folder(&files);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert_eq!((code(&output), out(&output).lines().count()), (0, 1), "{}", out(&output));
}

/// Wrong names for leaver.yaml.
const MISNAMED: [&str; 14] = [
    "leaver.yml",
    "Leaver.yaml",
    "LEAVER.YAML",
    "LEAVER.YML",
    "leaver.YAML",
    "Leaver.yml",
    ".leaver.yaml",
    ".leaver.yml",
    ".Leaver.YML",
    "lеaver.yaml",
    "leaver.json",
    "leaver.toml",
    "leaver.yaml.txt",
    "leaver.yml.txt",
];

fn names_the_right_file(files: &[(&str, &str)], from: &str, wrong: &str) -> String {
    let files = folder(files);
    let output = leaver(&files.path().join(from), &["check", "-o", "concise"]);
    let printed = format!("{}{}", out(&output), err(&output));
    assert_eq!(code(&output), 2, "{wrong}: {printed}");
    assert!(printed.contains(wrong) && printed.contains("`leaver.yaml`"), "{wrong}: {printed}");
    printed
}

#[test]
fn a_configuration_by_another_name_is_a_failure() {
    let config = "version: 1\nfailOn: info\n";
    for wrong in MISNAMED {
        names_the_right_file(&[(wrong, config), ("a.yaml", CLEAN)], "", wrong);
        // An empty file with a wrong name is a failure, too.
        names_the_right_file(&[(wrong, ""), ("a.yaml", CLEAN)], "", wrong);
        names_the_right_file(&[(".git/HEAD", ""), (wrong, config), ("apps/a.yaml", CLEAN)], "apps", wrong);
    }
}

#[test]
fn a_second_configuration_by_another_name_is_a_failure() {
    let config = "version: 1\nrules: {jit: {severity: off}}\n";
    for wrong in MISNAMED.iter().take(10) {
        let printed = names_the_right_file(&[("leaver.yaml", CONFIG), (wrong, config), ("a.yaml", FAULTY)], "", wrong);
        assert!(printed.contains("jit/"), "the rest is checked: {printed}");
        let below = format!("apps/{wrong}");
        names_the_right_file(&[("leaver.yaml", CONFIG), (&below, config), ("apps/a.yaml", CLEAN)], "", &below);
        names_the_right_file(&[("leaver.yaml", CONFIG), (&below, config), ("apps/more/a.yaml", CLEAN)], "", &below);
    }
}

#[test]
fn other_files_with_leavers_name_are_not_reported() {
    let workflow = "name: leaver\non: [push]\njobs: {check: {runs-on: x, steps: [{run: leaver check}]}}\n";
    let template =
        "spec: {inputs: {version: {default: '1'}}}\n---\nleaver: {script: [leaver check], rules: [{if: $CI}]}\n";
    let include = "include: [{local: x.yml}]\n";
    for (name, text) in [
        ("ci/leaver.yml", workflow),
        (".github/workflows/leaver.yml", workflow),
        ("templates/leaver.yml", template),
        ("templates/more/leaver.yml", include),
        ("leaver.json", "{\"version\": \"1\", \"findings\": []}"),
        ("leaver.json", "{}"),
        ("leaver.yaml.bak", "version: 1\n"),
        ("leaver.sarif", "{}"),
        ("sub/leaver.yaml", "version: 1\n"),
        ("leavers.yaml", "version: 1\n"),
    ] {
        let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN), (name, text)]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert_eq!(code(&output), 0, "{name}: {}{}", out(&output), err(&output));
    }
    // A wrong name is deliberate if `--config` names the file or leaver.yaml excludes it.
    let files = folder(&[("leaver.yml", CONFIG), ("a.yaml", CLEAN)]);
    let output = leaver(files.path(), &["check", "--config", "leaver.yml", "-o", "concise"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let files = folder(&[
        ("leaver.yaml", "version: 1\nexclude: [sub/**]\n"),
        ("a.yaml", CLEAN),
        ("sub/leaver.yml", "version: 1\n"),
        ("sub/a.yaml", CLEAN),
    ]);
    let output = leaver(files.path(), &["check", "-o", "concise"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
}

#[test]
fn leavers_own_files_are_not_counted_as_skipped() {
    let profile = "name: ours\nextends: default\nrules: {}\n";
    let files = folder(&[
        (
            "leaver.yaml",
            "version: 1\nprofile: ./conf/p.yaml\npolicies: [rules]\nvendors: [conf/v.yaml]\nframeworks: [controls]\n\
             signoff: {folder: approvals, trust: keys}\n",
        ),
        ("conf/p.yaml", profile),
        ("conf/v.yaml", "version: 1\nvendors: {}\n"),
        (
            "controls/acme.yaml",
            "id: acme\ntitle: t\nsource: https://wiki.example\ncontrols: [{id: A, title: t, rules: [\"jit/*\"]}]\n",
        ),
        (
            "rules/acme/x/rule.rego",
            &rule("x", "findings contains {\"path\": [], \"message\": \"m\"} if input.metadata.name == \"nobody\""),
        ),
        ("rules/acme/x/data.yaml", "- a\n- b\n"),
        ("keys/approvers.yaml", "approvers: []\n"),
        ("keys/revoked.yaml", "- a\n"),
        ("approvals/a.yaml", "x: 1\n---\n{{ no }}: [\n"),
        ("sub/leaver.yaml", "version: 1\n"),
        ("a.yaml", CLEAN),
    ]);
    let skipped = |files: &tempfile::TempDir, more: &[&str]| {
        let mut arguments = vec!["check", "-o", "json"];
        arguments.extend(more);
        let output = leaver(files.path(), &arguments);
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
        let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
        report["summary"]["skippedDocuments"].as_u64()
    };
    assert_eq!(skipped(&files, &[]), Some(0));
    let files = folder(&[("mine.yaml", CONFIG), ("a.yaml", CLEAN), ("x.yaml", "a: 1\n")]);
    assert_eq!(skipped(&files, &["--config", "mine.yaml"]), Some(1));
}

/// A declaration among leaver's own files is read like any other declaration.
#[test]
fn a_declaration_among_leavers_own_files_is_read() {
    for name in ["trust/a.yaml", "signoffs/a.yaml", "policies/acme/a.yaml", "p.yaml"] {
        let files = folder(&[
            ("leaver.yaml", "version: 1\npolicies: [policies]\n"),
            (name, FAULTY),
            ("policies/acme/x/rule.rego", &rule("x", "")),
        ]);
        let output = leaver(files.path(), &["check", "-o", "concise"]);
        assert!(out(&output).contains("jit/"), "{name}: {}{}", out(&output), err(&output));
    }
}
