//! The clauses of a contract in plain words. The words of a paying clause belong to its mechanism.

use domain::terms::Terms;

use crate::contracts::Clause;

/// Every clause of a contract, in its order: which activity counts, then what is paid.
pub fn clauses(terms: &Terms) -> Vec<Clause> {
    let counts = terms.counts_told().into_iter();
    let counts = counts.map(|(clause, says)| Clause { clause, kind: "counts".to_owned(), says });
    let told = terms.pay.iter().map(|clause| Clause {
        clause: clause.clause.clone(),
        kind: clause.mechanism.kind().to_owned(),
        says: clause.words(terms),
    });
    counts.chain(told).collect()
}
