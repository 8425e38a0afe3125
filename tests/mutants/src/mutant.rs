//! The mutants, as cargo-mutants lists them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::Result;

/// One change of the code that its tests should notice.
#[derive(Debug)]
pub struct Mutant {
    /// Its number, from 1.
    pub number: usize,
    /// The file, from the root of the project.
    pub file: String,
    /// What it is about without its place, which moves with every line above it: `FILE: CHANGE`. Where a
    /// function has the same change more than once, `(2nd)` and so on tell the later ones.
    pub name: String,
    /// The same with line and column, as cargo-mutants prints it.
    pub listed: String,
    /// The bytes of the file that it replaces.
    pub bytes: Range<usize>,
    /// What it puts in their place.
    pub replacement: String,
    /// Whether it replaces all of a function.
    pub is_function: bool,
    /// Whether its function says only by a trait what it returns, so that it may return another type in its
    /// place.
    pub returns_a_trait: bool,
}

/// One entry of `cargo mutants --list --json`.
#[derive(Deserialize)]
struct Listed {
    file: String,
    function: Option<Function>,
    genre: String,
    name: String,
    replacement: String,
    span: Span,
}

#[derive(Deserialize)]
struct Function {
    return_type: String,
}

#[derive(Deserialize)]
struct Span {
    start: Place,
    end: Place,
}

/// Line and character, both from 1.
#[derive(Deserialize)]
struct Place {
    line: usize,
    column: usize,
}

/// Every mutant of the mechanisms and the worksheet.
pub fn list(root: &Path) -> Result<Vec<Mutant>> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json", "--package", "domain"]);
    command.args(["--file", "domain/src/mechanism/**", "--file", "domain/src/worksheet/**"]);
    let output = command.current_dir(root).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let listed: Vec<Listed> = serde_json::from_slice(&output.stdout)?;
    let mut texts = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut mutants = Vec::new();
    for (number, one) in (1..).zip(listed) {
        if !texts.contains_key(&one.file) {
            texts.insert(one.file.clone(), std::fs::read_to_string(root.join(&one.file))?);
        }
        let text = &texts[&one.file];
        let change = one.name.splitn(4, ':').last().unwrap_or_default();
        let name = format!("{}:{change}", one.file);
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        let returns_a_trait = one.function.is_some_and(|function| function.return_type.contains("impl "));
        mutants.push(Mutant {
            number,
            name: if *times == 1 { name } else { format!("{name} ({})", ordinal(*times)) },
            listed: one.name,
            bytes: byte(text, &one.span.start)..byte(text, &one.span.end),
            file: one.file,
            replacement: one.replacement,
            is_function: one.genre == "FnValue",
            returns_a_trait,
        });
    }
    Ok(mutants)
}

fn byte(text: &str, place: &Place) -> usize {
    let before: usize = text.split_inclusive('\n').take(place.line - 1).map(str::len).sum();
    before + text[before..].chars().take(place.column - 1).map(char::len_utf8).sum::<usize>()
}

fn ordinal(times: usize) -> String {
    match times {
        2 => "2nd".to_owned(),
        3 => "3rd".to_owned(),
        n => format!("{n}th"),
    }
}
