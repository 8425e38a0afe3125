//! # Two claimed values
//!
//! **What it pays.** Two parties claim different values of the contract year. The year is settled under each:
//! the value less the part at risk, and the part at risk times an indicator's score. The lower is payable
//! until the dispute is resolved; the difference is shown as disputed.
//!
//! **When nothing is due.** Before the first month has ended. The part not at risk is due at twelfths; the
//! part at risk when the year has ended and the indicator is measured, and until then it is still to play
//! for, at the lower value. With a `deadline` the rule for `late` data decides after it, as in an outcome
//! pot.
//!
//! **Clause.** Local; disputed contract values, resolved by a variation or by a fixed sum.
//!
//! **Worked example.** £500,000.00 and £2,000,000.00 are claimed with 25% at risk and a score of 0.8:
//! £475,000.00 or £1,900,000.00; £475,000.00 is payable and £1,425,000.00 disputed.

use super::score::{self, Timing};
use super::{Pays, Phase, Told, all, due, members, part};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::{ClauseRef, IndicatorId, PartyId};
use crate::rate::Rate;
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, Given, Operand, Step, Worksheet, count, net, sum};

/// A contract year under two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedValues {
    claims: Vec<Claimed>,
    /// The part that the score earns.
    at_risk: Rate,
    score: IndicatorId,
    /// Until when it may be measured, and what then; open until it is, where nothing is said.
    timing: Option<Timing>,
}

/// What a party says the contract year is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Claimed {
    party: PartyId,
    value: Money,
}

impl Pays for ClaimedValues {
    const KIND: &'static str = "claimed_values";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> ClaimedValues {
        let claims =
            fields.list("claims", |f| Claimed { party: f.required("party"), value: f.required("value") });
        if claims.len() != 2 || claims.iter().any(|c| c.value.is_negative()) {
            let hint = "write `claims: [{party: .., value: ..}, {party: .., value: ..}]`";
            match claims.is_empty() {
                true => fields.missing("claims", "`claims` is missing", hint),
                false => {
                    fields.fault("claims", "two parties claim a value each, neither of them negative", hint)
                }
            }
        }
        ClaimedValues {
            claims,
            at_risk: part(fields, "at_risk"),
            score: fields.required("score"),
            timing: Timing::of_one(fields),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = members::check("claims", self.claims.iter().map(|c| &c.party), terms);
        if terms.indicator(&self.score).is_none() {
            let message = format!("indicator `{}` is not defined under `outcomes`", self.score);
            faults.push(Fault::new("/score", message, "define it with its direction, floor and target"));
        }
        if let [one, other] = self.claims.as_slice()
            && one.party == other.party
        {
            let message = format!("`{}` claims two values", one.party);
            faults.push(Fault::new("/claims", message, "name the other party with its own value"));
        }
        faults
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::LowerClaim, Step::HigherClaim, Step::Disputed]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if due::nothing_ended(sheet, facts) {
            return;
        }
        let score = self.measured(sheet, facts);
        let (mut entitled, mut open) = (Vec::new(), Vec::new());
        for claim in &self.claims {
            let (under, left) = self.under(sheet, facts, claim, score);
            entitled.push(under);
            open.extend(left);
        }
        let [one, other] = entitled.as_slice() else { return };
        let lower = sheet.line(Step::LowerClaim, one.at_most(*other));
        let higher = sheet.line(Step::HigherClaim, one.not_below(*other));
        sheet.line(Step::Disputed, higher - lower);
        if let [one, other] = open.as_slice() {
            sheet.line(Step::StillToPlayFor, one.at_most(*other));
        }
        sheet.owes(facts.payer(), facts.payee(), lower);
    }

    fn parties(&self) -> Vec<PartyId> {
        self.claims.iter().map(|c| c.party.clone()).collect()
    }

    fn measures_due(&self) -> Option<u64> {
        self.timing.as_ref().map(|timing| timing.deadline_days)
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let values = || self.claims.iter().map(|claim| Exact::from(claim.value));
        let (lower, higher) = (values().min()?, values().max()?);
        let least = &lower * &(Exact::one() - self.at_risk.exact().clone());
        Some(Commitment { planned: Some(lower), most: Some(higher), least })
    }

    fn words(&self, told: &Told) -> String {
        let claims =
            self.claims.iter().map(|c| format!("{} by {}", told.money(c.value), told.party(&c.party)));
        format!(
            "The year's value is disputed: {}. {} pays {} the lower until that is resolved; {} of it is earned by the score \
             of {}.{}",
            all(claims),
            told.payer(),
            told.payee(),
            self.at_risk,
            self.score,
            self.timing.as_ref().map(|timing| format!(" {}", timing.words())).unwrap_or_default()
        )
    }
}

impl ClaimedValues {
    /// The score, once the year has ended and it is measured, or its deadline has passed.
    fn measured(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Rate>> {
        if due::waits_for_the_year(sheet, facts, "the part at risk is due") {
            return None;
        }
        score::score(self.timing.as_ref(), sheet, facts, &self.score).score()
    }

    /// What one claimed value comes to, and what of it is still open.
    fn under(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        Claimed { party, value }: &Claimed,
        score: Option<Figure<Rate>>,
    ) -> (Figure<Money>, Option<Figure<Money>>) {
        let (ended, all) = facts.part_of_year();
        let stated = Given::new(*value, "as the party claims", Vec::new());
        let value: Figure<Money> = sheet.given(Step::ClaimedValue, Some(party.to_string()), stated);
        let at_risk = sheet.line_of(Step::Withheld, party, &self.at_risk * value);
        let core = sheet.line_of(Step::CoreToDate, party, (value - at_risk) * count(ended) / count(all));
        match score {
            Some(score) => {
                let earned = sheet.line_of(Step::OutcomeEarned, party, score * at_risk);
                (sheet.line_of(Step::EntitledUnder, party, sum([core, earned])), None)
            }
            None => (sheet.line_of(Step::EntitledUnder, party, net(vec![core], Vec::new())), Some(at_risk)),
        }
    }
}
