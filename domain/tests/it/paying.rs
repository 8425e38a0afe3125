//! A contract between a commissioner and a trust with the clauses under test, and short ways to ask about it.

use domain::statement::Statement;
use domain::terms::Terms;

use crate::cases::Desk;
pub use crate::report::{MONTHS, check};

/// The terms of a contract of 2025/26 to 2027/28 with these clauses (and outcomes, written before `pay`).
pub fn terms(clauses: &str) -> String {
    let (outcomes, pay) = clauses.split_once("pay:").unwrap_or(("", clauses));
    format!(
        "contract: c\ntitle: Under test\nparties: {{commissioner: icb, lead: trust}}\n\
         years: {{kind: nhs, from: 2025/26, to: 2027/28}}\nrounding: {{unit: 0.01, at: line}}\n{outcomes}\npay:\n{pay}"
    )
}

/// A desk with that contract awarded.
pub fn contract(clauses: &str) -> Desk {
    let mut desk = Desk::default();
    desk.award(&terms(clauses));
    desk
}

/// What is wrong with terms of these clauses.
pub fn faults(clauses: &str) -> Vec<String> {
    let faults = Terms::from_yaml(&terms(clauses)).expect_err("terms with a fault");
    faults.into_iter().map(|f| format!("{}: {}", f.pointer, f.message)).collect()
}

impl Desk {
    /// Reports a list: bands as `name count` pairs.
    pub fn list(&mut self, month: &str, bands: &[(&str, &str)]) {
        let bands: Vec<String> =
            bands.iter().map(|(band, n)| format!(r#"{{"band":"{band}","count":"{n}"}}"#)).collect();
        let body = format!(r#"{{"contract":"c","period":"{month}","bands":[{}]}}"#, bands.join(","));
        self.run("report-population", &body).unwrap();
    }

    /// Reports a volume.
    pub fn volume(&mut self, month: &str, what: &str, count: impl std::fmt::Display) {
        let body = format!(r#"{{"contract":"c","month":"{month}","what":"{what}","count":"{count}"}}"#);
        self.run("report-volume", &body).unwrap();
    }

    /// Reports a month's activity, frozen: value and count.
    pub fn activity(&mut self, month: &str, value: &str, count: impl std::fmt::Display) {
        let body = format!(
            r#"{{"contract":"c","provider":"trust","month":"{month}","flow":"local","stage":"freeze","value":"{value}","count":"{count}"}}"#
        );
        self.run("report-activity", &body).unwrap();
    }

    /// Reports a year's activity, all of its value in the first month.
    pub fn year_of_activity(&mut self, value: &str) {
        for (i, month) in MONTHS.iter().enumerate() {
            self.activity(month, if i == 0 { value } else { "0.00" }, 0);
        }
    }

    /// Measures an indicator for 2025/26.
    pub fn year_measured(&mut self, indicator: &str, value: &str) {
        let body =
            format!(r#"{{"contract":"c","indicator":"{indicator}","period":"2025/26","value":"{value}"}}"#);
        self.run("measure-outcome", &body).unwrap();
    }

    /// The statement of 2025/26.
    pub fn statement(&self, as_of: &str) -> Statement {
        self.settle("c", "2025/26", as_of)
    }

    /// What the commissioner owes the trust for 2025/26, or `none`.
    pub fn payable(&self, as_of: &str) -> String {
        self.statement(as_of).payables[0].entitled.map_or("none".to_owned(), |m| m.to_string())
    }
}

/// The last day of a month of 2025/26.
pub fn end_of(month: &str) -> String {
    month.parse::<domain::year::Month>().unwrap().last_day().to_string()
}

/// The payable as pence.
pub fn pence(payable: &str) -> i64 {
    payable.replace('.', "").parse().unwrap_or(0)
}
