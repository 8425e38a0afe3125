//! Figures and workings: quantities that do not mix.
//!
//! A [`Figure`] is a line already written. Arithmetic on figures yields a [`Working`], which becomes a figure
//! only by being written as a line of its own; so no step of a settlement can be taken without leaving its
//! line. Only products and quotients that mean something compile: a rate of money is money, money and money
//! do not multiply.

use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Sub};

use super::expr::{Expr, Op};
use crate::exact::Exact;
use crate::money::{Money, Unit};
use crate::rate::{Count, Rate};
use crate::worksheet::line::LineKind;

/// What a figure measures: [`Money`], a [`Rate`] or a [`Count`].
pub trait Quantity {
    /// The kind of line it is written on.
    const KIND: LineKind;
}

impl Quantity for Money {
    const KIND: LineKind = LineKind::Money;
}
impl Quantity for Rate {
    const KIND: LineKind = LineKind::Rate;
}
impl Quantity for Count {
    const KIND: LineKind = LineKind::Count;
}

/// Money for one unit, held to the decimal places of its contract: a rate per head, a factor of a price.
#[derive(Clone, Copy, Debug)]
pub struct Price;

impl Quantity for Price {
    const KIND: LineKind = LineKind::Count;
}

/// A line already written, to be used in later ones.
#[derive(Debug)]
pub struct Figure<Q> {
    pub(super) line: usize,
    quantity: PhantomData<Q>,
}

impl<Q> Clone for Figure<Q> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<Q> Copy for Figure<Q> {}

impl<Q> Figure<Q> {
    /// Whether both are the same line.
    pub fn is(self, other: Figure<Q>) -> bool {
        self.line == other.line
    }

    pub(super) fn at(line: usize) -> Figure<Q> {
        Figure { line, quantity: PhantomData }
    }
}

/// A calculation that is not yet a line.
#[derive(Clone, Debug)]
#[must_use = "a working is nothing until it is written as a line"]
pub struct Working<Q> {
    pub(super) expr: Expr<usize>,
    quantity: PhantomData<Q>,
}

impl<Q> Working<Q> {
    pub(super) fn of(op: Op, args: Vec<Expr<usize>>) -> Working<Q> {
        Working { expr: Expr::op(op, args), quantity: PhantomData }
    }

    /// The sum of figures that the terms or the facts give.
    pub(super) fn given(values: impl IntoIterator<Item = Exact>) -> Working<Q> {
        Working::of(Op::Given, values.into_iter().map(Expr::constant).collect())
    }

    /// A number of the formula itself.
    pub fn constant(value: Exact) -> Working<Q> {
        Working { expr: Expr::constant(value), quantity: PhantomData }
    }
}

/// Anything that can stand in a working: figures, workings, and the numbers of the terms.
pub trait Operand: Sized {
    /// What it measures.
    type Q: Quantity;
    /// Its place in the expression.
    fn expr(self) -> Expr<usize>;

    /// It, or `limit` where that is less: a cap, a payment limit.
    fn at_most<L: Operand<Q = Self::Q>>(self, limit: L) -> Working<Self::Q> {
        Working::of(Op::Min, vec![self.expr(), limit.expr()])
    }

    /// It, or `floor` where that is more: a collar, a minimum.
    fn not_below<L: Operand<Q = Self::Q>>(self, floor: L) -> Working<Self::Q> {
        Working::of(Op::Max, vec![self.expr(), floor.expr()])
    }

    /// It, kept between `low` and `high`.
    fn within<L, H>(self, low: L, high: H) -> Working<Self::Q>
    where
        L: Operand<Q = Self::Q>,
        H: Operand<Q = Self::Q>,
    {
        Working::of(Op::Clamp, vec![self.expr(), low.expr(), high.expr()])
    }
}

impl<Q: Quantity> Operand for Figure<Q> {
    type Q = Q;
    fn expr(self) -> Expr<usize> {
        Expr::Line(self.line)
    }
}
impl<Q: Quantity> Operand for Working<Q> {
    type Q = Q;
    fn expr(self) -> Expr<usize> {
        self.expr
    }
}
impl Operand for Rate {
    type Q = Rate;
    fn expr(self) -> Expr<usize> {
        Expr::constant(self.exact().clone())
    }
}
impl Operand for &Rate {
    type Q = Rate;
    fn expr(self) -> Expr<usize> {
        Expr::constant(self.exact().clone())
    }
}
impl Operand for &Count {
    type Q = Count;
    fn expr(self) -> Expr<usize> {
        Expr::constant(self.exact().clone())
    }
}
impl Operand for Money {
    type Q = Money;
    fn expr(self) -> Expr<usize> {
        Expr::constant(self.into())
    }
}

/// The quantity that a product has, where it has one.
pub trait Times<Q> {
    /// What the product measures.
    type Product: Quantity;
}

/// The quantity that a quotient has, where it has one.
pub trait Per<Q> {
    /// What the quotient measures.
    type Quotient: Quantity;
}

macro_rules! products {
    ($($l:ty, $r:ty => $p:ty;)*) => {$(impl Times<$r> for $l { type Product = $p; })*};
}
macro_rules! quotients {
    ($($l:ty, $r:ty => $p:ty;)*) => {$(impl Per<$r> for $l { type Quotient = $p; })*};
}
products! {
    Rate, Money => Money; Money, Rate => Money; Rate, Rate => Rate;
    Count, Money => Money; Money, Count => Money;
    Rate, Count => Count; Count, Rate => Count; Count, Count => Count;
    Price, Count => Money; Count, Price => Money;
}
quotients! {
    Money, Money => Rate; Money, Count => Money; Money, Rate => Money;
    Count, Count => Rate; Rate, Rate => Rate; Rate, Count => Rate;
}

macro_rules! arithmetic {
    ($([$($generic:ident)?] $type:ty, $q:ty;)*) => {$(
        impl<$($generic: Quantity,)? T: Operand<Q = $q>> Add<T> for $type {
            type Output = Working<$q>;
            fn add(self, other: T) -> Working<$q> { Working::of(Op::Add, vec![self.expr(), other.expr()]) }
        }
        impl<$($generic: Quantity,)? T: Operand<Q = $q>> Sub<T> for $type {
            type Output = Working<$q>;
            fn sub(self, other: T) -> Working<$q> { Working::of(Op::Sub, vec![self.expr(), other.expr()]) }
        }
        impl<$($generic: Quantity,)? T: Operand> Mul<T> for $type where $q: Times<T::Q> {
            type Output = Working<<$q as Times<T::Q>>::Product>;
            fn mul(self, other: T) -> Self::Output { Working::of(Op::Mul, vec![self.expr(), other.expr()]) }
        }
        impl<$($generic: Quantity,)? T: Operand> Div<T> for $type where $q: Per<T::Q> {
            type Output = Working<<$q as Per<T::Q>>::Quotient>;
            fn div(self, other: T) -> Self::Output { Working::of(Op::Div, vec![self.expr(), other.expr()]) }
        }
    )*};
}
arithmetic! {
    [Q] Figure<Q>, Q;
    [Q] Working<Q>, Q;
    [] &Rate, Rate;
    [] &Count, Count;
}

/// What an amount comes to for one unit, held to `places` decimal places.
pub(super) fn held(amount: Working<Money>, places: u32) -> Working<Price> {
    Working::of(Op::Round, vec![amount.expr, Expr::constant(Exact::from(i64::from(places)))])
}

/// The sum of figures that are already lines; nothing sums to zero.
pub fn sum<Q: Quantity>(figures: impl IntoIterator<Item = Figure<Q>>) -> Working<Q> {
    Working::of(Op::Add, figures.into_iter().map(|f| f.expr()).collect())
}

/// Amounts added and taken away in turn: the first list less the second.
pub fn net<Q: Quantity>(added: Vec<Figure<Q>>, taken: Vec<Figure<Q>>) -> Working<Q> {
    taken.into_iter().fold(sum(added), |net, f| net - f)
}

/// A value cut at rising edges, each slice at the rate before its upper edge, what lies above at the last
/// rate.
pub fn in_bands<Q: Quantity>(
    value: Figure<Q>,
    bands: impl IntoIterator<Item = (Rate, Figure<Q>)>,
    above: &Rate,
) -> Working<Q> {
    let mut args = vec![value.expr()];
    for (rate, edge) in bands {
        args.extend([rate.expr(), edge.expr()]);
    }
    args.push(above.expr());
    Working::of(Op::Bands, args)
}

/// The part of an amount that falls to the `k`-th of `weights`, in parts that sum to it to the unit.
pub(super) fn share_of(
    amount: Figure<Money>,
    k: usize,
    weights: Vec<Expr<usize>>,
    unit: Unit,
) -> Working<Money> {
    allocated(amount.expr(), k, weights, unit)
}

/// The `k`-th part of an amount of which `first` holds the first part.
pub(super) fn part_beside(
    first: Figure<Money>,
    amount: Figure<Money>,
    k: usize,
    weight: Figure<Money>,
) -> Working<Money> {
    let k = Expr::constant(Exact::from(k as i64));
    Working::of(Op::Part, vec![first.expr(), k, amount.expr(), weight.expr()])
}

fn allocated(amount: Expr<usize>, k: usize, weights: Vec<Expr<usize>>, unit: Unit) -> Working<Money> {
    let unit = Exact::ratio(1, 10i64.pow(unit.places()));
    let mut args = vec![amount, Expr::constant(unit), Expr::constant(Exact::from(k as i64))];
    args.extend(weights);
    Working::of(Op::Allocate, args)
}

/// The `k`-th of several amounts, as parts to the unit of what they come to together, rounded to it.
pub(super) fn to_the_unit(k: usize, amounts: Vec<Expr<usize>>, unit: Unit) -> Working<Money> {
    let places = Expr::constant(Exact::from(i64::from(unit.places())));
    let whole = Expr::op(Op::Round, vec![Expr::op(Op::Add, amounts.clone()), places]);
    allocated(whole, k, amounts, unit)
}

/// The same as exact shares, for weights that do not sum to nothing.
pub(super) fn exact_share_of(amount: Figure<Money>, k: usize, weights: Vec<Expr<usize>>) -> Working<Money> {
    let number = |weight: &Expr<usize>| match weight {
        Expr::Const { value } => Some(value.clone()),
        Expr::Line(_) | Expr::Op { .. } => None,
    };
    let fixed = weights.iter().map(number).collect::<Option<Vec<Exact>>>();
    let fixed = fixed.and_then(|all| all.get(k)?.checked_div(&all.iter().cloned().sum()));
    let part = fixed.map(Expr::constant).unwrap_or_else(|| {
        let weight = weights.get(k).cloned().unwrap_or_else(|| Expr::constant(Exact::zero()));
        Expr::op(Op::Div, vec![weight, Expr::op(Op::Add, weights)])
    });
    Working::of(Op::Mul, vec![part, amount.expr()])
}
