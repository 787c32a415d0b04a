//! Replays the corpus of the fuzz targets on stable Rust, so that fixed bugs stay fixed. `fuzz/` has the targets. Its folder `corpus` contains chosen
//! inputs, and `kept` contains inputs found by long runs.

use std::{fs::File, io::Read};

use flate2::read::GzDecoder;

use crate::common;

#[path = "../../fuzz/targets.rs"]
mod targets;

#[test]
fn the_fuzzing_corpus_passes() {
    type Target = fn(&[u8]);
    let all: [(&str, Target); 10] = [
        ("yaml", targets::yaml),
        ("schema", targets::schema),
        ("metadata", targets::metadata),
        ("config", targets::config),
        ("waivers", targets::waivers),
        ("known", targets::known),
        ("observe", targets::observe),
        ("manifest", targets::manifest),
        ("signature", targets::signature),
        ("trust", targets::trust),
    ];
    let corpus = common::root().join("fuzz/corpus");
    let folders = std::fs::read_dir(&corpus).expect("a folder").count();
    assert_eq!(folders, all.len(), "a target is not replayed");
    for (name, target) in all {
        let chosen: Vec<(String, Vec<u8>)> = std::fs::read_dir(corpus.join(name))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (path.display().to_string(), std::fs::read(&path).expect("a file")))
            .collect();
        let kept = kept_inputs(name);
        assert!(chosen.len() >= 4 && kept.len() >= 100, "{name}: {} chosen, {} kept", chosen.len(), kept.len());
        for (path, bytes) in chosen.iter().chain(&kept) {
            if let Err(panic) = std::panic::catch_unwind(|| target(bytes)) {
                let printed = panic.downcast_ref::<String>().map_or("", String::as_str);
                panic!("{name}, {path}: {printed}");
            }
        }
        // These inputs must not crash any target.
        for bytes in [&b""[..], b"\0", b"\xff", b"{", b"- - - -", b"\xef\xbb\xbf"] {
            target(bytes);
        }
    }
}

/// The inputs in `fuzz/kept/NAME.tar.gz`.
fn kept_inputs(name: &str) -> Vec<(String, Vec<u8>)> {
    let file = File::open(common::root().join(format!("fuzz/kept/{name}.tar.gz"))).expect("an archive");
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let entries = archive.entries().expect("a list").map(|entry| entry.expect("an entry"));
    let files = entries.filter(|entry| entry.header().entry_type().is_file());
    files
        .map(|mut entry| {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("its bytes");
            (entry.path().expect("a path").display().to_string(), bytes)
        })
        .collect()
}
