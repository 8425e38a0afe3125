//! The schema: forward-only migrations, and the refusal of a database that a newer release has changed.

use crate::engine::{Database, Fault, Statement, Tries};
use crate::error::StoreError;
use crate::sql;

/// Every migration there has been, in order. A migration that was released is never changed.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../migrations/0001_log.sql"),
    include_str!("../../migrations/0002_checkpoint.sql"),
    include_str!("../../migrations/0003_look.sql"),
];

/// Brings the database to the newest schema. An empty one is `NotFound` unless `create` says to fill it.
pub(crate) async fn migrate(database: &Database, create: bool, shown: &str) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as u64;
    let mut tries = Tries::default();
    loop {
        let found = match version(database).await {
            Ok(found) => found,
            Err(fault) => {
                tries.again(fault).await?;
                continue;
            }
        };
        if found > known {
            return Err(StoreError::NewerSchema { found, known });
        }
        if found == known {
            return Ok(());
        }
        if found == 0 && !create {
            return Err(StoreError::NotFound(shown.to_owned()));
        }
        match step(database, found).await {
            Ok(()) => (),
            // Someone else is at the same migration: look again.
            Err(Fault::Taken(reason)) => tries.again(Fault::Again(reason)).await?,
            Err(fault) => tries.again(fault).await?,
        }
    }
}

async fn version(database: &Database) -> Result<u64, Fault> {
    match database.once(&Statement::new(sql::SCHEMA, vec![])).await {
        Ok(mut rows) => match rows.first_mut() {
            Some(row) => Ok(row.count()?),
            None => Ok(0),
        },
        Err(Fault::NoTable(_)) => Ok(0),
        Err(fault) => Err(fault),
    }
}

/// The migration after schema `found`, whole or not at all.
async fn step(database: &Database, found: u64) -> Result<(), Fault> {
    let mut session = database.session().await?;
    session.one(Statement::new(database.dialect().begin, vec![])).await?;
    for statement in MIGRATIONS.get(found as usize).into_iter().flat_map(|text| statements(text)) {
        session.one(Statement::new(statement, vec![])).await?;
    }
    session.one(Statement::new(sql::SET_SCHEMA, vec![(found + 1).into()])).await?;
    session.one(Statement::new(sql::COMMIT, vec![])).await?;
    session.done();
    Ok(())
}

/// The statements of a migration. Its comments are whole lines, and no text in it holds a `;`.
fn statements(migration: &str) -> Vec<String> {
    let code: Vec<&str> = migration.lines().filter(|line| !line.starts_with("--")).collect();
    code.join("\n").split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_is_cut_into_its_statements() {
        let found = statements(MIGRATIONS[0]);
        assert_eq!(found.len(), 6);
        assert!(found.iter().all(|s| s.starts_with("CREATE ")), "{found:?}");
    }

    #[test]
    fn migrations_keep_to_what_both_engines_have() {
        let code = MIGRATIONS.map(|text| statements(text).join("\n").to_uppercase()).join("\n");
        for word in
            ["SERIAL", "SEQUENCE", "TRIGGER", "REFERENCES", "JSON", "TIMESTAMP", "AUTOINCREMENT", "BLOB"]
        {
            assert!(!code.contains(word), "{word} is outside the portable profile");
        }
    }
}
