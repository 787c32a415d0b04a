//! The `leaver` binary. It passes the arguments to the library and exits with the status that the library returns.

use std::process::ExitCode;

fn main() -> ExitCode {
    leaver::run(std::env::args_os())
}
