//! The `riskshare` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "ledger")]
    return api::cli::main();
    #[cfg(not(feature = "ledger"))]
    api::verify::main()
}
