//! A test fixture in a temporary folder: reviewers with real keys, a trust root, and a catalogue that requires sign-offs.
#![allow(unreachable_pub, reason = "the modules of a test share items")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::common::{code, err, git, out, with_git};

pub const CONFIG: &str = "version: 1\nsignoff:\n  required:\n    - {name: critical, when: {tiers: [1]}, roles: [security], maxAgeDays: 365}\n  immaterial: [metadata.title, metadata.description, metadata.labels]\n  catalogue: example.com/apps\n";
pub const APP: &str = "apiVersion: leaver/v1\nkind: App\nmetadata: {name: slack, owner: it-apps, title: Slack}\nspec: {tier: 1, dataClass: internal, provisioning: {mode: none}, nonHuman: [], thirdPartyGrants: []}\n---\napiVersion: leaver/v1\nkind: Team\nmetadata: {name: it-apps}\nspec: {members: [grace@example.com]}\n";
pub const MANIFEST: &str = "signoffs/s.json";

pub struct Board {
    folder: tempfile::TempDir,
}

/// Runs ssh-keygen and returns its result.
pub fn ssh_keygen(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new("ssh-keygen")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ssh-keygen runs");
    // ssh-keygen may exit before it reads its input.
    drop(child.stdin.take().expect("a pipe").write_all(input));
    child.wait_with_output().expect("it ends")
}

impl Board {
    /// Ada (Ed25519), Bob (ECDSA P-256) and Grace may sign for security; Grace is in the team that owns the app. Mallory may not sign.
    pub fn new() -> Self {
        Self::with(CONFIG, APP)
    }

    pub fn with(config: &str, apps: &str) -> Self {
        let board = Self { folder: crate::common::folder(&[("leaver.yaml", config), ("apps.yaml", apps)]) };
        for (person, kind) in [("ada", "ed25519"), ("bob", "ecdsa"), ("grace", "ed25519"), ("mallory", "ed25519")] {
            let made = ssh_keygen(board.path(), &["-q", "-t", kind, "-N", "", "-C", "", "-f", person], b"");
            assert!(made.status.success(), "{}", err(&made));
        }
        let people = ["ada", "bob", "grace"];
        let lines: String =
            people.iter().map(|person| board.line(person, "namespaces=\"leaver-signoff@v1\"")).collect();
        let approvers: String = people
            .iter()
            .map(|person| format!("  - {{principal: {person}@example.com, roles: [security], highestTier: 1}}\n"))
            .collect();
        board.trust(&lines, &format!("version: 1\napprovers:\n{approvers}"), "# nothing yet\n");
        board
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).expect("text")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.file(name);
        std::fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }

    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{from} in {text}");
        self.write(name, &text.replace(from, to));
    }

    /// A line of `allowed_signers` with the person's key.
    pub fn line(&self, person: &str, options: &str) -> String {
        let key = self.read(&format!("{person}.pub"));
        let words: Vec<&str> = key.split_whitespace().take(2).collect();
        format!("{person}@example.com {options} {}\n", words.join(" "))
    }

    /// Writes the trust root with checksums from `sha256sum`.
    pub fn trust(&self, signers: &str, approvers: &str, revoked: &str) {
        self.write("trust/allowed_signers", signers);
        self.write("trust/approvers.yaml", approvers);
        self.write("trust/revoked", revoked);
        self.write_checksums();
    }

    pub fn write_checksums(&self) {
        let output = Command::new("sha256sum")
            .args(["allowed_signers", "approvers.yaml", "revoked"])
            .current_dir(self.file("trust"))
            .output()
            .expect("sha256sum runs");
        std::fs::write(self.file("trust/SHA256SUMS"), output.stdout).expect("written");
    }

    pub fn leaver(&self, arguments: &[&str]) -> (i32, String) {
        let output = with_git(self.path(), arguments);
        (code(&output), format!("{}{}", out(&output), err(&output)))
    }

    pub fn check(&self, more: &[&str]) -> (i32, String) {
        self.leaver(&[&["check", "-o", "concise"], more].concat())
    }

    /// Writes the unsigned manifest of a decision about slack.
    pub fn manifest(&self, person: &str, more: &[&str]) {
        let reviewer = format!("{person}@example.com");
        let base = ["signoff", "sign", "slack", "--reviewer", &reviewer, "--role", "security"];
        let output = if more.contains(&"--output") { vec![] } else { vec!["--output", MANIFEST] };
        let (status, text) = self.leaver(&[&base, more, &output].concat());
        assert_eq!(status, 0, "{text}");
    }

    /// Signs a file with ssh-keygen.
    pub fn sign(&self, person: &str, manifest: &str, namespace: &str) {
        drop(std::fs::remove_file(self.file(&format!("{manifest}.sig"))));
        let signed = ssh_keygen(self.path(), &["-Y", "sign", "-n", namespace, "-f", person, manifest], b"");
        assert!(signed.status.success(), "{}", err(&signed));
    }

    /// Writes the manifest of a decision about slack, and its signature.
    pub fn signed(&self, person: &str, more: &[&str]) {
        self.manifest(person, more);
        let at = more.iter().position(|word| *word == "--output").map_or(MANIFEST, |at| more[at + 1]);
        self.sign(person, at, "leaver-signoff@v1");
    }

    /// Writes an edited manifest, and a signature of the result.
    pub fn forged(&self, from: &str, to: &str) {
        self.manifest("ada", &[]);
        self.edit(MANIFEST, from, to);
        self.sign("ada", MANIFEST, "leaver-signoff@v1");
    }

    pub fn commit(&self) {
        if !self.file(".git").exists() {
            git(self.path(), &["init", "-q"]);
        }
        git(self.path(), &["add", "-A", "--force"]);
        git(self.path(), &["commit", "-qm", "state"]);
    }

    /// Checks the exit status and output of a check.
    pub fn assert_check(&self, status: i32, more: &[&str], words: &[&str]) {
        let (found, text) = self.check(more);
        for word in words {
            assert!(text.contains(word), "{word} in {text}");
        }
        assert_eq!(found, status, "{text}");
        if status == 0 {
            assert!(!text.contains("signoff/"), "{text}");
        }
    }
}
