//! The copy of the domain that carries all mutants, and its builds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Result;
use crate::mutant::Mutant;
use crate::place::{Placed, place};

/// A copy of the workspace with nothing in it but the domain.
pub struct Replica {
    root: PathBuf,
    home: PathBuf,
}

/// What the compiler said of mutants, by their numbers; kept for the next run of the same source.
#[derive(Default, Serialize, Deserialize)]
struct Verdicts {
    /// Those that it refuses where they change something, which are placed as their functions.
    as_functions: BTreeSet<usize>,
    /// Those that it refuses there too.
    refused: BTreeSet<usize>,
}

/// Some bytes of a file, which is named from the root.
struct Bytes {
    file: String,
    start: usize,
    end: usize,
}

/// A build that carries mutants.
pub struct Carried {
    /// The binaries of the tests.
    pub tests: Vec<PathBuf>,
    /// The place of each mutant that is carried.
    pub places: BTreeMap<usize, usize>,
}

impl Replica {
    /// Copies the domain below `home`, with the switch in it, and links what its tests read beside the
    /// project. Files that mutants change are left to [`Replica::carry`]; what is there already is not
    /// written again, nor built.
    pub fn make(root: &Path, home: &Path, mutants: &[Mutant]) -> Result<Replica> {
        let replica = Replica { root: root.to_owned(), home: home.join("copy") };
        let project = replica.project();
        let mutated: BTreeSet<PathBuf> = mutants.iter().map(|mutant| root.join(&mutant.file)).collect();
        let lib = root.join("domain/src/lib.rs");
        for file in below(&root.join("domain"))?.into_iter().filter(|file| !mutated.contains(file)) {
            let mut content = fs::read(&file)?;
            if file == lib {
                content.extend(b"\nmod mutants;\n");
            }
            put(&project.join(file.strip_prefix(root)?), &content)?;
        }
        put(&project.join("domain/src/mutants.rs"), include_bytes!("switch.rs"))?;
        put(&project.join("Cargo.lock"), &fs::read(root.join("Cargo.lock"))?)?;
        let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
        let members = |line: &str| match line.split_once("members = ") {
            Some((which, _)) => format!("{which}members = [\"domain\"]\n"),
            None => format!("{line}\n"),
        };
        put(&project.join("Cargo.toml"), manifest.lines().map(members).collect::<String>().as_bytes())?;
        let shared = home.join("copy/shared");
        if let Ok(beside) = root.join("../shared").canonicalize()
            && !shared.exists()
        {
            std::os::unix::fs::symlink(beside, shared)?;
        }
        Ok(replica)
    }

    fn project(&self) -> PathBuf {
        self.home.join("project")
    }

    /// The folder in which the tests of the domain run.
    pub fn domain(&self) -> PathBuf {
        self.project().join("domain")
    }

    /// Builds the copy with all mutants: first where they change something; one that the compiler refuses
    /// there as its whole function; and one that it refuses there too not at all.
    pub fn carry(&self, mutants: &[Mutant]) -> Result<Carried> {
        let notes = self.home.join(format!("verdicts-{:x}.json", digest(&self.root.join("domain/src"))?));
        let mut said = match fs::read(&notes) {
            Ok(notes) => serde_json::from_slice(&notes)?,
            Err(_) => Verdicts::default(),
        };
        said.refused.extend(numbers(mutants, |mutant| mutant.is_function && mutant.returns_a_trait));
        loop {
            let files = self.place(mutants, &said)?;
            let errors = self.check()?;
            if errors.is_empty() {
                fs::write(notes, serde_json::to_vec(&said)?)?;
                let places = files.into_values().flat_map(|placed| placed.places).collect();
                return Ok(Carried { tests: self.build()?, places });
            }
            let culprits: BTreeSet<usize> =
                errors.iter().filter_map(|(bytes, _)| culprit(&files, bytes)).collect();
            if culprits.is_empty() {
                let told: String = errors.into_iter().map(|(_, told)| told).collect();
                return Err(format!("the copy does not build, and not for a mutant:\n{told}").into());
            }
            let last = numbers(mutants, |m| {
                m.is_function || m.returns_a_trait || said.as_functions.contains(&m.number)
            });
            said.refused.extend(culprits.intersection(&last));
            said.as_functions.extend(culprits.difference(&last));
            eprintln!("the compiler refuses {}", said.refused.len());
        }
    }

    fn place(&self, mutants: &[Mutant], said: &Verdicts) -> Result<BTreeMap<String, Placed>> {
        let mut by_file: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
        for mutant in mutants.iter().filter(|mutant| !said.refused.contains(&mutant.number)) {
            by_file.entry(&mutant.file).or_default().push(mutant);
        }
        let mut files = BTreeMap::new();
        for (file, mutants) in by_file {
            let placed = place(&fs::read_to_string(self.root.join(file))?, &mutants, &said.as_functions)?;
            put(&self.project().join(file), placed.text.as_bytes())?;
            files.insert(file.to_owned(), placed);
        }
        Ok(files)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new("cargo");
        command.args(arguments).args(["--offline", "--lib", "--message-format", "json"]);
        command.env("CARGO_TARGET_DIR", self.home.join("target"));
        // Some tests are arithmetic for most of their time, and nobody reads the warnings.
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.env("RUSTFLAGS", "--allow warnings");
        Ok(command.current_dir(self.domain()).output()?)
    }

    /// What the compiler says against the copy: the bytes that each error points at, and its text.
    fn check(&self) -> Result<Vec<(Vec<Bytes>, String)>> {
        let output = self.cargo(&["check"])?;
        let told = messages(&output)?.into_iter().map(|mut told| told["message"].take());
        let errors = told.filter(|message| message["level"] == "error");
        let text = |message: &Value| message["rendered"].as_str().unwrap_or_default().to_owned();
        let errors: Vec<_> = errors.map(|message| (pointed_at(&message), text(&message))).collect();
        match output.status.success() || !errors.is_empty() {
            true => Ok(errors),
            false => Err(String::from_utf8_lossy(&output.stderr).into()),
        }
    }

    /// The binaries of the tests.
    fn build(&self) -> Result<Vec<PathBuf>> {
        let output = self.cargo(&["test", "--no-run", "--test", "it"])?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let executable = |told: Value| told["executable"].as_str().map(PathBuf::from);
        Ok(messages(&output)?.into_iter().filter_map(executable).collect())
    }
}

/// What cargo says in JSON, line by line.
fn messages(output: &Output) -> Result<Vec<Value>> {
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn numbers(mutants: &[Mutant], of: impl Fn(&Mutant) -> bool) -> BTreeSet<usize> {
    mutants.iter().filter(|mutant| of(mutant)).map(|mutant| mutant.number).collect()
}

/// What an error points at: its own place before what it tells beside, within a macro that of the call.
fn pointed_at(message: &Value) -> Vec<Bytes> {
    let spans = message["spans"].as_array().into_iter().flatten();
    let (own, beside): (Vec<&Value>, Vec<&Value>) = spans.partition(|span| span["is_primary"] == true);
    let mut found = Vec::new();
    for span in own.into_iter().chain(beside) {
        let mut span = span;
        while span.is_object() {
            let byte = |name: &str| span[name].as_u64().unwrap_or_default() as usize;
            let file = span["file_name"].as_str().unwrap_or_default().to_owned();
            found.push(Bytes { file, start: byte("byte_start"), end: byte("byte_end") });
            span = &span["expansion"]["span"];
        }
    }
    found
}

/// The mutant in whose text an error lies.
fn culprit(files: &BTreeMap<String, Placed>, pointed_at: &[Bytes]) -> Option<usize> {
    pointed_at.iter().find_map(|bytes| {
        let within = |part: &std::ops::Range<usize>| part.start <= bytes.start && bytes.end <= part.end;
        let mut parts = files.get(&bytes.file)?.parts.iter();
        parts.find(|(part, _)| within(part)).map(|(_, number)| *number)
    })
}

/// Every file below a folder.
fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    let each = paths.into_iter().map(|path| if path.is_dir() { below(&path) } else { Ok(vec![path]) });
    Ok(each.collect::<Result<Vec<_>>>()?.concat())
}

/// Writes a file, unless it has this content.
fn put(file: &Path, content: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|there| there == content) {
        return Ok(());
    }
    fs::create_dir_all(file.parent().ok_or("a file stands in a folder")?)?;
    Ok(fs::write(file, content)?)
}

/// A number that tells this content of a folder from others.
fn digest(folder: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in below(folder)? {
        (fs::read(&path)?, path).hash(&mut hasher);
    }
    Ok(hasher.finish())
}
