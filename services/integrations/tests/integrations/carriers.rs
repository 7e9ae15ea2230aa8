//! Ways to carriers, and rounds through their parcels.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use database::{Audience, Engine, Scope, Statement, SystemReason, Tx, bind};
use domain::{
    ApiKeyId, ExceptionReason, ManualClock, ShipmentStatus, SignedDuration, TenantId, TrackingNumber, UserId,
};
use integrations::{
    CarrierConnection, Carriers, ConnectError, ConnectedBy, ConnectionState, FollowedParcels, NewConnection,
    ParcelPage, ParcelReport, Whose,
};
use ports::carriers::{CarrierEvent, Connection, CredentialField, FollowsParcels, TrackError, Tracked};
use secrecy::SecretString;
use task_queue::{Settings, TaskQueue};
use testkit::{ENGINES, TestDb};

const CHANGES: Statement = Statement::new(
    "changes",
    Audience::Tenant,
    "select payload from events where tenant_id = $1 and kind = 'carrier.connection_changed' order by id",
);

/// A carrier that knows some parcels, and can be told to fail.
struct Toy {
    code: &'static str,
    is_aggregator: bool,
    asked: Mutex<Vec<String>>,
    fails: Mutex<Option<TrackError>>,
}

impl Toy {
    fn new(code: &'static str, is_aggregator: bool) -> Arc<Self> {
        Arc::new(Self { code, is_aggregator, asked: Mutex::default(), fails: Mutex::default() })
    }

    fn fail(&self, error: Option<TrackError>) {
        *self.fails.lock().unwrap() = error;
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn event(number: &TrackingNumber) -> CarrierEvent {
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

    fn pushes(&self) -> bool {
        true
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
        self.asked.lock().unwrap().extend(numbers.iter().map(ToString::to_string));
        // It answers about the first, then fails.
        let error = self.fails.lock().unwrap().clone();
        let answered = if error.is_some() { &numbers[..1] } else { numbers };
        Tracked { events: answered.iter().map(event).collect(), answered: answered.to_vec(), error }
    }

    async fn check(&self, connection: &Connection, _: Option<&TrackingNumber>) -> Result<(), TrackError> {
        connection.need("user")?;
        connection.need("word")?;
        self.asked.lock().unwrap().push("check".to_owned());
        self.fails.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

/// Parcels that are due until somebody answers about them.
#[derive(Default)]
struct Shelf {
    due: Mutex<Vec<(String, TrackingNumber)>>,
    taken: Mutex<Vec<(String, usize)>>,
    races: Mutex<u32>,
}

impl Shelf {
    fn put(&self, carrier: &str, numbers: impl IntoIterator<Item = u64>) {
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

struct World {
    test: TestDb,
    clock: Arc<ManualClock>,
    carriers: Carriers,
    tasks: Arc<TaskQueue>,
    toy: Arc<Toy>,
    many: Arc<Toy>,
    shelf: Arc<Shelf>,
    tenant: TenantId,
}

impl World {
    async fn on(engine: Engine) -> Self {
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
            Carriers::new(test.db.clone(), clock.clone(), ids, askers, shelf.clone(), tasks.clone());
        tasks.register(carriers.looks()).unwrap();
        Self { test, clock, carriers, tasks, toy, many, shelf, tenant }
    }

    async fn connect(
        &self,
        carrier: &str,
        values: &[(&str, &str)],
    ) -> Result<CarrierConnection, ConnectError> {
        let credentials: BTreeMap<String, SecretString> =
            values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
        let new = NewConnection { credentials, address: None };
        let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
        self.carriers.connect(self.tenant, carrier, new, by).await
    }

    async fn connected(&self) {
        self.connect("toy", &[("user", "u"), ("word", "w")]).await.unwrap();
    }

    async fn state(&self, carrier: &str) -> CarrierConnection {
        let all = self.carriers.connections(self.tenant).await.unwrap();
        all.into_iter().find(|one| one.carrier == carrier).unwrap()
    }

    /// Until nothing is due.
    async fn rest(&self) {
        loop {
            let began = self.carriers.tick().await.unwrap();
            let worked = self.tasks.tick().await.unwrap();
            if !began && !worked {
                return;
            }
        }
    }

    async fn changes(&self) -> Vec<String> {
        let mut tx = self.test.db.read(Scope::Tenant(self.tenant)).await.unwrap();
        let rows = tx.fetch_all(&CHANGES, bind![]).await.unwrap();
        rows.iter().map(|row| row.get(0).unwrap()).collect()
    }
}

#[tokio::test]
async fn what_lets_in_is_sealed_told_and_never_shown() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        assert_eq!(world.state("toy").await.state, ConnectionState::NotConnected, "{engine:?}");
        let half = world.connect("toy", &[("user", "ana")]).await.unwrap();
        assert_eq!(half.state, ConnectionState::NotConnected, "{engine:?}: the word is missing");
        let whole = world.connect("toy", &[("word", "top-secret")]).await.unwrap();
        let given: Vec<_> = whole.fields.iter().map(|(field, given)| (field.name, *given)).collect();
        assert_eq!((given, whole.state), (vec![("user", true), ("word", true)], ConnectionState::Untested));
        assert!(!format!("{whole:?}").contains("top-secret"), "{engine:?}");
        let path = whole.hook_path.unwrap();
        assert!(path.starts_with("/webhooks/toy/") && path.len() == "/webhooks/toy/".len() + 32, "{path}");
        assert_eq!(half.hook_path.unwrap(), path, "{engine:?}: a change keeps the address");

        let told = world.changes().await;
        assert_eq!(told.len(), 2, "{engine:?}");
        assert!(told[1].contains(r#""action":"changed""#) && told[1].contains(r#""fields":["word"]"#));
        assert!(told.iter().all(|told| !told.contains("top-secret") && told.contains("by_user")), "{told:?}");

        let by = ConnectedBy::ApiKey(ApiKeyId::from(testkit::ids(3).next()));
        assert!(world.carriers.disconnect(world.tenant, "toy", by).await.unwrap());
        assert!(!world.carriers.disconnect(world.tenant, "toy", by).await.unwrap());
        assert_eq!(world.state("toy").await.state, ConnectionState::NotConnected, "{engine:?}");
        assert_eq!(world.changes().await.len(), 3, "{engine:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_refused() {
    let world = World::on(ENGINES[0]).await;
    let refused =
        async |carrier: &str, values: &[(&str, &str)]| world.connect(carrier, values).await.unwrap_err();
    assert!(matches!(refused("nobody", &[]).await, ConnectError::UnknownCarrier(_)));
    assert!(
        matches!(refused("toy", &[("pin", "1")]).await, ConnectError::UnknownField(name) if name == "pin")
    );
    let long = "x".repeat(513);
    for bad in ["", " a", "a\n", "ñ", long.as_str()] {
        assert!(matches!(refused("toy", &[("word", bad)]).await, ConnectError::BadValue(_)), "{bad}");
    }
    assert!(matches!(refused("addressed", &[]).await, ConnectError::BadAddress));
    let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
    let at = |address: &str| NewConnection { address: Some(address.to_owned()), ..NewConnection::default() };
    let inside = world.carriers.connect(world.tenant, "addressed", at("http://10.0.0.1"), by).await;
    assert!(matches!(inside, Err(ConnectError::BadAddress)));
    let ok = world.carriers.connect(world.tenant, "addressed", at("https://a.co"), by).await.unwrap();
    assert_eq!(ok.address.as_deref(), Some("https://a.co"));
}

#[tokio::test]
async fn trying_it_out_says_how_it_went() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let test = async || world.carriers.try_out(world.tenant, "toy").await.unwrap().unwrap();
        assert_eq!(test().await.state, ConnectionState::NotConnected, "{engine:?}");
        assert!(world.toy.asked().is_empty(), "{engine:?}: nobody is asked without a connection");
        world.connected().await;
        for (error, state, detail) in [
            (None, ConnectionState::Connected, None),
            (Some(TrackError::Unauthorised), ConnectionState::Refused, None),
            (
                Some(TrackError::Unavailable("time_out".into())),
                ConnectionState::Unreachable,
                Some("time_out"),
            ),
            (Some(TrackError::Malformed("json")), ConnectionState::Unreadable, Some("json")),
            (Some(TrackError::Throttled(Some(9))), ConnectionState::Throttled, None),
            (Some(TrackError::Refused("-1".into())), ConnectionState::QuestionRefused, Some("-1")),
        ] {
            world.toy.fail(error);
            let tried = test().await;
            assert_eq!((tried.state, tried.detail.as_deref()), (state, detail), "{engine:?}");
            assert!(tried.tested_at.is_some(), "{engine:?}");
        }
        assert!(world.carriers.try_out(world.tenant, "nobody").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_round_asks_about_every_parcel_once() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.shelf.put("toy", 0..7);
        world.shelf.put("other", 50..52);
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}: nobody is asked without a connection");
        world.connected().await;
        *world.shelf.races.lock().unwrap() = 2;
        world.rest().await;
        let mut asked = world.toy.asked();
        asked.sort();
        asked.dedup();
        assert_eq!(asked.len(), 7, "{engine:?}");
        let taken: usize = world.shelf.taken.lock().unwrap().iter().map(|(_, events)| events).sum();
        assert_eq!(taken, 7, "{engine:?}");
        let state = world.state("toy").await;
        assert_eq!(
            (state.state, state.answered_at.is_some()),
            (ConnectionState::Connected, true),
            "{engine:?}"
        );

        // What is due later is asked about in a later round.
        world.shelf.put("toy", 7..9);
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}: the round is over");
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 2, "{engine:?}");
    }
}

#[tokio::test]
async fn a_carrier_that_fails_has_its_peace_and_loses_nothing() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connected().await;
        world.shelf.put("toy", 0..2);
        world.toy.fail(Some(TrackError::Unavailable("http_503".into())));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 2, "{engine:?}");
        let state = world.state("toy").await;
        let expected = (ConnectionState::Unreachable, Some("http_503"));
        assert_eq!((state.state, state.detail.as_deref()), expected, "{engine:?}");
        assert_eq!(world.shelf.taken.lock().unwrap().len(), 1, "{engine:?}: what was answered first counts");
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 1, "{engine:?}");
        world.shelf.put("toy", 2..3);
        world.clock.advance(SignedDuration::from_mins(9));
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}: after two failures it waits ten minutes");
        world.toy.fail(None);
        world.clock.advance(SignedDuration::from_mins(1));
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 1, "{engine:?}");
        assert_eq!(world.state("toy").await.state, ConnectionState::Connected, "{engine:?}");

        // Refused, it waits for new words, or six hours.
        world.shelf.put("toy", 3..5);
        world.toy.fail(Some(TrackError::Unauthorised));
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        world.toy.asked();
        world.clock.advance(SignedDuration::from_hours(5));
        world.rest().await;
        assert!(world.toy.asked().is_empty(), "{engine:?}");
        world.toy.fail(None);
        world.connect("toy", &[("word", "better")]).await.unwrap();
        world.rest().await;
        assert_eq!(world.toy.asked().len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn an_aggregator_is_asked_about_the_parcels_of_those_without_a_way() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.connect("many", &[("user", "u"), ("word", "w")]).await.unwrap();
        world.connected().await;
        world.shelf.put("toy", 0..2);
        world.shelf.put("other", 50..52);
        world.rest().await;
        assert_eq!(world.many.asked(), ["10000000050", "10000000051"], "{engine:?}");
        assert_eq!(world.toy.asked().len(), 2, "{engine:?}");
        let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
        world.carriers.disconnect(world.tenant, "toy", by).await.unwrap();
        world.shelf.put("toy", 5..6);
        world.clock.advance(SignedDuration::from_mins(5));
        world.rest().await;
        assert_eq!(world.many.asked(), ["10000000005"], "{engine:?}");
    }
}
