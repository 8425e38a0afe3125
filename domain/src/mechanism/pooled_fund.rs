//! # Pooled fund
//!
//! **What it pays.** Partners contribute to a fund that the contract's payer holds; what its lines of care
//! cost above or below plan is a variance. A line with a `host` is fixed: its variance stays with the host,
//! whole. All other lines are variable: their variances are netted, an overspend is met first from the
//! `reserves`, in the order named, and what is left of it, or an underspend, is shared in proportion to
//! contributions. Each partner owes the fund its contribution and what it bears, and has its part of an
//! underspend back; its result is what it put in less what its part came to.
//!
//! **When nothing is due.** Before the first month has ended. Contributions are due at twelfths; a variance
//! while the cost of every month ended is there for every line. Plans are taken at twelfths, reserves are
//! money in hand and whole.
//!
//! **Clause.** Section 75 agreements, overspends and underspends: in proportion to contributions; or lines
//! fixed to a host (the Luton form); or a waterfall of other underspends, the risk pool, uncommitted schemes,
//! then the partners.
//!
//! **Worked example.** Contributions of £60,000,000.00 and £38,000,000.00: an outturn of £99,500,000.00 is
//! £1,500,000.00 over, borne as £918,367.35 and £581,632.65; one of £97,300,000.00 gives back £428,571.43 and
//! £271,428.57. A fixed line of £5,000,000.00 that costs £5,400,000.00 leaves £400,000.00 with its host.

use super::{Pays, Phase, Told, all, due, members, twelfths};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, Operand, Step, Worksheet, net, sum};

/// A fund of several partners, with what becomes of its variance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PooledFund {
    contributions: Vec<Contribution>,
    lines: Vec<FundLine>,
    reserves: Vec<Reserve>,
}

/// What a partner puts in, per contract year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Contribution {
    party: PartyId,
    amount: Money,
}

/// A line of care: the provider whose reported cost is its outturn, its plan, and its host where it is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FundLine {
    provider: PartyId,
    plan: Money,
    host: Option<PartyId>,
}

/// Money in the fund that meets an overspend before the partners do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reserve {
    name: String,
    amount: Money,
}

/// Why the payer's exposure has no limit.
const NO_LIMIT: &str = "an overspend of the fund has no limit";

impl Pays for PooledFund {
    const KIND: &'static str = "pooled_fund";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> PooledFund {
        let fund = PooledFund {
            contributions: fields.list("contributions", |f| Contribution {
                party: f.required("party"),
                amount: f.required("amount"),
            }),
            lines: fields.list("lines", |f| FundLine {
                provider: f.required("provider"),
                plan: f.required("plan"),
                host: f.optional("host"),
            }),
            reserves: fields
                .list("reserves", |f| Reserve { name: f.required("name"), amount: f.required("amount") }),
        };
        for (name, none) in
            [("contributions", fund.contributions.is_empty()), ("lines", fund.lines.is_empty())]
        {
            if none {
                let hint = "write `contributions` and `lines` so that what is put in is what is planned";
                fields.missing(name, format!("`{name}` is missing"), hint);
            }
        }
        let negative = |amount: &Money| amount.is_negative();
        if fund.contributions.iter().any(|c| negative(&c.amount))
            || fund.reserves.iter().any(|r| negative(&r.amount))
        {
            fields.fault("", "what is put into a fund is not negative", "write amounts without a sign");
        }
        let of = |amounts: Vec<Money>| amounts.into_iter().map(Exact::from).sum::<Exact>();
        let put_in = of(fund.contributions.iter().map(|c| c.amount).collect());
        let planned = of(fund.lines.iter().map(|l| l.plan).collect());
        if put_in.is_zero() || put_in != planned {
            let message =
                format!("contributions of {} and plans of {} differ", put_in.show(2), planned.show(2));
            let hint = "write `contributions` and `lines` so that what is put in is what is planned; reserves are apart";
            fields.fault("", message, hint);
        }
        fund
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = members::check("contributions", self.contributions.iter().map(|c| &c.party), terms);
        let host = |(i, line): (usize, &FundLine)| {
            let host = line.host.as_ref()?;
            let partner = self.contributions.iter().any(|c| c.party == *host);
            let message = format!("`{host}` hosts a line and contributes nothing to the fund");
            let hint = "name one of the partners under `contributions`";
            (!partner).then(|| Fault::new(format!("/lines/{i}/host"), message, hint))
        };
        faults.extend(self.lines.iter().enumerate().filter_map(host));
        faults
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::FundVariance]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if due::nothing_ended(sheet, facts) {
            return;
        }
        let contributions = self.contributions(sheet, facts);
        let variances: Vec<Option<Figure<Money>>> =
            self.lines.iter().map(|line| line.variance(sheet, facts)).collect();
        let Some(variances) = variances.into_iter().collect::<Option<Vec<Figure<Money>>>>() else {
            return due::not_reported(sheet, Step::FundVariance, "the cost of a line is not reported");
        };

        let (mut variable, mut borne) = (Vec::new(), Vec::new());
        for (line, variance) in self.lines.iter().zip(variances) {
            match &line.host {
                Some(host) => {
                    owes_the_fund(sheet, facts, host, variance);
                    borne.push((host, variance));
                }
                None => variable.push(variance),
            }
        }
        let variance = sheet.line(Step::FundVariance, sum(variable));
        let left = self.after_reserves(sheet, variance);
        let shares = sheet.shares_by(Step::Borne, left, &contributions);
        for ((party, _), share) in contributions.iter().zip(shares) {
            owes_the_fund(sheet, facts, party, share);
            borne.push((party, share));
        }
        for (partner, _) in &contributions {
            let bears = borne.iter().filter(|(party, _)| *party == partner).map(|(_, amount)| *amount);
            sheet.line_of(Step::Result, partner, net(Vec::new(), bears.collect()));
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        let partners = self.contributions.iter().map(|c| c.party.clone());
        partners.chain(self.lines.iter().map(|l| l.provider.clone())).collect()
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some(NO_LIMIT)
    }

    fn exposures(&self, _: &Terms) -> Vec<Exposure> {
        let all: Exact = self.contributions.iter().map(|c| Exact::from(c.amount)).sum();
        let each = |contribution: &Contribution| {
            let part = Exact::from(contribution.amount).checked_div(&all).unwrap_or_else(Exact::zero);
            let hosted = |line: &&FundLine| line.host.as_ref() == Some(&contribution.party);
            let own: Exact = self.lines.iter().filter(hosted).map(|l| Exact::from(l.plan)).sum();
            let variable = self.lines.iter().filter(|l| l.host.is_none()).map(|l| Exact::from(l.plan));
            let gain = own + part * variable.sum::<Exact>();
            Exposure::of(&contribution.party, Limit::at(gain), Limit::Without(NO_LIMIT))
        };
        self.contributions.iter().map(each).collect()
    }

    fn words(&self, told: &Told) -> String {
        let paid_in =
            self.contributions.iter().map(|c| format!("{} {}", told.party(&c.party), told.money(c.amount)));
        let hosted = self.lines.iter().filter_map(|line| {
            let (provider, host) = (told.party(&line.provider), told.party(line.host.as_ref()?));
            Some(format!(" What {provider} costs above or below its plan stays with {host}."))
        });
        let reserves = match self.reserves.as_slice() {
            [] => String::new(),
            reserves => format!(
                " An overspend is met first from {}.",
                all(reserves.iter().map(|r| format!("{} ({})", r.name, told.money(r.amount))))
            ),
        };
        format!(
            "Partners pay into a fund that {} holds, each year: {}. It pays for {}; what that costs above or below plan is \
             shared by what each pays in.{reserves}{}",
            told.payer(),
            all(paid_in),
            all(self.lines.iter().map(|l| format!(
                "{} (plan {})",
                told.party(&l.provider),
                told.money(l.plan)
            ))),
            hosted.collect::<String>()
        )
    }
}

/// A partner owes the fund, which the payer holds, an amount; a negative amount comes back.
fn owes_the_fund(sheet: &mut Worksheet, facts: &Facts, party: &PartyId, amount: Figure<Money>) {
    if party != facts.payer() {
        sheet.owes_less(facts.payer(), party, amount);
    }
}

impl PooledFund {
    /// What each partner puts in by the last month ended.
    fn contributions(&self, sheet: &mut Worksheet, facts: &Facts) -> Vec<(PartyId, Figure<Money>)> {
        let mut written = Vec::new();
        for Contribution { party, amount } in &self.contributions {
            let line = twelfths::stated_to_date(sheet, Step::Contribution, party, *amount, facts);
            owes_the_fund(sheet, facts, party, line);
            written.push((party.clone(), line));
        }
        written
    }

    /// What of an overspend the reserves leave to the partners, each reserve in its turn.
    fn after_reserves(&self, sheet: &mut Worksheet, variance: Figure<Money>) -> Figure<Money> {
        let mut left = variance;
        for Reserve { name, amount } in &self.reserves {
            let overspend = left.not_below(Money::ZERO);
            let met = sheet.line_of(Step::FromReserve, name, overspend.at_most(*amount));
            left = sheet.line_of(Step::LeftOver, name, net(vec![left], vec![met]));
        }
        left
    }
}

impl FundLine {
    /// Outturn less plan to date.
    fn variance(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
        let outturn = due::cost(sheet, facts, Step::Spend, &self.provider)?;
        let plan = twelfths::stated_to_date(sheet, Step::PlanToDate, &self.provider, self.plan, facts);
        Some(sheet.line_of(Step::LineVariance, &self.provider, outturn - plan))
    }
}
