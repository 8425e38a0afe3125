//! How fast blocks are written and read on one core:
//! `cargo run --release -p store --no-default-features --features blocks --example block_speed`. The lines
//! have 45 columns, as a patient-level file has.

use std::time::Instant;

use store::block::{Column, Columns, MOST_LINES, Values, decode, encode};

/// A number that looks like chance.
fn chance(n: u64) -> u64 {
    let mixed = (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20
}

fn lines() -> Columns {
    let each = || (0..MOST_LINES as u64).map(chance);
    let column = |name: String, values| Column { name: name.into(), values };
    let coded = |different: u64| Values::Coded {
        codes: each().map(|n| (n % different) as u32).collect(),
        values: (0..different).map(|n| if n == 3 { String::new() } else { format!("C{n:04}") }).collect(),
    };
    let text = |of: fn(u64) -> String| {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for n in each() {
            text.push_str(&of(n));
            ends.push(text.len() as u32);
        }
        Values::Text { ends, text }
    };
    let mut columns = vec![column("row".into(), Values::Number((2..MOST_LINES as i64 + 2).collect()))];
    // Constants and flags, codes of places and functions, resource groups, postcodes and spells.
    for (n, different) in
        [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 8, 10, 12, 20, 30, 40, 60, 90, 120, 200, 300, 800, 1_500]
            .into_iter()
            .enumerate()
    {
        columns.push(column(format!("code_{n}"), coded(different)));
    }
    for n in 0..8 {
        columns.push(column(format!("empty_{n}"), coded(1)));
    }
    columns.push(column("pseudonym".into(), text(|n| format!("{n:016X}"))));
    columns.push(column("spell".into(), text(|n| format!("{}", 1_000_000 + n % 900_000))));
    columns.push(column(
        "attendance".into(),
        text(|n| if n % 3 == 0 { format!("A{}", n % 10_000_000) } else { String::new() }),
    ));
    for name in ["start_date", "end_date"] {
        columns.push(column(
            name.into(),
            Values::Date(each().map(|n| Some(20_000 + (n % 91) as i32)).collect()),
        ));
    }
    for (name, scale, different) in
        [("count", 4, 1), ("unit_price", 4, 900), ("value", 2, 3_000), ("market_forces_factor", 6, 2)]
    {
        let units = each().map(|n| (n % 11 != 0).then_some((n % different * 137) as i64)).collect();
        columns.push(column(name.into(), Values::Decimal { scale, units }));
    }
    Columns { lines: MOST_LINES, columns }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lines = lines();
    let totals = ["code_5", "code_9", "code_15", "code_20", "code_23", "unit_price", "value", "count"];
    let bytes = encode(&lines)?;
    println!(
        "{} columns, {} lines, {} bytes a line",
        lines.columns.len(),
        MOST_LINES,
        bytes.len() / MOST_LINES
    );
    let rounds = 20;
    let rate =
        |started: Instant| (rounds * MOST_LINES as u128 * 1_000) / started.elapsed().as_micros().max(1);
    for _ in 0..3 {
        let started = Instant::now();
        (0..rounds).try_for_each(|_| encode(&lines).map(|_| ()))?;
        let encoded = rate(started);
        let started = Instant::now();
        (0..rounds).try_for_each(|_| decode(&bytes, None).map(|_| ()))?;
        let all = rate(started);
        let started = Instant::now();
        (0..rounds).try_for_each(|_| decode(&bytes, Some(&totals)).map(|_| ()))?;
        println!(
            "thousand lines a second: written {encoded}, read {all}, eight columns read {}",
            rate(started)
        );
    }
    Ok(())
}
