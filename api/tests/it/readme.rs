//! The README's walk: every command in it is run, in order, and every line of its output compared.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The `$` lines of the `console` blocks, each with the output that follows it.
fn walk(readme: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            line if inside => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push((command.to_owned(), String::new())),
                (None, Some((_, output))) => {
                    output.push_str(line.trim_end());
                    output.push('\n');
                }
                (None, None) => panic!("output before a command: {line}"),
            },
            _ => {}
        }
    }
    steps
}

#[test]
fn the_five_minute_walk_shows_what_the_readme_says() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let steps = walk(&readme);
    assert!(steps.len() >= 8, "the walk has {} commands", steps.len());
    let dir = tempfile::tempdir().unwrap();
    for name in ["examples", "docs"] {
        std::os::unix::fs::symlink(root().join(name), dir.path().join(name)).unwrap();
    }
    for (command, expected) in steps {
        let words: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(words[0], "riskshare", "{command}");
        let run = Command::new(env!("CARGO_BIN_EXE_riskshare"))
            .args(&words[1..])
            .current_dir(dir.path())
            .env_remove("RISKSHARE_LEDGER")
            .env_remove("RISKSHARE_AS")
            .output()
            .unwrap();
        let mut shown: String = String::from_utf8(run.stdout).unwrap();
        shown.push_str(&String::from_utf8(run.stderr).unwrap());
        let mut shown: String = shown.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        match run.status.code() {
            Some(0) => {}
            code => shown.push_str(&format!("[exit {}]\n", code.unwrap_or(-1))),
        }
        assert_eq!(shown.trim_end(), expected.trim_end(), "$ {command}");
    }
}
