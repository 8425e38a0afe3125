//! The columns of the returns, under their exact names, and what is written in them. All four begin with the
//! same thirty; the patient-level ones go on with the patient, drugs and devices with what was given, the
//! aggregate with planned and actual figures.

use super::care::{FUNCTIONS, Setting};
use super::line::{Flow, Line, Service};
use super::patient::Patient;
use super::row::{Days, Row};
use super::system::System;

const SHARED: [&str; 30] = [
    "FINANCIAL MONTH",
    "FINANCIAL YEAR",
    "DATE AND TIME DATA SET CREATED",
    "ORGANISATION IDENTIFIER (CODE OF PROVIDER)",
    "ORGANISATION SITE IDENTIFIER (OF TREATMENT)",
    "ORGANISATION IDENTIFIER (GP PRACTICE RESPONSIBILITY)",
    "ORGANISATION IDENTIFIER (RESIDENCE RESPONSIBILITY)",
    "ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)",
    "GENERAL MEDICAL PRACTICE (PATIENT REGISTRATION)",
    "ACTIVITY TREATMENT FUNCTION CODE",
    "MAIN SPECIALTY CODE",
    "LOCAL SUB-SPECIALTY CODE",
    "WARD CODE",
    "COMMISSIONED SERVICE CATEGORY CODE",
    "SERVICE CODE",
    "SPECIALISED MENTAL HEALTH SERVICE CATEGORY CODE",
    "POINT OF DELIVERY CODE",
    "POINT OF DELIVERY FURTHER DETAIL CODE",
    "POINT OF DELIVERY FURTHER DETAIL DESCRIPTION",
    "LOCAL POINT OF DELIVERY CODE",
    "LOCAL POINT OF DELIVERY DESCRIPTION",
    "LOCAL CONTRACT CODE",
    "LOCAL CONTRACT CODE DESCRIPTION",
    "LOCAL CONTRACT MONITORING CODE",
    "LOCAL CONTRACT MONITORING DESCRIPTION",
    "CONTRACT MONITORING ADDITIONAL DETAIL",
    "CONTRACT MONITORING ADDITIONAL DESCRIPTION",
    "TARIFF CODE",
    "NATIONAL TARIFF INDICATOR",
    "REPORTING TYPE INDICATOR",
];
const PATIENT: [&str; 20] = [
    "NHS NUMBER",
    "LOCAL PATIENT IDENTIFIER (EXTENDED)",
    "AGE AT ACTIVITY DATE (CONTRACT MONITORING)",
    "YEAR OF BIRTH",
    "PERSON STATED GENDER CODE",
    "ETHNIC CATEGORY",
    "LSOA",
    "PARTIAL POSTCODE",
    "ACTIVITY START DATE (CONTRACT MONITORING)",
    "ACTIVITY END DATE (CONTRACT MONITORING)",
    "ADJUSTED LENGTH OF STAY",
    "CDS UNIQUE IDENTIFIER",
    "NON-CDS UNIQUE IDENTIFIER",
    "OUT-PATIENT ATTENDANCE IDENTIFIER",
    "HOSPITAL PROVIDER SPELL IDENTIFIER",
    "UNBUNDLED EPISODE INDICATOR",
    "ACTIVITY COUNT (POINT OF DELIVERY)",
    "ACTIVITY UNIT PRICE",
    "CONTRACT MONITORING ACTUAL MARKET FORCES FACTOR",
    "TOTAL COST",
];
const DRUG: [&str; 5] = [
    "DRUG NAME",
    "DRUG STRENGTH",
    "DRUG PACK SIZE",
    "CLINICAL INTERVENTION DATE (DRUG DISPENSED)",
    "VAT CHARGED INDICATOR",
];
const DEVICE: [&str; 4] = [
    "DEVICE NAME",
    "DEVICE QUANTITY",
    "CLINICAL INTERVENTION DATE (DEVICE INSERTED)",
    "VAT CHARGED INDICATOR",
];
const AGGREGATE: [&str; 7] = [
    "CONTRACT MONITORING PLANNED ACTIVITY",
    "CONTRACT MONITORING ACTUAL ACTIVITY",
    "CONTRACT MONITORING PLANNED PRICE",
    "CONTRACT MONITORING ACTUAL PRICE",
    "CONTRACT MONITORING PLANNED MARKET FORCES FACTOR",
    "CONTRACT MONITORING ACTUAL MARKET FORCES FACTOR",
    "NAME OF SUBMITTER",
];

const DRUGS: [(&str, &str, &str); 8] = [
    ("Adalimumab", "40 mg", "2"),
    ("Aflibercept", "2 mg", "1"),
    ("Etanercept", "50 mg", "4"),
    ("Infliximab", "100 mg", "1"),
    ("Ranibizumab", "2.3 mg", "1"),
    ("Rituximab", "500 mg", "1"),
    ("Secukinumab", "150 mg", "2"),
    ("Tocilizumab", "162 mg", "4"),
];
const DEVICES: [&str; 5] = [
    "Implantable defibrillator",
    "Cochlear implant",
    "Insulin pump",
    "Spinal cord stimulator",
    "Aortic valve",
];

impl Flow {
    /// Its columns.
    pub fn columns(self) -> Vec<&'static str> {
        let rest: Vec<&[&str]> = match self {
            Flow::Plcm => vec![&PATIENT],
            Flow::DrPlcm => vec![&PATIENT, &DRUG],
            Flow::DePlcm => vec![&PATIENT, &DEVICE],
            Flow::Acm => vec![&AGGREGATE],
        };
        SHARED.into_iter().chain(rest.into_iter().flatten().copied()).collect()
    }
}

/// What the lines of a month in a statement of a provider have in common.
#[derive(Debug)]
pub struct Page<'a> {
    /// The system.
    pub system: &'a System,
    /// The provider, by its place.
    pub provider: usize,
    /// The month, from 0 for April.
    pub month: usize,
    /// The year in six digits.
    pub year: &'a str,
    /// When the sender made the file.
    pub created: &'a str,
    /// The days of the month.
    pub days: &'a Days,
    /// `Flex` or `Freeze`.
    pub stage: &'static str,
}

impl Page<'_> {
    /// The cells that every return has.
    fn shared(&self, row: &mut Row, service: &Service, practice: u64) {
        let system = self.system;
        let (provider, place) = (&system.providers[self.provider].party, usize::from(service.commissioner));
        let item = &system.care.items[usize::from(service.item)];
        let (pod, is_care) = (item.pod, service.site > 0);
        let by_nation = service.commissioner == system.specialised();
        let home = &system.commissioners[usize::from(service.home)].party.code;
        let function = FUNCTIONS[usize::from(service.function)];
        row.number(self.month as u64 + 1).text(self.year).text(self.created).text(&provider.code);
        match service.site {
            0 => row.end(),
            site => row.part(&provider.code).digits(site.into(), 2).end(),
        };
        row.text_if(is_care, home).text_if(is_care, home).text(&system.commissioners[place].party.code);
        match practice {
            0 => row.end(),
            practice => row.part("Z").digits(u64::from(service.home) * 1_000 + practice, 5).end(),
        };
        let specialty = if pod.setting == Setting::Community { "950" } else { function };
        row.text_if(is_care, function).text_if(is_care, specialty);
        match pod.setting {
            Setting::Outpatient => row.part("C").text(function),
            _ => row.end(),
        };
        match pod.setting {
            Setting::Admitted => row.part("W").digits(service.site.into(), 1).text(function),
            _ => row.end(),
        };
        // Specialised care of the mind is met among the treatment functions that stand for it here.
        let of_the_mind = by_nation && is_care && service.function.is_multiple_of(7);
        row.text(if of_the_mind {
            "22"
        } else if by_nation {
            "21"
        } else {
            "12"
        });
        // Made up: a service that is not specialised has no code of the list.
        row.text(if by_nation { "NCBPS01C" } else { "NCBPSXXX" }).text_if(of_the_mind, "SECURE");
        let (detail, words) = match pod.setting {
            Setting::Admitted => ("SPELL", "Whole stay"),
            Setting::Emergency => ("TYPE1", "Department of full service"),
            _ => ("", ""),
        };
        row.text(pod.code).text(detail).text(words).part("L-").text(pod.code);
        // A comma would need quotes.
        row.part(pod.words.split(',').next().unwrap_or_default()).end();
        let contract = &system.contracts[system.contract(self.provider, service.commissioner)];
        row.text(&contract.code).text(&contract.id);
        let (code, words) = monitored(pod.setting);
        row.text(code).text(words);
        row.text_if(service.own_price, "OWN").text_if(service.own_price, "Price of the provider's own");
        row.text(&item.code)
            .text(if item.code.is_empty() || service.own_price { "N" } else { "Y" })
            .text(self.stage);
    }

    /// A line of a patient-level return.
    pub fn line<'r>(&self, row: &'r mut Row, flow: Flow, number: u64, line: &Line) -> &'r [u8] {
        let (system, service) = (self.system, &line.service);
        let item = &system.care.items[usize::from(service.item)];
        let setting = item.pod.setting;
        let patient = Patient::new(system.asked.seed, line.patient);
        row.clear();
        self.shared(row, service, patient.practice);
        row.part("px-").hexadecimal(patient.pseudonym).end();
        row.part("L").digits(patient.local, 8).end();
        let born = u64::from(system.asked.year_begins()) - patient.age;
        row.number(patient.age).digits(born, 4).end().text(patient.gender).text(patient.ethnic);
        row.part("Z01").digits(patient.area, 6).end();
        row.part("ZZ").digits(1 + patient.area % 40, 1).end();
        let (begin, end) = (self.days.at(line.day, line.stay), self.days.at(line.day, 0));
        row.text(begin).text(end);
        let admitted = setting == Setting::Admitted;
        if admitted || setting == Setting::Unbundled {
            row.number(line.stay)
        } else {
            row.end()
        };
        let provider = &system.providers[self.provider].party.code;
        let has_cds = matches!(setting, Setting::Admitted | Setting::Emergency | Setting::Outpatient);
        let identifier = |row: &mut Row, is: bool, letter: &str| {
            if is {
                row.part(provider).part(letter).digits(number, 10);
            }
            row.end();
        };
        identifier(row, has_cds, "C");
        identifier(row, !has_cds, "N");
        identifier(row, setting == Setting::Outpatient, "A");
        identifier(row, admitted || setting == Setting::Unbundled, "S");
        row.text(if setting == Setting::Unbundled { "Y" } else { "N" });
        row.number(line.count as u64).money(line.price).money(line.factor).money(line.value);
        match flow {
            Flow::DrPlcm => {
                let (name, strength, pack) = DRUGS[(line.bits >> 20) as usize % DRUGS.len()];
                row.text(name).text(strength).text(pack).text(end).text(if line.bits & 1 == 0 {
                    "Y"
                } else {
                    "N"
                });
            }
            Flow::DePlcm => {
                row.text(DEVICES[(line.bits >> 20) as usize % DEVICES.len()]).number(1).text(end).text("N");
            }
            Flow::Plcm | Flow::Acm => {}
        }
        row.finish()
    }

    /// A line of the aggregate.
    pub fn aggregate<'r>(&self, row: &'r mut Row, service: &Service, sum: &Sum) -> &'r [u8] {
        row.clear();
        self.shared(row, service, service.practice.into());
        // What was planned is near what was done, and follows from it.
        let planned = |actual: i64| actual / 100 * (94 + i64::from(service.item % 10));
        row.number(planned(sum.count * 100) as u64 / 100).number(sum.count as u64);
        row.money(planned(sum.value)).money(sum.value).money(planned(sum.factor)).money(sum.factor);
        row.part("Contract monitoring of ").text(&self.system.providers[self.provider].party.name);
        row.finish()
    }
}

/// What lines of one service come to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    /// The units.
    pub count: i64,
    /// What the market forces factor adds.
    pub factor: i64,
    /// What they cost, with it.
    pub value: i64,
}

/// Under what a contract watches care.
fn monitored(setting: Setting) -> (&'static str, &'static str) {
    match setting {
        Setting::Admitted => ("M-ADM", "Admitted care"),
        Setting::Emergency => ("M-EMG", "Emergency care"),
        Setting::Outpatient => ("M-OUT", "Outpatient care"),
        Setting::Community => ("M-COM", "Community care"),
        Setting::Direct => ("M-DIR", "Direct access"),
        Setting::Unbundled => ("M-UNB", "Priced apart"),
        Setting::Supply => ("M-SUP", "Drugs and devices"),
        Setting::Money => ("M-MON", "Credits"),
    }
}
