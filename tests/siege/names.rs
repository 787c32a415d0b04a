//! Names that are not UTF-8, names like options, paths that are too long. Each is reported with exit status 2, or is read.
#![cfg(target_os = "linux")]

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::PathBuf,
    process::Command,
};

use crate::{
    common::{CLEAN, FAULTY, code, err, folder, leaver, out},
    siege::{
        files::{CONFIG, concise},
        harmless::{assert_harmless, sarif_schema},
    },
};

/// A name from bytes that need not be UTF-8.
pub fn bytes(name: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(name))
}

#[test]
fn names_that_are_not_utf8_are_reported() {
    for (config, name, expected_text) in [
        (CONFIG, &b"apps/bad\xff.yaml"[..], "the name of `apps/bad\u{fffd}.yaml` is not UTF-8"),
        (CONFIG, b"apps/bad\xff.YML", "the name of `apps/bad\u{fffd}.YML` is not UTF-8"),
        (CONFIG, b"bad\xff/a.yaml", "the name of `bad\u{fffd}` is not UTF-8"),
        (
            "version: 1\ninclude: ['**/*.decl']\n",
            b"apps/bad\xff.decl",
            "the name of `apps/bad\u{fffd}.decl` is not UTF-8",
        ),
    ] {
        let files = folder(&[("leaver.yaml", config), ("a.yaml", CLEAN)]);
        let path = files.path().join(bytes(name));
        fs::create_dir_all(path.parent().expect("a parent folder")).expect("a folder");
        fs::write(&path, FAULTY).expect("a file");
        let (status, text) = concise(files.path(), &[]);
        assert!(status == 2 && text.contains(expected_text), "{expected_text}: {status} {text}");
    }
    // A link whose name is not UTF-8 may lead anywhere.
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", CLEAN)]);
    symlink("/etc", files.path().join(bytes(b"bad\xff"))).expect("a link");
    let (status, text) = concise(files.path(), &[]);
    assert!(status == 2 && text.contains("the name of `bad\u{fffd}` is not UTF-8"), "{status} {text}");
    // Such a name does not matter if the file cannot contain declarations or is excluded.
    for (config, name) in
        [(CONFIG, &b"apps/bad\xff.txt"[..]), ("version: 1\nexclude: ['apps/**']\n", b"apps/bad\xff.yaml")]
    {
        let files = folder(&[("leaver.yaml", config), ("a.yaml", CLEAN), ("apps/x.txt", "")]);
        fs::write(files.path().join(bytes(name)), FAULTY).expect("a file");
        assert_eq!(concise(files.path(), &[]).0, 0, "{config}");
    }
}

/// leaver refuses a path that is not UTF-8, both as an argument and as the working directory. Otherwise, it would ignore a leaver.yaml in that
/// folder.
#[test]
fn paths_that_are_not_utf8_are_refused() {
    let files = folder(&[("a.yaml", CLEAN)]);
    let odd = files.path().join(bytes(b"bad\xff"));
    fs::create_dir(&odd).expect("a folder");
    fs::write(odd.join("leaver.yaml"), "version: 1\nprofile: none-such\n").expect("a file");
    fs::write(odd.join("a.yaml"), CLEAN).expect("a file");
    symlink("/etc/hostname", odd.join("l.yaml")).expect("a link");
    for arguments in [vec!["check"], vec!["check", "a.yaml"], vec!["check", "l.yaml"], vec!["config", "show"]] {
        let output = leaver(&odd, &arguments);
        let printed = format!("{}{}", out(&output), err(&output));
        assert!(code(&output) == 2 && !printed.contains("nothing found"), "{arguments:?}: {printed}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_leaver")).arg("check").arg(&odd).output().expect("it starts");
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(err(&output).contains("UTF-8"), "{}", err(&output));
    // A link with a UTF-8 name leads to the same folder.
    symlink(&odd, files.path().join("plain")).expect("a link");
    let (status, text) = concise(files.path(), &["plain"]);
    assert!(status == 2 && text.contains("UTF-8"), "{status} {text}");
}

#[test]
fn names_like_options_and_names_as_long_as_they_may_be_are_read() {
    let long = format!("apps/{}.yaml", "n".repeat(250));
    let app = |name: &str| {
        FAULTY.replace("name: box", &format!("name: {name}")).split("---").next().unwrap_or_default().to_owned()
    };
    let files = folder(&[
        ("leaver.yaml", CONFIG),
        ("--exit-zero.yaml", &app("one")),
        ("-o.yaml", &app("two")),
        (&long, &app("three")),
        ("%0A::error.yaml", &app("four")),
    ]);
    let (status, text) = concise(files.path(), &[]);
    assert_eq!(status, 1, "{text}");
    for name in ["--exit-zero.yaml:", "-o.yaml:", &format!("{long}:"), "four: accounts are created at sign-in"] {
        assert!(text.contains(name), "{name} in {text}");
    }
    for named in ["--exit-zero.yaml", "-o.yaml"] {
        // A shell that expands `*` passes such names as arguments: leaver refuses them instead of interpreting them as options.
        let output = leaver(files.path(), &["check", named]);
        assert_eq!(code(&output), 2, "{named}");
        let (status, text) = concise(files.path(), &["--", named]);
        assert!(status == 1 && text.contains(named), "{named}: {status} {text}");
    }
}

/// A folder deeper than the longest path of the system (4,096 bytes) cannot be listed by its path.
#[test]
fn a_folder_deeper_than_the_longest_path_is_reported() {
    let files = folder(&[("leaver.yaml", CONFIG), ("a.yaml", FAULTY)]);
    // The folders are created one inside the other, so no path on the way is too long.
    let script = "import os\nfor i in range(25):\n os.mkdir('d' * 200)\n os.chdir('d' * 200)\nopen('x.yaml', 'w').write('kind: App')";
    let made = Command::new("python3").args(["-c", script]).current_dir(files.path()).output().expect("python3");
    assert!(made.status.success(), "{}", err(&made));
    let output = leaver(files.path(), &["check", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let failures = report["failures"].as_array().expect("a list");
    let message = failures.first().and_then(|failure| failure["message"].as_str()).unwrap_or_default();
    assert!(code(&output) == 2 && failures.len() == 1, "{failures:?}");
    assert!(message.starts_with("cannot read `ddd") && message.contains("File name too long"), "{message}");
    assert!(report["findings"].to_string().contains("jit/no-update-owner"), "the rest is checked");
    assert_harmless(leaver::output::Format::JSON, &out(&output), &sarif_schema());
    let removed = Command::new("rm").args(["-rf", "--"]).arg(files.path()).status().expect("rm");
    assert!(removed.success());
}
