//! The worksheet: numbered lines, each with a name from a closed vocabulary, the clause it carries out, a
//! working and an amount.
//!
//! Arithmetic on figures yields a working, not money; a figure can be used only after it was written as a
//! line. So the explanation is made from the same operands as the amount. Rounding happens only here, where a
//! line is written.

mod audit;
mod expr;
mod figure;
mod line;
mod owed;
mod shares;
mod step;

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::money::{Currency, Money, Unit};
use crate::name::{ClauseRef, ContractId};
use crate::rate::{Count, Rate};
use crate::terms::RoundedAt;
use crate::terms::Rounding;
use crate::year::Month;

pub use audit::{Mismatch, audit, evaluate_with};
use expr::{Before, Division};
pub use expr::{Expr, MOST_PLACES, NoValue, Op};
pub use figure::{Figure, Operand, Per, Price, Quantity, Times, Working, in_bands, net, sum};
pub use line::{ByStage, Line, LineKind, LineState, Recorded, Source, Stage};
use owed::Owed;
pub use step::Step;

/// A figure that terms or facts give, with where it comes from.
#[derive(Clone, Debug)]
pub struct Given {
    /// The amounts; their sum is the figure.
    pub values: Vec<Exact>,
    /// The events or foreign lines behind them.
    pub sources: Vec<Source>,
    /// What is said of them, such as `12 monthly reports`.
    pub said: String,
    /// The split by stage, where the figure may still change.
    pub by_stage: Option<ByStage>,
}

impl Given {
    /// One figure, said to come from `said`.
    pub fn new(value: impl Into<Exact>, said: impl Into<String>, sources: Vec<Source>) -> Given {
        Given { values: vec![value.into()], sources, said: said.into(), by_stage: None }
    }
}

/// Why a sheet could not be written: a fault of the engine or of figures beyond any contract, never a
/// business result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} cannot be written: {why}")]
pub struct SheetFault {
    line: String,
    why: String,
}

/// A settlement being written, line by line.
#[derive(Debug)]
pub struct Worksheet {
    contract: ContractId,
    clause: ClauseRef,
    /// The kind of each clause begun, so that `core.budget` finds its line.
    kinds: Vec<(ClauseRef, &'static str)>,
    currency: Currency,
    rounding: Rounding,
    lines: Vec<Line>,
    /// Where each line stands, by its id.
    places: BTreeMap<String, usize>,
    /// What later lines take from each line; nothing where it has no amount.
    carried: Vec<Option<Exact>>,
    /// How lines divide an amount of which they hold the first part.
    divisions: BTreeMap<usize, Division>,
    owed: Vec<Owed>,
    /// The line that each part of an allocation is a part of.
    part_of: BTreeMap<usize, usize>,
    /// How much of a line falls on each month, where that is not the same of all.
    spread: BTreeMap<usize, Vec<(Month, Exact)>>,
    complete: bool,
    fault: Option<SheetFault>,
}

impl Worksheet {
    /// An empty sheet for a contract.
    pub fn new(contract: ContractId, currency: Currency, rounding: Rounding) -> Worksheet {
        Worksheet {
            contract,
            clause: ClauseRef::default(),
            kinds: Vec::new(),
            currency,
            rounding,
            lines: Vec::new(),
            places: BTreeMap::new(),
            carried: Vec::new(),
            divisions: BTreeMap::new(),
            owed: Vec::new(),
            part_of: BTreeMap::new(),
            spread: BTreeMap::new(),
            complete: true,
            fault: None,
        }
    }

    /// Lines from here on carry out `clause`, of this kind.
    pub fn under(&mut self, clause: &ClauseRef, kind: &'static str) {
        self.clause = clause.clone();
        self.kinds.push((clause.clone(), kind));
    }

    /// The line that a reference such as `core.withheld` (kind or clause, then step) means, if it has an
    /// amount. Activity is found as challenges leave it: they come before bands, caps and shares.
    pub fn find(&self, of: &str, step: Step) -> Option<Figure<Money>> {
        let place = |step: Step| {
            let is_meant = |l: &Line| l.name == step && l.subject.is_none() && l.kind == LineKind::Money;
            self.lines.iter().rposition(|l| is_meant(l) && self.is_of(l, of))
        };
        // Once the year has ended the part to date is the amount per year.
        let year = step.of_the_year().filter(|(_, to_date)| *to_date == step).map(|(year, _)| year);
        let found = place(step).or_else(|| place(year?))?;
        let may_be_challenged = matches!(step, Step::ActivityValue | Step::PricedActivity);
        let place = may_be_challenged.then(|| place(Step::AfterChallenges)).flatten().unwrap_or(found);
        self.carried[place].is_some().then(|| Figure::at(place))
    }

    /// The line that a reference means as it counts now: of an amount per year its part to date, and the
    /// amount itself once the year has ended, whichever of the two the reference names.
    pub fn find_to_date(&self, of: &str, step: Step) -> Option<Figure<Money>> {
        match step.of_the_year() {
            Some((year, to_date)) => self.find(of, to_date).or_else(|| self.find(of, year)),
            None => self.find(of, step),
        }
    }

    /// Whether a line belongs to the clause of this kind or number.
    fn is_of(&self, line: &Line, of: &str) -> bool {
        line.clause.as_str() == of || self.kinds.iter().any(|(c, kind)| *c == line.clause && *kind == of)
    }

    /// Whether the clause of this kind or number has named a report that is missing.
    pub fn lacks_a_report(&self, of: &str) -> bool {
        self.lines.iter().any(|l| l.state == LineState::NotReported && self.is_of(l, of))
    }

    /// The line of this name and subject that the present clause has already written.
    pub fn already<Q: Quantity>(&self, step: Step, subject: impl ToString) -> Option<Figure<Q>> {
        let id = self.id(step, Some(&subject.to_string()));
        let place = self.places.get(&id).copied().filter(|place| self.lines[*place].kind == Q::KIND)?;
        Some(Figure::at(place))
    }

    /// Every line of this name that the present clause has written, in order.
    pub fn of_clause<Q: Quantity>(&self, step: Step) -> Vec<Figure<Q>> {
        let is_meant = |l: &Line| l.name == step && l.clause == self.clause && l.kind == Q::KIND;
        let meant = self.lines.iter().enumerate().filter(|(_, line)| is_meant(line));
        meant.map(|(place, _)| Figure::at(place)).collect()
    }

    /// Whether a line of this name is written about `subject`.
    pub fn has(&self, step: Step, subject: impl ToString) -> bool {
        let subject = subject.to_string();
        self.lines.iter().any(|l| l.name == step && l.subject.as_ref() == Some(&subject))
    }

    /// Every money line of this name that has an amount, in order.
    pub fn all(&self, step: Step) -> Vec<Figure<Money>> {
        let named =
            self.lines.iter().enumerate().filter(|(_, l)| l.name == step && l.kind == LineKind::Money);
        named.map(|(place, _)| Figure::at(place)).collect()
    }

    /// Writes a working as a line; money is rounded by the contract's rule.
    pub fn line<Q: Quantity>(&mut self, step: Step, working: impl Operand<Q = Q>) -> Figure<Q> {
        self.write(step, None, Q::KIND, working.expr(), None)
    }

    /// The same, about a party, an indicator, a month or a patient.
    pub fn line_of<Q: Quantity>(
        &mut self,
        step: Step,
        subject: impl ToString,
        working: impl Operand<Q = Q>,
    ) -> Figure<Q> {
        self.write(step, Some(subject.to_string()), Q::KIND, working.expr(), None)
    }

    /// The same, about a subject where there is one to tell it from others.
    pub fn line_if_of<Q: Quantity>(
        &mut self,
        step: Step,
        subject: Option<&str>,
        working: impl Operand<Q = Q>,
    ) -> Figure<Q> {
        self.write(step, subject.map(str::to_owned), Q::KIND, working.expr(), None)
    }

    /// Writes a figure that terms or facts give.
    pub fn given<Q: Quantity>(&mut self, step: Step, subject: Option<String>, given: Given) -> Figure<Q> {
        let expr = Working::<Q>::given(given.values.iter().cloned()).expr;
        self.write(step, subject, Q::KIND, expr, Some(given))
    }

    /// Writes an amount that the clause itself states.
    pub fn stated(&mut self, step: Step, amount: Money) -> Figure<Money> {
        self.given(step, None, Given::new(amount, "as the clause states", Vec::new()))
    }

    /// Writes a rate that the clause itself states.
    pub fn stated_rate(&mut self, step: Step, rate: &Rate) -> Figure<Rate> {
        self.given(step, None, Given::new(rate.exact().clone(), "as the clause states", Vec::new()))
    }

    /// Writes an amount per unit, held to `places` decimal places as the contract fixes its price.
    pub fn price(
        &mut self,
        step: Step,
        subject: Option<&str>,
        amount: Working<Money>,
        places: u32,
    ) -> Figure<figure::Price> {
        self.line_if_of(step, subject, figure::held(amount, places))
    }

    /// Notes that all of a money line is at one stage, where it is made of counts, which are not split
    /// themselves.
    pub fn at_stage(&mut self, figure: Figure<Money>, stage: Stage) {
        let Some(line) = self.lines.get_mut(figure.line) else { return };
        let amount = self.carried.get(figure.line).cloned().flatten();
        let amount = amount.and_then(|exact| exact.to_places(2).as_money());
        line.by_stage = amount.map(|amount| ByStage::all_at(amount, stage));
    }

    /// What an expression comes to on the lines already written.
    fn value(&self, expr: &Expr<usize>) -> Result<Exact, NoValue> {
        expr.after(self)
    }

    /// What a money line of this amount would carry.
    pub fn rounded(&self, amount: &Exact) -> Exact {
        if self.rounding.at == RoundedAt::Line { amount.to_unit(self.rounding.unit) } else { amount.clone() }
    }

    /// Writes whether `left` reaches `right`, with the margin, and says so.
    pub fn reaches<Q: Quantity>(
        &mut self,
        step: Step,
        left: impl Operand<Q = Q>,
        right: impl Operand<Q = Q>,
    ) -> bool {
        self.test(step, None, left, right)
    }

    /// The same, about an indicator or a party.
    pub fn reaches_of<Q: Quantity>(
        &mut self,
        step: Step,
        subject: impl ToString,
        left: impl Operand<Q = Q>,
        right: impl Operand<Q = Q>,
    ) -> bool {
        self.test(step, Some(subject.to_string()), left, right)
    }

    fn test<Q: Quantity>(
        &mut self,
        step: Step,
        subject: Option<String>,
        left: impl Operand<Q = Q>,
        right: impl Operand<Q = Q>,
    ) -> bool {
        let expr = Expr::op(Op::Test, vec![left.expr(), right.expr()]);
        let figure: Figure<Q> = self.write(step, subject, LineKind::Test, expr, None);
        !self.amount(figure).is_negative()
    }

    /// A line of words, where leaving early or a missing fact must be seen.
    pub fn note(&mut self, step: Step, text: impl Into<String>) {
        self.words(step, None, LineState::Ok, text.into(), Vec::new());
    }

    /// The same about a subject, citing the entries behind it.
    pub fn note_of(&mut self, step: Step, subject: impl ToString, text: String, sources: Vec<Source>) {
        self.words(step, Some(subject.to_string()), LineState::Ok, text, sources);
    }

    /// A line without an amount because a fact is missing or not yet due. A missing report or measurement
    /// makes the statement incomplete.
    pub fn missing(
        &mut self,
        step: Step,
        subject: Option<String>,
        state: LineState,
        text: impl Into<String>,
    ) {
        self.complete &= state == LineState::NotYetDue;
        self.words(step, subject, state, text.into(), Vec::new());
    }

    /// Notes how a line falls on the months of the year, in proportions, where it does not fall on all alike.
    pub fn spread(&mut self, line: Figure<Money>, months: Vec<(Month, Exact)>) {
        self.spread.insert(line.line, months);
    }

    /// How a line falls on the months of the year, where that was noted.
    pub fn spread_of(&self, line: Figure<Money>) -> Option<Vec<(Month, Exact)>> {
        self.spread.get(&line.line).cloned()
    }

    /// The money lines that a line is the plain sum of.
    pub fn addends(&self, line: Figure<Money>) -> Option<Vec<Figure<Money>>> {
        let Some(Expr::Op { op: Op::Add, args }) = &self.lines.get(line.line)?.working.expr else {
            return None;
        };
        let place = |arg: &Expr<String>| match arg {
            Expr::Line(id) => self.places.get(id).copied(),
            Expr::Const { .. } | Expr::Op { .. } => None,
        };
        let money = |place: usize| self.lines[place].kind == LineKind::Money;
        args.iter().map(|arg| place(arg).filter(|place| money(*place)).map(Figure::at)).collect()
    }

    /// The id of a line without its contract: `3/block`.
    pub fn below_contract(&self, line: Figure<Money>) -> String {
        let id = self.written(line).map_or("", |line| line.id.as_str());
        id.split_once('/').map_or(id, |(_, below)| below).to_owned()
    }

    /// The exact amount that later lines take from a line.
    pub fn amount<Q>(&self, figure: Figure<Q>) -> Exact {
        self.carried.get(figure.line).cloned().flatten().unwrap_or_else(Exact::zero)
    }

    /// The unit to which the contract rounds.
    pub fn unit(&self) -> Unit {
        self.rounding.unit
    }

    /// The finished lines, and whether nothing was missing.
    pub fn finish(self) -> Result<(Vec<Line>, bool), SheetFault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok((self.lines, self.complete)),
        }
    }

    /// A line already written.
    pub fn written<Q>(&self, figure: Figure<Q>) -> Option<&Line> {
        self.lines.get(figure.line)
    }

    fn id(&self, step: Step, subject: Option<&str>) -> String {
        let id = format!("{}/{}/{}", self.contract, self.clause, step);
        subject.map_or(id.clone(), |s| format!("{id}/{s}"))
    }

    fn write<Q>(
        &mut self,
        step: Step,
        subject: Option<String>,
        kind: LineKind,
        expr: Expr<usize>,
        given: Option<Given>,
    ) -> Figure<Q> {
        let id = self.id(step, subject.as_deref());
        let exact = self.value(&expr).unwrap_or_else(|why| {
            self.fail(&id, why);
            Exact::zero()
        });
        if let Some(division) = expr.divides(self) {
            self.divisions.insert(self.lines.len(), division);
        }
        let carried = carried(&exact, kind, step, self.rounding);
        let by_stage = self.staged(&carried, kind, &expr, given.as_ref());
        let named = expr.rename(&|&place| self.lines[place].id.clone());
        let text = match &given {
            Some(given) => given.said.clone(),
            None => expr.in_words(&|&place| self.lines[place].n.to_string()),
        };
        self.push(Line {
            n: self.lines.len() as u32 + 1,
            name: step,
            subject,
            clause: self.clause.clone(),
            kind,
            value: Some(shown(&carried, kind)),
            unit: unit_of(kind, self.currency),
            exact: Some(exact),
            by_stage,
            state: LineState::Ok,
            working: Recorded { text, expr: Some(named) },
            sources: given.map(|g| g.sources).unwrap_or_default(),
            id,
        });
        self.carried.push(Some(carried));
        Figure::at(self.lines.len() - 1)
    }

    fn words(
        &mut self,
        step: Step,
        subject: Option<String>,
        state: LineState,
        text: String,
        sources: Vec<Source>,
    ) {
        let id = self.id(step, subject.as_deref());
        self.push(Line {
            n: self.lines.len() as u32 + 1,
            name: step,
            subject,
            clause: self.clause.clone(),
            kind: LineKind::Note,
            value: None,
            exact: None,
            unit: None,
            by_stage: None,
            state,
            working: Recorded { text, expr: None },
            sources,
            id,
        });
        self.carried.push(None);
    }

    fn push(&mut self, line: Line) {
        let place = self.lines.len();
        let first = *self.places.entry(line.id.clone()).or_insert(place);
        if first != place && line.exact.is_some() {
            self.fail(&line.id, "a line of this name is already written");
        }
        self.lines.push(line);
    }

    fn fail(&mut self, line: &str, why: impl ToString) {
        self.fault.get_or_insert(SheetFault { line: line.to_owned(), why: why.to_string() });
    }

    /// A line is split by stage where a line it uses is: sums and differences stage by stage, anything else
    /// in the proportions of what may still change in it.
    fn staged(
        &self,
        carried: &Exact,
        kind: LineKind,
        expr: &Expr<usize>,
        given: Option<&Given>,
    ) -> Option<ByStage> {
        if let Some(given) = given {
            return given.by_stage;
        }
        if kind != LineKind::Money {
            return None;
        }
        let amount = carried.to_places(2).as_money()?;
        let used = expr.lines().into_iter().map(|&place| &self.lines[place]);
        let changeable: Vec<ByStage> = used.filter_map(|line| line.by_stage).collect();
        if changeable.is_empty() {
            return None;
        }
        let summed = self.summed(expr).filter(|split| split.total() == amount.into());
        Some(summed.unwrap_or_else(|| ByStage::in_proportion(amount, &changeable)))
    }

    /// The split of a sum or difference of money lines, stage by stage.
    fn summed(&self, expr: &Expr<usize>) -> Option<ByStage> {
        match expr {
            Expr::Line(place) => whole_split(&self.lines[*place]),
            Expr::Op { op: Op::Add, args } => {
                args.iter().try_fold(ByStage::NOTHING, |sum, arg| Some(sum.plus(self.summed(arg)?)))
            }
            Expr::Op { op: Op::Sub, args } => match args.as_slice() {
                [first, second] => Some(self.summed(first)?.less(self.summed(second)?)),
                _ => None,
            },
            Expr::Const { .. } | Expr::Op { .. } => None,
        }
    }
}

impl Before<usize> for Worksheet {
    fn amount(&self, &place: &usize) -> Result<Exact, NoValue> {
        let carried = self.carried.get(place).cloned().flatten();
        carried.ok_or_else(|| NoValue::NoSuchLine(place.to_string()))
    }

    fn division(&self, place: &usize) -> Option<&Division> {
        self.divisions.get(place)
    }
}

/// The clause under which totals over all clauses stand.
pub fn total() -> ClauseRef {
    "total".parse().unwrap_or_default()
}

/// The split of a money line; all frozen where nothing of it can change.
fn whole_split(line: &Line) -> Option<ByStage> {
    if line.kind != LineKind::Money {
        return None;
    }
    let amount = line.value.as_deref()?.parse::<Exact>().ok()?.to_places(2).as_money()?;
    Some(line.by_stage.unwrap_or(ByStage::all_at(amount, Stage::Freeze)))
}

/// Whether the amount of a line is rounded: money where the contract rounds lines, payables always.
fn rounds(kind: LineKind, step: Step, rounding: Rounding) -> bool {
    kind == LineKind::Money && (rounding.at == RoundedAt::Line || step == Step::Payable)
}

/// What later lines take: the rounded amount where it is rounded, else the exact one.
fn carried(exact: &Exact, kind: LineKind, step: Step, rounding: Rounding) -> Exact {
    if rounds(kind, step, rounding) { exact.to_unit(rounding.unit) } else { exact.clone() }
}

impl Line {
    /// Whether its amount is rounded to the contract's unit.
    pub fn rounds(&self, rounding: Rounding) -> bool {
        rounds(self.kind, self.name, rounding)
    }

    /// What later lines take from it; nothing where it has no amount.
    pub fn carried(&self, rounding: Rounding) -> Option<Exact> {
        self.exact.as_ref().map(|exact| carried(exact, self.kind, self.name, rounding))
    }
}

fn shown(carried: &Exact, kind: LineKind) -> String {
    match kind {
        LineKind::Money if carried == &carried.to_places(2) => carried.show(2),
        LineKind::Money => carried.show(4),
        LineKind::Test => if carried.is_negative() { "not met" } else { "met" }.to_owned(),
        LineKind::Rate | LineKind::Count | LineKind::Note => carried.to_places(12).to_string(),
    }
}

fn unit_of(kind: LineKind, currency: Currency) -> Option<String> {
    match kind {
        LineKind::Money => Some(currency.to_string()),
        LineKind::Rate => Some("%".to_owned()),
        LineKind::Count | LineKind::Test | LineKind::Note => None,
    }
}

/// A count of whole things, as an operand.
pub fn count(n: usize) -> Working<Count> {
    Working::constant(Exact::from(n as i64))
}
