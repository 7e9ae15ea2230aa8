//! The systems whose webhooks we take, and which tenants their accounts belong to.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use database::{Db, Scope, Statement, SystemReason, TenantKeys, bind, system_sql};
use domain::{SignedDuration, TenantId, Timestamp};
use ports::webhooks::{SenderBy, WebhookSource};
use secrecy::SecretString;

use crate::carriers::open_credentials;
use crate::shops::SECRET;
use crate::{FollowedParcels, TakeShopOrders};

const FIND: Statement = system_sql!("system/find_shops.sql");
const FIND_HOOK: Statement = system_sql!("system/find_carrier_hook.sql");

/// How old what is known of an account may be: a registration that is given up is refused after this long,
/// also by a process that did not hear of it.
pub(crate) const FRESH: SignedDuration = SignedDuration::from_millis(900);
/// How old it may be when it proves nothing: somebody may just have registered, or changed the secret. Not
/// zero, so that a flood of unproven messages is not a flood of queries.
pub(crate) const IN_DOUBT: SignedDuration = SignedDuration::from_millis(100);
/// Accounts kept in memory. Made-up names in headers push real ones out at worst, which are then read anew.
const MAX_KNOWN: usize = 10_000;

/// Whoever takes what a system says.
#[derive(Clone)]
pub enum Taker {
    /// Orders of shops.
    Orders(Arc<dyn TakeShopOrders>),
    /// What happened to parcels.
    Parcels(Arc<dyn FollowedParcels>),
}

/// A system that calls us.
pub(crate) struct Source {
    pub(crate) adapter: Arc<dyn WebhookSource>,
    pub(crate) taker: Taker,
    known: RwLock<HashMap<String, Known>>,
}

/// One tenant's claim to an account.
pub(crate) struct Registration {
    pub(crate) tenant: TenantId,
    pub(crate) active: bool,
    /// The secret, and the one before while it is still accepted.
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) keys: Arc<TenantKeys>,
}

struct Known {
    read_at: Timestamp,
    registrations: Arc<[Registration]>,
}

impl Source {
    pub(crate) fn new(adapter: Arc<dyn WebhookSource>, taker: Taker) -> Self {
        Self { adapter, taker, known: RwLock::new(HashMap::new()) }
    }

    /// Who may prove a message of an account: the tenant it is active for, else all that wait for it, the
    /// first to register first. What was read within `max_age` is not read again.
    pub(crate) async fn registrations(
        &self,
        db: &Db,
        account: &str,
        now: Timestamp,
        max_age: SignedDuration,
    ) -> database::Result<Arc<[Registration]>> {
        if let Some(known) = self.known_since(account, now, max_age) {
            return Ok(known);
        }
        let registrations: Arc<[Registration]> = self.find(db, account, now).await?.into();
        if let Ok(mut known) = self.known.write() {
            if known.len() >= MAX_KNOWN {
                known.clear();
            }
            known.insert(
                account.to_owned(),
                Known { read_at: now, registrations: Arc::clone(&registrations) },
            );
        }
        Ok(registrations)
    }

    /// Makes the next look-up of an account read it anew.
    pub(crate) fn forget(&self, account: &str) {
        if let Ok(mut known) = self.known.write() {
            known.remove(account);
        }
    }

    fn known_since(
        &self,
        account: &str,
        now: Timestamp,
        max_age: SignedDuration,
    ) -> Option<Arc<[Registration]>> {
        let known = self.known.read().ok()?;
        let known = known.get(account)?;
        let age = now.duration_since(known.read_at);
        (age >= SignedDuration::ZERO && age <= max_age).then(|| Arc::clone(&known.registrations))
    }

    async fn find(&self, db: &Db, account: &str, now: Timestamp) -> database::Result<Vec<Registration>> {
        match self.adapter.sender_by() {
            SenderBy::Domain => self.find_shops(db, account, now).await,
            SenderBy::Path(signed_with) => self.find_hook(db, account, signed_with).await,
        }
    }

    async fn find_hook(
        &self,
        db: &Db,
        account: &str,
        signed_with: Option<&str>,
    ) -> database::Result<Vec<Registration>> {
        let mut tx = db.read(Scope::System(SystemReason::Authentication)).await?;
        let row = tx.fetch_optional(&FIND_HOOK, bind![self.adapter.name(), account]).await?;
        tx.commit().await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let tenant: TenantId = row.id(0)?;
        let keys = db.keyring().tenant(db, tenant).await?;
        let mut credentials = open_credentials(&keys, &row.get::<Vec<u8>>(1)?)?;
        let secrets = signed_with.and_then(|field| credentials.remove(field)).into_iter().collect();
        Ok(vec![Registration { tenant, active: true, secrets, keys }])
    }

    async fn find_shops(
        &self,
        db: &Db,
        account: &str,
        now: Timestamp,
    ) -> database::Result<Vec<Registration>> {
        let mut tx = db.read(Scope::System(SystemReason::Authentication)).await?;
        let rows = tx.fetch_all(&FIND, bind![self.adapter.name(), account]).await?;
        tx.commit().await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let tenant: TenantId = row.id(0)?;
            let status: String = row.get(1)?;
            let keys = db.keyring().tenant(db, tenant).await?;
            let mut secrets = vec![keys.open_text(SECRET, &row.get::<Vec<u8>>(2)?)?.into()];
            if let (Some(sealed), Some(until)) = (row.get::<Option<Vec<u8>>>(3)?, row.time_opt(4)?)
                && now < until
            {
                secrets.push(keys.open_text(SECRET, &sealed)?.into());
            }
            found.push(Registration { tenant, active: status == "active", secrets, keys });
        }
        if let Some(at) = found.iter().position(|registration| registration.active) {
            found = vec![found.swap_remove(at)];
        }
        Ok(found)
    }
}
