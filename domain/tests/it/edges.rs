//! Terms at the edge of what a clause can mean: the last value that is taken, and the first that is refused,
//! with the place and the beginning of the message.

use domain::terms::Terms;

use crate::paying::terms;

/// Terms of these clauses with further parties; the faults as `pointer: message`.
fn faults(parties: &str, clauses: &str) -> Vec<String> {
    let yaml = terms(clauses).replace("lead: trust", &format!("lead: trust{parties}"));
    let faults = Terms::from_yaml(&yaml).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{}: {}", fault.pointer, fault.message)).collect()
}

fn refused(parties: &str, clauses: &str, expected: &[&str]) {
    let found = faults(parties, clauses);
    assert_eq!(found.len(), expected.len(), "{clauses}\n{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{clauses}\n{found} is not {expected}");
    }
}

/// A clause with `<>` in it, what is taken there, what is refused, and how.
type Edge<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a str);

fn at_the_edge(rows: &[Edge]) {
    for (clause, taken, not_taken, message) in rows {
        for value in *taken {
            refused("", &clause.replace("<>", value), &[]);
        }
        for value in *not_taken {
            refused("", &clause.replace("<>", value), &[message]);
        }
    }
}

const OUTCOMES: &str = "outcomes: [{indicator: o, direction: higher, floor: 0, target: 1}, {indicator: p, direction: higher, floor: 0, target: 1}]\npay:\n";
const BLOCK: &str = "  - {clause: \"1\", kind: block, amount: \"100.00\"}\n";

/// Rates that are a part of something.
const PARTS: &[Edge] = &[
    (
        "  - {clause: \"1\", kind: best_practice_tariff, spells: s, compliant: c, differential: \"1.00\", assumed: <>}\n",
        &["100%", "0%"],
        &["101%", "-1%"],
        "/pay/0/assumed: no part of the spells",
    ),
    (
        "  - {clause: \"1\", kind: core, budget: \"100.00\", withheld: <>}\n",
        &["100%", "0%"],
        &["101%", "-1%"],
        "/pay/0/withheld: ",
    ),
    (
        "  - {clause: \"1\", kind: core, budget: \"100.00\", withheld_by_year: [<>]}\n",
        &["100%", "0%"],
        &["101%", "-1%"],
        "/pay/0/withheld_by_year: ",
    ),
    (
        "  - {clause: \"1\", kind: activity_at_price, plan: \"1.00\", collar: <>}\n",
        &["100%"],
        &["101%"],
        "/pay/0/collar: a collar of more than 100%",
    ),
    (
        "  - {clause: \"1\", kind: risk_corridor, target: \"100.00\", on: cost, first: provider, loss: [{share: <>}], gain: [{share: 0%}]}\n",
        &["100%", "0%"],
        &["101%", "-1%"],
        "/pay/0/loss: a share of a band is a part of it",
    ),
    (
        "  - {clause: \"1\", kind: sanctions, standards: [{standard: s, breaches: b, of: o, rate: \"1.00\", target: <>}]}\n",
        &["100%", "0%"],
        &["101%"],
        "/pay/0/standards/0/target: ",
    ),
    (
        "  - {clause: \"1\", kind: sanctions, standards: [{standard: s, breaches: b, of: o, rate: \"1.00\", target: 50%, floor: <>}]}\n",
        &["50%", "0%"],
        &["51%", "-1%"],
        "/pay/0/standards/0/target: ",
    ),
];

#[test]
fn a_part_is_from_nothing_to_all() {
    let not_a_part: &[&str] = &["101%", "-1%"];
    let cquin = format!(
        "{OUTCOMES}{BLOCK}  - {{clause: \"2\", kind: cquin, of: block.block, share: <>, indicators: [o], paid: on_result, deadline: 9 days, late: zero}}\n"
    );
    let sanctions = format!("{BLOCK}  - {{clause: \"2\", kind: sanctions, passed_up: <>}}\n");
    at_the_edge(&[
        (&cquin, &["100%", "0%"], not_a_part, "/pay/1/share: "),
        (&sanctions, &["100%", "0%"], not_a_part, "/pay/1/passed_up: "),
    ]);
    at_the_edge(PARTS);
}

/// Amounts, counts, days and words.
const ORDERS: &[Edge] = &[
    (
        "  - {clause: \"1\", kind: capitation, budget: \"100.00\", list: yearly, bands: [{band: a, weight: <>, baseline: 10}, {band: b, weight: 20, baseline: 10}]}\n",
        &["1", "0"],
        &["-1"],
        "/pay/0/bands/0: a weight or a count is negative",
    ),
    (
        "  - {clause: \"1\", kind: capitation, budget: \"100.00\", list: yearly, bands: [{band: a, weight: 1, baseline: <>}, {band: b, weight: 20, baseline: 10}]}\n",
        &["1", "0"],
        &["-1"],
        "/pay/0/bands/0: a weight or a count is negative",
    ),
    (
        "  - {clause: \"1\", kind: capitation, budget: \"100.00\", list: yearly, bands: [{band: a, weight: 2, baseline: <>}]}\n",
        &["1"],
        &["0"],
        "/pay/0/bands: the weighted list at baseline is nothing",
    ),
    (
        "  - {clause: \"1\", kind: risk_corridor, target: \"100.00\", on: cost, first: provider, loss: [{up_to: 2%, share: 100%}, {up_to: <>, share: 50%}, {share: 0%}], gain: [{share: 0%}]}\n",
        &["3%"],
        &["2%", "1%"],
        "/pay/0/loss: the bands of `loss` do not cover every deviation once",
    ),
    (
        "  - {clause: \"1\", kind: milestones, milestones: [{milestone: m, value: \"1.00\", due: <>}], late: 50%}\n",
        &["2025-04-01", "2028-03-31"],
        &["2025-03-31", "2028-04-01"],
        "/pay/0/milestones/0/due: `m` is due on",
    ),
    (
        "  - {clause: \"1\", kind: block, amount: \"1.00\", profile: <>}\n",
        &["twelfths"],
        &["quarters"],
        "/pay/0/profile: ",
    ),
    (
        "  - {clause: \"1\", kind: activity_at_price, <>}\n",
        &["plan: \"1.00\"", "plan: \"1.00\", cap: 5%", "plan: \"1.00\", collar: 5%"],
        &["cap: 5%", "collar: 5%"],
        "/pay/0: a cap or collar needs a `plan`",
    ),
];

#[test]
fn amounts_counts_and_edges_have_their_order() {
    at_the_edge(ORDERS);
    let claims = |claims: &str| {
        format!(
            "{OUTCOMES}  - {{clause: \"1\", kind: claimed_values, at_risk: 0%, score: o, claims: [{claims}]}}\n"
        )
    };
    let (icb, trust) = ("{party: icb, value: \"1.00\"}", "{party: trust, value: \"0.00\"}");
    refused("", &claims(&format!("{icb}, {trust}")), &[]);
    let two = "/pay/0/claims: two parties claim a value each";
    refused("", &claims(&format!("{icb}, {}", trust.replace("0.00", "-1.00"))), &[two]);
    refused(", members: [m]", &claims(&format!("{icb}, {trust}, {}", icb.replace("icb", "m"))), &[two]);
    let fund = |put_in: &str, reserve: &str| {
        format!(
            "  - {{clause: \"1\", kind: pooled_fund, contributions: [{{party: icb, amount: \"{put_in}\"}}, {{party: trust, amount: \"2.00\"}}], lines: [{{provider: trust, plan: \"1.00\"}}], reserves: [{{name: r, amount: \"{reserve}\"}}]}}\n"
        )
    };
    let negative = "/pay/0: what is put into a fund is not negative";
    refused("", &fund("-1.00", "0.00"), &[negative]);
    let reserve = fund("0.00", "-1.00").replace("plan: \"1.00\"", "plan: \"2.00\"");
    refused("", &reserve, &[negative]);
    refused("", &reserve.replace("-1.00", "0.00"), &[]);
}

#[test]
fn the_same_is_not_said_twice() {
    let core = "  - {clause: \"1\", kind: core, budget: \"100.00\", withheld: 5%, withheld_by_year: [5%]}\n";
    refused("", core, &["/pay/0/withheld_by_year: `withheld` and `withheld_by_year`"]);
    let splits = |splits: &[&str]| {
        let each = splits.iter().zip(3..);
        let each = each.map(|(of, n)| format!("  - {{clause: \"{n}\", kind: split, by: shares{of}}}\n"));
        format!("{BLOCK}  - {{clause: \"2\", kind: core, budget: \"1.00\"}}\n{}", each.collect::<String>())
    };
    let shared = ", commissioners: [{party: icb, share: 60%}, {party: other, share: 40%}]";
    refused(shared, &splits(&[", of: [block]", ""]), &[]);
    refused(shared, &splits(&[", of: [block]", ", of: [core]"]), &[]);
    let twice = "two splits mean the same lines";
    let both = [&*format!("/pay/2/of: {twice}"), &format!("/pay/3/of: {twice}")];
    refused(shared, &splits(&[", of: [block, core]", ", of: [core]"]), &both);
    refused(shared, &splits(&["", ""]), &both);
    let without_payer = ", commissioners: [{party: some, share: 60%}, {party: other, share: 40%}]";
    refused(
        without_payer,
        &splits(&[""]),
        &["/pay/2: the commissioners that bear the contract are not named"],
    );
}

#[test]
fn a_clause_names_what_the_contract_has() {
    let shares =
        "gain: [{party: icb, share: 50%}, {party: stranger, share: 50%}], loss: [{party: icb, share: 100%}]";
    let stranger = "`stranger` is not named under `parties`";
    refused(
        "",
        &format!(
            "  - {{clause: \"1\", kind: minimum_population, budget: \"1.00\", population: l, minimum: 5000, {shares}}}\n"
        ),
        &[&format!("/pay/0/gain/1/party: {stranger}")],
    );
    refused(
        "",
        "  - {clause: \"1\", kind: nested_pools, passed_up: {gain: 1%, loss: 1%}, partnerships: [{party: icb, budget: \"1.00\", population: n}, {party: stranger, budget: \"1.00\", population: s}]}\n",
        &[&format!("/pay/0/partnerships/1/party: {stranger}")],
    );
    refused(
        "",
        "  - {clause: \"1\", kind: alliance, fee: 8%, owner: {gain: 50%, loss: 50%}, members: [{party: trust, target: \"1.00\"}, {party: stranger, target: \"1.00\"}]}\n",
        &[&format!("/pay/0/members/1/party: {stranger}")],
    );
    refused(
        ", members: [stranger]",
        &format!(
            "  - {{clause: \"1\", kind: core, budget: \"1.00\"}}\n  - {{clause: \"2\", kind: programme_pool, of: core.budget, cost: [own], {shares}}}\n"
        ),
        &["/pay/1/gain/1/party: `stranger` is neither payer nor payee"],
    );
    refused(
        "",
        "  - {clause: \"1\", kind: stop_loss, pool: stranger, per: patient-year, threshold: \"1.00\"}\n",
        &["/pay/0/pool: `stranger` is not the pool of this contract"],
    );
    let missing = "no clause is of kind or number `9`";
    refused(
        "",
        "  - {clause: \"1\", kind: sanctions, cap: 2%, cap_of: \"9.block\"}\n",
        &[&format!("/pay/0/cap_of: {missing}")],
    );
    refused(
        "",
        "  - {clause: \"1\", kind: risk_corridor, target: \"1.00\", on: price, of: \"9.block\", first: provider, loss: [{share: 0%}], gain: [{share: 0%}]}\n",
        &[&format!("/pay/0/of: {missing}")],
    );
    refused(
        "",
        &format!(
            "{OUTCOMES}  - {{clause: \"1\", kind: cquin, of: \"9.block\", share: 1%, indicators: [o, q], paid: on_result, deadline: 9 days, late: zero}}\n"
        ),
        &[&format!("/pay/0/of: {missing}"), "/pay/0/indicators/1: indicator `q` is not defined"],
    );
}

#[test]
fn weights_are_read_before_they_are_summed() {
    let pot = |measures: &str| {
        format!(
            "{OUTCOMES}  - {{clause: \"1\", kind: core, budget: \"100.00\", withheld: 5%}}\n  - {{clause: \"2\", kind: outcome_pot, of: core.withheld, measures: [{measures}], deadline: 9 days, late: zero}}\n"
        )
    };
    refused("", &pot("{indicator: o, weight: 60%}, {indicator: p, weight: 40%}"), &[]);
    refused(
        "",
        &pot("{indicator: o, weight: 50%}, {indicator: p, weight: 40%}"),
        &["/pay/1/measures: the weights of the measures sum to 90%, not to 100%"],
    );
    refused(
        "",
        &pot("{indicator: o, weight: 50%}, {indicator: p}"),
        &["/pay/1/measures/1: `weight` is missing"],
    );
}

/// Somebody takes what is above the caps, of gains and of losses.
#[test]
fn not_every_party_is_capped() {
    let share = |caps: &str| {
        format!(
            "{OUTCOMES}  - {{clause: \"1\", kind: gain_loss_share, expected: \"100.00\", spend: [icb], gain: [{{party: trust, share: 100%}}], loss: [{{party: trust, share: 100%}}], caps: [{{party: trust, {caps}}}]}}\n"
        )
    };
    let all_capped = |list: &str| format!("/pay/0/caps: every party of `{list}` is capped");
    refused("", &share("gain: \"1.00\""), &[&all_capped("gain")]);
    refused("", &share("loss: \"1.00\""), &[&all_capped("loss")]);
    refused("", &share("gain: \"1.00\", loss: \"1.00\""), &[&all_capped("gain"), &all_capped("loss")]);
}

#[test]
fn a_clause_is_of_a_kind() {
    refused("", "  - {clause: \"1\", kind: lottery}\n", &["/pay/0/kind: `lottery` is not a kind of clause"]);
    refused("", "  - {clause: \"1\"}\n", &["/pay/0: `kind` is missing"]);
}

/// Two prices of one code at one point of delivery may follow each other by a day, and not share one.
#[test]
fn prices_of_one_thing_do_not_overlap() {
    let list = |code: &str, pod: &str, from: &str| {
        format!(
            "  - {{clause: \"1\", kind: unit_price, prices: [{{tariff_code: A, pod: EL, from: 2025-04-01, to: 2025-09-30, price: \"1.00\"}}, {{tariff_code: {code}, pod: {pod}, from: {from}, price: \"2.00\"}}]}}\n"
        )
    };
    refused("", &list("A", "EL", "2025-10-01"), &[]);
    refused("", &list("B", "EL", "2025-09-30"), &[]);
    refused("", &list("A", "NEL", "2025-09-30"), &[]);
    refused("", &list("A", "EL", "2025-09-30"), &["/pay/0/prices/1: A at EL has two prices at one time"]);
}
