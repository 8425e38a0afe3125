//! Tries every mutant against the tests that reach it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Result;
use crate::mutant::Mutant;
use crate::replica::Replica;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A test failed.
    Caught(String),
    /// A test took more than ten times as long as without it.
    TimedOut(String),
    /// Tests reach it, and none failed.
    Missed,
    /// No test reaches it.
    Unreached,
    /// The compiler refuses it.
    DoesNotCompile,
    /// It fits neither behind the switch nor could it be told that the compiler refuses it.
    NotTried,
}

/// The least time that a test is given.
const PATIENCE: Duration = Duration::from_secs(20);

/// The most memory that a test is given, in KiB: a mutant may never stop asking for more.
const MEMORY: &str = "4000000";

/// One test, with how long it takes and the places that it reaches.
struct Test {
    binary: PathBuf,
    name: String,
    takes: Duration,
    reaches: BTreeSet<usize>,
}

/// What becomes of each mutant, by its number.
pub fn outcomes(replica: &Replica, mutants: &[Mutant]) -> Result<BTreeMap<usize, Outcome>> {
    let carried = replica.carry(mutants)?;
    let tests = tests(replica, &carried.tests)?;
    let placed: Vec<&Mutant> = mutants.iter().filter(|m| carried.places.contains_key(&m.number)).collect();
    let outcomes = Mutex::new(BTreeMap::new());
    let next = AtomicUsize::new(0);
    let work = || {
        // Neighbours are often noticed by the same test.
        let mut last = None;
        while let Some(mutant) = placed.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = tried(replica, mutant, carried.places[&mutant.number], &tests, &mut last);
            if let Outcome::Missed | Outcome::Unreached = outcome {
                eprintln!("{outcome:?}: {}", mutant.listed);
            }
            let mut outcomes = outcomes.lock().unwrap_or_else(|failed| failed.into_inner());
            outcomes.insert(mutant.number, outcome);
            if outcomes.len() % 100 == 0 {
                eprintln!("{} of {} tried", outcomes.len(), placed.len());
            }
        }
    };
    std::thread::scope(|scope| {
        (0..jobs()).for_each(|_| {
            scope.spawn(work);
        });
    });
    let mut outcomes = outcomes.into_inner()?;
    for mutant in mutants.iter().filter(|m| !carried.places.contains_key(&m.number)) {
        // What the compiler said of it behind the switch holds without it, but for a type that is never
        // written.
        let outcome = if mutant.returns_a_trait { Outcome::NotTried } else { Outcome::DoesNotCompile };
        outcomes.insert(mutant.number, outcome);
    }
    Ok(outcomes)
}

fn jobs() -> usize {
    let asked = std::env::var("MUTANTS_JOBS").ok().and_then(|jobs| jobs.parse().ok());
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into))
}

/// Every test, the quickest first.
fn tests(replica: &Replica, binaries: &[PathBuf]) -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    for binary in binaries {
        let listed = Command::new(binary).args(["--list", "--format", "terse"]).output()?.stdout;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        for name in listed.lines().filter_map(|line| line.strip_suffix(": test")) {
            tests.push(test(replica, binary, name)?);
        }
    }
    eprintln!("{} tests, {:?}", tests.len(), tests.iter().map(|test| test.takes).sum::<Duration>());
    tests.sort_by_key(|test| test.takes);
    Ok(tests)
}

/// A test as it runs with no mutant active.
fn test(replica: &Replica, binary: &PathBuf, name: &str) -> Result<Test> {
    let notes = std::env::temp_dir().join(format!("reached-{}", std::process::id()));
    let begun = Instant::now();
    let mut run = run(replica, binary, &["--exact", name]);
    let passed = run.env("MUTANTS_REACHED", &notes).status()?.success();
    if !passed {
        return Err(format!("{name} fails although no mutant is active").into());
    }
    let takes = begun.elapsed();
    let reached = std::fs::read_to_string(&notes).unwrap_or_default();
    let _ = std::fs::remove_file(&notes);
    let reaches = reached.lines().map(str::parse).collect::<Result<_, _>>()?;
    Ok(Test { binary: binary.clone(), name: name.to_owned(), takes, reaches })
}

/// A run of tests in the domain's folder, the same every time, which leaves nothing behind.
fn run(replica: &Replica, binary: &PathBuf, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {MEMORY} -c 0; exec \"$0\" \"$@\"");
    command.args(["-c", &script]).arg(binary).args(arguments);
    command.env("PROPTEST_RNG_SEED", "1").env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(replica.domain());
    command
}

/// Runs the tests that reach a mutant's place until one of them fails: first the one that noticed the last
/// mutant, then the others, the quicker ones first, in more and more at once.
fn tried(
    replica: &Replica,
    mutant: &Mutant,
    place: usize,
    tests: &[Test],
    last: &mut Option<usize>,
) -> Outcome {
    let mut reaching: Vec<usize> =
        (0..tests.len()).filter(|test| tests[*test].reaches.contains(&place)).collect();
    if reaching.is_empty() {
        return Outcome::Unreached;
    }
    reaching.sort_by_key(|test| Some(*test) != *last);
    let mut at_once = 1;
    while !reaching.is_empty() {
        let these: Vec<usize> = reaching.drain(..at_once.min(reaching.len())).collect();
        at_once *= 4;
        for of_binary in these.chunk_by(|a, b| tests[*a].binary == tests[*b].binary) {
            let batch: Vec<&Test> = of_binary.iter().map(|test| &tests[*test]).collect();
            let Some(outcome) = batch_outcome(replica, mutant, &batch).unwrap_or_else(|error| stop(&*error))
            else {
                continue;
            };
            if let Outcome::Caught(name) | Outcome::TimedOut(name) = &outcome {
                *last = tests.iter().position(|test| test.name == *name);
            }
            return outcome;
        }
    }
    Outcome::Missed
}

/// A test that cannot be run says nothing of a mutant.
fn stop(error: &dyn std::error::Error) -> ! {
    eprintln!("the tests cannot be run: {error}");
    std::process::exit(1)
}

/// What tests of one binary say of a mutant; nothing where all pass.
fn batch_outcome(replica: &Replica, mutant: &Mutant, tests: &[&Test]) -> Result<Option<Outcome>> {
    let names = tests.iter().map(|test| test.name.as_str());
    let arguments: Vec<&str> = ["--exact", "--test-threads", "1"].into_iter().chain(names).collect();
    let said = std::env::temp_dir().join(format!("mutant-{}-{}", std::process::id(), mutant.number));
    let mut run = run(replica, &tests[0].binary, &arguments);
    run.env("MUTANT", mutant.number.to_string()).stdout(File::create(&said)?);
    let takes: Duration = tests.iter().map(|test| test.takes).sum();
    let passes = passes(run.spawn()?, PATIENCE.max(takes * 10));
    let lines = std::fs::read_to_string(&said)?;
    std::fs::remove_file(&said)?;
    // Of the test in which a run ends there is no result.
    let results = lines.lines().filter_map(|line| line.strip_prefix("test ")?.split_once(" ... "));
    let culprit = results.filter(|(_, result)| *result != "ok").map(|(name, _)| name.to_owned()).next();
    let culprit = culprit.unwrap_or_default();
    Ok(match passes {
        Some(true) => None,
        Some(false) => Some(Outcome::Caught(culprit)),
        None => Some(Outcome::TimedOut(culprit)),
    })
}

/// Whether a run passes; nothing where it does not end in time.
fn passes(mut run: Child, patience: Duration) -> Option<bool> {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if let Ok(Some(status)) = run.try_wait() {
            return Some(status.success());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = run.kill();
    let _ = run.wait();
    None
}
