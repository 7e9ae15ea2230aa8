//! Applying staged chunks: the rows' changes and the cursor move together.

use database::{Statement, TenantKeys, bind, sql};
use ports::files::ImportedRow;

use crate::claim::{Claimed, WorkError, internal, keep_lease};
use crate::read::CHUNK_FIELD;
use crate::{Applied, Imports};

const GET_CHUNK: Statement = sql!("get_chunk.sql");
const DELETE_CHUNK: Statement = sql!("delete_chunk.sql");
const RECORD: Statement = sql!("record_applied.sql");

/// Times a chunk is repeated when another writer was faster with the same tracking number.
const MAX_RACES: u32 = 5;

impl Imports {
    /// Applies the chunks from the cursor on.
    pub(crate) async fn apply_chunks(&self, claimed: &mut Claimed) -> Result<(), WorkError> {
        let keys = self.db.keyring().tenant(&self.db, claimed.tenant).await?;
        while claimed.import.next_chunk < claimed.import.chunks {
            self.apply_chunk(claimed, &keys).await?;
            claimed.import.next_chunk += 1;
        }
        Ok(())
    }

    async fn apply_chunk(&self, claimed: &Claimed, keys: &TenantKeys) -> Result<(), WorkError> {
        let mut races = 0;
        loop {
            match self.try_chunk(claimed, keys).await {
                Err(WorkError::Database(error)) if error.is_duplicate() && races < MAX_RACES => races += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_chunk(&self, claimed: &Claimed, keys: &TenantKeys) -> Result<(), WorkError> {
        let (tenant, id, seq) = (claimed.tenant, claimed.import.id, claimed.import.next_chunk);
        let rows = self.staged_rows(claimed, keys).await?;
        let count = rows.len();
        let mut tx = self.begin(tenant).await?;
        let done: Applied = self.target.apply(&mut tx, tenant, id, rows, claimed.import.created_at).await?;
        let values = bind![
            id,
            self.worker,
            count,
            done.orders_created,
            done.orders_updated,
            done.shipments_created,
            done.shipments_updated,
            done.events_new,
            done.events_duplicate,
            done.events_out_of_order,
            self.lease_until(),
            seq,
        ];
        keep_lease(tx.execute(&RECORD, values).await?)?;
        tx.execute(&DELETE_CHUNK, bind![id, seq]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The rows of the chunk at the cursor, opened before the transaction that applies them.
    async fn staged_rows(&self, claimed: &Claimed, keys: &TenantKeys) -> Result<Vec<ImportedRow>, WorkError> {
        let mut tx = self.db.read(database::Scope::Tenant(claimed.tenant)).await?;
        let found =
            tx.fetch_optional(&GET_CHUNK, bind![claimed.import.id, claimed.import.next_chunk]).await?;
        tx.commit().await?;
        let row = found.ok_or_else(|| WorkError::Final(internal("a staged chunk is missing")))?;
        let body = keys.open(CHUNK_FIELD, &row.get::<Vec<u8>>(0)?).map_err(database::Error::from)?;
        serde_json::from_slice(&body).map_err(|_| WorkError::Final(internal("a staged chunk cannot be read")))
    }
}
