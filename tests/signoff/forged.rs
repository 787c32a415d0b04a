//! Keys and manifests that no tool would create. The files are inputs of the fuzz targets.

use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use leaver::signoff::{Manifest, parse_signers, seal};
use serde_json::json;

use crate::{common::root, signoff::board::Board};

fn kept_input(name: &str) -> Vec<u8> {
    std::fs::read(root().join("fuzz").join(name)).expect("a file of the corpus")
}

fn kept_text(name: &str) -> String {
    String::from_utf8(kept_input(name)).expect("text")
}

/// With a key of low order (RFC 8032, 8.4; here the neutral element), one signature is valid for every text, and anyone can create it.
#[test]
fn rejects_weak_keys_that_verify_any_text() {
    let signature = kept_text("corpus/signature/weak-key");
    for message in ["", "a", &kept_text("signed/ada.json")] {
        let error = seal(message.as_bytes(), &signature).expect_err("the signature is valid for any text").to_string();
        assert!(error.contains("anyone"), "{error}");
    }
    let signers = kept_text("corpus/trust/weak-key").split('\u{c}').next().expect("the signers").to_owned();
    let errors = parse_signers(&signers).expect_err("its key belongs to nobody");
    assert!(errors.iter().all(|error| error.line == 1 && error.reason.contains("anyone")), "{errors:?}");
}

/// For each ECDSA signature, anyone can compute a second one, (r, n − s). ssh-keygen may create either of the two. Both are valid for the same text.
/// This is why leaver never compares the bytes of signatures, and why people revoke keys and manifests instead of signatures.
#[test]
fn the_mirrored_signature_is_equivalent() {
    let manifest = kept_text("signed/bob.json");
    let first = seal(manifest.as_bytes(), &kept_text("signed/bob.json.sig")).expect("the signature is valid");
    let mirrored = kept_text("corpus/signature/p256-mirrored");
    let (mirrored, _) = mirrored.split_once('\u{c}').expect("a signature and a manifest");
    assert_eq!(seal(manifest.as_bytes(), mirrored), Ok(first));
    assert!(seal(manifest.replace("conditional", "approved").as_bytes(), mirrored).is_err());
}

/// Anyone can add a manifest up to the size limit, and each of its paths is compared with each field.
#[test]
fn a_manifest_takes_linear_time() {
    let fields: serde_json::Map<String, serde_json::Value> =
        (0..150_000).map(|nth| (format!("{nth}"), json!(0))).collect();
    let mut manifest: serde_json::Value = serde_json::from_str(&kept_text("signed/ada.json")).expect("JSON");
    let predicate = manifest.get_mut("predicate").expect("a predicate");
    predicate["apps"][0]["declaration"]["spec"]["fields"] = fields.into();
    let mut refuse = |paths: Vec<String>| {
        manifest["predicate"]["materiality"]["immaterial"] = json!(paths);
        let text = manifest.to_string();
        assert!(text.len() < leaver::signoff::MANIFEST_BYTES, "{}", text.len());
        let start = Instant::now();
        let error = Manifest::parse(&text).expect_err("the digest is wrong").to_string();
        let took = start.elapsed();
        // A naive comparison takes a quarter of an hour in a debug build. The limit allows for a busy machine.
        assert!(took < Duration::from_secs(120), "{took:?}: {error}");
        error
    };
    let many = refuse((0..60_000).map(|nth| format!("spec.{nth}")).collect());
    assert!(many.contains("`materiality.immaterial` has more than 200 paths"), "{many}");
    let long = refuse(vec!["x".repeat(500_000)]);
    assert!(long.contains("longer than 300 bytes"), "{long}");
    // The largest accepted list must be cheap, too.
    let allowed = refuse((0..200).map(|nth| format!("spec.fields.{}.{nth}", "y".repeat(250))).collect());
    assert!(allowed.contains("digest"), "{allowed}");
}

/// Empty lists take memory, too: a file within the size limit could contain a million of them.
#[test]
fn a_manifest_of_a_million_lists_is_refused() {
    let mut manifest: serde_json::Value = serde_json::from_str(&kept_text("signed/ada.json")).expect("JSON");
    let mut refuse = |lists: usize| {
        manifest["predicate"]["apps"][0]["declaration"]["spec"]["lists"] = vec![json!([]); lists].into();
        let text = manifest.to_string();
        assert!(text.len() < leaver::signoff::MANIFEST_BYTES, "{}", text.len());
        Manifest::parse(&text).expect_err("the digest is wrong").to_string()
    };
    let many = refuse(1_000_000);
    assert!(many.contains("more than 200000 lists and mappings at line 1"), "{many}");
    let allowed = refuse(190_000);
    assert!(allowed.contains("digest"), "{allowed}");
}

/// Anyone can add any number of unsigned manifests: the cost must be linear, not quadratic.
#[test]
fn thousands_of_manifests_take_linear_time() {
    let board = super::board::Board::new();
    board.manifest("ada", &[]);
    let manifest = board.read(super::board::MANIFEST);
    let cost = |count: usize| {
        for nth in 0..count {
            board.write(&format!("signoffs/more/{nth}.json"), &manifest);
        }
        let start = Instant::now();
        let (status, text) = board.check(&[]);
        assert!(status == 1 && text.matches("is not signed").count() > count, "{status}: {text:.400}");
        start.elapsed().as_secs_f64()
    };
    cost(10);
    let few = cost(150);
    let many = cost(1_500);
    // There are ten times as many manifests, so quadratic cost would be a hundred times as high. The margin is for a busy machine.
    assert!(many < few * 40.0, "{few} s, {many} s");
}

/// The signature does not cover the reserved field, and no current tool fills it.
#[test]
fn rejects_a_signature_with_a_filled_reserved_field() {
    let board = Board::new();
    board.signed("ada", &[]);
    let signature = board.read("signoffs/s.json.sig");
    let lines = || signature.lines().filter(|line| !line.starts_with("-----"));
    let mut bytes = Base64::decode_vec(&lines().collect::<String>()).expect("base64");
    // `SSHSIG` and the version are followed by the key and the namespace, each preceded by its length (PROTOCOL.sshsig, section 3).
    let reserved = (0..2).fold(10, |at, _| {
        let length: [u8; 4] = bytes[at..at + 4].try_into().expect("four bytes");
        at + 4 + usize::try_from(u32::from_be_bytes(length)).expect("a small number")
    });
    assert_eq!(bytes[reserved..reserved + 4], [0; 4]);
    bytes.splice(reserved..reserved + 4, [0, 0, 0, 1, b'x']);
    let body = Base64::encode_string(&bytes);
    let width = lines().next().expect("a line").len();
    let body: Vec<&str> = body.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).expect("text")).collect();
    let text = format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", body.join("\n"));
    board.write("signoffs/s.json.sig", &text);
    board.assert_check(2, &[], &["it has a part that this version of leaver does not support"]);
}
