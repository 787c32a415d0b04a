//! Neither git nor leaver runs a program that a repository names, and leaver reads the files of a commit byte for byte. Each attack is tried on each
//! command that uses git, and the output is compared with the output for the same repository without the attack.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Output},
};

use crate::common::{CLEAN, FAULTY, TODAY, code, err, folder, git, out, rule, with_git};

/// All commands that use git, run in the folder of the catalogue.
const COMMANDS: [&[&str]; 12] = [
    &["check", "--since", "refs/heads/base"],
    &["check", "--since", "refs/heads/base", "a.yaml"],
    &["check", "--trust-ref", "refs/heads/base"],
    &["check", "--trust-ref", "refs/heads/base", "--since", "refs/heads/base", "b.yaml"],
    &["check", "--staged"],
    &["check", "--staged", "--since", "HEAD", "b.yaml"],
    &["check", "--staged", "--trust-ref", "refs/heads/base"],
    &["diff", "refs/heads/base"],
    &["diff", "refs/heads/base", "HEAD"],
    &["signoff", "status", "--trust-ref", "refs/heads/base"],
    &["signoff", "verify", "--trust-ref", "refs/heads/base"],
    &["diff"],
];

/// A repository whose branch `base` has a local rule, and whose HEAD violates this rule.
fn repository() -> tempfile::TempDir {
    let body = "findings contains {\"path\": [\"metadata\", \"title\"], \"message\": \"no title\"} if not input.metadata.title";
    let files = folder(&[
        ("cat/leaver.yaml", "version: 1\npolicies: [policies]\n"),
        ("cat/a.yaml", CLEAN),
        ("cat/policies/acme/x/rule.rego", &rule("x", body)),
        ("other/readme.txt", "x"),
    ]);
    let root = files.path();
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["add", "-A"]);
    git(root, &["commit", "-qm", "base"]);
    git(root, &["branch", "base"]);
    fs::write(root.join("cat/b.yaml"), FAULTY).expect("written");
    commit(root, "change");
    files
}

fn commit(root: &Path, message: &str) {
    git(root, &["add", "-A", "--force"]);
    git(root, &["commit", "-q", "--allow-empty", "-m", message]);
}

/// A program that creates a file if it runs.
fn canary(folder: &Path) -> String {
    let program = folder.join("canary.sh");
    let text = format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", folder.join("ran").display());
    fs::write(&program, text).expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the permissions change");
    program.to_str().expect("UTF-8").to_owned()
}

/// A git configuration that names this program in every setting that may name a program.
fn hostile_config(program: &str) -> String {
    format!(
        "[core]\n\trepositoryformatversion = 0\n\tfsmonitor = {program}\n\thooksPath = {folder}\n\tpager = {program}\n\tsshCommand = {program}\n\taskPass = {program}\n\teditor = {program}\n\tgitProxy = {program}\n\talternateRefsCommand = {program}\n\
         [diff]\n\texternal = {program}\n[diff \"x\"]\n\ttextconv = {program}\n\tcommand = {program}\n\
         [filter \"x\"]\n\tsmudge = {program}\n\tclean = {program}\n\tprocess = {program}\n\trequired = true\n\
         [remote \"origin\"]\n\turl = ext::{program}\n\tuploadpack = {program}\n\treceivepack = {program}\n\tvcs = {program}\n\
         [credential]\n\thelper = !{program}\n[gpg]\n\tprogram = {program}\n[pager]\n\tls-tree = {program}\n\tls-files = {program}\n\tconfig = {program}\n\
         [alias]\n\tls-tree = !{program}\n\tcat-file = !{program}\n\tls-files = !{program}\n[uploadpack]\n\tpackObjectsHook = {program}\n[trace2]\n\teventTarget = {folder}/ran\n",
        folder = Path::new(program).parent().expect("a folder").display()
    )
}

/// Creates a folder that git would open as a bare repository. The folder has only plain files, so a commit may contain it.
fn embed_bare(folder: &Path, program: &str) {
    for name in ["objects", "refs/heads", "hooks"] {
        fs::create_dir_all(folder.join(name)).expect("a folder");
        fs::write(folder.join(name).join("keep"), "").expect("written");
    }
    fs::write(folder.join("HEAD"), "ref: refs/heads/main\n").expect("written");
    let config = hostile_config(program).replace("[core]\n", "[core]\n\tbare = false\n\tworktree = ..\n");
    fs::write(folder.join("config"), config).expect("written");
}

fn install_hooks(folder: &Path, program: &str) {
    fs::create_dir_all(folder).expect("a folder");
    let names = [
        "post-checkout",
        "post-index-change",
        "reference-transaction",
        "pre-commit",
        "fsmonitor-watchman",
        "query-watchman",
    ];
    for name in names {
        let hook = folder.join(name);
        fs::copy(program, &hook).expect("copied");
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("the permissions change");
    }
}

/// An attack by a change or through a careless clone: its name, and the function that prepares it.
type Attack = (&'static str, fn(&Path, &str));

const ATTACKS: [Attack; 9] = [
    ("configuration of the repository", |root, program| {
        let path = root.join(".git/config");
        let text = fs::read_to_string(&path).expect("text");
        fs::write(path, format!("{text}{}", hostile_config(program))).expect("written");
    }),
    ("included configuration", |root, program| {
        fs::write(root.join("gitconfig"), hostile_config(program)).expect("written");
        git(root, &["config", "include.path", "../gitconfig"]);
    }),
    ("hooks", |root, program| install_hooks(&root.join(".git/hooks"), program)),
    ("hooks of the change", |root, program| {
        install_hooks(&root.join(".githooks"), program);
        git(root, &["config", "core.hooksPath", ".githooks"]);
        commit_attack(root);
    }),
    ("attributes with a filter", |root, program| {
        for name in [".gitattributes", "cat/.gitattributes", ".git/info/attributes"] {
            fs::create_dir_all(root.join(".git/info")).expect("a folder");
            fs::write(root.join(name), "* filter=x diff=x merge=x\n").expect("written");
        }
        commit_attack(root);
        let path = root.join(".git/config");
        let text = fs::read_to_string(&path).expect("text");
        fs::write(path, format!("{text}{}", hostile_config(program))).expect("written");
    }),
    ("attributes that change the bytes", |root, _| {
        // git also reads attributes from the working tree, so these files need no commit.
        let text = "*.yaml working-tree-encoding=UTF-16\n*.rego text eol=crlf ident\n* export-ignore\n";
        for name in [".gitattributes", "cat/.gitattributes", "cat/policies/.gitattributes"] {
            fs::write(root.join(name), text).expect("written");
        }
    }),
    ("a bare repository in the catalogue", |root, program| {
        embed_bare(&root.join("cat"), program);
        commit_attack(root);
    }),
    ("a bare repository at the top and in folders", |root, program| {
        for name in ["", "cat/policies", "other"] {
            embed_bare(&root.join(name), program);
        }
        commit_attack(root);
    }),
    ("an alternate object folder and a replaced commit", |root, _| {
        let base = git_out(root, &["rev-parse", "refs/heads/base"]);
        // The commit that replaces the base has no rule.
        git(root, &["checkout", "-q", "--orphan", "evil"]);
        fs::remove_dir_all(root.join("cat/policies")).expect("removed");
        fs::write(root.join("cat/leaver.yaml"), "version: 1\n").expect("written");
        commit_attack(root);
        git(root, &["replace", base.trim(), "HEAD"]);
        git(root, &["checkout", "-q", "main"]);
    }),
];

/// Commits the files of an attack.
fn commit_attack(root: &Path) {
    commit(root, "attack");
}

fn git_out(root: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).current_dir(root).output().expect("git");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn no_repository_makes_leaver_run_a_program_or_read_other_bytes() {
    let honest = repository();
    let expected: Vec<Output> =
        COMMANDS.iter().map(|arguments| with_git(&honest.path().join("cat"), arguments)).collect();
    assert_eq!(
        expected.iter().map(code).collect::<Vec<_>>(),
        [1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 3, 0],
        "the honest repository"
    );
    for (name, attack) in ATTACKS {
        let files = repository();
        let outside = tempfile::tempdir().expect("a folder");
        attack(files.path(), &canary(outside.path()));
        // The setup itself may have run hooks.
        drop(fs::remove_file(outside.path().join("ran")));
        for (arguments, expected) in COMMANDS.iter().zip(&expected) {
            let output = with_git(&files.path().join("cat"), arguments);
            let text = format!("{name}: {arguments:?}: {}{}", out(&output), err(&output));
            assert_eq!(code(&output), code(expected), "{text}");
            let ran = fs::read_to_string(outside.path().join("ran")).unwrap_or_default();
            assert_eq!(ran, "", "{text}");
            if arguments[0] == "check" {
                let rules = |output: &Output| -> Vec<String> {
                    out(output).lines().filter(|line| line.starts_with("error[")).map(str::to_owned).collect()
                };
                assert_eq!(rules(&output), rules(expected), "{text}");
            }
        }
    }
}

#[test]
fn the_repository_is_that_of_the_working_directory() {
    let files = repository();
    let root = files.path();
    // The base of the other repository has no rule, and all findings are already in this base.
    let other = folder(&[("leaver.yaml", "version: 1\n"), ("b.yaml", FAULTY)]);
    git(other.path(), &["init", "-q", "-b", "base"]);
    commit(other.path(), "theirs");
    symlink(other.path(), root.join("cat/linked")).expect("a link");
    for path in [other.path().to_str().expect("UTF-8"), "linked", "linked/b.yaml"] {
        for option in ["--since", "--trust-ref"] {
            let output = with_git(&root.join("cat"), &["check", option, "refs/heads/base", path]);
            assert_eq!(code(&output), 2, "{path}: {}", out(&output));
        }
    }
    // The author of a submodule chooses its history, so leaver refuses to use that history.
    fs::remove_file(root.join("cat/linked")).expect("removed");
    let url = other.path().to_str().expect("UTF-8");
    git(root, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "cat/sub"]);
    commit(root, "submodule");
    for arguments in [&["check", "--trust-ref", "refs/heads/base"][..], &["check", "--staged"], &["diff", "HEAD"]] {
        let output = with_git(&root.join("cat/sub"), arguments);
        let text = format!("{}{}", out(&output), err(&output));
        assert!(code(&output) == 2 && text.contains("is a submodule of the repository"), "{text}");
    }
    let above = with_git(&root.join("cat"), &["check", "--trust-ref", "refs/heads/base", "sub"]);
    assert_ne!(code(&above), 0, "{}", out(&above));
}

#[test]
fn ambiguous_names_of_commits_are_refused() {
    let files = repository();
    let root = files.path();
    let base = git_out(root, &["rev-parse", "refs/heads/base"]).trim().to_owned();
    git(root, &["remote", "add", "origin", "https://git.example.com/x"]);
    git(root, &["update-ref", "refs/remotes/origin/main", &base]);
    git(root, &["update-ref", "refs/remotes/origin/HEAD", &base]);
    git(root, &["update-ref", "refs/remotes/origin/next", &base]);
    let run = |option: &str, name: &str| {
        let arguments = if option == "diff" { vec!["diff", name] } else { vec!["check", option, name] };
        let output = with_git(&root.join("cat"), &arguments);
        (code(&output), format!("{option} {name}: {}{}", out(&output), err(&output)))
    };
    let unique = [
        "origin/main",
        "origin",
        "refs/remotes/origin/main",
        "main~1",
        "HEAD^",
        "main^^{commit}",
        &base,
        &base[..10],
        "base",
        "heads/base",
    ];
    for name in unique {
        let (status, text) = run("--trust-ref", name);
        assert!(if name == "main^^{commit}" { status == 2 } else { status == 1 }, "{text}");
    }
    git(root, &["tag", "origin/main", "HEAD"]);
    git(root, &["branch", "origin/next", "HEAD"]);
    git(root, &["tag", "base", "HEAD"]);
    git(root, &["tag", "refs/heads/gone", "HEAD"]);
    git(root, &["tag", "origin/gone", "HEAD"]);
    git(root, &["branch", "origin/lost", "HEAD"]);
    git(root, &["tag", &base[..8], "HEAD"]);
    for option in ["--since", "--trust-ref", "diff"] {
        for name in ["origin/main", "origin/next", "base", "base~0", "base^0", "origin/gone", "origin/lost", &base[..8]]
        {
            let (status, text) = run(option, name);
            assert!(status == 2 && text.contains("is ambiguous") && text.contains("give the full name"), "{text}");
        }
        for name in ["refs/heads/gone", "refs/remotes/origin/gone", "nowhere", "FETCH_HEAD"] {
            let (status, text) = run(option, name);
            assert!(status == 2 && text.contains("there is no commit"), "{text}");
        }
        for name in [
            ":/base",
            "main:cat",
            "@{-1}",
            "main@{1}",
            "main@{upstream}",
            "..",
            "base..main",
            "^main",
            "",
            "ma*in",
            "HEAD^{/x}",
        ] {
            let (status, text) = run(option, name);
            assert!(status == 2 && text.contains("is not the name of a commit"), "{text}");
        }
        for name in ["refs/remotes/origin/main", "refs/heads/base", &base, "HEAD~1"] {
            let (status, text) = run(option, name);
            assert_eq!(status, i32::from(option != "diff"), "{text}");
        }
    }
}

#[test]
fn the_default_branch_of_a_diff_is_not_a_tag() {
    let files = repository();
    let root = files.path();
    git(root, &["update-ref", "refs/remotes/origin/main", "refs/heads/base"]);
    git(root, &["checkout", "-q", "-b", "work"]);
    git(root, &["tag", "origin/main", "HEAD"]);
    git(root, &["tag", "main", "HEAD"]);
    let output = with_git(&root.join("cat"), &["diff"]);
    assert!(code(&output) == 0 && out(&output).contains("box"), "{}{}", out(&output), err(&output));
}

#[test]
fn a_partial_clone_is_refused_with_the_command_that_completes_it() {
    let files = repository();
    let outside = tempfile::tempdir().expect("a folder");
    let program = canary(outside.path());
    git(files.path(), &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", files.path().display());
    git(outside.path(), &["clone", "-q", "--filter=blob:none", &url, "clone"]);
    let clone = outside.path().join("clone");
    git(&clone, &["config", "remote.origin.uploadpack", &program]);
    for arguments in [
        &["check", "--since", "refs/remotes/origin/base"][..],
        &["check", "--trust-ref", "refs/remotes/origin/base"],
        &["diff", "refs/remotes/origin/base"],
        &["signoff", "verify", "--trust-ref", "refs/remotes/origin/base"],
    ] {
        let output = with_git(&clone.join("cat"), arguments);
        let text = format!("{}{}", out(&output), err(&output)).replace("\n        ", " ");
        assert!(code(&output) == 2 && text.contains("is a partial clone") && text.contains("--refetch"), "{text}");
    }
    assert!(!outside.path().join("ran").exists());
    // Runs the command that the message suggests.
    git(&clone, &["config", "--unset-all", "remote.origin.uploadpack"]);
    git(&clone, &["config", "--unset-all", "remote.origin.promisor"]);
    git(&clone, &["config", "--unset-all", "remote.origin.partialclonefilter"]);
    git(&clone, &["-c", "protocol.file.allow=always", "fetch", "-q", "--refetch", "origin"]);
    let output = with_git(&clone.join("cat"), &["check", "--trust-ref", "refs/remotes/origin/base"]);
    assert_eq!(code(&output), 1, "{}", out(&output));
}

/// Runs leaver with this PATH.
fn with_path(folder: &Path, path: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaver"));
    command.args(arguments).current_dir(folder).env_clear().env("PATH", path).env("LEAVER_TODAY", TODAY);
    command.output().expect("leaver starts")
}

#[test]
fn git_itself_is_not_taken_from_the_change() {
    let files = repository();
    let outside = tempfile::tempdir().expect("a folder");
    let program = canary(outside.path());
    let path = std::env::var_os("PATH").and_then(|path| path.into_string().ok()).expect("UTF-8");
    for place in ["cat/git", "bin/git"] {
        fs::create_dir_all(files.path().join(place).parent().expect("a folder")).expect("a folder");
        fs::copy(&program, files.path().join(place)).expect("copied");
    }
    symlink(files.path().join("bin"), outside.path().join("linked")).expect("a link");
    let inside = files.path().join("bin").display().to_string();
    let linked = outside.path().join("linked").display().to_string();
    for first in [".", "", "bin", "../bin", &inside, &linked] {
        let output = with_path(&files.path().join("cat"), &format!("{first}:{path}"), &["check", "--since", "HEAD~1"]);
        assert_eq!(code(&output), 1, "{first}: {}", out(&output));
        let alone = with_path(&files.path().join("cat"), first, &["check", "--since", "HEAD~1"]);
        assert!(code(&alone) == 2 && out(&alone).contains("cannot find git"), "{first}: {}", out(&alone));
    }
    assert!(!outside.path().join("ran").exists());
}

#[test]
fn an_old_git_is_refused() {
    let files = repository();
    let outside = tempfile::tempdir().expect("a folder");
    let old = outside.path().join("git");
    fs::write(&old, "#!/bin/sh\necho git version 2.37.4\n").expect("written");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).expect("the permissions change");
    let path = outside.path().display().to_string();
    let output = with_path(&files.path().join("cat"), &path, &["check", "--since", "HEAD~1"]);
    assert!(code(&output) == 2 && out(&output).contains("git 2.37.4 is too old"), "{}", out(&output));
}

#[test]
fn a_tree_with_a_path_that_leaves_its_folder_is_refused() {
    let files = repository();
    let root = files.path();
    let blob = git_out(root, &["rev-parse", "HEAD:cat/a.yaml"]);
    for name in ["..", ".git", ".GIT", "."] {
        let entry = format!("040000 tree {}\t{name}\n", git_out(root, &["rev-parse", "HEAD:cat"]).trim());
        let tree =
            Command::new("sh").args(["-c", "printf '%s' \"$0\" | git mktree", &entry]).current_dir(root).output();
        let tree = String::from_utf8(tree.expect("a tree").stdout).expect("UTF-8");
        let commit = git_out(
            root,
            &["-c", "user.name=t", "-c", "user.email=t@example.com", "commit-tree", "-m", "x", tree.trim()],
        );
        let output = with_git(&root.join("cat"), &["check", "--trust-ref", commit.trim()]);
        assert!(
            code(&output) == 2 && out(&output).contains("contains the unsafe path"),
            "{name} {blob}: {}",
            out(&output)
        );
    }
}

#[test]
fn links_of_a_commit_are_not_written_through() {
    let files = repository();
    let root = files.path();
    let outside = tempfile::tempdir().expect("a folder");
    symlink(outside.path(), root.join("cat/out")).expect("a link");
    commit(root, "link");
    let output = with_git(&root.join("cat"), &["diff", "HEAD~1", "HEAD"]);
    assert_ne!(code(&output), 101, "{}", err(&output));
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
}

/// Several options may name the same commit. git lists the files of this commit only once.
#[test]
fn git_lists_a_commit_once() {
    let files = repository();
    let root = files.path();
    let real = Command::new("sh").args(["-c", "command -v git"]).output().expect("a shell");
    let real = String::from_utf8(real.stdout).expect("text");
    let tools = folder(&[]);
    let (log, program) = (tools.path().join("log"), tools.path().join("git"));
    let text = format!("#!/bin/sh\necho \"$@\" >> '{}'\nexec {} \"$@\"\n", log.display(), real.trim());
    fs::write(&program, text).expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
    let base = "refs/heads/base";
    for arguments in [
        &["check", "--since", base, "a.yaml"][..],
        &["check", "--since", base, "--trust-ref", base, "a.yaml"],
        &["check", "--since", base, "--trust-ref", base, "--staged", "a.yaml"],
        &["diff", base, base],
    ] {
        drop(fs::remove_file(&log));
        let path = std::env::join_paths([tools.path()]).expect("a path");
        let output = Command::new(env!("CARGO_BIN_EXE_leaver"))
            .args(arguments)
            .current_dir(root.join("cat"))
            .env_clear()
            .env("PATH", path)
            .output()
            .expect("leaver starts");
        let calls = fs::read_to_string(&log).unwrap_or_default();
        for command in [" ls-tree ", " rev-parse ", " --get-regexp "] {
            let count = calls.lines().filter(|call| call.contains(command)).count();
            assert_eq!(count, 1, "{arguments:?}, {command}: {}\n{calls}", err(&output));
        }
    }
}
