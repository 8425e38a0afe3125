//! One row of a public use file as the facts of an organisation's year, and the commands that record them.

use domain::exact::Exact;
use domain::mechanism::SharedSavings;
use domain::money::{Money, Unit};
use domain::name::{ContractId, NotAName, PartyId};
use domain::rate::{Count, Rate};
use domain::statement::Statement;
use domain::terms::Terms;
use domain::time::AsOf;
use domain::verb::Command;
use domain::verb::advance::AdvanceStated;
use domain::verb::award::ContractAwarded;
use domain::verb::benchmark::BenchmarkSet;
use domain::verb::claim::{BalanceStated, Basis};
use domain::verb::cost::CostReported;
use domain::verb::draw_up::DrawUp;
use domain::verb::outcome::OutcomeMeasured;
use domain::verb::party::PartyRegistered;
use domain::verb::population::{Band, PopulationReported};
use domain::verb::relief::ReliefGranted;
use domain::worksheet::Step;
use domain::year::{ContractYear, Span};

use super::rules::{Agreement, FLAGS, REDUCED_FROM, Rules, Track};
use super::table::{Number, Row};
use super::units::{Printed, Units};
use super::{COMMISSIONER, INDICATORS, unnamable};
use crate::problem::Problem;

/// The columns without which no year's file can be settled.
pub const REQUIRED: &[&str] = &[
    "ACO_ID",
    "ACO_Name",
    "N_AB",
    "MinSavPerc",
    "BnchmkMinExp",
    "EarnSaveLoss",
    "QualScore",
    "ABtotBnchmk",
    "ABtotExp",
];
/// What was advanced and what of it was recouped: before 2020 (Advance Payment and Investment Models) and
/// from 2024.
const ADVANCES: &[(&str, &str)] = &[("Adv_Pay_Amt", "Adv_Pay_Recoup"), ("AIPBalance", "AIPRecoup")];

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
    agreement: Agreement,
    track: &'static Track,
    beneficiaries: Count,
    person_years: Option<Count>,
    minimum: Minimum,
    benchmark: Money,
    /// As published; nothing where the totals carry the cents from which it is made.
    savings: Option<Money>,
    expenditure: Money,
    /// The values of [`INDICATORS`].
    quality: [Count; 3],
    /// Half of the last place to which the quality score is printed.
    half_score: Exact,
    relief: Money,
    advance: Money,
    /// What the program says was earned (+) or owed (-), to the dollar.
    pub published: Money,
    /// Whether losses were to be prorated by months that are not published (an earlier file of 2022).
    pub prorated: bool,
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
    pub fn read(row: &Row, rules: &'static Rules, units: &Units) -> Result<Organisation, Problem> {
        if let Some(problem) = row.uneven() {
            return Err(problem);
        }
        let id = read_name(row, row.required("ACO_ID")?)?;
        let contract = read_name(row, &format!("mssp-{}-{id}", rules.year))?;
        let track = read_track(row, rules, units)?;
        let beneficiaries = read_beneficiaries(row)?;
        let minimum =
            Minimum::read(&row.required_number("MinSavPerc")?, &units.minimum, track, &beneficiaries);
        let person_years = row.number("N_AB_Year_PY")?;
        let carries_cents = units.carries_cents;
        Ok(Organisation {
            rules,
            agreement: read_agreement(row, rules, track, &id, &minimum)?,
            track,
            minimum,
            beneficiaries,
            person_years: person_years.map(|n| count(row, "N_AB_Year_PY", &n.value)).transpose()?,
            benchmark: row.money("ABtotBnchmk")?,
            savings: if carries_cents { None } else { Some(row.money("BnchmkMinExp")?) },
            expenditure: row.money("ABtotExp")?,
            quality: read_quality(row, rules, &units.score)?,
            half_score: units.score.half.clone(),
            relief: size(row.money_or_nought("DisAdj")?),
            advance: read_advance(row)?,
            published: read_published(row)?,
            prorated: row.flag("Prorate_Shared_Losses")?.unwrap_or(false),
            id,
            contract,
        })
    }

    /// What its settlement would come to at both ends of what the printed figures stand for: a score within
    /// half of its last place, savings within half a dollar. Nothing where the score decides nothing.
    pub fn printed_interval(&self, statement: &Statement) -> Option<(Exact, Exact)> {
        let score = statement.lines.iter().find(|line| line.name == Step::QualityScore)?.exact.clone()?;
        let savings = statement.lines.iter().find(|line| line.name == Step::Savings)?.exact.clone()?;
        let (half_score, half_dollar) = (self.half_score.clone(), Exact::ratio(1, 2));
        let low = [
            (Step::QualityScore, score.clone() - half_score.clone()),
            (Step::Savings, savings.clone() - half_dollar.clone()),
        ];
        let high = [(Step::QualityScore, score + half_score), (Step::Savings, savings + half_dollar)];
        Some((statement.payable_with(&low)?, statement.payable_with(&high)?))
    }

    /// Registers the organisation.
    pub fn register(&self) -> Command {
        Command::PartyRegistered(PartyRegistered {
            party: self.id.clone(),
            name: self.agreement.name.clone(),
            code: Some(self.id.to_string()),
            valid_from: None,
            valid_to: None,
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
            commands.push((name, self.measured(name, value.clone())?));
        }
        for name in &self.agreement.flagged {
            commands.push((name, self.measured(name, Count::of(1))?));
        }
        if self.advance != Money::ZERO {
            commands.push(("advance", Command::AdvanceStated(self.advance())));
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
        let written = self.rules.terms(self.track, COMMISSIONER, &self.agreement);
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
            stated_savings: self.savings,
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

    fn measured(&self, indicator: &str, value: Count) -> Result<Command, Problem> {
        Ok(Command::OutcomeMeasured(OutcomeMeasured {
            contract: self.contract.clone(),
            indicator: indicator.parse().map_err(|e| unnamable(&e))?,
            period: Span::Year(self.year()),
            value,
            cases: None,
            provisional: false,
        }))
    }

    fn advance(&self) -> AdvanceStated {
        AdvanceStated { contract: self.contract.clone(), year: self.year(), amount: self.advance }
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
    /// The published rate is the organisation's choice where it may have one and the rate is one of those on
    /// offer; otherwise the sliding scale, unless that differs from the published rate at its printed
    /// decimals.
    fn read(published: &Number, printed: &Printed, track: &Track, beneficiaries: &Count) -> Minimum {
        let rate = printed.fraction(published);
        let on_offer = (0..=4).any(|half_percents| rate == Exact::ratio(half_percents, 200));
        let full_size = *beneficiaries.exact() >= Exact::from(SharedSavings::FULL_SIZE);
        if track.is_two_sided() && full_size && on_offer {
            return Minimum::Chosen(Rate::of(rate));
        }
        match SharedSavings::sliding_minimum(beneficiaries) {
            Some(sliding) if (sliding.exact() - &rate).abs() <= printed.half => Minimum::Sliding,
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

/// The track by its code; in earlier years by the flag of its column; before that by its highest sharing
/// rate.
fn read_track(row: &Row, rules: &'static Rules, units: &Units) -> Result<&'static Track, Problem> {
    let known: Vec<&str> = rules.tracks.iter().map(|track| track.code).collect();
    let hint = format!("its tracks are: {}", known.join(", "));
    if let Some(code) = row.text("Current_Track") {
        let message = format!("Current_Track is `{code}`, which is no track of {}", rules.year);
        return rules.track(code).ok_or_else(|| row.problem("Current_Track", message, &hint));
    }
    let mut flagged = Vec::new();
    for track in rules.tracks {
        for column in track.flags {
            if row.flag(column)? == Some(true) {
                flagged.push(track);
            }
        }
    }
    if flagged.is_empty()
        && let Some(sharing) = row.number("QualPerfShare")?
    {
        let rate = Rate::of(units.sharing.fraction(&sharing));
        flagged.extend(rules.tracks.iter().filter(|track| track.shares(&rate)));
    }
    match flagged.as_slice() {
        [track] => Ok(track),
        [] => Err(row.problem("ACO_ID", "no column says in which track the organisation is", &hint)),
        several => {
            let codes: Vec<&str> = several.iter().map(|track| track.code).collect();
            let message = format!("the organisation is in several tracks at once: {}", codes.join(", "));
            Err(row.problem("ACO_ID", message, "leave 1 in the column of one track"))
        }
    }
}

/// What the row says of the organisation's agreement.
fn read_agreement(
    row: &Row,
    rules: &'static Rules,
    track: &Track,
    lead: &PartyId,
    minimum: &Minimum,
) -> Result<Agreement, Problem> {
    let mut flagged = Vec::new();
    for (column, indicator) in FLAGS {
        if row.flag(column)? == Some(true) {
            flagged.push(*indicator);
        }
    }
    Ok(Agreement {
        lead: lead.clone(),
        name: row.required("ACO_Name")?.to_owned(),
        chosen: match minimum {
            Minimum::Chosen(rate) => Some(rate.clone()),
            Minimum::Sliding | Minimum::Stated(_) => None,
        },
        years_before: if track.has_years() { years_before(row, rules)? } else { 0 },
        by_revenue: !track.limits_by_composition() || row.flag("RevLossLimit")? != Some(false),
        reduced: rules.may_reduce(track) && is_new_with_low_revenue(row)?,
        half_year: rules.has_half_years() && is_half_year(row)?,
        flagged,
    })
}

/// Performance years in the track before this one. Track 2 can go on from an earlier agreement; those who
/// began in 2012 had one first performance year that ended with 2013.
fn years_before(row: &Row, rules: &Rules) -> Result<usize, Problem> {
    let first = match row.flag("Initial_Track_2")? {
        Some(true) => row.year("Initial_Start_Date")?,
        _ => match row.year("Current_Start_Date")? {
            Some(year) => Some(year),
            None => row.year("Start_Date")?,
        },
    };
    let years = first.map_or(0, |first| rules.year - first.max(2013));
    Ok(usize::try_from(years).unwrap_or_default())
}

/// Whether the organisation has low revenue and an agreement of those from which savings below the minimum
/// are shared.
fn is_new_with_low_revenue(row: &Row) -> Result<bool, Problem> {
    let low = row.text("Rev_Exp_Cat").is_some_and(|text| text.eq_ignore_ascii_case("low revenue"));
    Ok(low && row.year("Current_Start_Date")?.is_some_and(|year| year >= REDUCED_FROM))
}

/// Whether the benchmark is nearer to half of the year's than to all of it.
fn is_half_year(row: &Row) -> Result<bool, Problem> {
    let whole = row.required_number("UpdatedBnchmk")?.value * row.required_number("N_AB_Year_PY")?.value;
    Ok(row.required_number("ABtotBnchmk")?.value < whole * Exact::ratio(3, 4))
}

/// The values of [`INDICATORS`]: score, standard, alternative standard. Where quality can be
/// pay-for-reporting, a score that is `P4R` or left out is that of complete reporting.
fn read_quality(row: &Row, rules: &Rules, printed: &Printed) -> Result<[Count; 3], Problem> {
    let reported = rules.pays_for_reporting() && matches!(row.text("QualScore"), None | Some("P4R"));
    let score = match reported {
        true => Exact::one(),
        false => printed.fraction(&row.required_number("QualScore")?),
    };
    let standard = match row.flag("Met_QPS")? {
        Some(met) => met,
        None if row.has("Met_QPS") && !rules.pays_for_reporting() => row.required_flag("Met_QPS")?,
        None => match row.number("FinalShareRate")? {
            Some(rate) => !rate.value.is_zero(),
            None => !score.is_zero(),
        },
    };
    let alternative = row.flag("Met_AltQPS")?.unwrap_or(false);
    Ok([count(row, "QualScore", &score)?, Count::of(standard.into()), Count::of(alternative.into())])
}

/// What was advanced, where the file also says what of it was recouped.
fn read_advance(row: &Row) -> Result<Money, Problem> {
    let mut outstanding = Exact::zero();
    for (advanced, recouped) in ADVANCES {
        if row.has(recouped) {
            outstanding = outstanding + Exact::from(row.money_or_nought(advanced)?);
        }
    }
    outstanding.as_money().ok_or_else(|| row.problem("ACO_ID", "its advances are too large", "check them"))
}

/// Earned or owed, to the dollar; in 2013 in two columns and with parts of a cent.
fn read_published(row: &Row) -> Result<Money, Problem> {
    let earned = row.required_number("EarnSaveLoss")?.value;
    let owed = row.number("OweLosses")?.map_or_else(Exact::zero, |number| number.value);
    let published = (earned + owed).to_unit(Unit::Whole).as_money();
    published.ok_or_else(|| row.problem("EarnSaveLoss", "EarnSaveLoss is too large", "check it"))
}

fn read_name<N: std::str::FromStr<Err = NotAName>>(row: &Row, text: &str) -> Result<N, Problem> {
    text.parse().map_err(|e| {
        row.problem("ACO_ID", format!("ACO_ID: {e}"), "write the organisation's id such as A1001")
    })
}

fn count(row: &Row, column: &str, value: &Exact) -> Result<Count, Problem> {
    value.to_string().parse().map_err(|e| row.problem(column, format!("{column}: {e}"), "write fewer digits"))
}

fn size(amount: Money) -> Money {
    Exact::from(amount).abs().as_money().unwrap_or(amount)
}
