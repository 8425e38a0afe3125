//! What a system's folder holds besides its activity files: who is who, the contracts, what was recorded of
//! them when, and what the activity files say.

use std::path::Path;
use std::sync::atomic::Ordering;

use chrono::{Days, NaiveDate};
use domain::exact::Exact;

use super::care::{GROUPS, Group};
use super::patient::pseudonym;
use super::random::mix;
use super::row::money;
use super::statement::{Totals, Written, first_day};
use super::system::{Party, System};
use super::terms::{self, LIST, SCORE, Signed, THRESHOLD};
use crate::problem::Problem;

/// Writes everything but the activity files.
pub fn write(dir: &Path, system: &System, totals: &Totals, written: &[Written]) -> Result<(), Problem> {
    let signed = terms::all(system, totals);
    for contract in &signed {
        put(&dir.join("terms").join(format!("{}.yaml", contract.contract)), &contract.text)?;
    }
    put(&dir.join("README.md"), &readme(system, written))?;
    table(
        dir,
        "parties.csv",
        "party,name,code",
        parties(system).map(|p| [&p.id, &p.name, &p.code].map(String::clone)),
    )?;
    let columns = "list,from,to,prices[].tariff_code,prices[].pod,prices[].price,mff[].provider,mff[].factor";
    table(dir, "prices.csv", columns, prices(system))?;
    table(
        dir,
        "payments.csv",
        "recorded_at,actor,contract,year,from,to,amount,paid_on,reference",
        payments(system, &signed),
    )?;
    table(dir, "costs.csv", "recorded_at,actor,contract,party,period,amount", costs(system))?;
    table(dir, "lists.csv", "recorded_at,actor,contract,period,bands[].band,bands[].count", lists(system))?;
    table(
        dir,
        "outcomes.csv",
        "recorded_at,actor,contract,indicator,period,value,provisional",
        outcomes(system),
    )?;
    table(dir, "claims.csv", "recorded_at,actor,contract,year,patient,up_to,cost", claims(system, totals))?;
    table(dir, crate::app::load::TIMELINE, "recorded_at,actor,do", timeline(system, &signed))?;
    let columns = "file,flow,stage,mff,recorded_at,lines,accepted,value";
    table(dir, "activity/manifest.csv", columns, manifest(written))?;
    table(dir, "activity/dirt.csv", "file,line,column,what,verdict", spoilt(written))
}

fn put(path: &Path, text: &str) -> Result<(), Problem> {
    std::fs::write(path, text).map_err(|e| Problem::file(&path.to_string_lossy(), &e))
}

fn table<const N: usize>(
    dir: &Path,
    name: &str,
    header: &str,
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), Problem> {
    let path = dir.join(name);
    let failed = |e: csv::Error| Problem::file(&path.to_string_lossy(), &std::io::Error::other(e));
    let mut writer = csv::Writer::from_path(&path).map_err(failed)?;
    writer.write_record(header.split(',')).map_err(failed)?;
    for row in rows {
        writer.write_record(&row).map_err(failed)?;
    }
    writer.flush().map_err(|e| Problem::file(&path.to_string_lossy(), &e))
}

fn parties(system: &System) -> impl Iterator<Item = &Party> {
    let of_areas = system.commissioners.iter().flat_map(|commissioner| {
        let others = commissioner.area.iter().flat_map(|area| [&area.lead, &area.pool, &area.practices]);
        std::iter::once(&commissioner.party).chain(others)
    });
    of_areas.chain(system.providers.iter().map(|provider| &provider.party))
}

/// The head contract of each area with its lead and its practices.
fn areas(system: &System) -> impl Iterator<Item = (String, &Party, &Party)> {
    system.commissioners.iter().filter_map(|commissioner| {
        let area = commissioner.area.as_ref()?;
        Some((terms::head_of(commissioner), &area.lead, &area.practices))
    })
}

fn prices(system: &System) -> Vec<[String; 8]> {
    let (from, to) = (system.asked.year.first_day().to_string(), system.asked.year.last_day().to_string());
    let row = |cells: [String; 5]| {
        let [code, pod, price, provider, factor] = cells;
        [LIST.to_owned(), from.clone(), to.clone(), code, pod, price, provider, factor]
    };
    let none = String::new;
    let planned = GROUPS[Group::Planned as usize];
    let items = system.care.items.iter().filter(|item| planned.contains(&item.pod.code));
    let prices = items.map(|i| row([i.code.clone(), i.pod.code.to_owned(), money(i.price), none(), none()]));
    let factors = system
        .providers
        .iter()
        .map(|provider| row([none(), none(), none(), provider.party.id.clone(), provider.factor.show(6)]));
    prices.chain(factors).collect()
}

/// A moment of a day, in the time of the ledger's events.
fn at(day: NaiveDate, time: &str) -> String {
    format!("{day}T{time}:00Z")
}

fn finance(party: &str) -> String {
    format!("finance@{party}")
}

/// Twelfths, each on the fifteenth; the last takes the odd pennies.
fn payments(system: &System, signed: &[Signed]) -> Vec<[String; 9]> {
    let mut rows = Vec::new();
    for month in 0..12 {
        let day = first_day(system, month) + Days::new(14);
        for contract in signed {
            let twelfth = contract.year / 12;
            let amount = if month == 11 { contract.year - 11 * twelfth } else { twelfth };
            rows.push([
                at(day, "11:00"),
                finance(&contract.payer),
                contract.contract.clone(),
                system.asked.year.to_string(),
                contract.payer.clone(),
                contract.payee.clone(),
                money(amount),
                day.to_string(),
                format!("{}-{:02}", contract.contract, month + 1),
            ]);
        }
    }
    rows
}

/// A month as commands write it.
fn month_of(system: &System, month: usize) -> String {
    first_day(system, month).format("%Y-%m").to_string()
}

fn costs(system: &System) -> Vec<[String; 6]> {
    let mut rows = Vec::new();
    for month in 0..12 {
        for (place, (contract, lead, _)) in (0..).zip(areas(system)) {
            let told = at(first_day(system, month + 1) + Days::new(9), "10:00");
            let part = 985 + (mix(month as u64 * 10 + place) % 31) as i64;
            let amount = money(terms::own_cost(system) * part / 1_000);
            rows.push([told, finance(&lead.id), contract, lead.id.clone(), month_of(system, month), amount]);
        }
    }
    rows
}

fn lists(system: &System) -> Vec<[String; 6]> {
    let mut rows = Vec::new();
    for month in [0, 3, 6, 9] {
        for (_, _, practices) in areas(system) {
            let told = at(first_day(system, month + 1) + Days::new(11), "10:00");
            let people = system.people() + system.people() * month as u64 / 1_000;
            let contract = practices.id.clone() + "-care";
            let band = "registered".to_owned();
            let count = people.to_string();
            rows.push([told, finance(&practices.id), contract, month_of(system, month), band, count]);
        }
    }
    rows
}

/// A provisional score in April and the final one in June.
fn outcomes(system: &System) -> Vec<[String; 7]> {
    let told = [(12, 24, "true", 0), (14, 12, "false", 3)];
    let mut rows = Vec::new();
    for (month, day, provisional, more) in told {
        for (place, (contract, lead, _)) in (0..).zip(areas(system)) {
            let score = format!("0.{:02}", 66 + mix(system.asked.seed ^ place) % 25 + more);
            rows.push([
                at(first_day(system, month) + Days::new(day), "15:30"),
                finance(&lead.id),
                contract,
                SCORE.to_owned(),
                system.asked.year.to_string(),
                score,
                provisional.to_owned(),
            ]);
        }
    }
    rows
}

/// The patients who cost their area more than the threshold, once the year is frozen.
fn claims<'a>(system: &'a System, totals: &'a Totals) -> impl Iterator<Item = [String; 7]> + 'a {
    let heads: Vec<_> = areas(system).collect();
    let told = at(first_day(system, 14) + Days::new(19), "16:00");
    let costs = totals.patients.iter().map(|cost| cost.load(Ordering::Relaxed)).enumerate();
    costs.filter(|(_, cost)| *cost > THRESHOLD).map(move |(patient, cost)| {
        let (contract, lead, _) = &heads[patient % heads.len()];
        [
            told.clone(),
            finance(&lead.id),
            contract.clone(),
            system.asked.year.to_string(),
            format!("px-{:016x}", pseudonym(system.asked.seed, patient as u64)),
            system.asked.year.last_day().to_string(),
            money(cost),
        ]
    })
}

fn timeline(system: &System, signed: &[Signed]) -> Vec<[String; 3]> {
    let begins = system.asked.year.first_day();
    let first = &system.commissioners[0].party.id;
    let before = |days: u64, time: &str| at(begins - Days::new(days), time);
    let row = |told: String, actor: String, what: &str| [told, actor, what.to_owned()];
    let mut rows = vec![
        row(before(60, "09:00"), finance(first), "history"),
        row(before(60, "09:05"), finance(first), "register-party parties.csv"),
        row(before(40, "09:00"), finance(first), "publish-prices prices.csv"),
    ];
    rows.extend(signed.iter().map(|contract| {
        let what = format!("award-contract terms/{}.yaml", contract.contract);
        row(before(20, "10:00"), finance(&contract.payer), &what)
    }));
    let tables = [
        ("make-payment", "payments.csv"),
        ("report-cost", "costs.csv"),
        ("report-population", "lists.csv"),
        ("measure-outcome", "outcomes.csv"),
        ("claim-stop-loss", "claims.csv"),
    ];
    rows.extend(tables.map(|(verb, file)| row(String::new(), String::new(), &format!("{verb} {file}"))));
    let closed = r#"close-history {"reason":"the activity files of this system are imported next"}"#;
    rows.push(row(at(first_day(system, 14) + Days::new(29), "09:00"), finance(first), closed));
    rows
}

/// The activity files in the order in which they arrive.
fn manifest(written: &[Written]) -> Vec<[String; 8]> {
    let mut files: Vec<&Written> = written.iter().collect();
    files.sort_by_key(|file| (file.recorded_at, &file.name));
    let row = |file: &Written| {
        [
            file.name.clone(),
            file.flow.name().to_owned(),
            file.stage.name().to_owned(),
            "included".to_owned(),
            file.recorded_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            file.lines.to_string(),
            file.accepted.to_string(),
            money(file.value),
        ]
    };
    files.into_iter().map(row).collect()
}

fn spoilt(written: &[Written]) -> impl Iterator<Item = [String; 5]> {
    written.iter().flat_map(|file| {
        file.dirt.iter().map(|(line, dirt)| {
            let cells = [dirt.column, dirt.what, dirt.meaning.verdict()].map(str::to_owned);
            let [column, what, verdict] = cells;
            [file.name.clone(), line.to_string(), column, what, verdict]
        })
    })
}

fn readme(system: &System, written: &[Written]) -> String {
    let asked = &system.asked;
    let lines: u64 = written.iter().map(|file| file.lines).sum();
    let mut command = format!(
        "riskshare generate DIR --lines {} --seed {} --people {} --providers {} --year {}",
        asked.lines, asked.seed, asked.people, asked.providers, asked.year
    );
    if asked.dirt > 0 {
        command += &format!(" --dirt {}%", Exact::ratio(asked.dirt, 10_000));
    }
    if asked.restating {
        command += " --restating";
    }
    format!(
        "# A synthetic care system\n\n\
         Invented whole: no person, organisation, code of an organisation or price is real. The same command writes\n\
         the same bytes on every machine:\n\n    {command}\n\n\
         {} people, {} commissioners, {} providers, {} activity files with {lines} lines.\n\n\
         | file | what it holds |\n|---|---|\n\
         | `timeline.csv` | what was recorded when: `riskshare load DIR` |\n\
         | `terms/` | the contracts |\n\
         | `activity/*-flex.csv`, `activity/*-freeze.csv` | the returns of each provider and month |\n\
         | `activity/manifest.csv` | those files as they arrive, with what a careful reader accepts; \
         the market forces factor is included in every value |\n\
         | `activity/dirt.csv` | every spoilt line: file, line, what is wrong, the verdict it gets |\n",
        asked.people,
        system.commissioners.len(),
        system.providers.len(),
        written.len(),
    )
}
