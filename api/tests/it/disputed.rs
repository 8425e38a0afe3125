//! What is disputed between two parties, as a position shows it: from its party's side, and nothing once it
//! is resolved.

use crate::examples::Example;
use crate::ledger::times;

async fn disputed(example: &str, party: &str, contract: &str, as_of: &str, known_at: &str) -> String {
    let app = Example::named(example).loaded().await;
    let position = app.position(&party.parse().unwrap(), times(as_of, known_at)).await.unwrap();
    let row = position.rows.iter().find(|row| row.contract.as_str() == contract);
    row.unwrap_or_else(|| panic!("{party} has no position under {contract}")).disputed.to_string()
}

/// £2,000,000.00 and £500,000.00 are claimed, at a score of 0.703: 1,851,500.00 - 462,875.00 is disputed.
#[tokio::test]
async fn what_is_claimed_beyond_the_payable_is_disputed() {
    for (party, amount) in [("gp-federation", "1388625.00"), ("colnmarsh", "-1388625.00")] {
        let found = disputed("essex-diabetes", party, "essex-diabetes", "2015-03-31", "2015-06-30").await;
        assert_eq!(found, amount, "{party}");
    }
}

#[tokio::test]
async fn a_challenge_is_disputed_until_it_is_resolved() {
    for (known_at, amount) in [("2013-01-15", "517.80"), ("2013-02-15", "0.00")] {
        let found =
            disputed("oldham-visual-health", "eyewise", "visual-eyewise", "2012-11-30", known_at).await;
        assert_eq!(found, amount, "as known at {known_at}");
    }
}
