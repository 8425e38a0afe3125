//! The columns of contract monitoring returns: one row each, by their names in the NHS Data Dictionary.

use domain::verb::activity::Flow;

/// What a column is read for. Every column is kept as it came; most are only measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named as its column")]
pub enum Role {
    Month,
    Year,
    Created,
    Provider,
    Commissioner,
    /// A commissioner that is responsible for the patient, known to this ledger or not.
    Responsible,
    Practice,
    Site,
    TreatmentFunction,
    Category,
    PointOfDelivery,
    Tariff,
    TariffIndicator,
    LocalContract,
    Count,
    UnitPrice,
    Value,
    MarketForces,
    Start,
    End,
    NhsNumber,
    /// A count that is checked and not used, such as a planned one.
    OtherCount,
    /// Money that is checked and not used.
    OtherMoney,
    /// Anything else.
    Text,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is read for.
    pub role: Role,
    /// The most characters of a value.
    pub longest: usize,
}

const fn field(name: &'static str, role: Role, longest: usize) -> Field {
    Field { name, role, longest }
}

/// Texts without a stated length.
const ANY: usize = 255;

/// Every column that is known. Where two rows have the same role and a file has both, the first row's is
/// read.
pub const FIELDS: &[Field] = &[
    field("FINANCIAL MONTH", Role::Month, ANY),
    field("FINANCIAL YEAR", Role::Year, ANY),
    field("DATE AND TIME DATA SET CREATED", Role::Created, ANY),
    field("REPORTING TYPE INDICATOR", Role::Text, ANY),
    field("ORGANISATION IDENTIFIER (CODE OF PROVIDER)", Role::Provider, ANY),
    field("ORGANISATION SITE IDENTIFIER (OF TREATMENT)", Role::Site, ANY),
    field("ORGANISATION IDENTIFIER (GP PRACTICE RESPONSIBILITY)", Role::Responsible, ANY),
    field("ORGANISATION IDENTIFIER (RESIDENCE RESPONSIBILITY)", Role::Responsible, ANY),
    field("ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)", Role::Commissioner, ANY),
    field("GENERAL MEDICAL PRACTICE (PATIENT REGISTRATION)", Role::Practice, ANY),
    field("GENERAL MEDICAL PRACTICE CODE (PATIENT REGISTRATION)", Role::Practice, ANY),
    field("NHS NUMBER", Role::NhsNumber, ANY),
    field("LOCAL PATIENT IDENTIFIER (EXTENDED)", Role::Text, ANY),
    field("AGE AT ACTIVITY DATE (CONTRACT MONITORING)", Role::Text, ANY),
    field("YEAR OF BIRTH", Role::Text, ANY),
    field("PERSON STATED GENDER CODE", Role::Text, ANY),
    field("ETHNIC CATEGORY", Role::Text, ANY),
    field("LSOA", Role::Text, ANY),
    field("PARTIAL POSTCODE", Role::Text, ANY),
    field("ACTIVITY TREATMENT FUNCTION CODE", Role::TreatmentFunction, ANY),
    field("MAIN SPECIALTY CODE", Role::Text, ANY),
    field("LOCAL SUB-SPECIALTY CODE", Role::Text, 8),
    field("WARD CODE", Role::Text, 12),
    field("COMMISSIONED SERVICE CATEGORY CODE", Role::Category, ANY),
    field("SERVICE CODE", Role::Text, 12),
    field("SPECIALISED MENTAL HEALTH SERVICE CATEGORY CODE", Role::Text, 50),
    field("POINT OF DELIVERY CODE", Role::PointOfDelivery, 10),
    field("POINT OF DELIVERY FURTHER DETAIL CODE", Role::Text, 10),
    field("POINT OF DELIVERY FURTHER DETAIL DESCRIPTION", Role::Text, 100),
    field("LOCAL POINT OF DELIVERY CODE", Role::Text, 50),
    field("LOCAL POINT OF DELIVERY DESCRIPTION", Role::Text, 100),
    field("LOCAL CONTRACT CODE", Role::LocalContract, 20),
    field("LOCAL CONTRACT CODE DESCRIPTION", Role::Text, 100),
    field("LOCAL CONTRACT MONITORING CODE", Role::Text, 30),
    field("LOCAL CONTRACT MONITORING DESCRIPTION", Role::Text, 100),
    field("CONTRACT MONITORING ADDITIONAL DETAIL", Role::Text, 50),
    field("CONTRACT MONITORING ADDITIONAL DESCRIPTION", Role::Text, 100),
    field("COMMISSIONING SERIAL NUMBER", Role::Text, 6),
    field("PROVIDER REFERENCE IDENTIFIER", Role::Text, 20),
    field("NHS SERVICE AGREEMENT LINE NUMBER", Role::Text, 10),
    field("CAM ASSIGNMENT", Role::Text, ANY),
    field("TARIFF CODE", Role::Tariff, 50),
    field("NATIONAL TARIFF INDICATOR", Role::TariffIndicator, ANY),
    field("ACTIVITY START DATE (CONTRACT MONITORING)", Role::Start, ANY),
    field("ACTIVITY END DATE (CONTRACT MONITORING)", Role::End, ANY),
    field("CLINICAL INTERVENTION DATE (DRUG DISPENSED)", Role::Start, ANY),
    field("CLINICAL INTERVENTION DATE (DEVICE INSERTED)", Role::Start, ANY),
    field("ADJUSTED LENGTH OF STAY", Role::Text, ANY),
    field("CDS UNIQUE IDENTIFIER", Role::Text, ANY),
    field("NON-CDS UNIQUE IDENTIFIER", Role::Text, ANY),
    field("OUT-PATIENT ATTENDANCE IDENTIFIER", Role::Text, ANY),
    field("HOSPITAL PROVIDER SPELL IDENTIFIER", Role::Text, ANY),
    field("UNBUNDLED EPISODE INDICATOR", Role::Text, ANY),
    field("CONTRACT MONITORING PLANNED ACTIVITY", Role::OtherCount, ANY),
    field("CONTRACT MONITORING ACTUAL ACTIVITY", Role::Count, ANY),
    field("ACTIVITY COUNT (POINT OF DELIVERY)", Role::Count, ANY),
    field("ACTIVITY UNIT PRICE", Role::UnitPrice, 18),
    field("CONTRACT MONITORING PLANNED PRICE", Role::OtherMoney, 18),
    field("CONTRACT MONITORING ACTUAL PRICE", Role::Value, 18),
    field("TOTAL COST", Role::Value, 18),
    field("CONTRACT MONITORING PLANNED MARKET FORCES FACTOR", Role::OtherMoney, 18),
    field("CONTRACT MONITORING ACTUAL MARKET FORCES FACTOR", Role::MarketForces, 18),
    field("MARKET FORCES FACTOR", Role::MarketForces, 18),
    field("NAME OF SUBMITTER", Role::Text, 100),
];

impl Role {
    /// Whether a return of this flow cannot be read without the column, nor a line of it without a value
    /// there.
    pub fn is_needed(self, flow: Flow) -> bool {
        match self {
            Role::Month | Role::Year | Role::Provider | Role::Commissioner => true,
            Role::PointOfDelivery | Role::Value => true,
            Role::Created | Role::Category => flow != Flow::Local,
            Role::Count => matches!(flow, Flow::Acm | Flow::Plcm),
            _ => false,
        }
    }

    /// The names of the columns read for this in a return of a flow, as a problem says them.
    pub fn column(self, flow: Flow) -> &'static str {
        let mut named = FIELDS.iter().filter(|field| field.role == self);
        let first = named.next();
        let of_patients = flow != Flow::Acm && matches!(self, Role::Count | Role::Value);
        named.next().filter(|_| of_patients).or(first).map_or("", |field| field.name)
    }
}
