//! Chunks of lines in, a verdict for each line out; accepted lines gather in groups and leave them as blocks.
//!
//! A value is checked when it is new in its column. The lines then are only looked up: what a value says is a
//! number, and what stands between two columns of a line is a comparison of numbers.

use std::collections::{BTreeMap, HashMap};

use domain::name::PartyId;
use domain::verb::activity::Flow;
use hashbrown::{DefaultHashBuilder, HashTable};
use store::block::Columns;

use super::checks::{BLANK, Fact, Judge, tariff, trimmed};
use super::chunk::Chunk;
use super::codes::{POINTS_OF_DELIVERY, WITHOUT_ACTIVITY, needs_no_tariff};
use super::dictionary::Dictionary;
use super::field::Role;
use super::group::{Group, Parsed};
use super::header::Header;
use super::nhs_number::Tally;
use super::parties::Parties;
use super::totals::Alike;
use super::verdict::{Code, Fault, Verdict};
use super::{MarketForces, date, period};
use crate::problem::Problem;

/// Lines that wait in all groups together, at most: the largest group then gives its lines up as a block.
const MOST_WAITING: usize = 200_000;

/// A file being sorted.
#[derive(Debug)]
pub struct Sieve<'a> {
    header: &'a Header,
    parties: &'a Parties,
    mff: MarketForces,
    judge: Judge<'a>,
    columns: At,
    /// The columns of responsible commissioners.
    responsible: Vec<usize>,
    dictionaries: Vec<Option<Dictionary>>,
    tallies: Vec<Tally>,
    points: Vec<PointOfDelivery>,
    spots: HashMap<Named, Spot, DefaultHashBuilder>,
    seen: HashTable<u128>,
    commissioners: HashMap<i64, PartyId>,
    groups: Vec<Group>,
    /// What was wrong, by code and column.
    pub findings: BTreeMap<(Code, Option<usize>), Finding>,
    /// Lines by verdict.
    pub counted: Counted,
    scratch: Scratch,
}

/// Lines of a file by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "each is named as its verdict")]
pub struct Counted {
    pub lines: u64,
    pub accepted: u64,
    pub duplicate: u64,
    pub rejected: u64,
    /// Without any value, and left out.
    pub blank: u64,
}

/// Lines with the same fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How many.
    pub lines: u64,
    /// The number of the first.
    pub row: u64,
    /// The value of the first.
    pub value: String,
}

/// Where the columns are that are read.
#[derive(Clone, Copy, Debug)]
struct At {
    month: Option<usize>,
    year: Option<usize>,
    provider: Option<usize>,
    commissioner: Option<usize>,
    site: Option<usize>,
    point_of_delivery: Option<usize>,
    treatment_function: Option<usize>,
    tariff: Option<usize>,
    local_contract: Option<usize>,
    count: Option<usize>,
    unit_price: Option<usize>,
    value: Option<usize>,
    market_forces: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
}

/// What a point of delivery asks of a line.
#[derive(Clone, Copy, Debug)]
struct PointOfDelivery {
    without_activity: bool,
    needs_tariff: bool,
}

/// By what a line finds its group: the numbers of provider, commissioner, year and month.
type Named = [i64; 4];

/// Where lines of a provider, commissioner and month go.
#[derive(Clone, Copy, Debug)]
struct Spot {
    group: Result<usize, Code>,
    first_day: i64,
    last_day: i64,
}

/// Memory that is used again for each chunk.
#[derive(Debug, Default)]
struct Scratch {
    codes: Vec<Option<Vec<u32>>>,
    numbers: Vec<Vec<i64>>,
    bad: Vec<bool>,
}

/// The verdicts on a chunk.
#[derive(Debug, Default)]
pub struct Sifted {
    /// One for each line.
    pub verdicts: Vec<Verdict>,
    /// What is wrong with the rejected ones, by their place.
    pub faults: Vec<(usize, Vec<Fault>)>,
    /// Blocks that are full, by the place of their group.
    pub blocks: Vec<(usize, Columns)>,
}

impl<'a> Sieve<'a> {
    /// For the lines under a header.
    pub fn new(header: &'a Header, parties: &'a Parties, mff: MarketForces) -> Sieve<'a> {
        let width = header.columns.len();
        let point = |place: u16| {
            let code = POINTS_OF_DELIVERY.code(place);
            PointOfDelivery {
                without_activity: WITHOUT_ACTIVITY.contains(&code),
                needs_tariff: !needs_no_tariff(code),
            }
        };
        Sieve {
            header,
            parties,
            mff,
            judge: Judge::new(parties),
            columns: At::of(header),
            responsible: (0..width).filter(|at| header.columns[*at].role == Role::Responsible).collect(),
            dictionaries: (0..width).map(|_| Some(Dictionary::default())).collect(),
            tallies: vec![Tally::default(); width],
            points: (0..POINTS_OF_DELIVERY.count() as u16).map(point).collect(),
            spots: HashMap::default(),
            seen: HashTable::new(),
            commissioners: HashMap::new(),
            groups: Vec::new(),
            findings: BTreeMap::new(),
            counted: Counted::default(),
            scratch: Scratch {
                codes: vec![Some(Vec::new()); width],
                numbers: vec![Vec::new(); width],
                bad: vec![],
            },
        }
    }

    /// Judges the lines of a chunk.
    ///
    /// # Errors
    /// Refuses the whole file where a column holds NHS numbers.
    pub fn sift(&mut self, chunk: &Chunk) -> Result<Sifted, Problem> {
        let mut sifted = Sifted { blocks: self.give_up_codes(), ..Sifted::default() };
        self.scratch.bad.clear();
        self.scratch.bad.resize(chunk.lines(), false);
        chunk.uneven.iter().for_each(|(line, _)| self.scratch.bad[*line] = true);
        for column in 0..chunk.width {
            self.read_column(chunk, column);
        }
        self.refuse_nhs_numbers()?;
        let mut chosen: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        let mut last: Option<(Named, Spot)> = None;
        for line in 0..chunk.lines() {
            let named = self.named(line);
            let spot = match last {
                Some((of, spot)) if of == named => spot,
                _ => self.spot(named),
            };
            last = Some((named, spot));
            let verdict = match spot.group {
                Ok(group) if !self.scratch.bad[line] && self.between(line, &spot).is_empty() => {
                    if self.is_new(&chunk.digests[line]) {
                        chosen.entry(group).or_default().push(line as u32);
                        self.add(line, group);
                        Verdict::Accepted
                    } else {
                        Verdict::Duplicate
                    }
                }
                _ => {
                    let faults = self.faults(chunk, line, &spot);
                    self.note(chunk, line, &faults);
                    sifted.faults.push((line, faults));
                    Verdict::Rejected
                }
            };
            self.counted.count(verdict);
            sifted.verdicts.push(verdict);
        }
        self.counted.blank += chunk.blank;
        for (group, lines) in chosen {
            self.gather(chunk, group, &lines, &mut sifted.blocks);
        }
        Ok(sifted)
    }

    /// The groups, with all that waited in them as blocks.
    pub fn finish(mut self) -> (Finished, Vec<(usize, Columns)>) {
        let blocks = self.empty_all();
        let finished = Finished {
            groups: self.groups,
            texts: self.judge.texts,
            commissioners: self.commissioners,
            findings: self.findings,
            counted: self.counted,
        };
        (finished, blocks)
    }

    /// Columns with too many different values are kept as text from here on. Every group begins a new block
    /// then.
    fn give_up_codes(&mut self) -> Vec<(usize, Columns)> {
        let full = |dictionary: &Option<Dictionary>| dictionary.as_ref().is_some_and(Dictionary::is_full);
        if !self.dictionaries.iter().any(full) {
            return Vec::new();
        }
        let blocks = self.empty_all();
        for (dictionary, codes) in self.dictionaries.iter_mut().zip(&mut self.scratch.codes) {
            if full(dictionary) {
                (*dictionary, *codes) = (None, None);
            }
        }
        blocks
    }

    fn empty_all(&mut self) -> Vec<(usize, Columns)> {
        let waiting = self.groups.iter_mut().enumerate().filter(|(_, group)| group.waiting() > 0);
        waiting.map(|(place, group)| (place, group.take(self.header, &self.dictionaries))).collect()
    }

    /// Looks every value of a column up, or reads it where the column has too many.
    fn read_column(&mut self, chunk: &Chunk, place: usize) {
        let column = &self.header.columns[place];
        let (judge, tally) = (&mut self.judge, &mut self.tallies[place]);
        let numbers = &mut self.scratch.numbers[place];
        let bad = &mut self.scratch.bad;
        numbers.clear();
        let mut fact_of = |value: &str| {
            tally.count(value);
            judge.fact(column, value)
        };
        let (mut last, mut fact): (&[u8], Fact) = (b"", fact_of(""));
        if let (Some(dictionary), Some(codes)) =
            (&mut self.dictionaries[place], &mut self.scratch.codes[place])
        {
            codes.clear();
            let mut code = dictionary.code(b"", || fact);
            for (line, bad) in bad.iter_mut().enumerate() {
                let value = chunk.bytes(line, place);
                if value != last {
                    code = dictionary.code(value, || fact_of(chunk.cell(line, place)));
                    (last, fact) = (value, dictionary.fact(code));
                }
                codes.push(code);
                numbers.push(fact.number);
                *bad |= fact.fault.is_some();
            }
        } else {
            for (line, bad) in bad.iter_mut().enumerate() {
                let value = chunk.bytes(line, place);
                if value != last {
                    (last, fact) = (value, fact_of(chunk.cell(line, place)));
                }
                numbers.push(fact.number);
                *bad |= fact.fault.is_some();
            }
        }
    }

    fn refuse_nhs_numbers(&self) -> Result<(), Problem> {
        let mut columns = self.header.columns.iter().zip(&self.tallies);
        columns.try_for_each(|(column, tally)| tally.refuse(&column.shown, column.role == Role::NhsNumber))
    }

    fn number(&self, column: Option<usize>, line: usize) -> i64 {
        column.map_or(BLANK, |column| self.scratch.numbers[column][line])
    }

    fn named(&self, line: usize) -> Named {
        let At { provider, commissioner, year, month, .. } = self.columns;
        [provider, commissioner, year, month].map(|column| self.number(column, line))
    }

    /// Where lines go, found once for each provider, commissioner and month.
    fn spot(&mut self, named: Named) -> Spot {
        if let Some(spot) = self.spots.get(&named) {
            return *spot;
        }
        let spot = self.find_spot(named);
        self.spots.insert(named, spot);
        spot
    }

    fn find_spot(&mut self, [provider, commissioner, year, month]: Named) -> Spot {
        let nowhere = Spot { group: Err(Code::NoContract), first_day: i64::MIN, last_day: i64::MAX };
        let stated = i32::try_from(year).ok().zip(u32::try_from(month).ok());
        let Some(month) = stated.and_then(|(year, month)| period::calendar(year, month)) else {
            return nowhere;
        };
        let days = (month.first_day(), month.last_day());
        let (first_day, last_day) = (date::day_of(days.0).into(), date::day_of(days.1).into());
        let parties = u32::try_from(provider).ok().zip(u32::try_from(commissioner).ok());
        let Some((who, for_whom)) = parties else { return Spot { first_day, last_day, ..nowhere } };
        let group = self.parties.contract(who, for_whom, month).map(|placed| {
            self.commissioners.insert(commissioner, placed.commissioner.clone());
            let same = |group: &Group| {
                let other = &group.placed;
                (&other.contract, &other.provider, group.month) == (&placed.contract, &placed.provider, month)
            };
            self.groups.iter().position(same).unwrap_or_else(|| {
                self.groups.push(Group::new(placed, month, &self.columns.parsed()));
                self.groups.len() - 1
            })
        });
        Spot { group, first_day, last_day }
    }

    /// What is wrong between the columns of a line.
    fn between(&self, line: usize, spot: &Spot) -> Vec<Fault> {
        let at = &self.columns;
        let number = |column| self.number(column, line);
        let stated = |column| number(column) != BLANK;
        let point =
            usize::try_from(number(at.point_of_delivery)).ok().and_then(|place| self.points.get(place));
        let mut faults = Vec::new();
        let mut fault = |wrong: bool, code, column| {
            if wrong {
                faults.push(Fault { code, column });
            }
        };
        // Drugs and devices of patients are money in the aggregate return, and have site and count in their
        // own.
        let of_patients = matches!(self.header.flow, Flow::DrPlcm | Flow::DePlcm);
        if point.is_some_and(|point| point.without_activity) && !of_patients {
            fault(stated(at.site), Code::NotBlank, at.site);
            fault(stated(at.treatment_function), Code::NotBlank, at.treatment_function);
            for responsible in &self.responsible {
                fault(stated(Some(*responsible)), Code::NotBlank, Some(*responsible));
            }
            fault(at.count.is_some() && number(at.count) != 0, Code::NotZero, at.count);
        }
        if point.is_some_and(|point| point.needs_tariff) && self.header.flow != Flow::Local {
            fault(!stated(at.tariff), Code::NoTariff, at.tariff);
            fault(stated(at.tariff) && !tariff(number(at.tariff)).1, Code::Tariff, at.tariff);
        }
        let (start, end) = (number(at.start), number(at.end));
        let ended = if end == BLANK { start } else { end };
        let outside = ended != BLANK && !(spot.first_day..=spot.last_day).contains(&ended);
        fault(start != BLANK && end != BLANK && end < start, Code::EndsBeforeStart, at.end);
        fault(outside, Code::OutsideMonth, if end == BLANK { at.start } else { at.end });
        faults
    }

    /// Everything that is wrong with a line.
    fn faults(&mut self, chunk: &Chunk, line: usize, spot: &Spot) -> Vec<Fault> {
        if chunk.uneven.iter().any(|(uneven, _)| *uneven == line) {
            return vec![Fault { code: Code::Cells, column: None }];
        }
        let mut faults = Vec::new();
        for (place, column) in self.header.columns.iter().enumerate() {
            let Fact { fault, .. } = self.judge.fact(column, chunk.cell(line, place));
            faults.extend(fault.map(|code| Fault { code, column: Some(place) }));
        }
        let told: Vec<Option<usize>> = faults.iter().map(|fault| fault.column).collect();
        faults.extend(self.between(line, spot).into_iter().filter(|fault| !told.contains(&fault.column)));
        let At { provider, commissioner, year, month, .. } = self.columns;
        let keys_are_read = [provider, commissioner, year, month].iter().all(|column| !told.contains(column));
        if let (Err(code), true) = (spot.group, keys_are_read) {
            let column = if code == Code::WrongProvider { provider } else { commissioner };
            faults.push(Fault { code, column });
        }
        faults
    }

    /// Whether a line stands for the first time.
    fn is_new(&mut self, digest: &[u8; 32]) -> bool {
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        let half = u128::from_le_bytes(half);
        let hash = |half: &u128| *half as u64;
        if self.seen.find(hash(&half), |other| *other == half).is_some() {
            return false;
        }
        self.seen.insert_unique(hash(&half), half, hash);
        true
    }

    /// Counts an accepted line in the sums of its group.
    fn add(&mut self, line: usize, group: usize) {
        let at = &self.columns;
        let number = |column| self.number(column, line);
        let alike = Alike {
            commissioner: number(at.commissioner),
            site: number(at.site),
            point_of_delivery: number(at.point_of_delivery),
            treatment_function: number(at.treatment_function),
            tariff: tariff(number(at.tariff)).0,
            local_contract: number(at.local_contract),
            unit_price: number(at.unit_price),
        };
        let (value, count) = (self.value(line), number(at.count));
        let group = &mut self.groups[group];
        group.totals.add(alike, value, count);
        group.sum.add(value, count);
    }

    /// The value of a line: as stated, with its market forces factor where the feed adds that.
    fn value(&self, line: usize) -> i64 {
        let stated = self.number(self.columns.value, line);
        let factor = self.number(self.columns.market_forces, line);
        match self.mff {
            MarketForces::Added if factor != BLANK => stated.saturating_add(factor),
            _ => stated,
        }
    }

    /// Puts chosen lines into their group, and takes a block out where it has enough.
    fn gather(&mut self, chunk: &Chunk, group: usize, lines: &[u32], blocks: &mut Vec<(usize, Columns)>) {
        let most = store::block::MOST_LINES;
        let room = most - self.groups[group].waiting();
        let (now, then) = lines.split_at(room.min(lines.len()));
        for part in [now, then].into_iter().filter(|part| !part.is_empty()) {
            // The group is taken out so that the columns can be read meanwhile.
            let mut held = std::mem::take(&mut self.groups);
            held[group].add(chunk, part, &self.scratch.codes, |parsed, line| match parsed {
                Parsed::Value => self.value(line),
                parsed => self.number(self.columns.parsed_from(parsed), line),
            });
            self.groups = held;
            if self.groups[group].waiting() == most {
                blocks.push((group, self.groups[group].take(self.header, &self.dictionaries)));
            }
        }
        if self.groups.iter().map(Group::waiting).sum::<usize>() > MOST_WAITING
            && let Some((place, largest)) =
                self.groups.iter_mut().enumerate().max_by_key(|(_, g)| g.waiting())
        {
            blocks.push((place, largest.take(self.header, &self.dictionaries)));
        }
    }

    fn note(&mut self, chunk: &Chunk, line: usize, faults: &[Fault]) {
        for Fault { code, column } in faults {
            let value = column.map_or("", |column| trimmed(chunk.cell(line, column)));
            let finding = self.findings.entry((*code, *column)).or_insert_with(|| Finding {
                lines: 0,
                row: chunk.rows[line],
                value: value.chars().take(60).collect(),
            });
            finding.lines += 1;
        }
    }
}

/// What a whole file came to.
#[derive(Debug)]
#[allow(missing_docs, reason = "each is what the sieve had")]
pub struct Finished {
    pub groups: Vec<Group>,
    pub texts: super::checks::Texts,
    pub commissioners: HashMap<i64, PartyId>,
    pub findings: BTreeMap<(Code, Option<usize>), Finding>,
    pub counted: Counted,
}

impl Counted {
    fn count(&mut self, verdict: Verdict) {
        self.lines += 1;
        match verdict {
            Verdict::Accepted => self.accepted += 1,
            Verdict::Duplicate => self.duplicate += 1,
            Verdict::Rejected => self.rejected += 1,
        }
    }
}

impl At {
    fn of(header: &Header) -> At {
        let at = |role| header.place(role);
        At {
            month: at(Role::Month),
            year: at(Role::Year),
            provider: at(Role::Provider),
            commissioner: at(Role::Commissioner),
            site: at(Role::Site),
            point_of_delivery: at(Role::PointOfDelivery),
            treatment_function: at(Role::TreatmentFunction),
            tariff: at(Role::Tariff),
            local_contract: at(Role::LocalContract),
            count: at(Role::Count),
            unit_price: at(Role::UnitPrice),
            value: at(Role::Value),
            market_forces: at(Role::MarketForces),
            start: at(Role::Start),
            end: at(Role::End),
        }
    }

    fn of_parsed(&self) -> [(Parsed, Option<usize>); 6] {
        [
            (Parsed::Start, self.start),
            (Parsed::End, self.end),
            (Parsed::Count, self.count),
            (Parsed::UnitPrice, self.unit_price),
            (Parsed::Value, self.value),
            (Parsed::MarketForces, self.market_forces),
        ]
    }

    fn parsed_from(&self, parsed: Parsed) -> Option<usize> {
        self.of_parsed().into_iter().find_map(|(other, column)| column.filter(|_| other == parsed))
    }

    fn parsed(&self) -> Vec<Parsed> {
        self.of_parsed()
            .into_iter()
            .filter(|(_, column)| column.is_some())
            .map(|(parsed, _)| parsed)
            .collect()
    }
}
