//! Claims from a stop-loss pool for what patients cost by their activity lines. Their cost is worked out
//! here, where files are read, and recorded as claims with the blocks as evidence: a settlement then says by
//! which fact a patient cost what, and what-if questions, corrections and audits treat it as any other fact.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::actor::Evidence;
use domain::book::{Book, Case, Entered};
use domain::columns::{Column, Columns, Values};
use domain::drafts::Drafts;
use domain::exact::Exact;
use domain::mechanism::Mechanism;
use domain::money::Money;
use domain::name::{ContractId, Pseudonym};
use domain::verb::Command;
use domain::verb::activity::ActivityReported;
use domain::verb::stop_loss::StopLossClaimed;
use domain::year::ContractYear;
use serde::Serialize;
use store::block::decode;

use super::lines::facts;
use super::{App, Times};
use crate::problem::{Exit, Problem};

/// Columns that hold the pseudonym of a patient, the first that a line states.
const PATIENT: [&str; 2] = ["nhs_number", "local_patient_identifier_extended"];
const VALUE: &str = "value";

/// What was claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Claimed {
    /// How many patients the lines are of.
    pub patients: usize,
    /// How many of them cost more than the threshold.
    pub above: usize,
    /// How many claims were recorded; the others stood already with the same cost.
    pub recorded: usize,
    /// How many claims stand of patients of whom there is no line; they are left as they are.
    pub without_lines: usize,
    /// How many lines name no patient.
    pub nameless: u64,
}

/// What a patient's lines come to.
#[derive(Default)]
struct Cost {
    /// In units of 10^-6.
    units: i128,
    blocks: BTreeSet<usize>,
}

/// A block of lines, as evidence.
struct Source {
    name: String,
    sha256: String,
}

/// The cost of every patient, over the blocks of a year.
#[derive(Default)]
struct Costs {
    patients: HashMap<String, Cost>,
    sources: Vec<Source>,
    nameless: u64,
}

impl App {
    /// Claims for every patient of a contract year whose lines, those of its subcontracts among them, cost
    /// more than the threshold; all claims are recorded, or none. A claim that stands with the same cost is
    /// left as it is; one whose patient's lines no longer cost more is restated, so that the pool takes back
    /// what it paid.
    ///
    /// # Errors
    /// Where the contract has no stop-loss clause, no month of the year is reported in blocks, or a pseudonym
    /// is none.
    pub async fn claim_from_activity(
        &self,
        contract: &ContractId,
        year: ContractYear,
        times: Times,
    ) -> Result<Claimed, Problem> {
        let (book, as_of) = {
            let kept = self.kept().await?;
            (kept.at(times.known_at)?, times.business_date(&kept))
        };
        let case = book.case(contract)?;
        let threshold = threshold(case)?;
        let months: Vec<_> = case.months_of(year).into_iter().filter(|m| m.last_day() <= as_of.0).collect();
        let (drafts, mut costs) = (Drafts::of(&book, as_of), Costs::default());
        for case in with_subcontracts(&book, case) {
            for month in months.iter().filter(|month| case.runs_in(**month)) {
                for report in facts(&drafts, case, *month)?.payable_reports(*month) {
                    self.add(report, &mut costs).await?;
                }
            }
        }
        let Some(up_to) = months.last().map(|month| month.last_day()).filter(|_| !costs.sources.is_empty())
        else {
            let message = format!("no activity of {year} is kept in lines for `{contract}`");
            let hint = "import it first with `riskshare import activity`";
            return Err(Problem::new(Exit::Findings, "not-recorded", message, hint));
        };
        let of_year = case.claims.iter().filter(|claim| claim.fact.year == year);
        let standing: HashMap<&str, &Entered<StopLossClaimed>> =
            of_year.map(|claim| (claim.fact.patient.as_str(), claim)).collect();
        let mut claimed = Claimed {
            patients: costs.patients.len(),
            nameless: costs.nameless,
            without_lines: standing.keys().filter(|patient| !costs.patients.contains_key(**patient)).count(),
            ..Claimed::default()
        };
        let batch = self.batch().await?;
        // In the order of their pseudonyms, so that the same lines make the same claims.
        for (patient, cost) in costs.patients.iter().collect::<BTreeMap<_, _>>() {
            let amount = cost.money().ok_or_else(|| too_large(patient))?;
            let stands = standing.get(patient.as_str());
            let above = amount > threshold;
            claimed.above += usize::from(above);
            if !above && stands.is_none() {
                continue;
            }
            let patient: Pseudonym = patient.parse().map_err(|e| {
                let hint = "send the lines with a pseudonym that is one";
                Problem::usage("pseudonym", e, hint)
            })?;
            let claim = StopLossClaimed { contract: contract.clone(), year, patient, up_to, cost: amount };
            if stands.is_some_and(|stands| stands.fact == claim) {
                continue;
            }
            let since = stands.map_or(0, |stands| stands.entry.0);
            let key = format!("stop-loss:{contract}:{year}:{}:{up_to}:{since}", claim.patient);
            let mut request = batch.request(Command::StopLossClaimed(claim), &key)?;
            let source = |place: &usize| costs.sources.get(*place);
            let evidence = cost.blocks.iter().filter_map(source);
            request.evidence =
                evidence.map(|s| Evidence { name: s.name.clone(), sha256: s.sha256.clone() }).collect();
            batch.send(&request).await?;
            claimed.recorded += 1;
        }
        batch.commit_batch().await?;
        Ok(claimed)
    }

    /// Adds the lines of a report's blocks to what patients cost.
    async fn add(&self, report: &Entered<ActivityReported>, costs: &mut Costs) -> Result<(), Problem> {
        let fact = &report.fact;
        for (number, block) in (1..).zip(fact.blocks.iter().flat_map(|blocks| &blocks.lines)) {
            let wanted = [PATIENT[0], PATIENT[1], VALUE];
            let bytes = self.ledger.log().get_file(&block.sha256).await?;
            let read = bytes.map(|bytes| decode(&bytes, Some(&wanted)));
            let Some(Ok(columns)) = read else {
                let message = format!("the block {} of entry {} cannot be read", block.sha256, report.entry);
                let hint = "run `riskshare check`, and restore the block from an export";
                return Err(Problem::new(Exit::Integrity, "block-damaged", message, hint));
            };
            let name =
                format!("lines of {} {} entry {} part {number}", fact.flow, fact.month, report.entry.0);
            costs.take(&columns, Source { name, sha256: block.sha256.clone() });
        }
        Ok(())
    }
}

impl Costs {
    fn take(&mut self, lines: &Columns, source: Source) {
        let place = self.sources.len();
        self.sources.push(source);
        let patients: Vec<&Column> = PATIENT.iter().filter_map(|name| lines.column(name)).collect();
        let Some(Values::Decimal { scale, units }) = lines.column(VALUE).map(|column| &column.values) else {
            return;
        };
        let millionths = 10i128.pow(6u32.saturating_sub(u32::from(*scale)));
        for (line, units) in units.iter().enumerate() {
            let patient = patients.iter().find_map(|column| column.values.text(line)).map(str::trim);
            let Some(patient) = patient.filter(|patient| !patient.is_empty()) else {
                self.nameless += 1;
                continue;
            };
            let cost = match self.patients.get_mut(patient) {
                Some(cost) => cost,
                None => self.patients.entry(patient.to_owned()).or_default(),
            };
            cost.units += i128::from(units.unwrap_or(0)) * millionths;
            cost.blocks.insert(place);
        }
    }
}

impl Cost {
    /// To the penny; a patient whose lines take money back costs nothing.
    fn money(&self) -> Option<Money> {
        Exact::ratio(self.units.max(0), 1_000_000).to_places(2).as_money()
    }
}

/// A contract and all that are under it: a patient's cost is what care came to, whoever gave it.
fn with_subcontracts<'a>(book: &'a Book, head: &'a Case) -> Vec<&'a Case> {
    let mut found = vec![head];
    let mut next = 0;
    while let Some(above) = found.get(next).map(|case| &case.terms.contract) {
        let under = |case: &&Case| case.terms.under.as_ref() == Some(above);
        let subcontracts: Vec<&Case> = book.contracts.values().map(AsRef::as_ref).filter(under).collect();
        found.extend(subcontracts);
        next += 1;
    }
    found
}

/// What a patient may cost before the pool pays.
fn threshold(case: &Case) -> Result<Money, Problem> {
    let found = case.terms.pay.iter().find_map(|clause| match &clause.mechanism {
        Mechanism::StopLoss(clause) => Some(clause.threshold()),
        _ => None,
    });
    found.ok_or_else(|| {
        let message = format!("`{}` has no stop-loss clause", case.terms.contract);
        let hint = "claims belong to a contract with a clause of kind stop_loss";
        Problem::new(Exit::Refused, "no-stop-loss", message, hint)
    })
}

fn too_large(patient: &str) -> Problem {
    let message = format!("the lines of {patient} sum to more than the ledger holds");
    Problem::new(Exit::Findings, "too-large", message, "check the values of the lines")
}
