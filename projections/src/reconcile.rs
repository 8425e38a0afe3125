//! Reconciliation: what each of two parties says, what the ledger says, and which events explain each
//! difference.
//!
//! A party that says something else has usually not taken something in yet: a report, a challenge, a payment.
//! So the ledger is asked what it said earlier. Where it once said what the party says, everything recorded
//! since explains the difference, event by event. Where it never did, what was recorded since the claim
//! explains that much, and the rest stands as unexplained: it is shown, never absorbed. A party that says
//! what the year comes to at the value it claims is explained by the clause that knows of the dispute.

use std::collections::BTreeSet;
use std::fmt;

use domain::book::{Book, CONTRACT_STREAMS, Entered};
use domain::exact::Exact;
use domain::money::Money;
use domain::name::{ContractId, PartyId};
use domain::recorded::Recorded;
use domain::refusal::Refusal;
use domain::settle::settle;
use domain::time::{AsOf, Entry, KnownAt};
use domain::verb::claim::{BalanceStated, Basis};
use domain::verb::invoice::InvoiceReceived;
use domain::worksheet::{Line, Step};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;

/// What two parties and the ledger say of one balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Which balance.
    pub basis: Basis,
    /// The business date asked for.
    pub as_of: AsOf,
    /// What the ledger says, from the first party's side: + is to be received by it. Nothing where nothing is
    /// reported.
    pub ledger: Option<Exact>,
    /// What the first party says, from its own side.
    pub first: Option<Claimed>,
    /// What the second party says, turned to the first party's side.
    pub second: Option<Claimed>,
}

/// What a party says, and why the ledger says something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claimed {
    /// The party.
    pub party: PartyId,
    /// What it says, from the first party's side.
    pub says: Exact,
    /// The business date it states.
    pub as_of: AsOf,
    /// Where it was recorded.
    pub entry: Entry,
    /// What explains the difference from the ledger, in the order in which it was recorded.
    pub explained: Vec<Explained>,
    /// What nothing recorded explains.
    pub unexplained: Exact,
}

/// An event that explains part of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The event; none where only the business date differs (cut-off), and where a clause says why.
    pub entry: Option<Entry>,
    /// What happened, in a word.
    pub what: String,
    /// How much of the difference it explains.
    pub amount: Exact,
}

/// Reconciles every contract year under which two parties owe each other anything or claim to.
///
/// # Errors
/// Refuses unknown parties; else as [`Kept::at`] and [`settle`].
pub fn ask(
    kept: &Kept,
    party: &PartyId,
    with: &PartyId,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Vec<Reconciled>, Refusal> {
    let book = kept.at(known_at)?;
    book.known_party(party)?;
    book.known_party(with)?;
    let mut all = Vec::new();
    for (contract, case) in &book.contracts {
        let between = |c: &&Entered<BalanceStated>| {
            let named = (&c.fact.party, &c.fact.counterparty);
            named == (party, with) || named == (with, party)
        };
        let claims: Vec<&Entered<BalanceStated>> = case.balances.iter().filter(between).collect();
        let mut balances: Vec<(ContractYear, Basis)> = Vec::new();
        for claim in &claims {
            if !balances.contains(&(claim.fact.year, claim.fact.basis)) {
                balances.push((claim.fact.year, claim.fact.basis));
            }
        }
        for (year, basis) in balances {
            let family = family(&book, contract);
            let asked = Asked { kept, book: &book, contract, family, year, basis, party, with };
            all.push(asked.reconcile(&claims, as_of)?);
        }
    }
    Ok(all)
}

struct Asked<'a> {
    kept: &'a Kept,
    book: &'a Book,
    contract: &'a ContractId,
    /// The contracts that hang together with it.
    family: BTreeSet<&'a ContractId>,
    year: ContractYear,
    basis: Basis,
    party: &'a PartyId,
    with: &'a PartyId,
}

impl Asked<'_> {
    fn reconcile(&self, claims: &[&Entered<BalanceStated>], as_of: AsOf) -> Result<Reconciled, Refusal> {
        let ledger = self.figure(self.book, as_of)?;
        let latest = |of: &PartyId| {
            let mine = |c: &&&Entered<BalanceStated>| {
                c.fact.party == *of && c.fact.year == self.year && c.fact.basis == self.basis
            };
            claims.iter().rev().find(mine).copied()
        };
        let explain = |of: &PartyId| latest(of).map(|c| self.explain(c, &ledger, as_of)).transpose();
        let (first, second) = (explain(self.party)?, explain(self.with)?);
        let (contract, year, basis) = (self.contract.clone(), self.year, self.basis);
        Ok(Reconciled { contract, year, basis, as_of, ledger, first, second })
    }

    /// What the ledger says of the balance, from the first party's side.
    fn figure(&self, book: &Book, as_of: AsOf) -> Result<Option<Exact>, Refusal> {
        if !book.contracts.contains_key(self.contract) {
            return Ok(None);
        }
        let draft = settle(book, self.contract, self.year, as_of)?;
        let in_force = book.case(self.contract)?.statement(self.year, as_of.0);
        let statement = in_force.map_or(&draft, |s| &s.fact.statement);
        let pair = |p: &&domain::statement::Payable| {
            (&p.from, &p.to) == (self.party, self.with) || (&p.from, &p.to) == (self.with, self.party)
        };
        let payables = book.payables_on(book.case(self.contract)?, &statement.payables, as_of.0);
        let (said, fresh) = (payables.iter().find(pair), draft.payables.iter().find(pair));
        let Some((payable, fresh)) = said.zip(fresh) else { return Ok(None) };
        let amount = payable.entitled.map(|entitled| match self.basis {
            Basis::Income => Exact::from(entitled),
            Basis::Receivable => Exact::from(entitled) - Exact::from(fresh.paid),
        });
        Ok(amount.map(|amount| if payable.to == *self.party { amount } else { -amount }))
    }

    fn explain(
        &self,
        claim: &Entered<BalanceStated>,
        ledger: &Option<Exact>,
        as_of: AsOf,
    ) -> Result<Claimed, Refusal> {
        let own: Exact = claim.fact.amount.into();
        let says = if claim.fact.party == *self.party { own } else { -own };
        let stated = AsOf(claim.fact.as_of);
        // From where the ledger last said the same, else from where the claim was made.
        let since = self.last_said(&says, stated)?.unwrap_or(claim.entry);
        let (mut book, mut explained) = (self.kept.at(KnownAt::Entry(since))?.as_ref().clone(), Vec::new());
        let zero = |figure: Option<Exact>| figure.unwrap_or_else(Exact::zero);
        let start = zero(self.figure(&book, stated)?);
        let disputed = self.under_own_value(&book, &claim.fact.party, stated)?;
        let mut now = zero(self.figure(&book, as_of)?);
        if now != start {
            let what = format!("cut-off: stated as of {stated}, asked as of {as_of}");
            explained.push(Explained { entry: None, what, amount: now.clone() - start.clone() });
        }
        for event in &self.kept.events()[since.0 as usize..self.book.entry.0 as usize] {
            if !self.concerned_by(event) {
                book.pass_over(event);
                continue;
            }
            book.fold(event);
            let next = zero(self.figure(&book, as_of)?);
            if next != now {
                let (entry, what) = (Some(event.entry), event.event.kind().to_owned());
                explained.push(Explained { entry, what, amount: next.clone() - now });
                now = next;
            }
        }
        let told: Exact = explained.iter().map(|e| e.amount.clone()).sum();
        let mut unexplained = zero(ledger.clone()) - says.clone() - told;
        if let Some(clause) = disputed.filter(|clause| clause.amount == unexplained && !unexplained.is_zero())
        {
            explained.push(clause);
            unexplained = Exact::zero();
        }
        if let Some(invoiced) = self.as_invoiced(&claim.fact.party, &says, stated)?
            && !unexplained.is_zero()
        {
            // What it says is what was invoiced: the difference is that from what is due, and nothing is left
            // over.
            explained.push(Explained { amount: unexplained, ..invoiced });
            unexplained = Exact::zero();
        }
        Ok(Claimed {
            party: claim.fact.party.clone(),
            says,
            as_of: stated,
            entry: claim.entry,
            explained,
            unexplained,
        })
    }

    /// Where a party says what was invoiced between the two for the year, less credits (and less what was
    /// paid, of what is still to receive): the invoices by their numbers.
    fn as_invoiced(&self, party: &PartyId, says: &Exact, as_of: AsOf) -> Result<Option<Explained>, Refusal> {
        let Some(case) = self.book.contracts.get(self.contract) else { return Ok(None) };
        let of_pair = |i: &&Entered<InvoiceReceived>| {
            let named = (&i.fact.from, &i.fact.to);
            named == (self.party, self.with) || named == (self.with, self.party)
        };
        let invoices: Vec<_> = case.invoices_of(self.year, as_of.0).into_iter().filter(of_pair).collect();
        let signed = |i: &&Entered<InvoiceReceived>| {
            let amount = case.invoiced(&i.fact, as_of.0);
            if i.fact.from == *self.party { amount } else { -amount }
        };
        let mut sum: Exact = invoices.iter().map(signed).sum();
        if self.basis == Basis::Receivable {
            sum = sum - self.paid(as_of)?;
        }
        let names: Vec<&str> = invoices.iter().map(|i| i.fact.invoice.as_str()).collect();
        let what = format!("{party} states what was invoiced, not what is due: {}", names.join(", "));
        Ok((!names.is_empty() && sum == *says).then(|| Explained {
            entry: None,
            what,
            amount: Exact::zero(),
        }))
    }

    /// What the second party has paid the first for the year, less what came back.
    fn paid(&self, as_of: AsOf) -> Result<Exact, Refusal> {
        let draft = settle(self.book, self.contract, self.year, as_of)?;
        let pair = |p: &&domain::statement::Payable| {
            (&p.from, &p.to) == (self.party, self.with) || (&p.from, &p.to) == (self.with, self.party)
        };
        let signed = |p: &domain::statement::Payable| {
            if p.to == *self.party { Exact::from(p.paid) } else { -Exact::from(p.paid) }
        };
        Ok(draft.payables.iter().find(pair).map_or_else(Exact::zero, signed))
    }

    /// What is payable less what it would be at the value that a party claims of the contract year, where a
    /// clause knows of several.
    fn under_own_value(
        &self,
        book: &Book,
        party: &PartyId,
        as_of: AsOf,
    ) -> Result<Option<Explained>, Refusal> {
        if !book.contracts.contains_key(self.contract) {
            return Ok(None);
        }
        let draft = settle(book, self.contract, self.year, as_of)?;
        let own = draft
            .lines
            .iter()
            .find(|line| line.name == Step::EntitledUnder && line.subject.as_deref() == Some(party.as_str()));
        let Some(own) = own else { return Ok(None) };
        let lower =
            draft.lines.iter().find(|line| line.name == Step::LowerClaim && line.clause == own.clause);
        let carried = |line: &Line| line.carried(draft.rounding);
        let amounts = lower.and_then(carried).zip(carried(own));
        let turned = draft.payables.first().is_some_and(|p| p.from == *self.party);
        Ok(amounts.map(|(lower, own_value)| {
            let amount = if turned { own_value - lower } else { lower - own_value };
            let what = format!("clause {}: entitled at the value that {party} claims", own.clause);
            Explained { entry: None, what, amount }
        }))
    }

    /// The last entry at which the ledger said this of the business date.
    fn last_said(&self, says: &Exact, as_of: AsOf) -> Result<Option<Entry>, Refusal> {
        let mut book = Book::default();
        let mut last = None;
        for event in &self.kept.events()[..self.book.entry.0 as usize] {
            if !self.concerned_by(event) {
                book.pass_over(event);
                continue;
            }
            book.fold(event);
            if self.figure(&book, as_of)?.as_ref() == Some(says) {
                last = Some(event.entry);
            }
        }
        Ok(last)
    }

    /// Whether an event can change what the contract says: one of its family, or of no contract, as of
    /// parties and prices.
    fn concerned_by(&self, event: &Recorded) -> bool {
        let (noun, thing) = event.stream.as_str().split_once('/').unwrap_or_default();
        !CONTRACT_STREAMS.contains(&noun) || self.family.iter().any(|contract| contract.as_str() == thing)
    }
}

/// A contract with all above it and all under those: what one says may rest on any of them, and on no other.
fn family<'a>(book: &'a Book, contract: &'a ContractId) -> BTreeSet<&'a ContractId> {
    let case = |contract: &ContractId| book.contracts.get(contract);
    let mut head = contract;
    while let Some(above) = case(head).and_then(|case| case.terms.under.as_ref()) {
        head = above;
    }
    let (mut family, mut rest) = (BTreeSet::new(), vec![head]);
    while let Some(contract) = rest.pop() {
        if family.insert(contract) {
            rest.extend(case(contract).iter().flat_map(|case| &case.subcontracts));
        }
    }
    family
}

impl fmt::Display for Reconciled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let basis = match self.basis {
            Basis::Income => "income of the year",
            Basis::Receivable => "still to receive",
        };
        let show =
            |amount: &Exact| amount.as_money().map_or_else(|| amount.to_string(), |m: Money| m.show_plain());
        let ledger = self.ledger.as_ref().map_or("nothing reported".to_owned(), show);
        writeln!(
            f,
            "{}, contract year {}, {basis}, as of {}: the ledger says {ledger}",
            self.contract, self.year, self.as_of
        )?;
        for claimed in [&self.first, &self.second].into_iter().flatten() {
            writeln!(
                f,
                "  {} says {} (entry {}, as of {})",
                claimed.party,
                show(&claimed.says),
                claimed.entry,
                claimed.as_of
            )?;
            for part in &claimed.explained {
                match part.entry {
                    Some(entry) => {
                        writeln!(f, "    {:>16}  entry {entry}, {}", show(&part.amount), part.what)?
                    }
                    None => writeln!(f, "    {:>16}  {}", show(&part.amount), part.what)?,
                }
            }
            writeln!(f, "    {:>16}  unexplained", show(&claimed.unexplained))?;
        }
        Ok(())
    }
}
