//! Made-up carriers and parcels.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use database::{Audience, Engine, Scope, Statement, SystemReason, Tx, bind};
use domain::{ExceptionReason, ManualClock, ShipmentStatus, TenantId, TrackingNumber, UserId};
use integrations::{
    CarrierConnection, Carriers, ConnectError, ConnectedBy, FollowedParcels, NewConnection, ParcelPage,
    ParcelReport, Rounds, Whose,
};
use ports::carriers::{
    CarrierEvent, Connection, CredentialField, FollowsParcels, Pushes, TrackError, Tracked,
};
use secrecy::SecretString;
use task_queue::{Settings, TaskQueue};
use testkit::TestDb;
use tokio::sync::Notify;

const CHANGES: Statement = Statement::new(
    "changes",
    Audience::Tenant,
    "select payload from events where tenant_id = $1 and kind = 'carrier.connection_changed' order by id",
);

/// A carrier that knows some parcels, and can be told to fail.
pub(crate) struct Toy {
    pub(crate) code: &'static str,
    pub(crate) is_aggregator: bool,
    pub(crate) asked: Mutex<Vec<String>>,
    pub(crate) fails: Mutex<Option<TrackError>>,
    /// Numbers that it refuses.
    pub(crate) odd: Mutex<Vec<String>>,
    /// Numbers that it speaks of unasked.
    pub(crate) strangers: Mutex<Vec<TrackingNumber>>,
    /// Says that it was asked, and waits before it answers.
    pub(crate) gate: Mutex<Option<(Arc<Notify>, Arc<Notify>)>>,
}

impl Toy {
    pub(crate) fn new(code: &'static str, is_aggregator: bool) -> Arc<Self> {
        Arc::new(Self {
            code,
            is_aggregator,
            asked: Mutex::default(),
            fails: Mutex::default(),
            odd: Mutex::default(),
            strangers: Mutex::default(),
            gate: Mutex::default(),
        })
    }

    pub(crate) fn fail(&self, error: Option<TrackError>) {
        *self.fails.lock().unwrap() = error;
    }

    pub(crate) async fn think(&self) {
        let gate = self.gate.lock().unwrap().clone();
        if let Some((asked, answer)) = gate {
            asked.notify_one();
            answer.notified().await;
        }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

pub(crate) fn event(number: &TrackingNumber) -> CarrierEvent {
    CarrierEvent {
        tracking_number: number.clone(),
        code: Some("6".to_owned()),
        words: "ENTREGADA".to_owned(),
        novelty: None,
        place: None,
        at: None,
        meaning: Some((ShipmentStatus::Delivered, ExceptionReason::None)),
    }
}

#[async_trait]
impl FollowsParcels for Toy {
    fn code(&self) -> &'static str {
        self.code
    }

    fn name(&self) -> &'static str {
        "Toy"
    }

    fn is_aggregator(&self) -> bool {
        self.is_aggregator
    }

    fn fields(&self) -> &'static [CredentialField] {
        &[
            CredentialField { name: "user", is_secret: false, is_required: true },
            CredentialField { name: "word", is_secret: true, is_required: true },
        ]
    }

    fn needs_address(&self) -> bool {
        self.code == "addressed"
    }

    fn address(&self, text: &str) -> Option<String> {
        text.starts_with("https://").then(|| text.to_owned())
    }

    fn pushes(&self) -> Pushes {
        if self.code == "addressed" { Pushes::Signed("word") } else { Pushes::Unsigned }
    }

    fn at_once(&self) -> usize {
        2
    }

    async fn track(&self, connection: &Connection, numbers: &[TrackingNumber]) -> Tracked {
        for field in ["user", "word"] {
            if let Err(error) = connection.need(field) {
                return Tracked { error: Some(error), ..Tracked::default() };
            }
        }
        self.think().await;
        self.asked.lock().unwrap().extend(numbers.iter().map(ToString::to_string));
        // It answers about one half, then fails.
        let error = self.fails.lock().unwrap().clone();
        let asked = if error.is_some() { &numbers[..numbers.len() / 2] } else { numbers };
        let odd = self.odd.lock().unwrap();
        let (unclear, answered): (Vec<_>, Vec<_>) =
            asked.iter().cloned().partition(|number| odd.iter().any(|odd| odd == number.as_str()));
        let refused = || TrackError::Refused("-1".to_owned());
        let error = error.or_else(|| (answered.is_empty() && !unclear.is_empty()).then(refused));
        let named = answered.iter().chain(&*self.strangers.lock().unwrap()).map(event).collect();
        Tracked { events: named, answered, unclear, error }
    }

    async fn check(&self, connection: &Connection, _: Option<&TrackingNumber>) -> Result<(), TrackError> {
        connection.need("user")?;
        connection.need("word")?;
        self.think().await;
        self.asked.lock().unwrap().push("check".to_owned());
        self.fails.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

/// Parcels that are due until somebody answers about them.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) due: Mutex<Vec<(String, TrackingNumber)>>,
    pub(crate) taken: Mutex<Vec<(String, usize)>>,
    pub(crate) races: Mutex<u32>,
}

impl Shelf {
    pub(crate) fn put(&self, carrier: &str, numbers: impl IntoIterator<Item = u64>) {
        let numbers = numbers.into_iter().map(|n| TrackingNumber::parse(&format!("1{n:010}")).unwrap());
        self.due.lock().unwrap().extend(numbers.map(|number| (carrier.to_owned(), number)));
    }
}

#[async_trait]
impl FollowedParcels for Shelf {
    async fn due(&self, _: TenantId, whose: Whose<'_>, after: Option<&str>) -> database::Result<ParcelPage> {
        let due = self.due.lock().unwrap();
        let is_meant = |carrier: &str| match whose {
            Whose::Of(code) => carrier == code,
            Whose::AllBut(others) => !others.iter().any(|other| other == carrier),
        };
        let all: Vec<&TrackingNumber> =
            due.iter().filter(|(carrier, _)| is_meant(carrier)).map(|(_, number)| number).collect();
        // Pages of three, named by their last number.
        let from = |number: &&&TrackingNumber| after.is_none_or(|after| number.as_str() > after);
        let numbers: Vec<TrackingNumber> =
            all.iter().filter(from).take(3).map(|number| (*number).clone()).collect();
        let next = if numbers.len() == 3 { numbers.last().map(ToString::to_string) } else { None };
        Ok(ParcelPage { numbers, next })
    }

    async fn any_of(&self, _: TenantId, _: &str) -> database::Result<Option<TrackingNumber>> {
        Ok(None)
    }

    async fn take(
        &self,
        _: &mut Tx,
        _: TenantId,
        source: &str,
        reports: &[ParcelReport],
    ) -> database::Result<()> {
        let mut races = self.races.lock().unwrap();
        if *races > 0 {
            *races -= 1;
            return Err(database::Error::Duplicate { constraint: "toy".into() });
        }
        let events = reports.iter().map(|report| report.events.len()).sum();
        if events > 0 {
            self.taken.lock().unwrap().push((source.to_owned(), events));
        }
        Ok(())
    }

    async fn answered(&self, _: &mut Tx, _: &str, numbers: &[TrackingNumber]) -> database::Result<()> {
        self.due.lock().unwrap().retain(|(_, number)| !numbers.contains(number));
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) carriers: Carriers,
    pub(crate) tasks: Arc<TaskQueue>,
    pub(crate) toy: Arc<Toy>,
    pub(crate) many: Arc<Toy>,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) tenant: TenantId,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        Self::with(engine, Rounds::On).await
    }

    pub(crate) async fn with(engine: Engine, rounds: Rounds) -> Self {
        let (test, clock, ids) = (TestDb::on(engine).await, testkit::clock(), testkit::ids(1));
        let tenant = TenantId::from(ids.next());
        let mut tx = test.db.write(Scope::System(SystemReason::Administration)).await.unwrap();
        test.db.keyring().create(&mut tx, tenant, domain::Clock::now(&*clock)).await.unwrap();
        tx.commit().await.unwrap();
        let settings = Settings { patience: Duration::from_secs(5), ..Settings::default() };
        let tasks = Arc::new(TaskQueue::new(test.db.clone(), clock.clone(), ids.clone(), settings));
        let (toy, many, shelf) = (Toy::new("toy", false), Toy::new("many", true), Arc::new(Shelf::default()));
        let askers: Vec<Arc<dyn FollowsParcels>> =
            vec![toy.clone(), many.clone(), Toy::new("addressed", false)];
        let carriers =
            Carriers::new(test.db.clone(), clock.clone(), ids, askers, shelf.clone(), tasks.clone(), rounds);
        tasks.register(carriers.looks()).unwrap();
        Self { test, clock, carriers, tasks, toy, many, shelf, tenant }
    }

    pub(crate) async fn connect(
        &self,
        carrier: &str,
        values: &[(&str, &str)],
    ) -> Result<CarrierConnection, ConnectError> {
        let credentials: BTreeMap<String, SecretString> =
            values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
        let new = NewConnection { credentials, ..NewConnection::default() };
        let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
        self.carriers.connect(self.tenant, carrier, new, by).await
    }

    pub(crate) async fn connected(&self) {
        self.connect("toy", &[("user", "u"), ("word", "w")]).await.unwrap();
    }

    pub(crate) async fn state(&self, carrier: &str) -> CarrierConnection {
        let all = self.carriers.connections(self.tenant).await.unwrap();
        all.into_iter().find(|one| one.carrier == carrier).unwrap()
    }

    /// Until nothing is due.
    pub(crate) async fn rest(&self) {
        loop {
            let began = self.carriers.tick().await.unwrap();
            let worked = self.tasks.tick().await.unwrap();
            if !began && !worked {
                return;
            }
        }
    }

    pub(crate) async fn changes(&self) -> Vec<String> {
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        let rows = tx.fetch_all(&CHANGES, bind![]).await.unwrap();
        rows.iter().map(|row| row.get(0).unwrap()).collect()
    }
}
