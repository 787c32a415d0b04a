//! The `leaver` binary: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    leaver::run(std::env::args_os())
}
