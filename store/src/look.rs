//! The access log: who looked at the prices of a contract of which their party is neither side. It stands
//! beside the ledger and is no part of it: nothing of it is under the ledger's seal, in its export, or in any
//! figure.

use domain::actor::Actor;
use domain::name::ContractId;
use domain::time::Instant;

use crate::engine::{Row, Value};
use crate::error::StoreError;
use crate::ledger::random_salt;
use crate::log::{Engine, Log};
use crate::sql;

/// A look at prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Instant,
    /// Who, as the ledger believes.
    pub person: String,
    /// For which party.
    pub party: String,
    /// The contract whose prices were shown.
    pub contract: String,
    /// In which answer.
    pub what: String,
    /// By which face of the program.
    pub face: String,
}

impl Log {
    /// Notes that somebody is about to be shown prices of these contracts.
    ///
    /// # Errors
    /// `Unavailable` where it cannot be noted: then nothing may be shown.
    pub async fn note_looks(
        &self,
        actor: &Actor,
        contracts: &[&ContractId],
        what: &str,
        face: &str,
    ) -> Result<(), StoreError> {
        let look = |contract: &&ContractId| Look {
            at: (self.clock)(),
            person: actor.person.clone(),
            party: actor.party.to_string(),
            contract: contract.to_string(),
            what: what.to_owned(),
            face: face.to_owned(),
        };
        let looks: Vec<Look> = contracts.iter().map(look).collect();
        let database = match &self.engine {
            Engine::Memory(memory) => {
                memory.lock().looks.extend(looks);
                return Ok(());
            }
            Engine::Sql(database) => database,
        };
        for part in sql::parts(&looks) {
            let mut values = Vec::new();
            for look in part {
                values.extend(self.row(look)?);
            }
            let sql = format!("{}{}", sql::NEW_LOOKS, sql::rows(part.len(), sql::LOOK_COLUMNS, 1));
            database.ask(crate::engine::Statement::new(sql, values)).await?;
        }
        Ok(())
    }

    /// Every look noted, the earliest first.
    pub async fn looks(&self) -> Result<Vec<Look>, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.lock().looks.clone()),
            Engine::Sql(database) => {
                database.ask(self.ask(sql::LOOKS, vec![])).await?.into_iter().map(look).collect()
            }
        }
    }

    /// A look as a row, under a name of its own.
    fn row(&self, look: &Look) -> Result<[Value; sql::LOOK_COLUMNS], StoreError> {
        Ok([
            self.ledger().into(),
            hex::encode(random_salt()?).as_str().into(),
            look.at.micros().into(),
            look.person.as_str().into(),
            look.party.as_str().into(),
            look.contract.as_str().into(),
            look.what.as_str().into(),
            look.face.as_str().into(),
        ])
    }
}

fn look(mut row: Row) -> Result<Look, StoreError> {
    let at = row.int()?;
    Ok(Look {
        at: Instant::from_micros(at)
            .ok_or_else(|| StoreError::Corrupt(format!("a look at {at} microseconds")))?,
        person: row.text()?,
        party: row.text()?,
        contract: row.text()?,
        what: row.text()?,
        face: row.text()?,
    })
}
