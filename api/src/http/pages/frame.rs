//! What stands around every page: its title, the way back, and the two times, which every link carries on.

use domain::actor::Actor;
use domain::name::{ContractId, PartyId};
use domain::names::Names;
use domain::worksheet::Line;
use domain::year::ContractYear;
use projections::contracts::label;

use crate::app::{App, At};
use crate::http::{Query, Unanswered};

use super::show;

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The title of the page.
    pub title: String,
    /// Names and addresses of the pages above.
    pub crumbs: Vec<(String, String)>,
    /// The page's own path.
    pub path: String,
    /// What the time bar keeps of the query.
    pub others: Vec<(String, String)>,
    /// The business date as typed; empty for today.
    pub as_of: String,
    /// What the ledger knew, as typed; empty for now.
    pub known_at: String,
    /// What the two come to.
    pub at: At,
    /// What organisations were called then.
    pub names: Names,
}

impl Frame {
    /// The frame of the page at `path`, asked with `query`.
    pub async fn of(app: &App, path: String, query: &Query) -> Result<Frame, Unanswered> {
        let at = app.at(query.times()?).await?;
        let names = app.names(at.pinned()).await?;
        let typed = |name: &str| query.0.get(name).map_or(String::new(), |text| text.trim().to_owned());
        let others = query.0.iter().filter(|(name, _)| !matches!(name.as_str(), "as_of" | "known_at"));
        let others = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(Frame {
            title: String::new(),
            crumbs: Vec::new(),
            path,
            others,
            as_of: typed("as_of"),
            known_at: typed("known_at"),
            at,
            names,
        })
    }

    /// With its title and the pages above it.
    pub fn titled(mut self, title: impl Into<String>, above: &[(&str, String)]) -> Frame {
        self.title = title.into();
        self.crumbs = above.iter().map(|(name, link)| ((*name).to_owned(), link.clone())).collect();
        if self.path != "/" {
            self.crumbs.insert(0, ("Contracts".to_owned(), self.to("/")));
        }
        self
    }

    /// The address of a page at the same two times.
    pub fn to(&self, path: &str) -> String {
        self.with(path, &[])
    }

    /// The same with more in its query.
    pub fn with(&self, path: &str, query: &[(&str, &str)]) -> String {
        let times = [("as_of", self.as_of.as_str()), ("known_at", self.known_at.as_str())];
        address(path, query.iter().chain(&times).copied())
    }

    /// The page of a contract.
    pub fn to_contract(&self, contract: &str) -> String {
        self.to(&format!("/contracts/{}", encoded(contract)))
    }

    /// The statement of a contract year.
    pub fn to_year(&self, contract: &str, year: &str) -> String {
        self.with(&format!("/contracts/{}/statement", encoded(contract)), &[("year", year)])
    }

    /// The history of a contract.
    pub fn to_history(&self, contract: &str) -> String {
        self.to(&format!("/contracts/{}/history", encoded(contract)))
    }

    /// The page of a line.
    pub fn to_line(&self, line: &str, year: &str) -> String {
        self.with("/lines", &[("line", line), ("year", year)])
    }

    /// The page of a party.
    pub fn to_party(&self, party: &str) -> String {
        self.to(&format!("/parties/{}", encoded(party)))
    }

    /// What an organisation is called.
    pub fn name(&self, party: &PartyId) -> String {
        self.names.of(party)
    }

    /// The title of a contract.
    pub fn contract(&self, contract: &ContractId) -> String {
        self.names.of_contract(contract)
    }

    /// A contract year in words.
    pub fn contract_year(&self, contract: &ContractId, year: ContractYear) -> String {
        format!("{}, {}", self.contract(contract), show::year(year))
    }

    /// A line's name with its subject in words.
    pub fn label(&self, line: &Line) -> String {
        self.names.in_label(&label(line))
    }

    /// Who gave a command, and for whom.
    pub fn who(&self, actor: &Actor) -> String {
        format!("{} for {}", actor.person, self.name(&actor.party))
    }

    /// This page for today, as known now.
    pub fn today(&self) -> String {
        let others = self.others.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        address(&self.path, others)
    }

    /// The two times in words.
    pub fn says(&self) -> String {
        let measured = format!("What had been measured by {}", show::day(self.at.as_of.0));
        if self.at.entry == self.at.last {
            return format!("{measured}, as known now.");
        }
        let known = match self.at.known_at {
            domain::time::KnownAt::Day(day) => format!("at the end of {}", show::day(day)),
            domain::time::KnownAt::Moment(moment) => format!("at {}", moment.shown(self.at.zone)),
            domain::time::KnownAt::Entry(_) | domain::time::KnownAt::Now => "then".to_owned(),
        };
        format!("{measured}, as known {known}: entry {} of {}.", self.at.entry, self.at.last)
    }
}

/// A page about a contract year.
#[derive(Debug)]
pub struct OfYear {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Both in words.
    pub title: String,
    /// What stands around the page.
    pub frame: Frame,
}

impl OfYear {
    /// The page under a contract's name, such as `months`, and its heading, asked with `query`.
    pub async fn of(
        app: &App,
        name: &str,
        (page, heading): (&str, &str),
        query: &Query,
    ) -> Result<OfYear, Unanswered> {
        let contract: ContractId = super::part(name)?;
        let year: ContractYear = query.needed("year", "2025/26")?;
        let frame = Frame::of(app, format!("/contracts/{}/{page}", encoded(name)), query).await?;
        let title = app.contract(&contract, frame.at.pinned()).await?.contract.title;
        let words = show::year(year);
        let above = [
            (title.as_str(), frame.to_contract(name)),
            (words.as_str(), frame.to_year(name, &year.to_string())),
        ];
        let title = format!("{title}, contract year {words}");
        let frame = frame.titled(format!("{heading}: {title}"), &above);
        Ok(OfYear { contract, year, title, frame })
    }
}

/// An address with its query; what is empty is left out.
fn address<'a>(path: &str, query: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> =
        query.filter(|(_, value)| !value.is_empty()).map(|(n, v)| format!("{n}={}", encoded(v))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Text as it may stand in an address.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
