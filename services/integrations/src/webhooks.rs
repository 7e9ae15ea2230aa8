//! Webhooks: received, committed many at a time, then processed in their order.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use database::Db;
use domain::{Clock, Ids, WebhookId};
use ports::webhooks::{Claim, Headers, SenderBy, WebhookError, WebhookSource};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::intake::{ANSWER_WITHIN, Committer, Delivery, QUEUE};
use crate::room::{Room, Rooms};
use crate::sources::{FRESH, IN_DOUBT, Registration, Source, Taker};

/// The field of sealed bodies.
pub(crate) const BODY: &str = "webhook_inbox.body";

/// Above this many bytes a body is authenticated and sealed on a thread of its own: it takes over a
/// millisecond.
const LARGE: usize = 256 * 1024;

/// Use cases about webhooks and the shops that send them. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

/// What all clones share.
pub struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) sources: Vec<Source>,
    queue: mpsc::Sender<Delivery>,
    rooms: Rooms,
    waiting: Mutex<Option<mpsc::Receiver<Delivery>>>,
    /// The tenant whose messages were processed last: the next one is next.
    pub(crate) last_tenant: Mutex<Uuid>,
}

impl Deref for Webhooks {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Why a delivery was not taken. The sender repeats it, except after [`Refusal::Invalid`].
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is not what the source sends, or nobody proves it. An unknown account, another tenant's and a wrong
    /// signature are the same.
    #[error(transparent)]
    Invalid(#[from] WebhookError),
    /// More deliveries wait than can be kept.
    #[error("too many deliveries are waiting")]
    Overloaded,
    /// It was not stored in time, or at all. If it was stored too late, its repetition changes nothing.
    #[error("the delivery was not stored")]
    NotStored,
    /// The store failed.
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl Webhooks {
    /// Builds the service with the systems that call us and whoever takes what they say.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        sources: Vec<(Arc<dyn WebhookSource>, Taker)>,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let sources = sources.into_iter().map(|(adapter, taker)| Source::new(adapter, taker)).collect();
        Self(Arc::new(Inner {
            db,
            clock,
            ids,
            sources,
            queue,
            rooms: Rooms::new(),
            waiting: Mutex::new(Some(waiting)),
            last_tenant: Mutex::new(Uuid::nil()),
        }))
    }

    /// What stores deliveries: run by the one process role that receives them. There is one; the second call
    /// answers none.
    #[must_use]
    pub fn committer(&self) -> Option<Committer> {
        let waiting = self.waiting.lock().ok()?.take()?;
        Some(Committer::new(self.db.clone(), waiting))
    }

    /// Names of the systems that call us, with the largest body of each in bytes and how its senders are known.
    pub fn sources(&self) -> impl Iterator<Item = (&'static str, usize, SenderBy)> {
        let of = |source: &Source| {
            let adapter = &source.adapter;
            (adapter.name(), adapter.max_body_bytes(), adapter.sender_by())
        };
        self.0.sources.iter().map(of)
    }

    /// Makes room for a body before it is read: for an account that somebody registered, while less than
    /// [`ROOM`](crate::ROOM) bytes of bodies are on their way, and less than an eighth of that for the account. `declared` is the length that the sender states; without one
    /// there is room for the largest body.
    ///
    /// # Errors
    /// See [`Refusal`]: a missing header, an account that nobody registered, a body too large, or no room.
    pub async fn admit(
        &self,
        source: &str,
        headers: &Headers<'_>,
        declared: Option<usize>,
    ) -> Result<Room, Refusal> {
        let outcome = self.make_room(source, headers, declared).await;
        count_refusal(&outcome);
        outcome
    }

    async fn make_room(
        &self,
        source: &str,
        headers: &Headers<'_>,
        declared: Option<usize>,
    ) -> Result<Room, Refusal> {
        let source = self.source(source).ok_or(WebhookError::BadSignature)?;
        let limit = source.adapter.max_body_bytes();
        if declared.is_some_and(|declared| declared > limit) {
            return Err(WebhookError::TooLarge { limit }.into());
        }
        let claim = source.adapter.claim(headers)?;
        let now = self.clock.now();
        let mut known = source.registrations(&self.db, &claim.account, now, FRESH).await?;
        if known.is_empty() {
            known = source.registrations(&self.db, &claim.account, now, IN_DOUBT).await?;
        }
        if known.is_empty() {
            return Err(WebhookError::BadSignature.into());
        }
        let bytes = declared.unwrap_or(limit);
        self.rooms.take(source.adapter.name(), &claim.account, bytes).ok_or(Refusal::Overloaded)
    }

    /// Takes a delivery. When this returns without an error, the delivery is on the disk; one that was there
    /// already is not stored again.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing is stored, except as [`Refusal::NotStored`] says.
    pub async fn receive(
        &self,
        source: &str,
        headers: &Headers<'_>,
        body: Bytes,
        room: Room,
    ) -> Result<(), Refusal> {
        let outcome = self.take(source, headers, body, room).await;
        count_refusal(&outcome);
        outcome
    }

    async fn take(
        &self,
        source: &str,
        headers: &Headers<'_>,
        body: Bytes,
        room: Room,
    ) -> Result<(), Refusal> {
        let source = self.source(source).ok_or(WebhookError::BadSignature)?;
        let limit = source.adapter.max_body_bytes();
        if body.len() > limit {
            return Err(WebhookError::TooLarge { limit }.into());
        }
        let mut claim = source.adapter.claim(headers)?;
        let now = self.clock.now();
        let mut registrations = source.registrations(&self.db, &claim.account, now, FRESH).await?;
        let proof = match prove(&source.adapter, headers, &claim, body.clone(), &registrations).await {
            Err(Refusal::Invalid(WebhookError::BadSignature)) => {
                let before = registrations;
                registrations = source.registrations(&self.db, &claim.account, now, IN_DOUBT).await?;
                if Arc::ptr_eq(&before, &registrations) {
                    return Err(WebhookError::BadSignature.into());
                }
                prove(&source.adapter, headers, &claim, body, &registrations).await
            }
            proof => proof,
        };
        let Proof { at, body_sealed, delivery_id } = proof?;
        claim.delivery_id = delivery_id;
        let owner = &registrations[at];
        if !owner.active {
            let activated = self.activate_shop(owner.tenant, source.adapter.name(), &claim.account).await?;
            source.forget(&claim.account);
            if !activated {
                return Err(WebhookError::BadSignature.into());
            }
        }
        let (answer, stored) = oneshot::channel();
        let delivery = Delivery {
            tenant: owner.tenant,
            id: WebhookId::from(self.ids.next()),
            source: source.adapter.name(),
            claim,
            received_at: now,
            body_sealed,
            _room: room,
            answer,
        };
        self.store(delivery, stored).await
    }

    /// Hands a proven delivery to the committer and waits for its commit.
    async fn store(&self, delivery: Delivery, stored: oneshot::Receiver<()>) -> Result<(), Refusal> {
        self.queue.try_send(delivery).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refusal::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Refusal::NotStored,
        })?;
        match tokio::time::timeout(ANSWER_WITHIN, stored).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Refusal::NotStored),
        }
    }
}

impl Inner {
    pub(crate) fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.adapter.name() == name)
    }
}

/// Who sent a body, and the body sealed for its tenant.
struct Proof {
    at: usize,
    body_sealed: Vec<u8>,
    delivery_id: String,
}

/// Which registration's secret signed the body.
async fn prove(
    adapter: &Arc<dyn WebhookSource>,
    headers: &Headers<'_>,
    claim: &Claim,
    body: Bytes,
    registrations: &Arc<[Registration]>,
) -> Result<Proof, Refusal> {
    if body.len() <= LARGE {
        return check(&**adapter, headers, claim, &body, registrations);
    }
    let owned = headers.to_owned_pairs();
    let (adapter, registrations, claim) = (Arc::clone(adapter), Arc::clone(registrations), claim.clone());
    let checked = tokio::task::spawn_blocking(move || {
        let headers = owned.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        check(&*adapter, &headers, &claim, &body, &registrations)
    });
    checked.await.map_err(|_| Refusal::NotStored)?
}

fn check(
    adapter: &dyn WebhookSource,
    headers: &Headers<'_>,
    claim: &Claim,
    body: &[u8],
    registrations: &[Registration],
) -> Result<Proof, Refusal> {
    let signer = |owner: &Registration| adapter.authenticate(headers, body, &owner.secrets).is_ok();
    let at = registrations.iter().position(signer).ok_or(WebhookError::BadSignature)?;
    adapter.check_form(body)?;
    let body_sealed = registrations[at].keys.seal_packed(BODY, body).map_err(database::Error::from)?;
    Ok(Proof { at, body_sealed, delivery_id: adapter.delivery_id(claim, body) })
}

fn count_refusal<T>(outcome: &Result<T, Refusal>) {
    if let Err(error) = outcome {
        metrics::counter!("litper_webhook_refused_total", "reason" => reason(error)).increment(1);
    }
}

fn reason(error: &Refusal) -> &'static str {
    match error {
        Refusal::Invalid(error) => error.code(),
        Refusal::Overloaded => "overloaded",
        Refusal::NotStored | Refusal::Database(_) => "not_stored",
    }
}
