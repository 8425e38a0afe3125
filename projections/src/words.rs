//! The clauses of a contract in plain words. The words of a paying clause belong to its mechanism.

use domain::names::Names;
use domain::terms::Terms;

use crate::contracts::Clause;

/// Every clause of a contract, in its order, with its parties by these names: which activity counts, then
/// what is paid.
pub fn clauses(terms: &Terms, names: &Names) -> Vec<Clause> {
    let counts = terms.counts_told().into_iter();
    let counts = counts.map(|(clause, says)| Clause { clause, kind: "counts".to_owned(), says });
    let told = terms.pay.iter().map(|clause| Clause {
        clause: clause.clause.clone(),
        kind: clause.mechanism.kind().to_owned(),
        says: clause.words(terms, names),
    });
    counts.chain(told).collect()
}
