//! Tells cargo that the rules and data are part of the binary: `include_dir!` alone does not notice a new file.

fn main() {
    for folder in ["policies", "data", "schemas"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
