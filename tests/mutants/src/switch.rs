//! Which mutant is active. This file becomes a module of the copy under test.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{LazyLock, Mutex};

/// The number of the active mutant; with 0 the code does what is written.
static ACTIVE: LazyLock<usize> =
    LazyLock::new(|| std::env::var("MUTANT").map_or(0, |number| number.parse().unwrap()));

/// Where the places that a test reaches are noted, with those that were.
static REACHED: LazyLock<Option<Mutex<(File, BTreeSet<usize>)>>> = LazyLock::new(|| {
    let file = OpenOptions::new().create(true).append(true).open(std::env::var("MUTANTS_REACHED").ok()?);
    Some(Mutex::new((file.unwrap(), BTreeSet::new())))
});

/// Which of the mutants of a place is active: 0 for none. A place is noted by its first mutant.
pub fn at(mutants: &[usize]) -> usize {
    if let Some(reached) = &*REACHED {
        let mut reached = reached.lock().unwrap_or_else(|test_failed| test_failed.into_inner());
        if reached.1.insert(mutants[0]) {
            writeln!(reached.0, "{}", mutants[0]).unwrap();
        }
    }
    if mutants.contains(&ACTIVE) { *ACTIVE } else { 0 }
}
