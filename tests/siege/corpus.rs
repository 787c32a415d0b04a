//! The kept corpus of the fuzz targets, replayed on stable Rust: what was found once stays mended. `fuzz/` has the targets themselves.

use crate::common;

#[path = "../../fuzz/targets.rs"]
mod targets;

#[test]
fn the_kept_corpus_passes() {
    type Target = fn(&[u8]);
    let all: [(&str, Target); 9] = [
        ("yaml", targets::yaml),
        ("schema", targets::schema),
        ("metadata", targets::metadata),
        ("config", targets::config),
        ("waivers", targets::waivers),
        ("known", targets::known),
        ("manifest", targets::manifest),
        ("signature", targets::signature),
        ("trust", targets::trust),
    ];
    let corpus = common::root().join("fuzz/corpus");
    let folders = std::fs::read_dir(&corpus).expect("a folder").count();
    assert_eq!(folders, all.len(), "a target that is not replayed");
    for (name, target) in all {
        let mut count = 0;
        for entry in std::fs::read_dir(corpus.join(name)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a file");
            if let Err(panic) = std::panic::catch_unwind(|| target(&bytes)) {
                let said = panic.downcast_ref::<String>().map_or("", String::as_str);
                panic!("{}: {said}", path.display());
            }
            count += 1;
        }
        assert!(count >= 4, "{name} has {count} inputs");
        // Not only what is kept.
        for bytes in [&b""[..], b"\0", b"\xff", b"{", b"- - - -", b"\xef\xbb\xbf"] {
            target(bytes);
        }
    }
}
