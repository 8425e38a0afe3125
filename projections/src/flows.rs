//! The returns of a contract year beside each other: whether the aggregate return of each month is the sum of
//! its patient-level returns, and what was invoiced for it.

use std::collections::BTreeMap;

use domain::exact::Exact;
use domain::money::Money;
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::time::{AsOf, KnownAt};
use domain::verb::activity::{ActivityReported, Flow};
use domain::worksheet::Stage;
use domain::year::{ContractYear, Month, Span};
use serde::Serialize;

use crate::kept::Kept;

/// The returns of one provider for one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Returns {
    /// The provider.
    pub provider: PartyId,
    /// The month of care.
    pub month: Month,
    /// The aggregate return.
    pub acm: Option<Money>,
    /// The patient-level return.
    pub plcm: Option<Money>,
    /// The drugs return.
    pub drplcm: Option<Money>,
    /// The devices return.
    pub deplcm: Option<Money>,
    /// Aggregate less the sum of the others; nothing where there is no aggregate.
    pub difference: Option<Money>,
    /// What the provider invoiced for the month, less credits; nothing where no invoice was received.
    pub invoiced: Option<Money>,
    /// Invoiced less the aggregate; nothing where either is missing.
    pub invoice_difference: Option<Money>,
}

/// The returns of each month of a contract year that ended by `as_of`, each as reported last before its
/// freeze closed it.
///
/// # Errors
/// Refuses a contract not known, a year outside its term, and a year without an aggregate return; else as
/// [`Kept::at`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    year: ContractYear,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Vec<Returns>, Refusal> {
    let book = kept.at(known_at)?;
    let case = book.case(contract)?;
    case.covers(Span::Year(year)).map_err(|refusal| refusal.at("/year"))?;
    let months = case.months_of(year);
    let of_year = |r: &ActivityReported| {
        months.contains(&r.month) && r.month.last_day() <= as_of.0 && r.flow != Flow::Local
    };
    let mut latest: BTreeMap<(PartyId, Month), BTreeMap<Flow, Money>> = BTreeMap::new();
    for report in case.reports.iter().map(|r| &r.fact).filter(|r| of_year(r) && r.stage != Stage::AfterFreeze)
    {
        let month = latest.entry((report.provider.clone(), report.month)).or_default();
        month.insert(report.flow, report.value);
    }
    if !latest.values().any(|flows| flows.contains_key(&Flow::Acm)) {
        let hint = "report the aggregate return as well: report-activity with flow ACM; it is a control total and never paid";
        return Err(Refusal::not_recorded("not recorded: activity-reported of flow ACM", hint));
    }
    let invoiced = |provider: &PartyId, month: Month| -> Option<Exact> {
        let invoices = case.invoices_of(year, as_of.0).into_iter();
        let of_month = invoices.filter(|i| i.fact.from == *provider && i.fact.period == Span::Month(month));
        of_month.map(|i| case.invoiced(&i.fact, as_of.0)).reduce(|all, one| all + one)
    };
    let rows = latest.into_iter().map(|((provider, month), flows)| {
        let invoiced = invoiced(&provider, month);
        returns(provider, month, &flows, invoiced)
    });
    Ok(rows.collect())
}

fn returns(
    provider: PartyId,
    month: Month,
    flows: &BTreeMap<Flow, Money>,
    invoiced: Option<Exact>,
) -> Returns {
    let of = |flow: Flow| flows.get(&flow).copied();
    let patients: Exact = Flow::PATIENT_LEVEL.into_iter().filter_map(of).map(Exact::from).sum();
    Returns {
        provider,
        month,
        acm: of(Flow::Acm),
        plcm: of(Flow::Plcm),
        drplcm: of(Flow::DrPlcm),
        deplcm: of(Flow::DePlcm),
        difference: of(Flow::Acm).and_then(|acm| (Exact::from(acm) - patients).as_money()),
        invoice_difference: invoiced
            .clone()
            .zip(of(Flow::Acm))
            .and_then(|(invoiced, acm)| (invoiced - Exact::from(acm)).as_money()),
        invoiced: invoiced.and_then(|invoiced| invoiced.as_money()),
    }
}
