//! What is told: to the terminal, and in docs/MUTATION.md.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::Result;
use crate::mutant::Mutant;
use crate::trial::Outcome;

/// What became of mutants, by their number.
type Outcomes = BTreeMap<usize, Outcome>;

/// Why mutants are let live, by their name.
type Reasons = BTreeMap<String, String>;

/// Where in docs/MUTATION.md the tables begin and end.
const MARKS: (&str, &str) = ("<!-- tests/mutants/run writes from here -->", "<!-- to here -->");

/// How many mutants came to what.
#[derive(Clone, Copy, Default)]
struct Count {
    caught: usize,
    timed_out: usize,
    missed: usize,
    refused: usize,
}

impl Count {
    fn add(mut self, outcome: &Outcome) -> Count {
        let one = match outcome {
            Outcome::Caught(_) => &mut self.caught,
            Outcome::TimedOut(_) => &mut self.timed_out,
            Outcome::Missed | Outcome::Unreached | Outcome::NotTried => &mut self.missed,
            Outcome::DoesNotCompile => &mut self.refused,
        };
        *one += 1;
        self
    }

    /// The part of those that compile that was noticed, in tenths of a percent, rounded down.
    fn per_mille(self) -> Option<usize> {
        let noticed = self.caught + self.timed_out;
        (noticed * 1000).checked_div(noticed + self.missed)
    }

    fn row(self, name: &str) -> String {
        let all = self.caught + self.timed_out + self.missed + self.refused;
        let rate = self.per_mille().map_or_else(String::new, |rate| format!("{}.{}%", rate / 10, rate % 10));
        let Count { caught, timed_out, missed, refused } = self;
        format!("| {name} | {all} | {refused} | {caught} | {timed_out} | {missed} | {rate} |\n")
    }
}

/// The reasons of survivors: a reason stands in lines of its own, the mutants it is about, indented, below
/// it.
pub fn reasons(file: &Path) -> Result<Reasons> {
    let mut reasons = Reasons::new();
    let (mut reason, mut complete) = (String::new(), true);
    for line in std::fs::read_to_string(file)?.lines().filter(|line| !line.is_empty()) {
        if let Some(mutant) = line.strip_prefix("    ") {
            complete = true;
            if reasons.insert(mutant.to_owned(), reason.clone()).is_some() {
                return Err(format!("{mutant} has two reasons").into());
            }
        } else if complete {
            (reason, complete) = (line.to_owned(), false);
        } else {
            reason = format!("{reason} {line}");
        }
    }
    Ok(reasons)
}

/// One line for each mutant: what became of it, and by which test.
pub fn write_all(file: &Path, mutants: &[Mutant], outcomes: &Outcomes) -> Result<()> {
    let line = |mutant: &Mutant| match &outcomes[&mutant.number] {
        Outcome::Caught(test) => format!("caught\t{}\t{test}\n", mutant.listed),
        Outcome::TimedOut(test) => format!("timed out\t{}\t{test}\n", mutant.listed),
        Outcome::Missed => format!("missed\t{}\t\n", mutant.listed),
        Outcome::Unreached => format!("not reached\t{}\t\n", mutant.listed),
        Outcome::DoesNotCompile => format!("does not compile\t{}\t\n", mutant.listed),
        Outcome::NotTried => format!("not tried\t{}\t\n", mutant.listed),
    };
    Ok(std::fs::write(file, mutants.iter().map(line).collect::<String>())?)
}

fn survivors<'a>(mutants: &'a [Mutant], outcomes: &'a Outcomes) -> impl Iterator<Item = &'a Mutant> {
    let lives = |mutant: &&Mutant| {
        matches!(outcomes[&mutant.number], Outcome::Missed | Outcome::Unreached | Outcome::NotTried)
    };
    mutants.iter().filter(lives)
}

/// Prints every survivor without a reason, and the sum.
pub fn tell(mutants: &[Mutant], outcomes: &Outcomes, reasons: &Reasons) {
    for mutant in survivors(mutants, outcomes).filter(|mutant| !reasons.contains_key(&mutant.name)) {
        let reached =
            if outcomes[&mutant.number] == Outcome::Unreached { "no test reaches" } else { "missed" };
        println!("{reached}: {}", mutant.listed);
    }
    let names: Vec<&String> = mutants.iter().map(|mutant| &mutant.name).collect();
    for gone in reasons.keys().filter(|name| !names.contains(name)) {
        println!("there is no such mutant (any more): {gone}");
    }
    for (mutant, reason) in mutants.iter().filter_map(|m| Some((m, reasons.get(&m.name)?))) {
        if !survivors(mutants, outcomes).any(|survivor| survivor.number == mutant.number) {
            println!("noticed, although there is a reason to let it live: {} ({reason})", mutant.name);
        }
    }
    let sum = outcomes.values().fold(Count::default(), Count::add);
    print!("| | mutants | do not compile | caught | timed out | missed | noticed |\n{}", sum.row("all"));
}

/// Writes the tables into the document, between its marks.
pub fn write(document: &Path, mutants: &[Mutant], outcomes: &Outcomes, reasons: &Reasons) -> Result<()> {
    let text = std::fs::read_to_string(document)?;
    let (before, rest) = text.split_once(MARKS.0).ok_or("docs/MUTATION.md lacks its first mark")?;
    let (_, after) = rest.split_once(MARKS.1).ok_or("docs/MUTATION.md lacks its second mark")?;
    let tables = tables(mutants, outcomes, reasons)?;
    Ok(std::fs::write(document, format!("{before}{}\n{tables}\n{}{after}", MARKS.0, MARKS.1))?)
}

fn tables(mutants: &[Mutant], outcomes: &Outcomes, reasons: &Reasons) -> Result<String> {
    let mut by_file: BTreeMap<&str, Count> = BTreeMap::new();
    let mut by_part: BTreeMap<&str, Count> = BTreeMap::new();
    let mut all = Count::default();
    for mutant in mutants {
        let outcome = &outcomes[&mutant.number];
        let file = mutant.file.strip_prefix("domain/src/").unwrap_or(&mutant.file);
        for count in [
            by_file.entry(file).or_default(),
            by_part.entry(file.split('/').next().unwrap_or_default()).or_default(),
            &mut all,
        ] {
            *count = count.add(outcome);
        }
    }
    let mut text = format!("Tried on {}.\n\n", std::env::var("MUTANTS_ON")?);
    text += "| file | mutants | do not compile | caught | timed out | missed | noticed |\n|---|--:|--:|--:|--:|--:|--:|\n";
    by_part.iter().for_each(|(part, count)| text += &count.row(&format!("**{part}**")));
    text += &all.row("**both**");
    by_file.iter().for_each(|(file, count)| text += &count.row(file));
    text += "\n### Survivors\n";
    let mut by_reason: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
    for mutant in survivors(mutants, outcomes) {
        let reason = reasons.get(&mutant.name).map_or("No reason is given yet.", String::as_str);
        by_reason.entry(reason).or_default().push(mutant);
    }
    for (reason, mutants) in by_reason {
        write!(text, "\n{reason}\n\n")?;
        mutants.iter().try_for_each(|m| writeln!(text, "- `{}`", m.listed.replace("domain/src/", "")))?;
    }
    Ok(text)
}
