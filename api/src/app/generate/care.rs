//! The care that is given: points of delivery, tariff codes, prices of the list, and how often each is met.
//! The points of delivery and most codes of outpatient and emergency care are the national ones; codes and
//! prices of admitted care only have their shape.

use super::random::mix;

/// Where and how care is given, which decides which cells a line fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A stay in hospital.
    Admitted,
    /// An emergency department.
    Emergency,
    /// A clinic.
    Outpatient,
    /// At home or nearby.
    Community,
    /// A test that a practice asked for.
    Direct,
    /// Priced apart from a stay.
    Unbundled,
    /// A drug or device, at cost; in the aggregate it is money.
    Supply,
    /// Money and no activity, so that place and specialty stay blank.
    Money,
}

/// A point of delivery.
#[derive(Debug)]
pub struct Pod {
    /// Its national code.
    pub code: &'static str,
    /// In words.
    pub words: &'static str,
    /// Where.
    pub setting: Setting,
    /// How often a hospital, a community trust and a surgical provider give it.
    often: [u64; 3],
    /// What is priced.
    priced: Priced,
    /// The shortest and longest stay, in days.
    pub stay: (u64, u64),
    /// The most units of one line.
    pub units: u64,
}

#[derive(Debug)]
enum Priced {
    /// Each admitted code, at so many hundredths of its price.
    Spells(u64),
    /// These codes, each with its price in pence.
    Codes(&'static [(&'static str, i64)]),
}
use Priced::{Codes, Spells};

const fn pod(
    code: &'static str,
    words: &'static str,
    setting: Setting,
    often: [u64; 3],
    priced: Priced,
) -> Pod {
    Pod { code, words, setting, often, priced, stay: (0, 0), units: 1 }
}

/// Care that contracts pay for alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Planned stays, at the prices of the list.
    Planned = 0,
    /// Emergencies.
    Emergency = 1,
    /// Everything else.
    Rest = 2,
}

/// The points of delivery of the groups before the rest.
pub const GROUPS: [&[&str]; 2] = [&["DC", "EL"], &["AE", "NEL", "NELST"]];

impl Pod {
    /// The group it belongs to.
    pub fn group(&self) -> Group {
        match GROUPS.map(|codes| codes.contains(&self.code)) {
            [true, _] => Group::Planned,
            [_, true] => Group::Emergency,
            [false, false] => Group::Rest,
        }
    }

    const fn staying(mut self, shortest: u64, longest: u64) -> Pod {
        self.stay = (shortest, longest);
        self
    }

    const fn up_to(mut self, units: u64) -> Pod {
        self.units = units;
        self
    }
}

/// Every point of delivery that is generated.
pub static PODS: &[Pod] = &[
    pod("DC", "Day case", Setting::Admitted, [70, 0, 330], Spells(60)),
    pod("EL", "Elective spell", Setting::Admitted, [15, 0, 120], Spells(100)).staying(1, 8),
    pod("NEL", "Emergency spell", Setting::Admitted, [55, 0, 0], Spells(130)).staying(2, 30),
    pod("NELST", "Emergency short stay", Setting::Admitted, [40, 0, 0], Spells(45)).staying(0, 1),
    pod("NELNE", "Non-emergency non-elective spell", Setting::Admitted, [10, 0, 0], Spells(90)).staying(0, 6),
    pod("AE", "Emergency attendance", Setting::Emergency, [160, 0, 0], Codes(EMERGENCY)),
    pod("OPFASPCL", "First attendance", Setting::Outpatient, [130, 0, 220], Codes(&[("WF01B", 18600)])),
    pod("OPFUPSPCL", "Follow-up attendance", Setting::Outpatient, [250, 60, 240], Codes(&[("WF01A", 8700)])),
    pod(
        "OPFAMPCL",
        "First attendance, several professions",
        Setting::Outpatient,
        [10, 0, 0],
        Codes(FIRST_MULTI),
    ),
    pod(
        "OPFUPMPCL",
        "Follow-up, several professions",
        Setting::Outpatient,
        [15, 0, 0],
        Codes(&[("WF02A", 11900)]),
    ),
    pod(
        "OPFASPNCL",
        "First attendance, not led by a consultant",
        Setting::Outpatient,
        [8, 40, 0],
        Codes(NURSES),
    ),
    pod(
        "NF2FFUP",
        "Follow-up by telephone or video",
        Setting::Outpatient,
        [55, 10, 10],
        Codes(&[("WF01C", 5200)]),
    ),
    pod("OPPROC", "Outpatient procedure", Setting::Outpatient, [80, 0, 80], Codes(PROCEDURES)),
    pod("DAIMG", "Direct access imaging", Setting::Direct, [35, 0, 0], Codes(IMAGING)),
    pod("DALAB", "Direct access laboratory", Setting::Direct, [22, 0, 0], Codes(LABORATORY)).up_to(6),
    pod("UNBACC", "Adult critical care, days", Setting::Unbundled, [3, 0, 0], Codes(CRITICAL)).staying(2, 14),
    pod("UNBCHEMO", "Chemotherapy", Setting::Unbundled, [12, 0, 0], Codes(CHEMOTHERAPY)),
    pod("CRD", "Dialysis", Setting::Unbundled, [14, 0, 0], Codes(&[("LD05A", 15700), ("LD06A", 16400)])),
    pod("COMM", "Community contact", Setting::Community, [0, 700, 0], Codes(CONTACTS)),
    pod("COMMINIT", "First community contact", Setting::Community, [0, 120, 0], Codes(CONTACTS)),
    pod("COMMSUB", "Later community contact", Setting::Community, [0, 80, 0], Codes(CONTACTS)),
    pod("ADJUSTMENT", "Credit of the provider", Setting::Money, [1, 1, 1], Codes(&[("", 12500)])),
    pod("DRUG", "Drug outside the tariff", Setting::Supply, [0, 0, 0], Codes(&[("", 84000)])),
    pod("DEVICE", "Device outside the tariff", Setting::Supply, [0, 0, 0], Codes(&[("", 310_000)])),
];

const EMERGENCY: &[(&str, i64)] = &[
    ("VB08Z", 16800),
    ("VB09Z", 12500),
    ("VB07Z", 22800),
    ("VB11Z", 8200),
    ("VB06Z", 28300),
    ("VB04Z", 34100),
];
const FIRST_MULTI: &[(&str, i64)] = &[("WF02B", 22400)];
const NURSES: &[(&str, i64)] = &[("WF01B", 14100), ("WF01D", 6900)];
const PROCEDURES: &[(&str, i64)] = &[
    ("JC43C", 14200),
    ("BZ88A", 9900),
    ("MA36Z", 15800),
    ("CA55A", 12100),
    ("EY51Z", 11700),
    ("LB72A", 19400),
];
const IMAGING: &[(&str, i64)] =
    &[("RD40Z", 4900), ("RD20A", 7800), ("RD01A", 13600), ("RD51A", 6400), ("RD26Z", 10900)];
const LABORATORY: &[(&str, i64)] = &[("DZ57Z", 310), ("DZ58Z", 640), ("DZ59Z", 1180)];
const CRITICAL: &[(&str, i64)] =
    &[("XC06Z", 98000), ("XC05Z", 131_000), ("XC04Z", 164_000), ("XC03Z", 189_000)];
const CHEMOTHERAPY: &[(&str, i64)] =
    &[("SB12Z", 17900), ("SB13Z", 26800), ("SB14Z", 34400), ("SB15Z", 21200)];
const CONTACTS: &[(&str, i64)] =
    &[("NA10Z", 5800), ("NA11Z", 7400), ("NA12Z", 4600), ("NA13Z", 9200), ("NA14Z", 6700), ("NA15Z", 11300)];

/// Chapters and sub-chapters of admitted care.
const CHAPTERS: [&str; 20] = [
    "FD", "EB", "HN", "DZ", "LB", "WH", "AA", "BZ", "FF", "JC", "MA", "GA", "HE", "CA", "KB", "NZ", "PF",
    "SA", "YQ", "QZ",
];
const NUMBERS: [&str; 8] = ["22", "10", "05", "31", "14", "47", "02", "60"];

/// A code at a point of delivery.
#[derive(Debug)]
pub struct Item {
    /// The point of delivery.
    pub pod: &'static Pod,
    /// The tariff code; empty where none belongs.
    pub code: String,
    /// The price of the list, in pence.
    pub price: i64,
}

/// Everything that can be given, and a wheel for each kind of provider with which to choose.
#[derive(Debug)]
pub struct Care {
    /// Every item.
    pub items: Vec<Item>,
    wheels: [Vec<u16>; 3],
}

/// As many places has a wheel.
const PLACES: u64 = 1 << 16;

impl Care {
    /// All care there is.
    pub fn new() -> Care {
        let mut items = Vec::new();
        let mut often: [Vec<u64>; 3] = Default::default();
        for pod in PODS {
            let begin = items.len();
            items.extend(pod.items());
            // By rank, as words in a language: the second is met half as often as the first.
            let ranks = 1..=(items.len() - begin) as u64;
            let whole: u64 = ranks.clone().map(|rank| 1_000_000 / rank).sum();
            for (kind, often) in often.iter_mut().enumerate() {
                often.extend(
                    ranks.clone().map(|rank| pod.often[kind] * 1_000_000 * (1_000_000 / rank) / whole),
                );
            }
        }
        Care { wheels: often.map(|often| wheel(&often)), items }
    }

    /// The item at a place of the wheel of a kind of provider.
    pub fn at(&self, kind: usize, bits: u64) -> u16 {
        self.wheels[kind][(bits % PLACES) as usize]
    }

    /// The only item of a point of delivery that has one.
    pub fn only(&self, pod: &str) -> u16 {
        self.items.iter().position(|item| item.pod.code == pod).unwrap_or_default() as u16
    }
}

impl Pod {
    fn items(&'static self) -> Vec<Item> {
        let item = |code: String, price| Item { pod: self, code, price };
        match self.priced {
            Codes(codes) => codes.iter().map(|(code, price)| item((*code).to_owned(), *price)).collect(),
            Spells(part) => {
                let codes =
                    NUMBERS.iter().flat_map(|number| CHAPTERS.map(|chapter| format!("{chapter}{number}")));
                // Whole pounds from 300 to 6,000, the same for a code in every system.
                let priced = (0..).zip(codes).map(|(place, code)| {
                    let split = ["A", "B", "C", "Z"][(mix(place) % 4) as usize];
                    let price = 300 + mix(place + 1_000) % 5_700;
                    item(format!("{code}{split}"), (price * part) as i64)
                });
                priced.collect()
            }
        }
    }
}

/// Gives each item as many places as it is met often.
fn wheel(often: &[u64]) -> Vec<u16> {
    let whole: u64 = often.iter().sum();
    let (mut wheel, mut so_far) = (Vec::new(), 0);
    for (item, often) in (0..).zip(often) {
        so_far += often;
        let end = u128::from(so_far) * u128::from(PLACES) / u128::from(whole);
        wheel.resize(end as usize, item);
    }
    wheel
}

/// Treatment functions of consultants' care, of emergency care and of community care.
pub static FUNCTIONS: [&str; 24] = [
    "110", "130", "300", "301", "320", "330", "340", "400", "410", "420", "430", "502", "100", "101", "120",
    "160", "180", "650", "651", "652", "653", "654", "656", "800",
];
const EMERGENCY_MEDICINE: u8 = 16;
const THERAPIES: u8 = 17;

impl Item {
    /// The treatment function that gives it, mostly one for each code, with a neighbour now and then.
    pub fn function(&self, place: u16, bits: u64) -> u8 {
        let neighbour = u8::from(bits.is_multiple_of(8));
        let place = (place % 15) as u8;
        match self.pod.setting {
            Setting::Emergency => EMERGENCY_MEDICINE,
            Setting::Community => THERAPIES + (place + neighbour) % 7,
            Setting::Supply => (bits % 15) as u8,
            Setting::Money => 0,
            _ => (place + neighbour) % EMERGENCY_MEDICINE,
        }
    }
}
