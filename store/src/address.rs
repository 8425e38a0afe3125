//! The address of a log: an engine, where its database is, and the ledger in it.

use std::fmt;

use crate::error::StoreError;

/// An address that was read. Displayed without any password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub place: Place,
    pub ledger: String,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this process, for as long as it is held.
    Memory,
    /// A file of SQLite.
    File(String),
    /// The URL of a PostgreSQL database.
    Server(String),
}

impl Address {
    /// Reads `sqlite:PATH`, `postgres://..` or `memory:`, with `#LEDGER` after it where the ledger is not
    /// `main`.
    pub fn parse(url: &str) -> Result<Address, StoreError> {
        let (base, ledger) = url.rsplit_once('#').unwrap_or((url, "main"));
        let refuse =
            |reason: &str| Err(StoreError::Address { url: without_password(url), reason: reason.to_owned() });
        let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if ledger.is_empty() || ledger.chars().count() > 60 || !ledger.chars().all(fits) {
            return refuse("a ledger's name has 1 to 60 letters, digits and any of `-_.`");
        }
        let place = match base.split_once(':') {
            Some(("memory", "")) => Place::Memory,
            Some(("memory", _)) => return refuse("a log in memory has no path"),
            Some(("sqlite", "")) => return refuse("the path of the file is missing"),
            Some(("sqlite", path)) => Place::File(path.to_owned()),
            Some(("postgres" | "postgresql", _)) => Place::Server(base.to_owned()),
            _ => return refuse("no engine of that name"),
        };
        Ok(Address { place, ledger: ledger.to_owned() })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Memory => write!(f, "memory:#{}", self.ledger),
            Place::File(path) => write!(f, "sqlite:{path}#{}", self.ledger),
            Place::Server(url) => write!(f, "{}#{}", without_password(url), self.ledger),
        }
    }
}

/// The URL with whatever stands between the user's name and the host, or in a `password` parameter, left out.
fn without_password(url: &str) -> String {
    let (head, query) = url.split_once('?').map_or((url, None), |(head, query)| (head, Some(query)));
    let head = match head.split_once("://").and_then(|(engine, rest)| Some((engine, rest.rsplit_once('@')?)))
    {
        Some((engine, (user, host))) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{engine}://{user}@{host}")
        }
        None => head.to_owned(),
    };
    let Some(query) = query else {
        return head;
    };
    let kept: Vec<&str> = query.split('&').filter(|p| !p.starts_with("password=")).collect();
    format!("{head}?{}", kept.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_engine_place_and_ledger() {
        let read = |url: &str| Address::parse(url).map(|a| (a.place, a.ledger));
        let file = |path: &str| Place::File(path.to_owned());
        assert_eq!(read("sqlite:riskshare.db"), Ok((file("riskshare.db"), "main".into())));
        assert_eq!(read("sqlite:/a/b#c.db#second"), Ok((file("/a/b#c.db"), "second".into())));
        assert_eq!(read("memory:"), Ok((Place::Memory, "main".into())));
        let server = Place::Server("postgres://u@h/d".to_owned());
        assert_eq!(read("postgres://u@h/d#two"), Ok((server, "two".into())));
        for wrong in ["", "riskshare.db", "sqlite:", "memory:x", "mysql://h/d", "memory:#", "memory:#a b"] {
            assert!(matches!(read(wrong), Err(StoreError::Address { .. })), "{wrong}");
        }
    }

    #[test]
    fn no_message_shows_a_password() {
        let shown = |url: &str| Address::parse(url).unwrap().to_string();
        assert_eq!(shown("postgres://ada:p:w@h:5432/d"), "postgres://ada@h:5432/d#main");
        assert_eq!(shown("postgres://h/d?user=a&password=x"), "postgres://h/d?user=a#main");
        let refused = Address::parse("postgres://ada:secret@h/d#a b").unwrap_err().to_string();
        assert!(!refused.contains("secret"), "{refused}");
    }
}
