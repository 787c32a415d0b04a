//! The `leaver` binary. It passes the arguments to the library and exits with its status.

use std::process::ExitCode;

fn main() -> ExitCode {
    leaver::run(std::env::args_os())
}
