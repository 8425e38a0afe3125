//! The position of a party: what it is entitled to, has been paid, is owed and owes, under every contract it
//! is party to. Amounts are from the party's side: + is to be received.

use std::fmt;

use domain::book::{Book, Case};
use domain::drafts::Drafts;
use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::statement::{Payable, Statement};
use domain::time::{AsOf, Entry, KnownAt};
use domain::verb::expectation::Kind;
use domain::worksheet::{ByStage, Step};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;
use crate::settlements::years_begun;

/// Where a party stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The party.
    pub party: PartyId,
    /// The business date asked for.
    pub as_of: AsOf,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// The currency of every amount.
    pub currency: Currency,
    /// One row for each contract year and counterparty.
    pub rows: Vec<Row>,
    /// The sum of balances to be received.
    pub receivable: Money,
    /// The sum of balances to be paid, without sign.
    pub payable: Money,
    /// Receivable less payable.
    pub net: Money,
}

/// A party's position under one contract year with one counterparty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The other party.
    pub counterparty: PartyId,
    /// What the year entitles the party to; nothing where no month is reported.
    pub entitled: Option<Money>,
    /// How that is made up of frozen, flex and estimated data, where it may still change.
    pub by_stage: Option<ByStage>,
    /// What is disputed.
    pub disputed: Money,
    /// What it has been paid.
    pub paid: Money,
    /// What it is still to receive.
    pub balance: Option<Money>,
    /// What has been accrued.
    pub accrued: Money,
    /// The party's result of the contract year, where this contract comes to one.
    pub result: Option<Money>,
    /// What could still change.
    pub exposure: Exposure,
}

/// What a party could still gain or lose under a contract year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The most it could still gain.
    pub max_gain: Money,
    /// The most it could still lose, where there is a limit.
    pub max_loss: Option<Money>,
    /// Whether there is no limit.
    pub unbounded: bool,
    /// Why.
    pub reason: String,
}

impl Exposure {
    fn nothing() -> Exposure {
        Exposure {
            max_gain: Money::ZERO,
            max_loss: Some(Money::ZERO),
            unbounded: false,
            reason: String::new(),
        }
    }
}

/// Every party's position needs its contracts in one currency.
fn mixed(party: &PartyId) -> Refusal {
    let message = format!("`{party}` has contracts in several currencies, which have no sum");
    Refusal::rule("several-currencies", message, "ask for the statements of its contracts instead")
}

/// The position of a party as measured by `as_of` and as known at `known_at`.
///
/// # Errors
/// Refuses an unknown party, and one with contracts in several currencies; else as [`Kept::at`] and
/// [`domain::settle::settle`].
pub fn ask(kept: &Kept, party: &PartyId, as_of: AsOf, known_at: KnownAt) -> Result<Position, Refusal> {
    let book = kept.at(known_at)?;
    book.known_party(party)?;
    let drafts = Drafts::of(&book, as_of);
    let mut currency = None;
    let mut rows = Vec::new();
    for case in book.contracts.values() {
        let years = years_begun(case, as_of);
        if !stands_in(&book, case, party, as_of) || years.is_empty() {
            continue;
        }
        if currency.replace(case.terms.currency).is_some_and(|other| other != case.terms.currency) {
            return Err(mixed(party));
        }
        for year in years {
            rows.extend(rows_of(&drafts, party, case, year, as_of)?);
        }
    }
    let balances = |keep: fn(&Money) -> bool| -> Money {
        let kept = rows.iter().filter_map(|r| r.balance).filter(keep);
        kept.map(Exact::from).sum::<Exact>().abs().as_money().unwrap_or(Money::ZERO)
    };
    let receivable = balances(|b| !b.is_negative());
    let payable = balances(Money::is_negative);
    let net = (Exact::from(receivable) - Exact::from(payable)).as_money().unwrap_or(Money::ZERO);
    Ok(Position {
        party: party.clone(),
        as_of,
        known_at: known_at.to_string(),
        entry: book.entry,
        currency: currency.unwrap_or(Currency::Gbp),
        rows,
        receivable,
        payable,
        net,
    })
}

fn rows_of(
    drafts: &Drafts,
    party: &PartyId,
    case: &Case,
    year: ContractYear,
    as_of: AsOf,
) -> Result<Vec<Row>, Refusal> {
    let book = drafts.book();
    let draft = drafts.settle(&case.terms.contract, year)?;
    let in_force = case.statement(year, as_of.0).map(|s| &s.fact.statement);
    let statement = in_force.unwrap_or(&draft);
    let mine = draft.payables.iter().filter(|p| p.from == *party || p.to == *party);
    let said = book.payables_on(case, &statement.payables, as_of.0);
    let in_dispute = in_dispute(case, year, as_of);
    let mut rows: Vec<Row> = mine.map(|fresh| row(party, (statement, &said, &in_dispute), fresh)).collect();
    // Accruals, result and exposure belong to the contract, not to one counterparty: they stand on the first
    // row.
    if let Some(first) = rows.first_mut() {
        first.accrued = accrued(case, year, *party == book.stands(case, &case.terms.parties.payee, as_of.0));
        first.exposure = exposure(book, case, statement, party, as_of);
        first.result = book.result_on(case, statement, party, as_of.0);
    }
    Ok(rows)
}

/// Whether a party is one of a contract's, or stands in the place of one.
pub(crate) fn stands_in(book: &Book, case: &Case, party: &PartyId, as_of: AsOf) -> bool {
    case.terms.all_parties().iter().any(|own| book.stands(case, own, as_of.0) == *party)
}

/// What a payable is worth to a party: as it stands for the payee, with the sign turned for the payer.
fn row(
    party: &PartyId,
    (statement, payables, in_dispute): (&Statement, &[Payable], &Exact),
    fresh: &Payable,
) -> Row {
    let is_payee = fresh.to == *party;
    let turn = |money: Money| -> Money {
        if is_payee { money } else { (-Exact::from(money)).as_money().unwrap_or(Money::ZERO) }
    };
    let said = payables.iter().find(|p| p.from == fresh.from && p.to == fresh.to);
    let entitled = said.map_or(fresh.entitled, |p| p.entitled);
    let balance = entitled.and_then(|e| (Exact::from(e) - Exact::from(fresh.paid)).as_money());
    let subject = format!("{}-to-{}", fresh.from, fresh.to);
    let line =
        statement.lines.iter().find(|l| l.name == Step::Payable && l.subject.as_deref() == Some(&subject));
    let split = line.and_then(|l| l.by_stage);
    Row {
        contract: statement.contract.clone(),
        year: statement.year,
        counterparty: if is_payee { fresh.from.clone() } else { fresh.to.clone() },
        entitled: entitled.map(turn),
        by_stage: split.map(|s| ByStage {
            frozen: turn(s.frozen),
            flex: turn(s.flex),
            estimated: turn(s.estimated),
        }),
        disputed: turn(disputed(statement, fresh, in_dispute)),
        paid: turn(fresh.paid),
        balance: balance.map(turn),
        accrued: Money::ZERO,
        result: None,
        exposure: Exposure::nothing(),
    }
}

/// What is accrued for a year and not released, from the side of the payee or of whoever pays it.
fn accrued(case: &Case, year: ContractYear, to_receive: bool) -> Money {
    let expected = case.expected().into_iter();
    let of_year = expected.filter(|o| o.kind == Kind::Accrual && o.expected.year == year);
    let sum: Exact = of_year.map(|open| Exact::from(open.left)).sum();
    let signed = if to_receive { sum } else { -sum };
    signed.as_money().unwrap_or(Money::ZERO)
}

/// What the sides dispute of the statement in force.
fn in_dispute(case: &Case, year: ContractYear, as_of: AsOf) -> Exact {
    let in_force = case.statement(year, as_of.0);
    let disputes = in_force.map(|s| case.open_disputes(s)).unwrap_or_default();
    disputes.into_iter().map(|dispute| Exact::from(dispute.fact.amount)).sum()
}

/// What is challenged and not resolved, claimed beyond what is payable, or disputed of the statement, between
/// payer and payee.
fn disputed(statement: &Statement, payable: &Payable, in_dispute: &Exact) -> Money {
    let main = statement.payables.first().is_some_and(|p| p.from == payable.from && p.to == payable.to);
    let open =
        statement.lines.iter().filter(|l| main && matches!(l.name, Step::ChallengeOpen | Step::Disputed));
    let of_statement = if main { in_dispute.clone() } else { Exact::zero() };
    let challenged: Exact = open.filter_map(|l| l.exact.clone()).sum();
    (challenged + of_statement).as_money().unwrap_or(Money::ZERO)
}

/// What outcomes not yet measured can still move, and whether a clause leaves the payer without a limit.
fn exposure(book: &Book, case: &Case, statement: &Statement, party: &PartyId, as_of: AsOf) -> Exposure {
    let open = statement.still_to_play_for().as_money().unwrap_or(Money::ZERO);
    let stands = |own: &PartyId| book.stands(case, own, as_of.0) == *party;
    let payee = stands(&case.terms.parties.payee);
    let final_already = statement.complete && statement.year.last_day() <= statement.as_of.0;
    let terms = Some(&case.terms);
    let reason = terms.filter(|t| stands(&t.parties.payer) && !final_already).and_then(|t| {
        t.pay.iter().find_map(|c| c.mechanism.unbounded().map(|why| format!("clause {}: {why}", c.clause)))
    });
    Exposure {
        max_gain: if payee { open } else { Money::ZERO },
        max_loss: if reason.is_some() { None } else { Some(if payee { Money::ZERO } else { open }) },
        unbounded: reason.is_some(),
        reason: reason.unwrap_or_default(),
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Position of {} in {}, as of {}, as known at {} (entry {})",
            self.party, self.currency, self.as_of, self.known_at, self.entry
        )?;
        let head = ["contract", "year", "with", "entitled", "paid", "balance", "result"].map(str::to_owned);
        let show = |amount: Option<Money>| amount.map_or("not reported".to_owned(), |m| m.show_plain());
        let body = self.rows.iter().map(|row| {
            [
                row.contract.to_string(),
                row.year.to_string(),
                row.counterparty.to_string(),
                show(row.entitled),
                row.paid.show_plain(),
                show(row.balance),
                row.result.map_or(String::new(), |m| m.show_plain()),
            ]
        });
        let table: Vec<[String; 7]> = std::iter::once(head).chain(body).collect();
        let widths: [usize; 7] =
            std::array::from_fn(|i| table.iter().map(|r| r[i].chars().count()).max().unwrap_or(0));
        for row in &table {
            let cells: Vec<String> = (0..7)
                .map(|i| {
                    if i < 3 {
                        format!("{:<1$}", row[i], widths[i])
                    } else {
                        format!("{:>1$}", row[i], widths[i])
                    }
                })
                .collect();
            writeln!(f, "  {}", cells.join("  ").trim_end())?;
        }
        writeln!(
            f,
            "  to receive {}, to pay {}, net {}",
            self.receivable.show(self.currency),
            self.payable.show(self.currency),
            self.net.show(self.currency)
        )
    }
}
