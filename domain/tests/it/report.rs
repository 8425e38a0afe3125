//! Commands that report figures, for the tables of the mechanism tests.

use domain::statement::Statement;

use crate::cases::{Desk, value};

impl Desk {
    /// Reports a party's cost.
    pub fn cost(&mut self, contract: &str, party: &str, period: &str, amount: &str) {
        self.amount("report-cost", contract, party, period, amount);
    }

    /// Reports a party's turnover.
    pub fn turnover(&mut self, contract: &str, party: &str, period: &str, amount: &str) {
        self.amount("report-turnover", contract, party, period, amount);
    }

    fn amount(&mut self, command: &str, contract: &str, party: &str, period: &str, amount: &str) {
        let body = format!(
            r#"{{"contract":"{contract}","party":"{party}","period":"{period}","amount":"{amount}"}}"#
        );
        self.run(command, &body).unwrap();
    }

    /// Reports a cost for each of the first months of 2025/26.
    pub fn monthly_cost(&mut self, contract: &str, party: &str, months: usize, amount: &str) {
        for month in &MONTHS[..months] {
            self.cost(contract, party, month, amount);
        }
    }

    /// Measures an indicator.
    pub fn measure(&mut self, contract: &str, indicator: &str, period: &str, value: &str) {
        let body = format!(
            r#"{{"contract":"{contract}","indicator":"{indicator}","period":"{period}","value":"{value}"}}"#
        );
        self.run("measure-outcome", &body).unwrap();
    }
}

/// The months of 2025/26.
pub const MONTHS: [&str; 12] = [
    "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12",
    "2026-01", "2026-02", "2026-03",
];

/// Compares lines by their ids below the contract.
pub fn check(statement: &Statement, expected: &[(&str, &str)]) {
    for (id, figure) in expected {
        let id = format!("{}/{id}", statement.contract);
        assert_eq!(value(statement, &id), *figure, "{id} in\n{statement}");
    }
}

/// The value of a line as whole pence.
pub fn pence(statement: &Statement, id: &str) -> i64 {
    let text = value(statement, &format!("{}/{id}", statement.contract));
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("{id} is {text} in\n{statement}"))
}

/// Pence as an amount.
pub fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pence.abs() / 100, pence.abs() % 100)
}

/// The faults of terms, as one text.
pub fn faults(yaml: &str) -> String {
    let faults = domain::terms::Terms::from_yaml(yaml).expect_err("faulty terms");
    faults.iter().map(|f| format!("{}: {}\n", f.pointer, f.message)).collect()
}
