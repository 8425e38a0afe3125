//! The paying clauses of a contract in plain words. The words of a clause belong to its mechanism.

use domain::terms::Terms;

use crate::contracts::Clause;

/// Every paying clause of a contract, in its order.
pub fn clauses(terms: &Terms) -> Vec<Clause> {
    let told = terms.pay.iter().map(|clause| Clause {
        clause: clause.clause.clone(),
        kind: clause.mechanism.kind().to_owned(),
        says: clause.words(terms),
    });
    told.collect()
}
