//! `terms schema`: the JSON Schema of a terms file, for editors and other programs.

use clap::Args;

use super::super::{Stop, output};

/// Print the JSON Schema of a terms file
#[derive(Debug, Args)]
pub struct Schema {}

impl Schema {
    pub(super) fn run(self) -> Result<(), Stop> {
        Ok(output::json(&domain::terms::schema::schema())?)
    }
}
