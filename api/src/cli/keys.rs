//! `keys`: the keys that checkpoints are signed with.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use store::StoreError;
use store::proof::new_pair;

use super::{Stop, output};
use crate::problem::Problem;

/// Make keys to sign checkpoints with
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A new pair: writes the private key into a file and prints the public key
    New {
        /// The keeper's name, unique in the world, such as northmoor.example/riskshare
        name: String,
        /// Where the private key goes; a file that is there is never overwritten
        #[arg(long, default_value = "riskshare.key")]
        file: PathBuf,
    },
}

impl Keys {
    pub(super) fn run(self) -> Result<(), Stop> {
        let What::New { name, file } = self.what;
        let (private, public) = new_pair(&name).map_err(StoreError::from)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&file).and_then(|mut file| writeln!(file, "{private}"));
        written.map_err(|why| Problem::file(&file.to_string_lossy(), &why))?;
        Ok(output::say(format!("{public}\n"))?)
    }
}
