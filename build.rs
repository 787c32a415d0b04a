//! Tells cargo that the rules and data are part of the binary: `include_dir!` alone does not notice a new file. And gives the rules a
//! name, by which the binary sees whether the programs in `data/programs` were compiled from them.

use std::{fs, path::Path};

fn main() {
    for folder in ["policies", "data", "schemas"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let mut files = Vec::new();
    collect(Path::new("policies"), &mut files);
    files.sort();
    let mut name = Fnv(0xcbf2_9ce4_8422_2325);
    for (path, text) in &files {
        name.take(path.as_bytes());
        name.take(text);
    }
    println!("cargo::rustc-env=LEAVER_POLICIES={:016x}", name.0);
}

/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): it tells an old file from a new one and guards against nobody.
struct Fnv(u64);

impl Fnv {
    fn take(&mut self, bytes: &[u8]) {
        // The length first, so that no two lists of files read alike.
        for byte in bytes.len().to_le_bytes().iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// The Rego of rules and libraries; carriage returns do not count, since git may add them.
fn collect(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    let entries = fs::read_dir(folder).expect("the folder policies is readable");
    for path in entries.map(|entry| entry.expect("the folder policies is readable").path()) {
        let name = path.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rego") && !name.ends_with("_test.rego") {
            let text = fs::read(&path).expect("a rule is readable");
            files.push((name, text.into_iter().filter(|byte| *byte != b'\r').collect()));
        }
    }
}
