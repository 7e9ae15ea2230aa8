//! This program as the simulated world sees it: what comes in, its loops, its facts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use database::{Db, Engine, Scope};
use domain::{Country, Flaws, ManualClock, TenantId, Timestamp};
use event_log::{Event, Follower, Histories, Sequencer};
use integrations::{Committer, ReceiveError, Refusal, Room};
use ports::webhooks::Headers;
use serde_json::Value;
use simulator::{Failure, Figures, Installation, Request};
use tokio::sync::Mutex;
use tokio_util::task::AbortOnDropHandle;
use tracking::Month;
use uuid::Uuid;

use crate::Platform;
use crate::audit::{Moments, audit};

/// The system whose shops the world has.
const SOURCE: &str = "shopify";
/// Messages that are on their way at once.
const BURST: usize = 200;

/// The installation with one organisation and the world's shops.
pub(crate) struct Simulated {
    platform: Platform,
    tenant: TenantId,
    followers: Vec<Follower>,
    sequencer: Sequencer,
    loops: Vec<Loop>,
    /// Shops that have proven their secret: before that, a message makes its shop's domain active.
    proven: Mutex<BTreeSet<String>>,
    _committer: AbortOnDropHandle<()>,
}

/// The loops of a server, as `roles.rs` runs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loop {
    Webhooks,
    Imports,
    Follow(usize),
    Risk,
    Rereads,
    Tasks,
    Carriers,
    Sweep,
}

impl Simulated {
    /// Makes the organisation and its shops in an empty database.
    pub(crate) async fn begin(platform: Platform) -> anyhow::Result<Self> {
        let tenant = platform.identity.create_tenant("simulada", "Simulada", Country::Co, true).await?.id;
        for shop in simulator::shops() {
            platform.webhooks.register_shop(tenant, SOURCE, &shop.domain, &shop.secret.into()).await?;
        }
        let committer =
            platform.webhooks.committer().ok_or_else(|| anyhow::anyhow!("nobody stores messages"))?;
        let followers = platform.followers();
        let mut loops = vec![
            Loop::Webhooks,
            Loop::Imports,
            Loop::Risk,
            Loop::Rereads,
            Loop::Tasks,
            Loop::Carriers,
            Loop::Sweep,
        ];
        loops.extend((0..followers.len()).map(Loop::Follow));
        Ok(Self {
            sequencer: Sequencer::new(platform.db.clone()),
            followers,
            loops,
            tenant,
            proven: Mutex::default(),
            _committer: AbortOnDropHandle::new(tokio::spawn(store(committer))),
            platform,
        })
    }

    /// Makes room for a message, and has its shop's registration read.
    async fn admit(&self, request: &Request) -> Result<Room, Failure> {
        let length = Some(request.body.len());
        self.platform.webhooks.admit(SOURCE, &headers(request), length).await.map_err(failed)
    }

    async fn send(&self, request: &Request, room: Room) -> Result<bool, Failure> {
        let body = request.body.clone().into();
        match self.platform.webhooks.receive(SOURCE, &headers(request), body, room).await {
            Ok(()) => Ok(true),
            Err(Refusal::Invalid(_)) => Ok(false),
            Err(error @ (Refusal::Overloaded | Refusal::NotStored | Refusal::Database(_))) => {
                Err(failed(error))
            }
        }
    }

    /// Sends messages together. Whatever has to wait for the store waits before, one by one; then one task polls them
    /// in their order, so that each takes its id in that order.
    async fn send_together(&self, burst: &[Request]) -> Result<Vec<bool>, Failure> {
        let mut sent = Vec::with_capacity(burst.len());
        for request in burst {
            let room = self.admit(request).await?;
            sent.push(self.send(request, room));
        }
        futures_util::future::join_all(sent).await.into_iter().collect()
    }

    /// Until a shop is active its messages come one by one, so that they take their ids in order.
    async fn all_proven(&self, requests: &[Request]) -> bool {
        let proven = self.proven.lock().await;
        requests.iter().all(|request| proven.contains(account(request)))
    }

    /// Files go by the wall clock: how far one gets in a step is left to chance. So a step takes them to their end.
    async fn import(&self) -> database::Result<bool> {
        let mut worked = false;
        while self.platform.imports.tick().await? {
            worked = true;
        }
        Ok(worked)
    }

    /// On PostgreSQL events wait for their positions, and how far a reaction sees decides which steps of an order are
    /// told. Both engines show it everything that is committed.
    async fn follow(&self, follower: &Follower) -> database::Result<bool> {
        while self.sequencer.tick().await? {}
        follower.tick().await
    }

    async fn tick(&self, which: Loop) -> database::Result<bool> {
        let platform = &self.platform;
        match which {
            Loop::Webhooks => platform.webhooks.tick().await,
            Loop::Imports => self.import().await,
            Loop::Follow(at) => match self.followers.get(at) {
                Some(follower) => self.follow(follower).await,
                None => Ok(false),
            },
            Loop::Risk => platform.tracking.tick_risk().await.map(|assessed| assessed > 0),
            Loop::Rereads => platform.tracking.tick_reread().await,
            Loop::Tasks => platform.tasks.tick().await,
            Loop::Carriers => platform.carriers.tick().await,
            Loop::Sweep => Ok(platform.tasks.sweep().await?
                | platform.webhooks.sweep().await?
                | platform.imports.tick_sweep().await?),
        }
    }

    async fn all_events(&self) -> database::Result<Vec<Vec<Event>>> {
        let mut tx = self.platform.db.read(Scope::Tenant(self.tenant)).await?;
        let (mut histories, mut ignored, mut all) = (Histories::of(""), Flaws::default(), Vec::new());
        while let Some(history) = histories.next(&mut tx, &mut ignored).await? {
            all.push(history.events);
        }
        tx.commit().await?;
        Ok(all)
    }
}

/// The committer's loop, as `roles.rs` runs it.
async fn store(mut committer: Committer) {
    while let Some(batch) = committer.gather().await {
        batch.commit().await;
    }
}

fn headers(request: &Request) -> Headers<'_> {
    request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn account(request: &Request) -> &str {
    let named = |name: &str| name.eq_ignore_ascii_case("X-Shopify-Shop-Domain");
    request.headers.iter().find(|(name, _)| named(name)).map_or("", |(_, value)| value.as_str())
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Installation(error.to_string())
}

#[async_trait]
impl Installation for Simulated {
    async fn deliver(&self, requests: &[Request]) -> Result<Vec<bool>, Failure> {
        let mut answers = Vec::with_capacity(requests.len());
        for burst in requests.chunks(BURST) {
            if self.all_proven(burst).await {
                answers.extend(self.send_together(burst).await?);
                continue;
            }
            for request in burst {
                let room = self.admit(request).await?;
                let taken = self.send(request, room).await?;
                if taken {
                    self.proven.lock().await.insert(account(request).to_owned());
                }
                answers.push(taken);
            }
        }
        Ok(answers)
    }

    async fn load(&self, name: &str, content: &[u8]) -> Result<bool, Failure> {
        let imports = &self.platform.imports;
        let mut upload = imports.begin_upload().await.map_err(failed)?;
        upload.write(content).await.map_err(failed)?;
        match imports.finish_upload(upload, self.tenant, name, None).await {
            Ok(_) => Ok(true),
            Err(ReceiveError::AlreadyImported { .. }) => Ok(false),
            Err(
                error @ (ReceiveError::TooLarge { .. }
                | ReceiveError::Empty
                | ReceiveError::Disk(_)
                | ReceiveError::Database(_)),
            ) => Err(failed(error)),
        }
    }

    fn loops(&self) -> Vec<&'static str> {
        let name = |which: &Loop| match which {
            Loop::Webhooks => "webhooks",
            Loop::Imports => "imports",
            Loop::Follow(at) => self.followers.get(*at).map_or("reaction", Follower::name),
            Loop::Risk => "risk",
            Loop::Rereads => "rereads",
            Loop::Tasks => "tasks",
            Loop::Carriers => "carriers",
            Loop::Sweep => "sweep",
        };
        self.loops.iter().map(name).collect()
    }

    async fn step(&self, which: usize) -> Result<bool, Failure> {
        match self.loops.get(which) {
            Some(which) => self.tick(*which).await.map_err(failed),
            None => Ok(false),
        }
    }

    async fn check(&self, since: Timestamp) -> Result<Figures, Failure> {
        let moments = Moments { as_of: self.platform.clock.now(), effects_since: since };
        let audit = audit(&self.platform, moments).await.map_err(failed)?;
        let all = self.platform.tracking.routes(self.tenant, Month::of(FIRST), Month::of(LAST)).await;
        let mut figures = Figures {
            orders: audit.orders,
            shipments: audit.shipments,
            events: audit.events,
            ..Figures::default()
        };
        for route in all.map_err(failed)? {
            figures.delivered += route.counts.delivered;
            figures.returned += route.counts.returned;
            figures.collected += route.counts.collected;
            figures.freight += route.counts.freight;
            figures.return_cost += route.counts.return_cost;
        }
        // In this world nothing is odd either.
        let kept =
            audit.flaws.iter().flat_map(|(_, flaws)| flaws.kept().iter().chain(flaws.notices().kept()));
        figures.flaws =
            kept.map(|flaw| format!("{} {}: {}", flaw.check, flaw.subject, flaw.detail)).collect();
        let ended =
            self.platform.imports.list(self.tenant, None, database::MAX_PAGE).await.map_err(failed)?;
        let bad = ended.items.iter().filter(|import| import.status != integrations::Status::Completed);
        figures.flaws.extend(bad.map(|import| format!("file {} is {}", import.file_name, import.status)));
        Ok(figures)
    }

    async fn facts(&self) -> Result<Vec<String>, Failure> {
        let all = self.all_events().await.map_err(failed)?;
        let keys: BTreeMap<Uuid, String> = all
            .iter()
            .filter_map(|events| events.first())
            .filter_map(|first| Some((first.entity, key(first)?)))
            .collect();
        let facts = all.iter().flatten().map(|event| fact(event, &keys));
        Ok(facts.collect())
    }
}

const FIRST: domain::Date = domain::Date::constant(2000, 1, 1);
const LAST: domain::Date = domain::Date::constant(2999, 12, 1);

fn payload(event: &Event) -> Value {
    serde_json::from_str(event.payload_json()).unwrap_or_default()
}

/// What people call an entity, by its first event.
fn key(first: &Event) -> Option<String> {
    let said = payload(first);
    let text = |name| said.get(name).and_then(Value::as_str).map(str::to_owned);
    match first.kind.as_str() {
        "order.placed" => Some(format!("order {} {}", text("source")?, text("external_ref")?)),
        "shipment.registered" => Some(format!("shipment {}", text("tracking_number")?)),
        "batch.created" => Some(format!("batch {} {}", text("day")?, said.get("number")?)),
        _ => None,
    }
}

/// An event as it is the same on every engine: ids replaced by what they name.
fn fact(event: &Event, keys: &BTreeMap<Uuid, String>) -> String {
    let mut said = payload(event);
    if let Some(order) = said.get_mut("order_id") {
        let id = order.as_str().and_then(|text| text.parse::<Uuid>().ok());
        *order = id.and_then(|id| keys.get(&id)).cloned().map_or(Value::Null, Value::String);
    }
    if let Some(import) = said.get_mut("import_id") {
        *import = Value::Null;
    }
    let name = keys.get(&event.entity).map_or("?", String::as_str);
    format!("{name} {:08} {} {} {said}", event.entity_version, event.kind, event.occurred_at)
}

/// Whether a database holds nothing yet.
pub(crate) async fn is_empty(platform: &Platform) -> database::Result<bool> {
    Ok(platform.identity.list_tenants().await?.is_empty())
}

/// Lives through a plan on a platform whose clock is this one.
pub(crate) async fn simulate(
    platform: Platform,
    clock: &ManualClock,
    plan: simulator::Plan,
) -> anyhow::Result<simulator::Report> {
    let simulated = Arc::new(Simulated::begin(platform).await?);
    Ok(simulator::run(plan, clock, simulated).await?)
}

/// The name of an engine on the command line.
pub(crate) fn engine_name(db: &Db) -> &'static str {
    match db.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

#[cfg(test)]
mod tests {
    use domain::{CarrierName, ShipmentStatus};
    use simulator::Stage;
    use tracking::status::StatusTable;

    #[test]
    fn every_word_of_the_world_means_its_stage() {
        let table = StatusTable::builtin();
        for (code, stage, word) in simulator::words() {
            let carrier = CarrierName::resolve(code).carrier;
            let reading = table.read(carrier, word);
            let expected = match stage {
                Stage::Created => ShipmentStatus::Created,
                Stage::Processing => ShipmentStatus::Processing,
                Stage::Shipped => ShipmentStatus::Shipped,
                Stage::Transit => ShipmentStatus::InTransit,
                Stage::Out => ShipmentStatus::OutForDelivery,
                Stage::Issue => ShipmentStatus::Issue,
                Stage::Office => ShipmentStatus::InOffice,
                Stage::Delivered => ShipmentStatus::Delivered,
                Stage::Returning | Stage::Returned => ShipmentStatus::Returned,
            };
            assert!(carrier.is_some() && reading.known, "{code} {word}");
            assert_eq!(reading.status, expected, "{code} {word}");
        }
    }
}
