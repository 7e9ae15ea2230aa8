//! What comes from outside: files that people bring, and webhooks of the systems they use.
//!
//! Owns `imports`, `import_chunks`, `import_failures`, `import_failed_rows`,
//! `import_profiles`, `shop_domains`, `webhook_inbox`, `privacy_requests`, `carrier_connections`.
//! One path for every file:
//!
//! 1. [`Upload`] streams it to disk and hashes it; the same content again is refused with its first date.
//! 2. [`Imports::tick`] reads the whole file into sealed chunks of at most 100 rows. A file that cannot be
//!    used fails here and changes nothing; of one whose columns nobody understands the file is kept, until a person
//!    says what they are ([`Imports::confirm`]), which is remembered for the next of its kind.
//! 3. It then applies the chunks, a few at a time: the rows' changes and the import's cursor in one
//!    transaction of at most 500 rows, through [`ApplyRows`]. After a crash it goes on at the cursor; a lease
//!    keeps two workers apart.
//!
//! Invariants: every import reaches `completed`, `partial` or `failed` without a human, unless somebody asked
//! to look at it first, and then within seven days; a tick is short, and tenants take turns.
//!
//! One path for every webhook:
//!
//! 1. [`Webhooks::receive`] finds the tenants that registered the sender, proves the signature with their
//!    secrets, and seals the body.
//! 2. The [`Committer`] stores what came in meanwhile with one commit; then the senders get their answers.
//! 3. [`Webhooks::tick`] reads stored messages and hands on what they say, through [`TakeShopOrders`], in the
//!    transaction that marks them as processed. One that cannot be processed is tried again, then parked.
//!
//! Invariants: an acknowledged delivery is on the disk, once; a domain is active for one tenant at most, and
//! only after a message proved its secret.
//!
//! Carriers: [`Carriers`] keeps what lets an organisation in, and asks about its open parcels in rounds. What they
//! answer and what they send goes one way, through [`FollowedParcels`]. Invariants: nobody is asked without a connection, and while
//! no transaction is open; an answer before a failure counts.

mod apply;
mod aside;
mod audit;
mod carrier_rounds;
mod carriers;
mod claim;
mod failed_rows;
mod import;
mod intake;
mod layouts;
mod list;
mod parked;
mod paste;
mod ports;
mod privacy;
mod process;
mod profiles;
mod read;
mod receive;
mod room;
mod shelves;
mod shops;
mod sources;
mod sweep;
mod tick;
mod webhooks;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use ::ports::files::{FileReader, Limits};
use database::Db;
use domain::{Clock, Country, Ids, TenantId};
use tokio::sync::{Mutex, Semaphore};
use uuid::Uuid;

pub use crate::carriers::{
    CarrierConnection, Carriers, ConnectError, ConnectedBy, ConnectionState, NewAddress, NewConnection,
    Rounds,
};
pub use crate::failed_rows::FailedRows;
use crate::import::Lacking;
pub use crate::import::{Failure, Import, ImportError, Phase, Progress, Status, Totals};
pub use crate::intake::{Batch, Committer};
pub use crate::layouts::{LayoutError, Preview, PreviewCounts, presets};
pub use crate::parked::ParkedWebhook;
pub use crate::paste::PasteError;
pub use crate::ports::{
    Applied, ApplyRows, FollowedParcels, HomeCountry, ParcelPage, ParcelReport, RowOrigin, ShopStatement,
    TakeShopOrders, WatchImports, Whose,
};
pub use crate::privacy::{Kind as PrivacyKind, PrivacyRequest, Subject as PrivacySubject, UnknownKind};
pub use crate::profiles::{ImportProfile, MAX_PROFILE_NAME, MAX_PROFILES, ProfileError};
pub use crate::receive::{ReceiveError, Upload};
pub use crate::room::{ROOM, Room, SHARE};
pub use crate::shops::{RegisterShopError, Registered, SECRET_OVERLAP, Shop};
pub use crate::sources::Taker;
use crate::tick::Bench;
pub use crate::webhooks::{Refusal, Webhooks};

/// Use cases of this service.
#[derive(Clone)]
pub struct Imports {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    reader: Arc<dyn FileReader>,
    target: Arc<dyn ApplyRows>,
    watcher: Option<Arc<dyn WatchImports>>,
    homes: Option<Arc<dyn HomeCountry>>,
    folder: PathBuf,
    limits: Limits,
    /// Names this process in leases.
    worker: Uuid,
    bench: Arc<Mutex<Bench>>,
    /// Turns for work that a person waits for.
    previews: Arc<Semaphore>,
    /// When left-over uploads are looked for again, in microseconds.
    next_sweep: Arc<AtomicI64>,
}

impl Imports {
    /// Builds the service. `folder` keeps uploaded files until they are read; it is made when missing.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        reader: Arc<dyn FileReader>,
        target: Arc<dyn ApplyRows>,
        folder: PathBuf,
    ) -> std::io::Result<Self> {
        // Uploaded files hold personal data in clear.
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        let worker = ids.next();
        Ok(Self {
            db,
            clock,
            ids,
            reader,
            target,
            watcher: None,
            homes: None,
            folder,
            limits: Limits::default(),
            worker,
            bench: Arc::default(),
            previews: Arc::new(Semaphore::new(aside::AT_ONCE)),
            next_sweep: Arc::default(),
        })
    }

    /// Has somebody told of every import that moves.
    #[must_use]
    pub fn watched_by(mut self, watcher: Arc<dyn WatchImports>) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// Reads the files of each organisation as its country writes; without, as Colombia does.
    #[must_use]
    pub fn at_home(mut self, homes: Arc<dyn HomeCountry>) -> Self {
        self.homes = Some(homes);
        self
    }

    /// The country of an organisation.
    pub(crate) async fn country(&self, tenant: TenantId) -> database::Result<Country> {
        match &self.homes {
            Some(homes) => homes.country(tenant).await,
            None => Ok(Country::Co),
        }
    }

    /// Counts what rows lack, for an organisation that calls carriers by names of its own.
    pub(crate) async fn lacking(&self, tenant: TenantId) -> database::Result<Lacking> {
        let names = match &self.homes {
            Some(homes) => homes.carrier_names(tenant).await?,
            None => Vec::new(),
        };
        Ok(Lacking::of(names))
    }

    pub(crate) fn moved(&self, tenant: TenantId) {
        if let Some(watcher) = &self.watcher {
            watcher.moved(tenant);
        }
    }

    /// The largest file accepted, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        self.limits.max_bytes
    }
}
