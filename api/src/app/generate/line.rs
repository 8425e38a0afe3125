//! One line of activity, drawn from the seed, its provider, its month and its number alone: so a file can be
//! written again, in any order, and a later statement repeats an earlier one.

use super::care::{Pod, Setting};
use super::random::Random;
use super::system::{Charge, Kind, System};

/// The returns a provider sends, the aggregate of the others last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Patient-level contract monitoring.
    Plcm,
    /// Drugs outside the tariff.
    DrPlcm,
    /// Devices outside the tariff.
    DePlcm,
    /// The aggregate of the other three.
    Acm,
}

impl Flow {
    /// Those whose lines are patients.
    pub const PATIENTS: [Flow; 3] = [Flow::Plcm, Flow::DrPlcm, Flow::DePlcm];

    /// Its name.
    pub fn name(self) -> &'static str {
        ["PLCM", "DrPLCM", "DePLCM", "ACM"][self as usize]
    }
}

/// What lines must have in common to be one line of the aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    /// The commissioner who pays.
    pub commissioner: u16,
    /// The commissioner where the patient lives.
    pub home: u16,
    /// What was given.
    pub item: u16,
    /// Whether at the provider's own price.
    pub own_price: bool,
    /// The site, from 1; 0 for what has no place.
    pub site: u8,
    /// The treatment function, by its place.
    pub function: u8,
    /// The practice that asked for it, from 1; 0 where care is not counted by practice.
    pub practice: u8,
}

impl Service {
    /// As the aggregate has it, where drugs and devices have no place.
    pub fn aggregated(self, setting: Setting) -> Service {
        if setting == Setting::Supply { Service { site: 0, function: 0, ..self } } else { self }
    }
}

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was given, where, and who pays.
    pub service: Service,
    /// The number of the patient.
    pub patient: u64,
    /// The units given; 0 of money.
    pub count: i64,
    /// The price of a unit, in pence.
    pub price: i64,
    /// What the market forces factor adds to the line.
    pub factor: i64,
    /// What the line costs, with it.
    pub value: i64,
    /// The day of the month on which it ended, from 1.
    pub day: u64,
    /// The days of the stay.
    pub stay: u64,
    /// Whether it is missing from the first statement of its month.
    pub late: bool,
    /// What else is drawn of it.
    pub bits: u64,
}

/// How many lines in a million change their price between the first statement and the freeze.
const CHANGED: u64 = 10_000;
/// How many in a million are missing from the first statement, and where files restate the year to date.
const LATE: [u64; 2] = [20_000, 100_000];

impl System {
    /// The numbers of a flow's lines in a month of a provider.
    pub fn numbers(&self, provider: usize, month: usize, flow: Flow) -> std::ops::Range<u64> {
        let (begin, end) = self.lines(provider, month);
        let (drugs, devices) = match self.providers[provider].kind {
            Kind::Hospital => ((end - begin) * 3 / 100, (end - begin) / 100),
            Kind::Community => ((end - begin) / 200, 0),
            Kind::Surgical => (0, (end - begin) / 50),
        };
        match flow {
            Flow::DrPlcm => begin..begin + drugs,
            Flow::DePlcm => begin + drugs..begin + drugs + devices,
            Flow::Plcm => begin + drugs + devices..end,
            Flow::Acm => 0..0,
        }
    }

    /// The line with this number, as the first statement of its month says or as the freeze does.
    pub fn line(&self, provider: usize, flow: Flow, number: u64, days: u64, first: bool) -> Line {
        let by = &self.providers[provider];
        let mut random = Random::of(&[self.asked.seed, number]);
        let late = random.happens(LATE[usize::from(self.asked.restating)]);
        let of_hundred = random.below(100);
        let (specialised, nearby) = if flow == Flow::Plcm { (6, 20) } else { (30, 40) };
        let home = if of_hundred < nearby && of_hundred >= specialised { by.next } else { by.home };
        let by_nation = by.kind == Kind::Hospital && of_hundred < specialised;
        let bits = random.bits();
        let item = match flow {
            Flow::DrPlcm => self.care.only("DRUG"),
            Flow::DePlcm => self.care.only("DEVICE"),
            _ => self.care.at(by.kind as usize, bits >> 16),
        };
        let pod = self.care.items[usize::from(item)].pod;
        let patient = self.patient(home, &mut random);
        let priced = !matches!(pod.setting, Setting::Supply | Setting::Money);
        // Drawn in both statements, so that nothing else differs between them.
        let (own_price, changed) = (random.happens(150_000), random.happens(CHANGED));
        let own_price = priced && own_price ^ (first && changed);
        let practice = if pod.setting == Setting::Direct { 1 + (patient % 5) as u8 } else { 0 };
        let service = Service {
            commissioner: if by_nation { self.specialised() } else { home },
            home,
            item,
            own_price,
            site: self.site(item, bits, pod),
            function: self.care.items[usize::from(item)].function(item, bits >> 40),
            practice,
        };
        let stay = pod.stay.0 + random.below(pod.stay.1 - pod.stay.0 + 1);
        let units = if pod.code == "UNBACC" { stay } else { 1 + random.below(pod.units) };
        let day = 1 + random.below(days);
        let mut line =
            Line { service, patient, count: 0, price: 0, factor: 0, value: 0, day, stay, late, bits };
        self.charge(provider, &mut line, units as i64);
        line
    }

    /// Makes a line a credit: money that the provider gives back, which is no activity.
    pub fn credit(&self, provider: usize, line: &mut Line) {
        let item = self.care.only("ADJUSTMENT");
        line.service = Service { item, own_price: false, site: 0, function: 0, practice: 0, ..line.service };
        line.stay = 0;
        self.charge(provider, line, 1);
    }

    fn charge(&self, provider: usize, line: &mut Line, units: i64) {
        let item = &self.care.items[usize::from(line.service.item)];
        // At cost: from a fifth of what it usually comes to up to twice as much.
        let cost = item.price / 5 + (line.bits >> 8) as i64 % (item.price * 9 / 5);
        (line.count, line.price, line.factor, line.value) = match item.pod.setting {
            Setting::Supply => (1, cost, 0, cost),
            Setting::Money => (0, -cost, 0, -cost),
            _ => self.at_price(provider, &line.service, units),
        };
    }

    /// Units, their price, what the factor adds, and what they come to.
    fn at_price(&self, provider: usize, service: &Service, units: i64) -> (i64, i64, i64, i64) {
        let charges = self.providers[provider].charges[usize::from(service.item)];
        let Charge { price, factor } = charges[usize::from(service.own_price)];
        (units, price, units * factor, units * (price + factor))
    }

    /// Each kind of care has its site, and now and then another.
    fn site(&self, item: u16, bits: u64, pod: &Pod) -> u8 {
        match pod.setting {
            Setting::Money => 0,
            Setting::Supply => 1,
            _ if bits.is_multiple_of(11) => 1 + (bits >> 32) as u8 % 3,
            _ => 1 + (item % 3) as u8,
        }
    }

    /// Somebody of an area: one line in sixteen is of the few who need care again and again.
    fn patient(&self, home: u16, random: &mut Random) -> u64 {
        let people = self.people();
        let among = if random.below(16) == 0 { (people / 256).max(1) } else { people };
        let areas = self.commissioners.len() as u64 - 1;
        random.below(among) * areas + u64::from(home)
    }
}
