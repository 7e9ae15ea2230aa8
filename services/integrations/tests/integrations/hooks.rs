//! Webhooks on a store of their own, from a made-up system, with somebody who takes its orders.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use database::{Audience, Engine, Scope, Statement, SystemReason, Tx, bind};
use domain::{ManualClock, SignedDuration, TenantId, Timestamp};
use integrations::{Committer, Refusal, ShopStatement, TakeShopOrders, Webhooks};
use ports::webhooks::{
    Claim, Headers, PrivacyRequest, ShopOrder, WebhookError, WebhookMessage, WebhookSource,
};
use secrecy::{ExposeSecret, SecretString};
use testkit::TestDb;

const INBOX: Statement = Statement::new(
    "inbox",
    Audience::Tenant,
    "select delivery_id, state, attempts from webhook_inbox where tenant_id = $1 order by delivery_id",
);

pub(crate) const SECRET: &str = "the-secret-of-one";
pub(crate) const OTHER_SECRET: &str = "the-secret-of-two";

/// Signs by naming the secret; its bodies are ids of orders.
struct Toy;

impl WebhookSource for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn max_body_bytes(&self) -> usize {
        1_000_000
    }

    fn account(&self, text: &str) -> Option<String> {
        Some(text.to_lowercase()).filter(|account| account.strip_suffix(".toy").is_some())
    }

    fn claim(&self, headers: &Headers<'_>) -> Result<Claim, WebhookError> {
        let get = |name| headers.get(name).map(str::to_owned).ok_or(WebhookError::MissingHeader { name });
        Ok(Claim {
            delivery_id: get("delivery")?,
            account: get("account")?,
            topic: get("topic")?,
            triggered_at: None,
            event_id: headers.get("event").map(str::to_owned),
        })
    }

    fn authenticate(
        &self,
        headers: &Headers<'_>,
        _: &[u8],
        secrets: &[SecretString],
    ) -> Result<(), WebhookError> {
        let signed = |secret: &SecretString| headers.get("signature") == Some(secret.expose_secret());
        secrets.iter().any(signed).then_some(()).ok_or(WebhookError::BadSignature)
    }

    /// Toys send plain words.
    fn check_form(&self, _: &[u8]) -> Result<(), WebhookError> {
        Ok(())
    }

    fn parse(&self, topic: &str, body: &[u8], at: Timestamp) -> Result<WebhookMessage, WebhookError> {
        let external_id = String::from_utf8_lossy(body).into_owned();
        match topic {
            "order" => {
                let order = ShopOrder { external_id, updated_at: at, ..ShopOrder::default() };
                Ok(WebhookMessage::OrderChanged(Box::new(order)))
            }
            "erasure" => {
                let request = PrivacyRequest { customer_id: Some(external_id), ..PrivacyRequest::default() };
                Ok(WebhookMessage::CustomerErasureRequested(Box::new(request)))
            }
            "bug" => panic!("a bug in the reader"),
            "broken" => Err(WebhookError::Malformed { detail: "json:1:1".into() }),
            other => Ok(WebhookMessage::Ignored { topic: other.to_owned() }),
        }
    }
}

/// Takes orders; fails or panics at those it is told to.
#[derive(Default)]
pub(crate) struct Taker {
    pub(crate) taken: Mutex<Vec<String>>,
    pub(crate) fails_at: Mutex<BTreeSet<String>>,
    pub(crate) panics_at: Mutex<BTreeSet<String>>,
}

impl Taker {
    pub(crate) fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

#[async_trait]
impl TakeShopOrders for Taker {
    async fn take(&self, _: &mut Tx, _: TenantId, statements: Vec<ShopStatement>) -> database::Result<()> {
        let ids: Vec<String> = statements.into_iter().map(|statement| statement.order.external_id).collect();
        let meets = |set: &Mutex<BTreeSet<String>>| ids.iter().any(|id| set.lock().unwrap().contains(id));
        assert!(!meets(&self.panics_at), "a bug in the taker");
        if meets(&self.fails_at) {
            return Err(database::Error::Failed { statement: "toy", detail: "told to fail".into() });
        }
        self.taken.lock().unwrap().extend(ids);
        Ok(())
    }

    async fn unknown<'a>(&self, _: &mut Tx, references: &[&'a str]) -> database::Result<Vec<&'a str>> {
        let taken = self.taken.lock().unwrap();
        Ok(references.iter().copied().filter(|id| !taken.iter().any(|taken| taken == id)).collect())
    }
}

pub(crate) struct Shops {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) hooks: Webhooks,
    pub(crate) taker: Arc<Taker>,
}

impl Shops {
    pub(crate) async fn on(engine: Engine) -> Self {
        let test = TestDb::on(engine).await;
        let (clock, taker) = (testkit::clock(), Arc::new(Taker::default()));
        let hooks = process(&test, &clock, &taker, 1);
        Self { test, clock, hooks, taker }
    }

    /// Another process on the same store.
    pub(crate) fn another_process(&self) -> Webhooks {
        process(&self.test, &self.clock, &self.taker, 2)
    }

    pub(crate) async fn tenant(&self, seed: u64) -> TenantId {
        let id = TenantId::from(testkit::ids(1_000 + seed).next());
        let mut tx = self.test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
        self.test.db.keyring().create(&mut tx, id, Timestamp::UNIX_EPOCH).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A tenant with a registered domain, `<seed>.toy`.
    pub(crate) async fn tenant_with_shop(&self, seed: u64) -> TenantId {
        let tenant = self.tenant(seed).await;
        self.register(tenant, &domain(seed), SECRET).await;
        tenant
    }

    pub(crate) async fn register(&self, tenant: TenantId, domain: &str, secret: &str) {
        self.hooks.register_shop(tenant, "toy", domain, &secret.to_owned().into()).await.unwrap();
    }

    /// Keeps storing deliveries until the test ends.
    pub(crate) fn start(&self) {
        tokio::spawn(run(self.hooks.committer().unwrap()));
    }

    pub(crate) async fn deliver(&self, sent: Sent<'_>) -> Result<(), Refusal> {
        deliver(&self.hooks, sent).await
    }

    /// Delivery, state and attempts of all that a tenant's inbox holds.
    pub(crate) async fn inbox(&self, tenant: TenantId) -> Vec<(String, String, i64)> {
        let mut tx = self.test.db.read(Scope::Tenant(tenant)).await.unwrap();
        let rows = tx.fetch_all(&INBOX, bind![]).await.unwrap();
        tx.commit().await.unwrap();
        rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap())).collect()
    }

    pub(crate) async fn tick_until_idle(&self) {
        while self.hooks.tick().await.unwrap() {}
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
    }
}

pub(crate) fn domain(seed: u64) -> String {
    format!("{seed}.toy")
}

fn process(test: &TestDb, clock: &Arc<ManualClock>, taker: &Arc<Taker>, seed: u64) -> Webhooks {
    let taker = integrations::Taker::Orders(Arc::clone(taker) as Arc<dyn TakeShopOrders>);
    let sources: Vec<(Arc<dyn WebhookSource>, integrations::Taker)> = vec![(Arc::new(Toy), taker)];
    Webhooks::new(test.db.clone(), clock.clone(), testkit::ids(seed), sources)
}

async fn run(mut committer: Committer) {
    while let Some(batch) = committer.gather().await {
        batch.commit().await;
    }
}

/// What a sender sends.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) account: &'a str,
    pub(crate) delivery: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) body: &'a str,
}

/// An order of the first tenant's shop; its id is the delivery's.
pub(crate) fn order(delivery: &str) -> Sent<'_> {
    Sent { account: "1.toy", delivery, topic: "order", secret: SECRET, body: delivery }
}

pub(crate) async fn deliver(hooks: &Webhooks, sent: Sent<'_>) -> Result<(), Refusal> {
    let headers = [
        ("account", sent.account),
        ("delivery", sent.delivery),
        ("topic", sent.topic),
        ("signature", sent.secret),
    ];
    let headers = headers.into_iter().collect();
    let body = Bytes::copy_from_slice(sent.body.as_bytes());
    let room = hooks.admit("toy", &headers, Some(body.len())).await?;
    hooks.receive("toy", &headers, body, room).await
}
