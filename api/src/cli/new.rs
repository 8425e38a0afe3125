//! `new`: files to begin with.

use clap::{Args, Subcommand};
use include_dir::{Dir, include_dir};

use super::{Stop, output};
use crate::problem::{Exit, Problem};

/// The terms of each form of contract, with comments.
static FORMS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/terms");

/// Print a file to begin with
#[derive(Debug, Args)]
pub struct New {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The terms of a contract of some form, with comments
    Contract {
        /// The form
        #[arg(required_unless_present = "list")]
        form: Option<String>,
        /// List the forms instead
        #[arg(long)]
        list: bool,
    },
}

impl New {
    pub(super) fn run(self) -> Result<(), Stop> {
        let What::Contract { form, list } = self.what;
        match form.filter(|_| !list) {
            Some(form) => output::say(terms(&form)?)?,
            None => {
                output::say(forms().map(|(name, about)| format!("{name}: {about}\n")).collect::<String>())?
            }
        }
        Ok(())
    }
}

/// Each form with its first comment.
fn forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    FORMS.files().filter_map(|file| {
        let name = file.path().file_stem()?.to_str()?;
        Some((name, file.contents_utf8()?.lines().next()?.trim_start_matches("# ")))
    })
}

fn terms(form: &str) -> Result<&'static str, Problem> {
    let file = FORMS.get_file(format!("{form}.yaml")).and_then(|file| file.contents_utf8());
    file.ok_or_else(|| {
        let known: Vec<&str> = forms().map(|(name, _)| name).collect();
        let hint = format!("the forms are: {}", known.join(", "));
        Problem::new(Exit::NotFound, "unknown-form", format!("`{form}` is not a form of contract"), hint)
    })
}
