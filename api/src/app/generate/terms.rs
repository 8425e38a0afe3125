//! The contracts of a system as terms files. Plans are near what the year came to, so that caps, collars and
//! shares have something to do in every system.

use std::sync::atomic::Ordering;

use super::care::{GROUPS, Group};
use super::random::mix;
use super::row::money;
use super::statement::Totals;
use super::system::{Area, Commissioner, Contract, Kind, System};

/// The list of prices that contracts name.
pub const LIST: &str = "tariff";
/// What the indicator of a head contract is called.
pub const SCORE: &str = "programme-score";
/// What a patient's year costs before the pool pays, in pence.
pub const THRESHOLD: i64 = 6_000_000;
/// What a federation of practices is paid for each person, in pence.
const PER_HEAD: i64 = 1_250;

/// The terms file of a contract, and what it pays in a year if all goes to plan.
#[derive(Debug)]
pub struct Signed {
    /// The contract.
    pub contract: String,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub payee: String,
    /// What a year comes to, in pence.
    pub year: i64,
    /// The file.
    pub text: String,
}

/// Every contract of a system: head contracts first, in an order in which they can be awarded.
pub fn all(system: &System, totals: &Totals) -> Vec<Signed> {
    let mut heads = Vec::new();
    let mut below = Vec::new();
    for (place, commissioner) in system.commissioners.iter().enumerate() {
        let contracts = system.contracts.iter().enumerate().filter(|(_, c)| c.commissioner == place);
        let of_providers = contracts.map(|(n, contract)| provider(system, contract, plans(totals, n)));
        match &commissioner.area {
            None => heads.extend(of_providers),
            Some(area) => {
                let mut signed: Vec<Signed> = of_providers.collect();
                signed.push(practices(system, commissioner, area));
                heads.push(head(system, commissioner, area, &signed));
                below.extend(signed);
            }
        }
    }
    heads.extend(below);
    heads
}

/// The head contract of an area.
pub fn head_of(commissioner: &Commissioner) -> String {
    format!("{}-care", commissioner.party.id)
}

/// What a lead provider spends itself, in pence a month.
pub fn own_cost(system: &System) -> i64 {
    system.people() as i64 * 90
}

/// What a contract plans for each group of care: within four hundredths of what it came to.
fn plans(totals: &Totals, contract: usize) -> [i64; 3] {
    let mut group = 0;
    [(); 3].map(|()| {
        let came_to = totals.contracts[contract][group].load(Ordering::Relaxed);
        group += 1;
        let part = 96 + (mix(contract as u64 * 3 + group as u64) % 9) as i64;
        (came_to / 100 * part).max(100_000)
    })
}

fn opening(system: &System, contract: &str, title: &str, parties: &str) -> String {
    let year = system.asked.year;
    format!(
        "contract: {contract}\n{title}parties: {parties}\nyears: {{kind: nhs, from: {year}, to: {year}}}\n\
         rounding: {{unit: 0.01, at: line}}\n"
    )
}

fn head(system: &System, commissioner: &Commissioner, area: &Area, below: &[Signed]) -> Signed {
    let (contract, buyer, lead, pool) =
        (head_of(commissioner), &commissioner.party.id, &area.lead.id, &area.pool.id);
    let cost = below.iter().map(|signed| signed.year).sum::<i64>() + own_cost(system) * 12;
    let budget = cost / 100 * 103;
    let parties = format!("{{commissioner: {buyer}, lead: {lead}, pool: {{party: {pool}, host: {buyer}}}}}");
    let title = format!("title: All care of {}\n", area.name);
    let text = opening(system, &contract, &title, &parties)
        + &format!(
            r#"outcomes:
  - {{indicator: {SCORE}, direction: higher, floor: 0, target: 1}}
pay:
  - {{clause: "3.1", kind: core, budget: "{}", withheld: 5%, profile: twelfths}}
  - {{clause: "3.2", kind: outcome_pot, of: core.withheld, score: {SCORE}, deadline: 90 days, late: zero}}
  - clause: "5.1"
    kind: programme_pool
    unbounded: accepted
    of: core.budget
    cost: [own, subcontracts, less stop_loss]
    gain: [{{party: {buyer}, share: 50%}}, {{party: {lead}, share: 50%}}]
    loss: [{{party: {lead}, share: 100%}}]
  - clause: "6.1"
    kind: stop_loss
    pool: {pool}
    per: patient-year
    threshold: "{}"
    coinsurance: 20%
    limit: "{}"
"#,
            money(budget),
            money(THRESHOLD),
            money(budget / 50),
        );
    Signed { contract, payer: buyer.clone(), payee: lead.clone(), year: budget, text }
}

fn practices(system: &System, commissioner: &Commissioner, area: &Area) -> Signed {
    let contract = area.practices.id.clone() + "-care";
    let people = system.people();
    let year = people as i64 * PER_HEAD;
    let under = format!("under: {}\ntitle: General practices of {}\n", head_of(commissioner), area.name);
    let (payer, payee) = (area.lead.id.clone(), area.practices.id.clone());
    let text = opening(system, &contract, &under, &format!("{{lead: {payer}, provider: {payee}}}"))
        + &format!(
            r#"pay:
  - clause: "4"
    kind: capitation
    unbounded: accepted
    budget: "{}"
    list: quarterly
    bands: [{{band: registered, weight: 1, baseline: {people}}}]
"#,
            money(year)
        );
    Signed { contract, payer, payee, year, text }
}

fn provider(system: &System, contract: &Contract, plans: [i64; 3]) -> Signed {
    let provider = &system.providers[contract.provider];
    let buyer = &system.commissioners[contract.commissioner];
    let (payer, above, parties) = match &buyer.area {
        Some(area) => {
            let parties = format!("{{lead: {}, provider: {}}}", area.lead.id, provider.party.id);
            (area.lead.id.clone(), format!("under: {}\n", head_of(buyer)), parties)
        }
        None => {
            let parties = format!("{{commissioner: {}, lead: {}}}", buyer.party.id, provider.party.id);
            (buyer.party.id.clone(), String::new(), parties)
        }
    };
    let year: i64 = plans.iter().sum();
    let [_, emergency, _] = plans.map(money);
    let when = |group: Group| format!("when: {{pod: [{}]}}", GROUPS[group as usize].join(", "));
    let clause = |number: &str, rest: String| format!("  - {{clause: \"{number}\", kind: {rest}}}\n");
    let planned = format!("unit_price, unbounded: accepted, {}, price_list: {LIST}", when(Group::Planned));
    let planned = clause("4.1", planned);
    let limits = format!("plan: \"{emergency}\", cap: 5%, collar: 5%");
    let emergency = clause("4.2", format!("activity_at_price, {}, {limits}", when(Group::Emergency)));
    let rest = clause("4.3", "activity_at_price, unbounded: accepted".to_owned());
    let year_planned = money(year);
    let whole = clause("4", format!("activity_at_price, plan: \"{year_planned}\", cap: 10%, collar: 10%"));
    // Its activity is watched, and changes nothing.
    let block = clause("4", format!("block, amount: \"{year_planned}\", profile: twelfths"));
    let pay = match (&buyer.area, provider.kind) {
        (None, _) => whole,
        (_, Kind::Hospital) => planned + &emergency + &rest,
        (_, Kind::Surgical) => planned + &rest,
        (_, Kind::Community) => block,
    };
    let title = format!("{above}title: {} for {}\n", provider.party.name, buyer.party.name);
    let text = opening(system, &contract.id, &title, &parties)
        + "paying_flows: [PLCM, DrPLCM, DePLCM]\npay:\n"
        + &pay;
    Signed { contract: contract.id.clone(), payer, payee: provider.party.id.clone(), year, text }
}
