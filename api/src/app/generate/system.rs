//! The organisations of a system and the contracts between them: each commissioner lets all care of its
//! people to a lead provider, who subcontracts to the providers nearby; one more commissioner buys
//! specialised care from hospitals without a lead.

use domain::exact::Exact;

use super::Asked;
use super::care::{Care, Item};
use super::random::Random;

/// An organisation.
#[derive(Clone, Debug)]
pub struct Party {
    /// How the ledger calls it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its code, as lines of activity name it.
    pub code: String,
}

/// Who buys care for an area.
#[derive(Clone, Debug)]
pub struct Commissioner {
    /// Itself.
    pub party: Party,
    /// Who holds its contract: a partnership, and nobody for the one that buys specialised care.
    pub area: Option<Area>,
}

/// The organisations of an area besides its providers.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its name.
    pub name: &'static str,
    /// The lead provider.
    pub lead: Party,
    /// The pool that pays for the most expensive patients.
    pub pool: Party,
    /// The general practices together.
    pub practices: Party,
}

/// What a provider does; the number is its place in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A general hospital.
    Hospital = 0,
    /// A community trust.
    Community = 1,
    /// Planned surgery only.
    Surgical = 2,
}

/// Who gives care.
#[derive(Debug)]
pub struct Provider {
    /// Itself.
    pub party: Party,
    /// What it does.
    pub kind: Kind,
    /// The commissioner of its area.
    pub home: u16,
    /// The commissioner next to it.
    pub next: u16,
    /// Its market forces factor, six decimals.
    pub factor: Exact,
    /// For each item the charge at the price of the list, and at the provider's own.
    pub charges: Vec<[Charge; 2]>,
    weight: u64,
}

/// What one unit costs, in pence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Charge {
    /// The price before the market forces factor.
    pub price: i64,
    /// What the factor adds to it.
    pub factor: i64,
}

/// A contract that activity is given under.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its name.
    pub id: String,
    /// The local contract code.
    pub code: String,
    /// The provider, by its place.
    pub provider: usize,
    /// The commissioner whose people it is for, by its place.
    pub commissioner: usize,
}

/// A whole system.
#[derive(Debug)]
pub struct System {
    /// What was asked for.
    pub asked: Asked,
    /// The care there is.
    pub care: Care,
    /// Who buys; the last buys specialised care.
    pub commissioners: Vec<Commissioner>,
    /// Who gives care.
    pub providers: Vec<Provider>,
    /// The contracts of providers.
    pub contracts: Vec<Contract>,
    /// The contract of each provider, then of each commissioner, by its place.
    between: Vec<Vec<Option<u16>>>,
}

const AREAS: [(&str, &str); 3] =
    [("aldervale", "Aldervale"), ("brackenshire", "Brackenshire"), ("corrimouth", "Corrimouth")];
const PLACES: [&str; 19] = [
    "Thornbeck",
    "Marlow Fen",
    "Eskhaven",
    "Wickerby",
    "Saltburn Moor",
    "Fernley",
    "Ashgill",
    "Holm Cross",
    "Penrigg",
    "Larkstoke",
    "Dunmere",
    "Oakhanger",
    "Tansley",
    "Millom Vale",
    "Greystone",
    "Hartside",
    "Colbrook",
    "Rushmere",
    "Winterfold",
];
const KINDS: [Kind; 4] = [Kind::Hospital, Kind::Community, Kind::Hospital, Kind::Surgical];
/// How busy the months are, April first.
const SEASON: [u64; 12] = [97, 100, 98, 101, 95, 99, 104, 102, 98, 106, 97, 103];

impl System {
    /// The system that was asked for.
    pub fn new(asked: Asked) -> System {
        let care = Care::new();
        let areas = AREAS.len().min(asked.providers as usize);
        let mut commissioners: Vec<Commissioner> = (0..areas).map(area).collect();
        let specialised =
            party("specialised-care".to_owned(), "Specialised Commissioning".to_owned(), "ZS01A");
        commissioners.push(Commissioner { party: specialised, area: None });
        let providers: Vec<Provider> =
            (0..asked.providers).map(|place| provider(place, areas, &asked, &care.items)).collect();
        let mut contracts = Vec::new();
        let mut between = vec![vec![None; commissioners.len()]; providers.len()];
        for (place, provider) in providers.iter().enumerate() {
            let mut buyers = vec![usize::from(provider.home), usize::from(provider.next)];
            buyers.dedup();
            buyers.extend((provider.kind == Kind::Hospital).then_some(areas));
            for buyer in buyers {
                between[place][buyer] = Some(contracts.len() as u16);
                contracts.push(Contract {
                    id: format!("{}-{}", commissioners[buyer].party.id, provider.party.id),
                    code: format!("{}/{}", commissioners[buyer].party.code, provider.party.code),
                    provider: place,
                    commissioner: buyer,
                });
            }
        }
        System { asked, care, commissioners, providers, contracts, between }
    }

    /// The place of the commissioner of specialised care.
    pub fn specialised(&self) -> u16 {
        (self.commissioners.len() - 1) as u16
    }

    /// The place of the contract for what a provider does for the people of a commissioner.
    pub fn contract(&self, provider: usize, commissioner: u16) -> usize {
        self.between[provider][usize::from(commissioner)].map_or(0, usize::from)
    }

    /// The first line, counted through the whole year, of a month of a provider, and of the one after it.
    pub fn lines(&self, provider: usize, month: usize) -> (u64, u64) {
        let weight = |all: &[Provider]| all.iter().map(|p| p.weight).sum::<u64>();
        let season: u64 = SEASON.iter().sum();
        let before = weight(&self.providers[..provider]) * season
            + self.providers[provider].weight * SEASON[..month].iter().sum::<u64>();
        let after = before + self.providers[provider].weight * SEASON[month];
        let whole = u128::from(weight(&self.providers) * season);
        let at = |so_far: u64| (u128::from(self.asked.lines) * u128::from(so_far) / whole) as u64;
        (at(before), at(after))
    }

    /// How many people live in each area.
    pub fn people(&self) -> u64 {
        (self.asked.people / (self.commissioners.len() as u64 - 1)).max(1)
    }
}

fn party(id: String, name: String, code: impl Into<String>) -> Party {
    Party { id, name, code: code.into() }
}

fn area(place: usize) -> Commissioner {
    let (id, name) = AREAS[place];
    let of = |what: &str, words: &str, code: char| {
        let code = format!("Z{code}{:02}A", place + 1);
        party(format!("{id}{what}"), format!("{name} {words}"), code)
    };
    Commissioner {
        party: of("", "Integrated Care Board", 'C'),
        area: Some(Area {
            name,
            lead: of("-partnership", "Care Partnership", 'L'),
            pool: of("-pool", "Risk Pool", 'X'),
            practices: of("-practices", "General Practice Federation", 'G'),
        }),
    }
}

fn provider(place: u64, areas: usize, asked: &Asked, items: &[Item]) -> Provider {
    let kind = KINDS[(place % 4) as usize];
    let (what, words, often) = match kind {
        Kind::Hospital => ("hospitals", "Hospitals NHS Trust", 60),
        Kind::Community => ("community", "Community Care NHS Trust", 30),
        Kind::Surgical => ("surgery", "Surgical Centre", 15),
    };
    let town = PLACES[place as usize % PLACES.len()];
    let round = match place as usize / PLACES.len() {
        0 => String::new(),
        round => format!(" {}", round + 1),
    };
    let id = format!("{town}{round} {what}").to_lowercase().replace(' ', "-");
    let mut random = Random::of(&[asked.seed, PROVIDERS, place]);
    let factor = Exact::ratio(1_000_000 + random.below(180_000) as i64, 1_000_000);
    let home = place as usize % areas;
    Provider {
        party: party(id, format!("{town}{round} {words}"), format!("ZP{place:03}A")),
        kind,
        home: home as u16,
        next: ((home + 1) % areas) as u16,
        charges: items.iter().map(|item| charges(item, &factor, &mut random)).collect(),
        factor,
        // The first are the largest.
        weight: often * 1_000 / (place + 4),
    }
}

/// Sets what is drawn of providers apart from what is drawn of care.
const PROVIDERS: u64 = 0x7072_6f76;

/// The price of the list and the provider's own, each with what the factor adds to one unit, to the penny.
fn charges(item: &Item, factor: &Exact, random: &mut Random) -> [Charge; 2] {
    // In thousandths: a top-up, a best practice price, a price agreed lower.
    let own = [1_240, 1_060, 950][random.below(3) as usize];
    [1_000, own].map(|part| {
        let price = whole(&Exact::ratio(item.price * part, 1_000));
        let with_factor = whole(&(&Exact::from(price) * factor));
        Charge { price, factor: with_factor - price }
    })
}

/// To the nearest whole; prices are far below what a number holds.
fn whole(exact: &Exact) -> i64 {
    exact.to_places(0).to_string().parse().unwrap_or_default()
}
