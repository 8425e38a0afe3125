//! `looks`: who looked at the prices of contracts of which their party is neither side.

use clap::Args;
use domain::name::ContractId;
use serde_json::json;

use super::{Globals, Output, Stop, output};
use crate::app::looks::BELIEVED;

/// List who looked at prices of contracts that are not their party's, from the access log beside the ledger
#[derive(Debug, Args)]
pub struct Looks {
    /// Only looks at this contract
    contract: Option<ContractId>,
}

impl Looks {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let looks = globals.open().await?.looks(self.contract.as_ref()).await?;
        if globals.output == Output::Json {
            return Ok(output::json(&json!({"note": BELIEVED, "looks": looks}))?);
        }
        let header = ["at", "person", "party", "contract", "what", "face"];
        output::csv(
            &header,
            looks.into_iter().map(|l| vec![l.at, l.person, l.party, l.contract, l.what, l.face]),
        )?;
        // A list is a table in text too; what a spreadsheet reads stays a table.
        if globals.output == Output::Text {
            output::say(format!("{BELIEVED}\n"))?;
        }
        Ok(())
    }
}
