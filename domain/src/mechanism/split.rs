//! # Split among commissioners
//!
//! **What it pays.** Nothing of its own: it says which commissioner bears what the contract pays. Each line
//! that the payer owes the payee is split by itself, pennies by largest remainder, and every commissioner
//! owes the payee its part. `by: shares` takes the parts stated under `parties: {commissioners: [..]}`;
//! `by: residence` takes the year's activity by the home of its people. Activity of people from out of the
//! area is taken off the contract and charged home. Shares may be dated: a line of a month is split by the
//! shares of that month, a fixed sum by what falls on the months in which the same shares hold, anything else
//! of the year by the number of those months. `of` names the clauses whose lines it splits; without it every
//! line is split that no other split names.
//!
//! **When nothing is due.** By residence, while the homes of a month ended are not reported: the payer bears
//! the whole meanwhile, and the statement says so. Where nothing is owed there is nothing to split.
//!
//! **Clause.** NHS Standard Contract, collaborative commissioning: a coordinating commissioner and its
//! associates. Two commissioners of one contract that bear a stated percentage of every line are the second
//! form without `of`.
//!
//! **Worked example.** £38.60 for each of 1,204, 1,377 and 986 attendances is borne as £46,474.40, £53,152.20
//! and £38,059.60; 143 from out of the area, £5,519.80, are charged home. A block of £250,000.00 by 31/44/25
//! is borne as £77,500.00, £110,000.00 and £62,500.00.

use super::parts::parts;
use super::{Mechanism, Pays, Phase, Told, all, spread};
use crate::book::Entered;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::rate::Count;
use crate::terms::{Clause, Fault, Fields, Share, Terms, reader};
use crate::verb::residence::ResidenceReported;
use crate::worksheet::{Figure, Given, LineState, Operand, Source, Step, Worksheet, sum};

/// Which commissioner bears what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The clauses, by kind or number; empty: all that no other split names.
    of: Vec<String>,
    by: By,
}

/// What a line is split by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Shares,
    Residence,
}
reader::words!(By { Shares = "shares", Residence = "residence" });

impl Pays for Split {
    const KIND: &'static str = "split";
    const PHASE: Phase = Phase::Result;

    fn read(fields: &Fields) -> Split {
        Split { of: fields.values("of"), by: fields.required("by") }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = Vec::new();
        let commissioners = &terms.parties.commissioners;
        let names_payer = |shares: &Vec<Share>| shares.iter().any(|(party, _)| *party == terms.parties.payer);
        if !commissioners.as_ref().is_some_and(|dated| dated.values().all(names_payer)) {
            let message =
                "the commissioners that bear the contract are not named, or the payer is not among them";
            let hint = "write `parties: {commissioners: [{party: .., share: 60%}, ..]}` with the payer";
            faults.push(Fault::new("", message, hint));
        }
        let unknown = |(_, name): &(usize, &String)| !terms.pay.iter().any(|clause| named(clause, name));
        faults.extend(self.of.iter().enumerate().filter(unknown).map(|(i, name)| {
            let message = format!("no clause is of kind or number `{name}`");
            Fault::new(format!("/of/{i}"), message, "name a clause of this contract")
        }));
        let others = || splits(terms).filter(|other| *other != self);
        let same = splits(terms).filter(|other| *other == self).count() > 1;
        let twice = others().any(|other| {
            (other.of.is_empty() && self.of.is_empty()) || self.of.iter().any(|name| other.of.contains(name))
        });
        if same || twice {
            let message = "two splits mean the same lines";
            faults.push(Fault::new("/of", message, "name each clause in one split"));
        }
        faults
    }

    fn writes(&self) -> Vec<Step> {
        Vec::new()
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let owed: Vec<(Figure<Money>, bool)> = sheet
            .owed_lines(facts.payer(), facts.payee())
            .into_iter()
            .filter(|(line, _)| self.means(sheet, &facts.case.terms, *line))
            .collect();
        if owed.is_empty() {
            sheet.note(Step::NothingDue, "nothing is owed that could be split");
            return;
        }
        match self.by {
            By::Shares => {
                for (line, taken_away) in owed {
                    by_shares(sheet, facts, line, taken_away);
                }
            }
            By::Residence => {
                let Some(homes) = homes(sheet, facts) else { return };
                for (line, taken_away) in owed {
                    let of = sheet.below_contract(line);
                    split(sheet, facts, (line, taken_away), &of, &homes);
                }
            }
        }
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let payer = &terms.parties.payer;
        let part = |what: &str| Limit::PartOf(format!("its part of what {payer} can {what}"));
        let others = terms.parties.all_commissioners().into_iter().filter(|party| *party != payer);
        others.map(|party| Exposure::of(party, part("gain"), part("lose"))).collect()
    }

    fn words(&self, told: &Told) -> String {
        let lines =
            if self.of.is_empty() { "Every line".to_owned() } else { format!("What {} pays", all(&self.of)) };
        match self.by {
            By::Shares => format!(
                "{lines} is borne {}, each owing {} its part.",
                told.dated_shares(told.terms.parties.commissioners.as_ref(), "by"),
                told.payee()
            ),
            By::Residence => format!(
                "{lines} is borne by each commissioner for the people whose home is with it; activity of people from \
                 elsewhere is charged home."
            ),
        }
    }
}

fn named(clause: &Clause, name: &str) -> bool {
    clause.clause.as_str() == name || clause.mechanism.kind() == name
}

fn splits(terms: &Terms) -> impl Iterator<Item = &Split> {
    terms.pay.iter().filter_map(|clause| match &clause.mechanism {
        Mechanism::Split(split) => Some(split),
        _ => None,
    })
}

impl Split {
    /// Whether this split means a line: by its clause, or, naming none, because no other split does.
    fn means(&self, sheet: &Worksheet, terms: &Terms, line: Figure<Money>) -> bool {
        let Some(written) = sheet.written(line) else { return false };
        let clause = terms.pay.iter().find(|clause| clause.clause == written.clause);
        let among = |names: &[String]| clause.is_some_and(|c| names.iter().any(|name| named(c, name)));
        if self.of.is_empty() { !splits(terms).any(|other| among(&other.of)) } else { among(&self.of) }
    }
}

/// Splits one line by the shares stated: where they change within the year, each part of it by those in
/// force.
fn by_shares(sheet: &mut Worksheet, facts: &Facts, line: Figure<Money>, taken_away: bool) {
    let Some(shares) = &facts.case.terms.parties.commissioners else { return };
    let parts = parts(facts, shares.changes());
    let of = sheet.below_contract(line);
    if let [whole] = parts.as_slice() {
        return split(sheet, facts, (line, taken_away), &of, whole.value(shares).as_slice());
    }
    for (part, amount) in spread::over(sheet, facts, line, &parts) {
        split(sheet, facts, (amount, taken_away), &part.of(&of), part.value(shares).as_slice());
    }
}

/// Splits one line: every commissioner owes its part, and the payer that much less. What is of no
/// commissioner of this contract is charged home, outside it.
fn split<W: Operand + Clone>(
    sheet: &mut Worksheet,
    facts: &Facts,
    (line, taken_away): (Figure<Money>, bool),
    of: &str,
    weights: &[(PartyId, W)],
) {
    let subjects: Vec<(String, W)> =
        weights.iter().map(|(party, weight)| (format!("{party} {of}"), weight.clone())).collect();
    let parts = sheet.shares_by(Step::CommissionerPart, line, &subjects);
    for ((party, _), part) in weights.iter().zip(parts) {
        if party == facts.payer() {
            continue;
        }
        let inside = facts.case.terms.parties.name(party);
        match (taken_away, inside) {
            (false, true) => {
                sheet.owes_less(facts.payer(), facts.payee(), part);
                sheet.owes(party, facts.payee(), part);
            }
            (true, true) => {
                sheet.owes(facts.payer(), facts.payee(), part);
                sheet.owes_less(party, facts.payee(), part);
            }
            (false, false) => {
                let charged = sheet.line_of(Step::ChargedHome, format!("{party} {of}"), sum([part]));
                sheet.owes_less(facts.payer(), facts.payee(), charged);
            }
            (true, false) => sheet.owes(facts.payer(), facts.payee(), part),
        }
    }
}

/// How much of the year's activity is of each home, commissioners of the contract first.
fn homes(sheet: &mut Worksheet, facts: &Facts) -> Option<Vec<(PartyId, Figure<Count>)>> {
    let mut reports = Vec::new();
    for month in facts.months_ended() {
        match facts.residence(month) {
            Some(report) => reports.push(report),
            None => {
                let text = format!("no residence of the activity of {month}: the payer bears it meanwhile");
                sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
            }
        }
    }
    if reports.len() < facts.months_ended().len() {
        return None;
    }
    let reported = reports.iter().flat_map(|report| &report.fact.homes).map(|home| &home.party);
    let mut parties: Vec<PartyId> = Vec::new();
    for party in facts.case.terms.parties.all_commissioners().into_iter().chain(reported) {
        if !parties.contains(party) {
            parties.push(party.clone());
        }
    }
    let written = parties.into_iter().map(|party| {
        let of = |report: &&Entered<ResidenceReported>| {
            let home = report.fact.homes.iter().find(|home| home.party == party)?;
            Some((home.count.exact().clone(), Source::Entry(report.entry)))
        };
        let (values, sources) = reports.iter().filter_map(of).unzip();
        let said = "activity of people who live there".to_owned();
        let given = Given { values, sources, said, by_stage: None };
        let count = sheet.given(Step::Residence, Some(party.to_string()), given);
        (party, count)
    });
    Some(written.collect())
}
