//! A program run to its end: how long it took and how much memory it had at most.

use std::ffi::OsStr;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub took: Duration,
    /// The most resident memory seen, in bytes; looked at every 20 ms.
    pub peak: u64,
}

/// Runs a program; its answer must be 0. What it says is shown only where it is not.
pub fn run<A: AsRef<OsStr>>(program: &Path, arguments: &[A]) -> Run {
    let mut said = tempfile::tempfile().unwrap();
    let began = Instant::now();
    let errors = said.try_clone().unwrap();
    let mut child = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(errors).spawn().unwrap();
    let mut peak = 0;
    loop {
        peak = peak.max(most_resident(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            let took = began.elapsed();
            if !status.success() {
                let mut text = String::new();
                said.rewind().and_then(|()| said.read_to_string(&mut text)).unwrap();
                panic!("{} ended with {status}: {text}", program.display());
            }
            return Run { took, peak };
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn most_resident(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}
