//! What events are kept in beside their payloads: the blocks that a command names must be kept before it is
//! decided, and their totals are read once, held to their hash, and given to whoever decides and folds.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::refusal::Refusal;
use domain::request::Request;
use domain::verb::Event;
use domain::verb::activity::{Block, Totals, block_missing, block_unreadable};

use crate::block::decode;
use crate::error::StoreError;
use crate::ledger::Failure;
use crate::log::Log;

/// The totals that were read, by the hash of their block. A clone is the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attachments(Arc<Mutex<HashMap<String, Arc<Totals>>>>);

/// Why the totals of a block are not there.
enum Lacking {
    NotKept,
    Unreadable(String),
}

impl Attachments {
    /// A command with the totals it names.
    ///
    /// # Errors
    /// Refused where a block that it names is not kept, or holds no totals.
    pub(crate) async fn given<'a>(
        &self,
        log: &Log,
        request: &'a Request,
    ) -> Result<Cow<'a, Request>, Failure> {
        let mut given = Cow::Borrowed(request);
        if !request.command.has_blocks() {
            return Ok(given);
        }
        let Some(blocks) = given.to_mut().command.blocks_mut() else { return Ok(given) };
        let named: Vec<&str> = blocks.all().map(|block| block.sha256.as_str()).collect();
        if let Some(missing) = log.missing_file(&named).await? {
            return Err(block_missing(&missing).into());
        }
        let refusal = |lacking: Lacking| -> Refusal {
            match lacking {
                Lacking::NotKept => block_missing(&blocks.totals.sha256),
                Lacking::Unreadable(why) => block_unreadable(&blocks.totals.sha256, why),
            }
        };
        let totals = self.totals(log, &blocks.totals).await?.map_err(refusal)?;
        blocks.attach(totals);
        Ok(given)
    }

    /// Gives an event of the log its totals; or why it cannot be read without them.
    pub(crate) async fn attach(
        &self,
        log: &Log,
        event: &mut Event,
    ) -> Result<Result<(), String>, StoreError> {
        let Some(blocks) = event.blocks_mut() else { return Ok(Ok(())) };
        let told = |lacking: Lacking| match lacking {
            Lacking::NotKept => format!("the block of its totals, {}, is gone", blocks.totals.sha256),
            Lacking::Unreadable(why) => format!("the block of its totals, {}: {why}", blocks.totals.sha256),
        };
        match self.totals(log, &blocks.totals).await? {
            Ok(totals) => {
                blocks.attach(totals);
                Ok(Ok(()))
            }
            Err(lacking) => Ok(Err(told(lacking))),
        }
    }

    /// Whether totals that an event needs are still to be read; it is given what was read before.
    pub(crate) fn lacks(&self, event: &mut Event) -> bool {
        let Some(blocks) = event.blocks_mut() else { return false };
        let known = self.known(&blocks.totals.sha256);
        let lacks = known.is_none();
        if let Some(totals) = known {
            blocks.attach(totals);
        }
        lacks
    }

    fn known(&self, sha256: &str) -> Option<Arc<Totals>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sha256).cloned()
    }

    async fn totals(&self, log: &Log, block: &Block) -> Result<Result<Arc<Totals>, Lacking>, StoreError> {
        if let Some(totals) = self.known(&block.sha256) {
            return Ok(Ok(totals));
        }
        let bytes = match log.get_file(&block.sha256).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Err(Lacking::NotKept)),
            Err(StoreError::Corrupt(why)) => return Ok(Err(Lacking::Unreadable(why))),
            Err(other) => return Err(other),
        };
        let read = decode(&bytes, None).map_err(|e| e.to_string()).and_then(|read| Totals::read(&read));
        Ok(read.map_err(Lacking::Unreadable).map(|totals| {
            let totals = Arc::new(totals);
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(block.sha256.clone(), totals.clone());
            totals
        }))
    }
}
