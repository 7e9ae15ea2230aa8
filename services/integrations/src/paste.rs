//! Text that a person pasted: understood at once for a look, and imported like any file.

use domain::{ImportId, TenantId, UserId};
use ports::pastes::{MAX_CARRIER_CHARS, MAX_PASTE_BYTES, Paste, PasteReading};
use serde::Serialize;

use crate::{Imports, ReceiveError};

/// The name under which a paste stands among the imports.
const NAME: &str = "Texto pegado";

/// Why a paste was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasteError {
    /// The text is too long.
    #[error("at most {MAX_PASTE_BYTES} bytes of text")]
    TooLarge,
    /// The name of the carrier is too long.
    #[error("a carrier's name has at most {MAX_CARRIER_CHARS} characters")]
    Carrier,
    /// Nothing in it says what happened to a shipment.
    #[error("the text names no shipment with an event")]
    Nothing,
    /// The reader stopped.
    #[error("the reader stopped unexpectedly")]
    Reader,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// It could not be stored.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
}

/// As the reader finds it again.
#[derive(Serialize)]
struct Stored {
    litper_paste: Paste,
}

impl Imports {
    /// What a paste says in the organisation's country. Changes nothing.
    pub async fn read_paste(&self, tenant: TenantId, paste: Paste) -> Result<PasteReading, PasteError> {
        if paste.bytes() > MAX_PASTE_BYTES {
            return Err(PasteError::TooLarge);
        }
        if paste.carrier.as_ref().is_some_and(|name| name.chars().count() > MAX_CARRIER_CHARS) {
            return Err(PasteError::Carrier);
        }
        let country = self.country(tenant).await?;
        let turn = self.turn().await.ok_or(PasteError::Reader)?;
        let reader = self.reader.clone();
        turn.work(move || reader.read_paste(&paste, country)).await.ok_or(PasteError::Reader)
    }

    /// Queues a paste like a file.
    pub async fn import_paste(
        &self,
        tenant: TenantId,
        paste: Paste,
        by: Option<UserId>,
    ) -> Result<ImportId, PasteError> {
        if self.read_paste(tenant, paste.clone()).await?.shipments.is_empty() {
            return Err(PasteError::Nothing);
        }
        let body = serde_json::to_vec(&Stored { litper_paste: paste }).map_err(|_| PasteError::Reader)?;
        let mut upload = self.begin_upload().await?;
        upload.write(&body).await?;
        Ok(self.finish_upload(upload, tenant, NAME, by).await?)
    }
}
