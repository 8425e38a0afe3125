//! How fast riskshare is, side by side with the plain ways of doing the same work on the same machine, in one
//! run.
//!
//! The same generated lines go into the ledger and, one `jsonb` event each with the same columns, into a
//! keyed table; the same commands go to the ledger and to `postgres-es`. Cases that are compared take turns,
//! and the medians are shown.

mod commands;
mod jsonb;
mod lines;
mod measure;
mod process;
mod questions;
mod rows;
mod system;

use std::path::PathBuf;

use clap::Parser;

use crate::measure::Table;
use crate::system::System;

/// Measures riskshare beside its peers and prints a table in Markdown
#[derive(Debug, Parser)]
pub struct Asked {
    /// The riskshare binary, a release build
    #[arg(long)]
    riskshare: PathBuf,
    /// The postgres-es peer, a release build
    #[arg(long)]
    peer: PathBuf,
    /// A PostgreSQL server on which databases may be made: postgres://USER@HOST:PORT/DATABASE
    #[arg(long)]
    postgres: String,
    /// A folder with room for everything
    #[arg(long)]
    folder: PathBuf,
    /// How many activity lines
    #[arg(long, default_value_t = 1_000_000)]
    lines: usize,
    /// How many activity lines the small system has, whose questions are compared
    #[arg(long, default_value_t = 10_000)]
    small: usize,
    /// How often each case is run
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// Only the cases whose name holds this
    #[arg(long)]
    only: Option<String>,
}

#[tokio::main]
async fn main() {
    let asked = Asked::parse();
    let mut table = Table::new(asked.only.clone());
    let large = System::generate(&asked, asked.lines);
    let small = System::generate(&asked, asked.small);
    for round in 1..=asked.rounds {
        eprintln!("round {round} of {}", asked.rounds);
        jsonb::against_the_ledger(&asked, &large, &mut table).await;
        rows::against_the_ledger(&asked, &large, &mut table);
        questions::small_against_large(&asked, &small, &large, &mut table).await;
        commands::against_the_peer(&asked, &mut table).await;
    }
    println!("{table}");
}
