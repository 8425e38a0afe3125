//! One row of a public use file as the facts of an organisation's year, and the commands that record them.

use domain::exact::Exact;
use domain::mechanism::SharedSavings;
use domain::money::Money;
use domain::name::{ContractId, NotAName, PartyId};
use domain::rate::{Count, Rate};
use domain::terms::Terms;
use domain::time::AsOf;
use domain::verb::Command;
use domain::verb::award::ContractAwarded;
use domain::verb::benchmark::BenchmarkSet;
use domain::verb::claim::{BalanceStated, Basis};
use domain::verb::cost::CostReported;
use domain::verb::draw_up::DrawUp;
use domain::verb::outcome::OutcomeMeasured;
use domain::verb::party::PartyRegistered;
use domain::verb::population::{Band, PopulationReported};
use domain::verb::relief::ReliefGranted;
use domain::year::{ContractYear, Span};

use super::rules::{Rules, Track};
use super::table::{Number, Row};
use super::{COMMISSIONER, INDICATORS, unnamable};
use crate::problem::Problem;

/// The columns without which a file cannot be settled.
pub const REQUIRED: &[&str] = &[
    "ACO_ID",
    "ACO_Name",
    "Current_Track",
    "N_AB",
    "MinSavPerc",
    "BnchmkMinExp",
    "DisAdj",
    "EarnSaveLoss",
    "Met_QPS",
    "Met_AltQPS",
    "QualScore",
    "ABtotBnchmk",
    "ABtotExp",
];

/// The band of a population that counts person-years, where the file has them.
const PERSON_YEARS: &str = "person-years";

/// An organisation's performance year as published.
#[derive(Debug)]
pub struct Organisation {
    rules: &'static Rules,
    /// The organisation.
    pub id: PartyId,
    /// Its contract of the year.
    pub contract: ContractId,
    name: String,
    track: &'static Track,
    beneficiaries: Count,
    person_years: Option<Count>,
    minimum: Minimum,
    benchmark: Money,
    savings: Money,
    expenditure: Money,
    /// The values of [`INDICATORS`].
    quality: [Count; 3],
    relief: Money,
    /// What the program says was earned (+) or owed (-).
    pub published: Money,
    /// Whether it left before the year's end.
    pub left_early: bool,
}

/// Where the minimum rate comes from.
#[derive(Debug)]
enum Minimum {
    /// The sliding scale.
    Sliding,
    /// The organisation's choice.
    Chosen(Rate),
    /// Neither gives the rate published.
    Stated(Rate),
}

impl Organisation {
    /// Reads a row.
    ///
    /// # Errors
    /// Names line, column and value of the first cell that cannot be used.
    pub fn read(row: &Row, rules: &'static Rules) -> Result<Organisation, Problem> {
        if let Some(problem) = row.uneven() {
            return Err(problem);
        }
        let id = read_name(row, row.required("ACO_ID")?)?;
        let contract = read_name(row, &format!("mssp-{}-{id}", rules.year))?;
        let track = read_track(row, rules)?;
        let beneficiaries = read_beneficiaries(row)?;
        let score = share(&row.required_number("QualScore")?, rules.one_as_score);
        let standard = row.required_flag("Met_QPS")?;
        let alternative = row.flag("Met_AltQPS")?.unwrap_or(false);
        let person_years = row.number("N_AB_Year_PY")?;
        Ok(Organisation {
            rules,
            name: row.required("ACO_Name")?.to_owned(),
            track,
            minimum: Minimum::read(&row.required_number("MinSavPerc")?, rules, track, &beneficiaries),
            beneficiaries,
            person_years: person_years.map(|n| count(row, "N_AB_Year_PY", &n.value)).transpose()?,
            benchmark: row.money("ABtotBnchmk")?,
            savings: row.money("BnchmkMinExp")?,
            expenditure: row.money("ABtotExp")?,
            quality: [
                count(row, "QualScore", &score)?,
                Count::of(standard.into()),
                Count::of(alternative.into()),
            ],
            relief: size(row.money_or_nought("DisAdj")?),
            published: row.money("EarnSaveLoss")?,
            left_early: row.flag("Impact_Mid_Year_Termination")?.unwrap_or(false),
            id,
            contract,
        })
    }

    /// Registers the organisation.
    pub fn register(&self) -> Command {
        Command::PartyRegistered(PartyRegistered {
            party: self.id.clone(),
            name: self.name.clone(),
            code: Some(self.id.to_string()),
            valid_from: None,
        })
    }

    /// Its contract year.
    pub fn year(&self) -> ContractYear {
        self.rules.contract_year()
    }

    /// The commands that record its year and draw it up, each with its word in keys.
    ///
    /// # Errors
    /// Where the row's texts make no terms.
    pub fn commands(&self) -> Result<Vec<(&'static str, Command)>, Problem> {
        let mut commands = vec![
            ("award", self.award()?),
            ("population", Command::PopulationReported(self.population())),
            ("benchmark", Command::BenchmarkSet(self.benchmark())),
            ("cost", Command::CostReported(self.cost()?)),
        ];
        for (name, value) in INDICATORS.into_iter().zip(&self.quality) {
            let indicator = name.parse().map_err(|e| unnamable(&e))?;
            let (contract, period) = (self.contract.clone(), Span::Year(self.year()));
            let measured = OutcomeMeasured {
                contract,
                indicator,
                period,
                value: value.clone(),
                cases: None,
                provisional: false,
            };
            commands.push((name, Command::OutcomeMeasured(measured)));
        }
        if self.relief != Money::ZERO {
            commands.push(("relief", Command::ReliefGranted(self.relief())));
        }
        commands.push(("published", Command::BalanceStated(self.claim()?)));
        commands.push(("draw-up", Command::SettlementDrawnUp(self.draw_up())));
        Ok(commands)
    }

    /// The date of signature is not published: the contract is taken as signed on the year's first day.
    fn award(&self) -> Result<Command, Problem> {
        let chosen = match &self.minimum {
            Minimum::Chosen(rate) => Some(rate),
            Minimum::Sliding | Minimum::Stated(_) => None,
        };
        let written = self.rules.terms(self.track, COMMISSIONER, &self.id, &self.name, chosen);
        let terms: Terms = serde_json::from_value(written)
            .map_err(|e| Problem::usage("terms", e, "check the organisation's name and track"))?;
        let signed_on = self.year().first_day();
        Ok(Command::ContractAwarded(ContractAwarded { signed_on, terms }))
    }

    fn population(&self) -> PopulationReported {
        let band = |band: &str, count: Count| Band { band: band.to_owned(), count };
        let mut bands = vec![band(SharedSavings::ASSIGNED, self.beneficiaries.clone())];
        bands.extend(self.person_years.clone().map(|count| band(PERSON_YEARS, count)));
        PopulationReported { contract: self.contract.clone(), period: Span::Year(self.year()), bands }
    }

    fn benchmark(&self) -> BenchmarkSet {
        let stated_minimum_rate = match &self.minimum {
            Minimum::Stated(rate) => Some(rate.clone()),
            Minimum::Sliding | Minimum::Chosen(_) => None,
        };
        BenchmarkSet {
            contract: self.contract.clone(),
            year: self.year(),
            amount: self.benchmark,
            stated_savings: Some(self.savings),
            stated_minimum_rate,
            participant_revenue: None,
        }
    }

    /// What Medicare spent on the people assigned: its own cost, not the organisation's.
    fn cost(&self) -> Result<CostReported, Problem> {
        Ok(CostReported {
            contract: self.contract.clone(),
            party: COMMISSIONER.parse().map_err(|e| unnamable(&e))?,
            period: Span::Year(self.year()),
            amount: self.expenditure,
        })
    }

    fn relief(&self) -> ReliefGranted {
        ReliefGranted {
            contract: self.contract.clone(),
            year: self.year(),
            amount: self.relief,
            reason: "extreme and uncontrollable circumstances, as published".to_owned(),
        }
    }

    /// What the program itself published: from its side, what an organisation earns is money to pay.
    fn claim(&self) -> Result<BalanceStated, Problem> {
        Ok(BalanceStated {
            contract: self.contract.clone(),
            year: self.year(),
            party: COMMISSIONER.parse().map_err(|e| unnamable(&e))?,
            counterparty: self.id.clone(),
            basis: Basis::Income,
            amount: (-Exact::from(self.published)).as_money().unwrap_or(Money::ZERO),
            as_of: self.year().last_day(),
        })
    }

    fn draw_up(&self) -> DrawUp {
        let as_of = AsOf(self.year().last_day());
        DrawUp { contract: self.contract.clone(), year: self.year(), as_of, with_estimates: None }
    }
}

impl Minimum {
    /// The published rate is the organisation's choice where it may have one and the rate is one of those on offer;
    /// otherwise the sliding scale, unless that differs from the published rate at its printed decimals.
    fn read(published: &Number, rules: &Rules, track: &Track, beneficiaries: &Count) -> Minimum {
        let rate = share(published, rules.one_as_rate);
        let on_offer = (0..=4).any(|half_percents| rate == Exact::ratio(half_percents, 200));
        let full_size = *beneficiaries.exact() >= Exact::from(SharedSavings::FULL_SIZE);
        if track.is_two_sided() && full_size && on_offer {
            return Minimum::Chosen(Rate::of(rate));
        }
        let last_digit = Exact::ratio(1, 10i64.saturating_pow(published.places));
        let half =
            share(&Number { value: last_digit, ..published.clone() }, rules.one_as_rate) * Exact::ratio(1, 2);
        match SharedSavings::sliding_minimum(beneficiaries) {
            Some(sliding) if (sliding.exact() - &rate).abs() <= half => Minimum::Sliding,
            _ => Minimum::Stated(Rate::of(rate)),
        }
    }
}

fn read_beneficiaries(row: &Row) -> Result<Count, Problem> {
    let number = row.required_number("N_AB")?.value;
    if number != number.floor() || number.is_negative() {
        let message = format!("N_AB is `{}`, which is not a number of people", row.required("N_AB")?);
        return Err(row.problem("N_AB", message, "write a whole number of people"));
    }
    count(row, "N_AB", &number)
}

fn read_track(row: &Row, rules: &'static Rules) -> Result<&'static Track, Problem> {
    let code = row.required("Current_Track")?;
    rules.track(code).ok_or_else(|| {
        let message = format!("Current_Track is `{code}`, which is no track of {}", rules.year);
        let known: Vec<&str> = rules.tracks.iter().map(|track| track.code).collect();
        row.problem("Current_Track", message, &format!("its tracks are: {}", known.join(", ")))
    })
}

fn read_name<N: std::str::FromStr<Err = NotAName>>(row: &Row, text: &str) -> Result<N, Problem> {
    text.parse().map_err(|e| {
        row.problem("ACO_ID", format!("ACO_ID: {e}"), "write the organisation's id such as A1001")
    })
}

/// A number as a fraction of one; a percent sign says so, otherwise the file's own way of writing does.
fn share(number: &Number, one: i64) -> Exact {
    let one = if number.percent { 100 } else { one };
    number.value.clone() * Exact::ratio(1, one)
}

fn count(row: &Row, column: &str, value: &Exact) -> Result<Count, Problem> {
    value.to_string().parse().map_err(|e| row.problem(column, format!("{column}: {e}"), "write fewer digits"))
}

fn size(amount: Money) -> Money {
    Exact::from(amount).abs().as_money().unwrap_or(amount)
}
