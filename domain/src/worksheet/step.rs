//! The vocabulary of a statement: every line has one of these names and no other. What a line means in a
//! contract comes from its clause; a new name is added only for a new word of the field.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

macro_rules! steps {
    ($($step:ident, $slug:literal, $name:literal, $meaning:literal;)*) => {
        /// The name of a line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Step {
            $(#[doc = $meaning] $step,)*
        }

        impl Step {
            /// All names, with the word used in line ids, the name printed and its meaning.
            pub const ALL: &[(Step, &str, &str, &str)] = &[$((Step::$step, $slug, $name, $meaning),)*];
        }
    };
}

steps! {
    // Budgets and base payments.
    Budget, "budget", "Annual budget", "The amount per year that the contract sets for the programme.";
    Withheld, "withheld", "Withheld for outcomes", "The part of the budget that is paid only as outcomes are earned.";
    Core, "core", "Core payment", "The budget less what is withheld, for the whole year.";
    CoreToDate, "core-to-date", "Core payment to date", "The core payment at the terms' profile, to the last whole month ended.";
    Block, "block", "Block payment", "A fixed sum whatever the activity, for the whole year.";
    BlockToDate, "block-to-date", "Block payment to date", "The block at the terms' profile, to the last whole month ended.";
    Variation, "variation", "Variation, full-year effect", "What a signed variation adds in a full year.";
    VariationToDate, "variation-to-date", "Variation to date", "What a variation adds from the month it takes effect to the last whole month ended.";
    // Activity.
    ActivityValue, "activity-value", "Activity as stated", "The value of activity of the months reported, as the provider states it.";
    ActivityCount, "activity-count", "Units of activity", "How many units of activity the reports count.";
    AfterFreeze, "after-freeze", "Stated after freeze", "What a later report would change; shown, never payable.";
    OutsideContract, "outside-contract", "Activity outside the contract", "Lines of reports that no clause is about, at their stated value; shown, never payable.";
    NotReported, "not-reported", "Not reported", "A month for which there is no report: no amount, neither zero nor an estimate.";
    ChallengeOpen, "challenge-open", "Challenged, open", "What the payer disputes and nobody has resolved; not payable until then.";
    ChallengeUpheld, "challenge-upheld", "Challenged, upheld", "What was disputed and upheld; not payable.";
    AfterChallenges, "after-challenges", "Activity after challenges", "Activity as stated less what is challenged, open or upheld.";
    IfRejected, "if-rejected", "Activity if challenges are rejected", "Activity as stated less what is upheld: if every open challenge were rejected.";
    PayableIfRejected, "payable-if-rejected", "Payable if challenges are rejected", "What activity would pay if every open challenge were rejected.";
    AnnualPlan, "annual-plan", "Annual plan", "The planned value of a whole contract year.";
    Plan, "plan", "Plan for the months reported", "The plan at the terms' profile, for the months reported only.";
    Cap, "cap", "Cap", "The most that is payable for the months reported.";
    Collar, "collar", "Collar", "The least that is payable for the months reported.";
    ActivityPayable, "activity-payable", "Payable for activity", "What activity pays after cap and collar.";
    PaidAbove, "paid-above", "Paid above activity", "What a collar pays beyond the activity: risk borne by the commissioner.";
    Unpaid, "unpaid", "Activity not paid", "Activity as stated less what it pays: + is risk borne by the provider, - by the commissioner.";
    // Outcomes.
    Gateway, "gateway", "Gateway", "Whether the condition for any outcome payment is met.";
    Measured, "measured", "Measured", "An indicator's value as measured.";
    Score, "score", "Score", "An indicator's score between 0 and 1, from its floor and target.";
    Numerator, "numerator", "Cases that meet the measure", "The numerator of an indicator.";
    Denominator, "denominator", "Cases that could", "The denominator of an indicator, before exclusions.";
    ExcludedCases, "excluded-cases", "Cases left out", "Cases that leave the denominator: refused, or not suitable.";
    EnoughCases, "enough-cases", "Enough cases", "Whether an indicator has the cases on which it is scored.";
    Pot, "pot", "Outcome pot", "What there is to earn by outcomes.";
    PointValue, "point-value", "Value of a point", "What a point of an outcome scheme pays.";
    PointsEarned, "points-earned", "Points earned", "An indicator's points times its score.";
    IndicatorValue, "indicator-value", "Value of an indicator", "The part of the pot that an indicator can earn.";
    TargetMet, "target-met", "Target met", "Whether a pass-or-fail indicator meets its target.";
    LateData, "late-data", "Late data", "What the late-data rule makes of an indicator not measured by the deadline.";
    OutcomeEarned, "outcome-earned", "Outcome payment earned", "What an outcome pays.";
    OutcomeForfeited, "outcome-forfeited", "Outcome payment forfeited", "What of the withheld part was not earned.";
    StillToPlayFor, "still-to-play-for", "Still to play for", "The most that outcomes not yet due or not yet measured can pay.";
    // Sanctions.
    Sanction, "sanction", "Sanction applied", "A sanction that reduces what is payable.";
    AllowedBreaches, "allowed-breaches", "Breaches allowed", "How many breaches the standard allows.";
    BreachesCounted, "breaches-counted", "Breaches counted", "Breaches beyond those allowed, counted no further than the floor.";
    SanctionDue, "sanction-due", "Sanction due", "What a missed standard comes to, before anything is waived.";
    SanctionWaived, "sanction-waived", "Sanction waived", "What of a sanction due the payer waived, and why.";
    SanctionLimit, "sanction-limit", "Limit of sanctions", "The most that sanctions take off.";
    AboveSanctionLimit, "above-sanction-limit", "Beyond the limit of sanctions", "What sanctions would take off beyond their limit.";
    Reinvested, "reinvested", "Reinvested", "What sanctions brought and the payer spent, and on what.";
    PassedUp, "passed-up", "Passed up", "The part of a sanction that the head contract passes on to the commissioner.";
    ThroughThePool, "through-the-pool", "Through the pool", "How a sanction that is not passed up still reaches the commissioner.";
    // Stop-loss.
    Threshold, "threshold", "Threshold", "What a patient's year may cost before the pool pays.";
    PoolLimit, "pool-limit", "Limit of the pool", "The most the pool pays in a year.";
    PatientCost, "patient-cost", "Cost of a patient", "The year's cost of one patient, by pseudonym.";
    Claim, "claim", "Stop-loss claim", "The cost above the threshold, less coinsurance.";
    Claims, "claims", "Stop-loss claims", "All claims on the pool.";
    LeftInPool, "left-in-pool", "Left in the pool", "What the pool has left for patients claimed for later.";
    PoolPayment, "pool-payment", "Paid by the stop-loss pool", "What the pool pays, within its limit.";
    // Risk shares.
    OwnCost, "own-cost", "Own cost", "The lead provider's own cost of the programme, as reported open-book.";
    Subcontract, "subcontract", "Subcontract payable", "What a subcontract's own statement says is payable.";
    ProgrammeCost, "programme-cost", "Programme cost", "Own cost and subcontracts, less recoveries.";
    InForce, "in-force", "In force", "A dated value of the contract, for the months in which it holds, or for a year that is not served whole.";
    BudgetToDate, "budget-to-date", "Budget to date", "The budget at the terms' profile, to the last whole month ended.";
    Pool, "pool", "Pool", "Budget less programme cost: + is a gain to share, - a loss.";
    PoolShare, "pool-share", "Share of the pool", "The part of the pool that falls to a party: + = to the named party.";
    // Medicare shared savings.
    PerformanceMonths, "performance-months", "Months of the performance year", "How many months of the calendar year the performance year counts, where it is not all.";
    Beneficiaries, "beneficiaries", "Assigned beneficiaries", "People assigned to the organisation in the performance year.";
    Benchmark, "benchmark", "Benchmark", "The updated benchmark for all assigned beneficiaries.";
    Expenditure, "expenditure", "Expenditure", "Spending on the assigned beneficiaries in the performance year.";
    Savings, "savings", "Savings", "Benchmark less expenditure: + savings, - losses.";
    SavingsCheck, "savings-check", "Rounding in the published totals", "Published totals' difference less the published savings.";
    MinimumRate, "minimum-rate", "Minimum savings rate", "The rate that savings or losses must reach to be shared.";
    Minimum, "minimum", "Minimum to be shared", "The minimum rate as an amount.";
    MinimumReached, "minimum-reached", "Minimum reached", "Whether savings or losses reach the minimum.";
    Losses, "losses", "Losses", "Expenditure above the benchmark.";
    QualityScore, "quality-score", "Quality score", "The quality score, as a fraction of one.";
    QualityStandard, "quality-standard", "Quality standard", "Which quality standard was met.";
    SharingRate, "sharing-rate", "Final sharing rate", "The organisation's share of savings.";
    ReducedSharingRate, "reduced-sharing-rate", "Sharing rate below the minimum", "The part of the final sharing rate that savings below the minimum earn.";
    SharedSavings, "shared-savings", "Shared savings", "Sharing rate times all savings, from the first dollar.";
    AfterSequestration, "after-sequestration", "After sequestration", "Shared savings less the sequester.";
    PaymentLimit, "payment-limit", "Payment limit", "The most that can be earned.";
    LossRate, "loss-rate", "Shared loss rate", "The organisation's share of losses.";
    SharedLosses, "shared-losses", "Shared losses", "Loss rate times all losses, from the first dollar.";
    Revenue, "revenue", "Revenue of participants", "Parts A and B revenue of all participants, by which losses are limited.";
    RevenueLimit, "revenue-limit", "Loss limit by revenue", "The loss limit as a part of participants' revenue.";
    LossLimit, "loss-limit", "Loss limit", "The most that can be owed.";
    LossesOwed, "losses-owed", "Losses owed before relief", "Shared losses within the loss limit.";
    Terminated, "terminated", "Ended within the year", "The agreement ended before the performance year did.";
    CalendarYearRelief, "calendar-year-relief", "Relief for the calendar year", "Relief as stated for all twelve months.";
    Relief, "relief", "Relief for disasters", "What extreme and uncontrollable circumstances take off losses owed.";
    Earned, "earned", "Earned or owed", "+ earned by the organisation, - owed by it.";
    Advance, "advance", "Advance outstanding", "What was paid in advance and not recouped from earlier years.";
    AdvanceRecouped, "advance-recouped", "Advance recouped", "What of the advance is kept back from what is earned.";
    AdvanceCarried, "advance-carried", "Advance carried on", "What of the advance later years have to earn.";
    Volume, "volume", "Counted", "How often something happened in the months counted.";
    // Lists of people.
    ListCount, "list-count", "People on the list", "How many people of a band are on the list that counts.";
    WeightedList, "weighted-list", "Weighted list", "People on the list, each band times its weight.";
    Heads, "heads", "People", "People on the list, unweighted.";
    RiskScore, "risk-score", "Risk score", "The weighted list per person on it.";
    ScoreLimit, "score-limit", "Limit of the risk score", "The risk score at baseline with the growth that is paid for.";
    CappedList, "capped-list", "Weighted list within the score limit", "The weighted list as far as its risk score is paid for.";
    CapWithheld, "cap-withheld", "Not paid by the score cap", "What growth of the risk score beyond its cap would have paid.";
    ListMovement, "list-movement", "Movement of the list", "The weighted list less the baseline.";
    ListMoved, "list-moved", "Movement reaches the tolerance", "Whether the list moved by as much as changes the payment.";
    HeadRate, "head-rate", "Rate per weighted head", "The budget per weighted head at baseline, fixed for the year, in the contract's currency.";
    Capitation, "capitation", "Capitation payment", "The weighted list times the rate, to the last whole month ended.";
    RateRounding, "rate-rounding", "Rate rounding", "What holding the rate to its decimal places adds to the budget.";
    AgainstBudget, "against-budget", "Against budget", "Capitation less the budget to date: + is growth of the list that the payer bears.";
    // Years of care.
    YearOfCare, "year-of-care", "Year of care", "Patients who stay all year, times the price of a year.";
    CareToDate, "care-to-date", "Years of care to date", "What years of care pay to the last whole month ended.";
    JoinerPaid, "joiner-paid", "Paid for who joined", "The months from joining, of patients who joined within the year.";
    LeaverPaid, "leaver-paid", "Paid for who left", "The months to leaving, of patients who left within the year.";
    Staying, "staying", "Staying", "Patients of a band who have not left.";
    Rebanding, "rebanding", "New banding", "A list of a later month, whose bands wait for the next year.";
    // Corridors and baselines of activity.
    CorridorLow, "corridor-low", "Lower edge", "Units of activity below which the fixed sum is less.";
    CorridorHigh, "corridor-high", "Upper edge", "Units of activity above which the fixed sum is more.";
    AboveCorridor, "above-corridor", "Units above the corridor", "Units of activity above the upper edge.";
    BelowCorridor, "below-corridor", "Units below the corridor", "Units of activity below the lower edge.";
    MarginalPayment, "marginal-payment", "Marginal payment", "What activity above a corridor or baseline pays.";
    MarginalDeduction, "marginal-deduction", "Marginal deduction", "What activity below a corridor or baseline takes off.";
    AnnualBaseline, "annual-baseline", "Annual baseline", "The value of activity for a whole year from which deviations are measured.";
    Baseline, "baseline", "Baseline for the months reported", "The baseline at the terms' profile, for the months reported only.";
    PaidInFull, "paid-in-full", "Paid in full", "Activity as far as the baseline.";
    AboveBaseline, "above-baseline", "Above baseline", "Activity above the baseline.";
    BelowBaseline, "below-baseline", "Below baseline", "By how much activity is below the baseline.";
    Retained, "retained", "Retained by the payer", "Activity at full price less what it pays: to be spent on avoiding admissions.";
    // Fixed and variable elements.
    AgainstPlan, "against-plan", "Against plan", "Activity as stated less the plan for the months reported: + is above plan.";
    VariablePayment, "variable-payment", "Variable payment", "What activity above plan adds, or below it takes off (-).";
    PlanDeviation, "plan-deviation", "Deviation from plan", "Activity against plan, as a part of the plan.";
    WithinBreakGlass, "within-break-glass", "Within the break-glass limit", "Whether the deviation is no more than the parties bear without a review.";
    Interim, "interim", "Interim", "A payment that stands until a review makes it final.";
    // Best practice, processes and milestones.
    BasePayment, "base-payment", "Base price of spells", "Spells times their base price, whether or not they comply.";
    TopUp, "top-up", "Top-up for best practice", "What spells that comply add.";
    Forgone, "forgone", "Forgone", "What spells that did not comply would have added.";
    TopUpAssumed, "top-up-assumed", "Top-up already assumed", "What a fixed payment assumes that complying spells add.";
    TopUpDifference, "top-up-difference", "Top-up against what was assumed", "The top-up less what was assumed: + is paid, - taken off.";
    ProcessPayment, "process-payment", "Paid per process", "Processes done and patients with all of them, at their prices.";
    Grant, "grant", "Grant", "A fixed sum per contract year beside milestones.";
    GrantToDate, "grant-to-date", "Grant to date", "The grant at the terms' profile, to the last whole month ended.";
    Milestone, "milestone", "Value of a milestone", "What a milestone pays when it is reached in time.";
    MilestoneEarned, "milestone-earned", "Milestone earned", "What a milestone reached in the year pays.";
    MilestoneForfeited, "milestone-forfeited", "Milestone forfeited", "What of a milestone's value lateness has lost.";
    // Pathways.
    PathwayPrice, "pathway-price", "Price of a pathway", "What one pathway pays, or all begun in a month.";
    Instalment, "instalment", "Instalment", "The part of a pathway's price earned on reaching a stage.";
    StageEarned, "stage-earned", "Earned by a stage", "Patients who reached a stage, times its instalment.";
    DaysElapsed, "days-elapsed", "Days elapsed", "Days of a pathway before its transfer.";
    TransferOutgoing, "transfer-outgoing", "Kept by the outgoing provider", "The price of a pathway by the days before its transfer.";
    TransferIncoming, "transfer-incoming", "Left for the incoming provider", "The price of a pathway less what the outgoing provider keeps.";
    PathwayIncome, "pathway-income", "Pathways", "What stages reached and transfers pay.";
    PaidInside, "paid-inside", "Paid to others inside the bundle", "Care inside the bundle that others gave, at its price.";
    LeftToPayee, "left-to-payee", "Left to the payee", "What pathways pay less what is paid to others inside the bundle.";
    PathwaysBegun, "pathways-begun", "Pathways begun", "Pathways begun in a month and still running at the end of the year.";
    Recognised, "recognised", "Recognised this year", "The part of running pathways that belongs to this year, by whole months.";
    Deferred, "deferred", "Deferred to the next year", "The part of running pathways that belongs to the next year.";
    // Prices.
    PricedActivity, "priced-activity", "Activity at price", "Units of activity at the price of the contract's list, adjusted.";
    NoPrice, "no-price", "No price", "Activity whose code has no price in the month of care: no amount, never zero.";
    AgainstStated, "against-stated", "Against what is stated", "Activity at price less what the provider states for the same lines.";
    // Corridors and shares between several parties.
    Target, "target", "Target", "What a contract year is expected to cost.";
    TargetToDate, "target-to-date", "Target to date", "The target at the terms' profile.";
    Deviation, "deviation", "Deviation from target", "What is measured less the target: + overspend, - underspend.";
    BandEdge, "band-edge", "Edge of a band", "A part of the target, as an amount, at which the rate of sharing changes.";
    Borne, "borne", "Borne", "What falls on a party and nobody else pays: + is borne, - is kept of an underspend.";
    Turnover, "turnover", "Turnover", "What a party took in for the work of the contract.";
    Spend, "spend", "Spend", "What was spent on the care that a share covers.";
    NetRevenue, "net-revenue", "Net revenue of the programme", "Turnover less spend: + surplus, - deficit.";
    PlannedAtRisk, "planned-at-risk", "Planned at-risk compensation", "What is paid where the programme breaks even.";
    AtRiskReduction, "at-risk-reduction", "Reduction for a deficit", "What a deficit takes off the planned amount.";
    AtRiskLimit, "at-risk-limit", "Limit of at-risk compensation", "The most it can come to.";
    AtRisk, "at-risk", "At-risk compensation", "The planned amount after its part of surplus or deficit.";
    Expected, "expected", "Expected spend", "What a contract year's care in scope is expected to cost.";
    ExpectedToDate, "expected-to-date", "Expected spend to date", "The expected spend at the terms' profile, to the last whole month ended.";
    Tolerance, "tolerance", "Tolerance", "The part of the expected spend within which nothing is shared.";
    BeyondTolerance, "beyond-tolerance", "Beyond the tolerance", "What of the pool lies beyond the tolerance.";
    BroughtForward, "brought-forward", "Brought forward", "A loss that the year before carried forward.";
    PoolToShare, "pool-to-share", "Pool to share", "The pool after what is brought forward.";
    CarriedForward, "carried-forward", "Carried forward", "A loss that the next year's pool bears first.";
    ShareCap, "share-cap", "Cap on a share", "The most of a gain or loss that falls to a party.";
    BeyondCaps, "beyond-caps", "Left for parties without a cap", "The pool less the parts of parties at their cap.";
    // Alliances.
    Limb1, "limb-1", "Limb 1, direct cost", "A member's direct cost, open-book, always paid.";
    Limb2, "limb-2", "Limb 2, fee", "Overhead and margin, a part of target cost; the most a member can lose.";
    AllianceTarget, "alliance-target", "Alliance target", "Target costs and fees of all members.";
    AllianceActual, "alliance-actual", "Alliance actual", "Direct costs and fees of all members.";
    PainOrGain, "pain-or-gain", "Pain or gain", "Target less actual: + gain, - pain.";
    PainShare, "pain-share", "Share of pain before the cap", "A member's share of pain, before it is kept to its limb 2.";
    Limb3, "limb-3", "Limb 3, pain or gain", "The members' part of pain or gain, within the cap.";
    OwnerPays, "owner-pays", "Paid by the owner", "All limbs of all members.";
    // Integrated payments.
    WholePopulation, "whole-population", "Whole population payment", "The annual sum less what is kept for improvement.";
    WholePopulationToDate, "whole-population-to-date", "Whole population payment to date", "The whole population payment at the terms' profile.";
    GainOrLoss, "gain-or-loss", "Gain or loss on care of others", "Expected less actual cost of another provider's care: + gain, - loss.";
    GainLimit, "gain-limit", "Limit of gain or loss", "The most of a gain or loss that falls to the payee.";
    GainShare, "gain-share", "Share of gain or loss", "The payee's part, within the limit.";
    // Systems of organisations.
    OwnTotal, "own-total", "Own control total", "The result an organisation is to reach.";
    OwnResult, "own-result", "Own result", "An organisation's result before anything moves: + surplus, - deficit.";
    Variance, "variance", "Variance", "Own result less own total.";
    SystemVariance, "system-variance", "Variance of the system", "All variances together: - is a miss.";
    SystemShare, "system-share", "Share of the system's miss", "A part of the miss, by turnover.";
    Transfer, "transfer", "Transfer", "What moves: + to the named party.";
    Pooled, "pooled", "Passed to the system's pool", "The part of an own result that the system pools.";
    SystemPool, "system-pool", "The system's pool", "All that is passed to it: + a gain, - a loss.";
    Returned, "returned", "Returned by the system's pool", "A part of the pool, by population.";
    AfterPooling, "after-pooling", "Result after pooling", "Own result with what moved.";
    Population, "population", "Population", "People of a band.";
    PopulationReached, "population-reached", "Minimum population reached", "Whether risk is shared at all.";
    PaidOutside, "paid-outside", "Paid outside the contract", "What the commissioner paid a provider that never signed.";
    AfterDeductions, "after-deductions", "After deductions", "What the budget pays after what was paid outside.";
    JointResult, "joint-result", "Result of the joint venture", "What it is owed less what it owes and its cost.";
    EquityShare, "equity-share", "Share by equity", "An owner's part of the result.";
    // Several commissioners.
    Residence, "residence", "Activity by residence", "How much of the activity is of people of one home.";
    CommissionerPart, "commissioner-part", "Part of a commissioner", "What of a line falls to a commissioner.";
    OfMonths, "of-months", "Of a part of the year", "What of a line falls on the months in which the same shares hold.";
    ChargedHome, "charged-home", "Charged home", "Activity of people from out of the area: outside the contract, charged to their commissioner.";
    // Pooled funds, claimed values and envelopes.
    Contribution, "contribution", "Contribution", "What a partner puts into a pooled fund, at the terms' profile.";
    PlanToDate, "plan-to-date", "Plan to date", "The plan of a line at the terms' profile.";
    LineVariance, "line-variance", "Variance of a line", "Cost of a line less its plan: + overspend.";
    FundVariance, "fund-variance", "Variance of the fund", "The variances of all variable lines: + overspend.";
    FromReserve, "from-reserve", "Met from a reserve", "What of an overspend a reserve meets.";
    LeftOver, "left-over", "Left after a reserve", "What of the variance the reserve leaves.";
    ClaimedValue, "claimed-value", "Claimed value", "What a party says the contract year is worth.";
    EntitledUnder, "entitled-under", "Entitled under a claimed value", "What the year comes to at the value a party claims.";
    LowerClaim, "lower-claim", "The lower of both", "What is payable while the value is disputed.";
    HigherClaim, "higher-claim", "The higher of both", "What would be payable at the higher value.";
    Disputed, "disputed", "Disputed", "The difference between the claimed values' settlements.";
    Envelope, "envelope", "Envelope", "All that there is for the programme in a contract year.";
    PlannedCost, "planned-cost", "Planned cost", "The planned cost of the year, without VAT.";
    HeadroomBefore, "headroom-before", "Headroom before VAT leakage", "Envelope less planned cost.";
    VatableInputs, "vatable-inputs", "Vatable inputs", "The part of the planned cost on which VAT is charged.";
    Vat, "vat", "VAT on inputs", "What VAT the inputs carry.";
    VatLeakage, "vat-leakage", "VAT leakage", "VAT that could be recovered and no longer can.";
    HeadroomAfter, "headroom-after", "Headroom after VAT leakage", "What the leakage leaves.";
    // Endings.
    NothingDue, "nothing-due", "Nothing due", "Why a clause pays nothing.";
    NotYetDue, "not-yet-due", "Not yet due", "A rule that exists only for the whole year, before its end.";
    Successor, "successor", "Successor", "Who stands in a party's place, and since when.";
    ContractEnded, "contract-ended", "Contract ended", "The last day of service, before the end of the term.";
    Calculated, "calculated", "As calculated", "What the clauses come to, where a sum was agreed instead.";
    FixedSum, "fixed-sum", "Fixed sum agreed", "The sum that payer and payee agreed for the year.";
    SettlementAdjustment, "settlement-adjustment", "Settlement adjustment", "The fixed sum agreed for the year less what was calculated.";
    PriorYearAdjustment, "prior-year-adjustment", "Prior-year adjustment", "What a closed year comes to now less what it was settled at, as far as no later year has taken it.";
    Payable, "payable", "Payable", "What is due between two parties, before payments.";
    Result, "result", "Result", "A party's result of the contract year: + surplus, - deficit.";
}

impl Step {
    fn row(self) -> &'static (Step, &'static str, &'static str, &'static str) {
        &Step::ALL[self as usize]
    }

    /// The word used in line ids, such as `gross-savings`.
    pub fn slug(self) -> &'static str {
        self.row().1
    }

    /// The name printed on a statement.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// An amount per year and its part to date, where this is either of them.
    pub fn of_the_year(self) -> Option<(Step, Step)> {
        Step::TO_DATE.iter().copied().find(|(year, to_date)| *year == self || *to_date == self)
    }

    const TO_DATE: &[(Step, Step)] = &[
        (Step::Budget, Step::BudgetToDate),
        (Step::Core, Step::CoreToDate),
        (Step::Block, Step::BlockToDate),
        (Step::Grant, Step::GrantToDate),
        (Step::YearOfCare, Step::CareToDate),
        (Step::WholePopulation, Step::WholePopulationToDate),
        (Step::Expected, Step::ExpectedToDate),
        (Step::Target, Step::TargetToDate),
    ];

    /// What a line of this name is.
    pub fn meaning(self) -> &'static str {
        self.row().3
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Step, String> {
        Step::ALL
            .iter()
            .find(|row| row.1 == text)
            .map(|row| row.0)
            .ok_or_else(|| format!("`{text}` is not the name of a line"))
    }
}

serde_as_text!(Step, "the name of a line");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_step_is_in_its_row_and_has_its_own_words() {
        for (i, row) in Step::ALL.iter().enumerate() {
            assert_eq!(row.0 as usize, i);
            assert_eq!(row.1.parse::<Step>(), Ok(row.0));
        }
        let slugs: BTreeSet<_> = Step::ALL.iter().map(|r| r.1).collect();
        let names: BTreeSet<_> = Step::ALL.iter().map(|r| r.2).collect();
        assert_eq!((slugs.len(), names.len()), (Step::ALL.len(), Step::ALL.len()));
    }
}
