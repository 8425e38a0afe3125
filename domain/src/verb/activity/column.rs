//! The columns by which lines of activity are told apart: what `when`, `counts` and code maps may name.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// A column of a line of activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The point of delivery.
    Pod,
    /// The treatment function.
    Tfc,
    /// The tariff code.
    TariffCode,
    /// The commissioner that the line names.
    Commissioner,
    /// The site of treatment.
    Site,
    /// The provider that reports.
    Provider,
    /// The local contract code.
    LocalContract,
}

impl Column {
    /// Every column, in the order in which they are told.
    pub const ALL: [Column; 7] = [
        Column::Pod,
        Column::Tfc,
        Column::TariffCode,
        Column::Commissioner,
        Column::Site,
        Column::Provider,
        Column::LocalContract,
    ];

    /// Its name in terms and commands.
    pub fn name(self) -> &'static str {
        match self {
            Column::Pod => "pod",
            Column::Tfc => "tfc",
            Column::TariffCode => "tariff_code",
            Column::Commissioner => "commissioner",
            Column::Site => "site",
            Column::Provider => "provider",
            Column::LocalContract => "local_contract",
        }
    }

    /// Whether it holds a party, by its name or its official code.
    pub fn holds_a_party(self) -> bool {
        matches!(self, Column::Commissioner | Column::Provider)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> Result<Column, String> {
        let known = || Column::ALL.map(Column::name).join(", ");
        Column::ALL.into_iter().find(|column| column.name() == text).ok_or_else(|| {
            format!("`{text}` is not a column of a line of activity; the columns are: {}", known())
        })
    }
}

serde_as_text!(Column, "a column of a line of activity");
