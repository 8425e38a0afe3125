//! # Alliance payment limbs
//!
//! **What it pays.** Three limbs to every member. Limb 1 is its direct cost, open-book, always paid. Limb 2
//! is its fee for overhead and margin, a part of its *target* cost, fixed. Limb 3 is the members' part of the
//! difference between target and actual, both with limb 2, split by limb 2: a gain is shared, a pain is taken
//! off, but no member loses more than its limb 2. What pain is left above that falls on the owner, which is
//! the contract's payer.
//!
//! **When nothing is due.** Before the first month has ended. A member whose cost of any month ended is
//! missing has no limb 1, and then nobody has a limb 3. Targets and limb 2 are taken at twelfths.
//!
//! **Clause.** Local; alliance agreements with three limbs of compensation and a pain cap.
//!
//! **Worked example.** Targets £6,200,000.00, £3,100,000.00 and £1,300,000.00, fee 8%, owner's part half. A
//! cost of £10,200,000.00 is £400,000.00 under target: the members gain £116,981.13, £58,490.57 and
//! £24,528.30. At £13,600,000.00 the pain takes all of limb 2, £848,000.00, and the owner pays
//! £13,600,000.00.

use super::{Envelope, Pays, Phase, Told, all, due, members, part, twelfths};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::rate::Rate;
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, Operand, Step, Working, Worksheet, sum};

/// Direct cost, fee, and a share of pain and gain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alliance {
    /// Limb 2 as a part of target cost.
    fee: Rate,
    /// The owner's part of a gain.
    owner_gain: Rate,
    /// The owner's part of a pain, before the cap.
    owner_loss: Rate,
    members: Vec<Member>,
}

/// A member and what its direct cost is to be in a contract year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    party: PartyId,
    target: Money,
}

/// A member's first two limbs.
struct Limbs {
    target: Figure<Money>,
    first: Option<Figure<Money>>,
    second: Figure<Money>,
}

/// Why the payer's exposure has no limit.
const NO_LIMIT: &str = "direct cost is always reimbursed";

impl Pays for Alliance {
    const KIND: &'static str = "alliance";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> Alliance {
        let members =
            fields.list("members", |f| Member { party: f.required("party"), target: f.required("target") });
        if members.is_empty() {
            fields.missing(
                "members",
                "an alliance has members",
                "write `members: [{party: .., target: ..}]`",
            );
        }
        if members.iter().any(|m| m.target.is_negative()) {
            fields.fault("members", "a target cost is not negative", "write each target without a sign");
        }
        let owner = fields.map("owner", |f| (part(f, "gain"), part(f, "loss")));
        let (owner_gain, owner_loss) = owner.unwrap_or_else(|| {
            fields.missing("owner", "`owner` is missing", "write `owner: {gain: 50%, loss: 50%}`");
            (Rate::of(Exact::zero()), Rate::of(Exact::zero()))
        });
        Alliance { fee: part(fields, "fee"), owner_gain, owner_loss, members }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        members::check("members", self.members.iter().map(|m| &m.party), terms)
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Limb2, Step::AllianceTarget, Step::AllianceActual, Step::PainOrGain, Step::OwnerPays]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if due::nothing_ended(sheet, facts) {
            return;
        }
        let limbs: Vec<Limbs> = self.members.iter().map(|m| self.limbs(sheet, facts, m)).collect();
        for (member, limbs) in self.members.iter().zip(&limbs) {
            for limb in limbs.first.into_iter().chain([limbs.second]) {
                members::owes(sheet, facts, &member.party, limb);
            }
        }
        let Some(first) = limbs.iter().map(|l| l.first).collect::<Option<Vec<Figure<Money>>>>() else {
            return due::not_reported(sheet, Step::Limb3, "the direct cost of a member is not reported");
        };

        let fees = sheet.line(Step::Limb2, sum(limbs.iter().map(|l| l.second)));
        let target = sheet.line(Step::AllianceTarget, sum(limbs.iter().map(|l| l.target).chain([fees])));
        let actual = sheet.line(Step::AllianceActual, sum(first.into_iter().chain([fees])));
        let difference = sheet.line(Step::PainOrGain, target - actual);
        let thirds = self.third_limbs(sheet, difference, &limbs);
        for (member, third) in self.members.iter().zip(&thirds) {
            members::owes(sheet, facts, &member.party, *third);
        }
        sheet.line(Step::OwnerPays, sum([actual].into_iter().chain(thirds)));
    }

    fn parties(&self) -> Vec<PartyId> {
        self.members.iter().map(|m| m.party.clone()).collect()
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some(NO_LIMIT)
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::AllianceTarget, to_date: Some(Step::AllianceTarget) })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let targets: Exact = self.members.iter().map(|m| Exact::from(m.target)).sum();
        let planned = &targets + &(&targets * self.fee.exact());
        Some(Commitment { planned: Some(planned), most: None, least: Exact::zero() })
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let fee = |member: &Member| Exact::from(member.target) * self.fee.exact().clone();
        let (fees, targets): (Exact, Exact) =
            (self.members.iter().map(fee).sum(), self.members.iter().map(|m| Exact::from(m.target)).sum());
        let members = self.members.iter().map(|member| {
            let part = fee(member).checked_div(&fees).unwrap_or_else(Exact::zero);
            let gain = &targets * &(part * (Exact::one() - self.owner_gain.exact().clone()));
            Exposure::of(&member.party, Limit::at(gain), Limit::at(fee(member)))
        });
        let owner = Exposure::of(
            &terms.parties.payer,
            Limit::at(&targets * self.owner_gain.exact()),
            Limit::Without(NO_LIMIT),
        );
        [owner].into_iter().chain(members).collect()
    }

    fn words(&self, told: &Told) -> String {
        let members = self
            .members
            .iter()
            .map(|m| format!("{} (target {})", told.party(&m.party), told.money(m.target)));
        format!(
            "{} reimburses the direct cost of every member, whatever it is: {}. Each member also has a fixed fee of {} of its \
             target. What all together cost less than target is shared: {} of it is {}'s and the rest the members', by \
             their fees. What they cost more is borne the same way, {} by {}, but no member loses more than its fee.",
            told.payer(),
            all(members),
            self.fee,
            self.owner_gain,
            told.payer(),
            self.owner_loss,
            told.payer()
        )
    }
}

impl Alliance {
    /// Direct cost as reported; the fee on the target, both at twelfths.
    fn limbs(&self, sheet: &mut Worksheet, facts: &Facts, member: &Member) -> Limbs {
        let target = twelfths::stated_to_date(sheet, Step::Target, &member.party, member.target, facts);
        let first = due::cost(sheet, facts, Step::Limb1, &member.party);
        let second = sheet.line_of(Step::Limb2, &member.party, &self.fee * target);
        Limbs { target, first, second }
    }

    /// The members' part of pain or gain, split by limb 2; of a pain nobody loses more than that.
    fn third_limbs(
        &self,
        sheet: &mut Worksheet,
        difference: Figure<Money>,
        limbs: &[Limbs],
    ) -> Vec<Figure<Money>> {
        let pain = sheet.amount(difference).is_negative();
        let owner = if pain { &self.owner_loss } else { &self.owner_gain };
        let providers = Rate::of(Exact::one() - owner.exact().clone());
        let pool = sheet.line(Step::Limb3, &providers * difference);
        let named = self.members.iter().map(|m| m.party.clone());
        let weights: Vec<(PartyId, Figure<Money>)> = named.zip(limbs.iter().map(|l| l.second)).collect();
        if !pain {
            return sheet.shares_by(Step::Limb3, pool, &weights);
        }
        let shares = sheet.shares_by(Step::PainShare, pool, &weights);
        let none = || Working::<Money>::constant(Exact::zero());
        let kept = |((party, second), share): (&(PartyId, Figure<Money>), Figure<Money>)| {
            sheet.line_of(Step::Limb3, party, share.not_below(none() - *second))
        };
        weights.iter().zip(shares).map(kept).collect()
    }
}
