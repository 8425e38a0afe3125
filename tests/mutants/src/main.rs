//! Mutation testing on one build: every mutant that cargo-mutants lists for the mechanisms and the worksheet
//! stands behind a switch in one copy of the domain, so that trying a mutant takes no compiler, only the
//! tests that reach it.

mod mutant;
mod place;
mod replica;
mod table;
mod trial;

use std::path::PathBuf;
use std::process::ExitCode;

use replica::Replica;

/// What goes wrong here is told to a developer at a terminal.
pub type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(root), Some(home)) = (arguments.next(), arguments.next()) else {
        return Err("use tests/mutants/run".into());
    };
    let (root, home) = (PathBuf::from(root), PathBuf::from(home));
    let words: Vec<String> = arguments.collect();
    let mut mutants = mutant::list(&root)?;
    if !words.is_empty() {
        mutants.retain(|mutant| words.iter().any(|word| mutant.listed.contains(word)));
    }
    eprintln!("{} mutants", mutants.len());
    let replica = Replica::make(&root, &home, &mutants)?;
    let outcomes = trial::outcomes(&replica, &mutants)?;
    table::write_all(&home.join("outcomes.txt"), &mutants, &outcomes)?;
    let reasons = table::reasons(&root.join("tests/mutants/survivors.txt"))?;
    table::tell(&mutants, &outcomes, &reasons);
    if words.is_empty() {
        table::write(&root.join("docs/MUTATION.md"), &mutants, &outcomes, &reasons)?;
    }
    Ok(())
}
