//! What may still move a contract year: what each party can gain and lose, what a programme leaves, what is
//! disputed.

use domain::exact::Exact;
use domain::money::Currency;
use domain::name::ContractId;
use domain::year::ContractYear;
use projections::challenges::Challenge;
use projections::headroom::Asked;

use super::frame::Frame;
use super::{Desk, Unanswered, show};
use crate::problem::{Exit, Problem};

/// The parts of a contract year's page that tell of its risk.
pub struct Risk {
    /// Each party, and what it can gain and lose in a full year.
    pub exposures: Vec<(String, String)>,
    /// What the programme leaves, where there are subcontracts or own items.
    pub headroom: Option<Headroom>,
    /// What is disputed of the year's activity.
    pub challenges: Vec<Dispute>,
}

/// A programme's budget, what is to be met from it, and what that leaves.
pub struct Headroom {
    /// Name, then amounts at plan, at forecast and at worst, and whether it is a total.
    pub rows: Vec<(String, [String; 3], bool)>,
    /// What there is no figure for, and why.
    pub notes: Vec<String>,
}

/// A challenge.
pub struct Dispute {
    pub challenge: String,
    pub reason: String,
    pub month: String,
    pub amount: String,
    pub raised: String,
    pub standing: String,
    pub overdue: bool,
}

impl Risk {
    /// What may still move a contract year.
    pub async fn of(
        desk: &Desk,
        frame: &Frame,
        contract: &ContractId,
        year: ContractYear,
        currency: Currency,
    ) -> Result<Risk, Unanswered> {
        let times = frame.at.pinned();
        let exposures = desk.app.exposure(times).await?.into_iter().filter(|row| row.contract == *contract);
        let exposures =
            exposures.map(|row| (frame.name(&row.exposed.party), show::sentence(&row.exposed.reason)));
        let headroom = desk.app.headroom(contract, year, times.known_at).await?;
        let challenges = none_recorded(desk.app.challenges(times).await)?.into_iter();
        let of_year = |c: &Challenge| c.contract == *contract && year.contains(c.month.first_day());
        Ok(Risk {
            exposures: exposures.collect(),
            headroom: (!headroom.headroom.rows.is_empty()).then(|| Headroom::of(frame, &headroom)),
            challenges: challenges.filter(of_year).map(|c| Dispute::of(frame, &c, currency)).collect(),
        })
    }
}

/// A list, empty where nothing of its kind was recorded.
pub fn none_recorded<T>(answer: Result<Vec<T>, Problem>) -> Result<Vec<T>, Problem> {
    match answer {
        Err(problem) if problem.exit == Exit::Findings => Ok(Vec::new()),
        other => other,
    }
}

impl Headroom {
    fn of(frame: &Frame, asked: &Asked) -> Headroom {
        let called = |what: &String| frame.names.in_subject(what);
        let all = |what: &[String]| {
            what.iter().map(|what| format!("“{}”", called(what))).collect::<Vec<_>>().join(", ")
        };
        let of = &asked.headroom;
        let show = |amount: Option<&Exact>, none: &str| {
            amount.map_or_else(|| none.to_owned(), |amount| show::exact(amount, asked.currency))
        };
        let envelope = show(Some(&of.envelope), "");
        let mut rows = vec![("Budget of the programme".to_owned(), [(); 3].map(|()| envelope.clone()), true)];
        rows.extend(of.rows.iter().map(|row| {
            let most = if row.subcontract { show(row.most.as_ref(), "no limit") } else { String::new() };
            let amounts =
                [show(row.plan.as_ref(), "no plan"), show(row.forecast.as_ref(), "no forecast"), most];
            (called(&row.what), amounts, false)
        }));
        let left =
            [&of.at_plan, &of.at_forecast, &of.at_worst].map(|left| show(left.as_ref(), "cannot be said"));
        rows.push(("Left".to_owned(), left, true));
        let mut notes = Vec::new();
        if !asked.not_forecast.is_empty() {
            notes.push(format!("No forecast is recorded of {}.", all(&asked.not_forecast)));
        }
        if !asked.unbounded.is_empty() {
            notes.push(format!("There is no limit to what {} can come to.", all(&asked.unbounded)));
        }
        Headroom { rows, notes }
    }
}

impl Dispute {
    fn of(frame: &Frame, of: &Challenge, currency: Currency) -> Dispute {
        let standing = match (of.resolved_on, of.upheld, &of.to_act) {
            (Some(day), Some(upheld), _) => {
                format!("resolved on {}, {} upheld", show::day(day), show::money(upheld, currency))
            }
            (_, _, Some(party)) => {
                let by = of.answer_by.map(|day| format!(" by {}", show::day(day))).unwrap_or_default();
                format!("open for {} days; {} is to answer{by}", of.days, frame.name(party))
            }
            _ => "open".to_owned(),
        };
        Dispute {
            challenge: of.challenge.to_string(),
            reason: of.reason.clone(),
            month: of.month.first_day().format("%B %Y").to_string(),
            amount: show::money(of.amount, currency),
            raised: format!("{}, entry {}", show::day(of.raised_on), of.entry),
            standing,
            overdue: of.overdue,
        }
    }
}
