//! Rounds on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use analytics::{Analytics, Days, PersonLight, PersonSums};
use database::{Engine, Scope, SystemReason};
use domain::{Clock, ImportId, SignedDuration, TenantId, Timestamp};
use ports::told::ImportedRound;
use testkit::{ENGINES, TestDb};

struct World {
    test: TestDb,
    analytics: Analytics,
    tenant: TenantId,
    now: Timestamp,
}

impl World {
    async fn on(engine: Engine) -> Self {
        let test = TestDb::on(engine).await;
        let tenant = TenantId::from(testkit::ids(1).next());
        let now = testkit::clock().now();
        let mut tx = test.db.write(Scope::System(SystemReason::Keys)).await.unwrap();
        test.db.keyring().create(&mut tx, tenant, now).await.unwrap();
        tx.commit().await.unwrap();
        let analytics = Analytics::new(test.db.clone());
        Self { test, analytics, tenant, now }
    }

    async fn tell(&self, seed: u64, at: Timestamp, rounds: &[ImportedRound]) {
        let import = ImportId::from(testkit::ids(seed).next());
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        self.analytics.take_rounds(&mut tx, self.tenant, import, at, rounds).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn people(&self, from: &str, to: &str) -> Vec<PersonSums> {
        let days = Days::between(from.parse().unwrap(), to.parse().unwrap()).unwrap();
        self.analytics.people(self.tenant, days).await.unwrap()
    }
}

fn round(operator: &str, day: i64, number: i64, initial: i64, done: i64) -> ImportedRound {
    ImportedRound {
        operator: operator.to_owned(),
        day,
        number: Some(number),
        started: Some(480),
        ended: Some(510),
        minutes: Some(30),
        initial,
        done,
        pending: initial - done,
        ..ImportedRound::default()
    }
}

#[tokio::test]
async fn the_rounds_of_a_person_add_up_whatever_their_name_is_spelled_like() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let incidents = ImportedRound {
            operator: "ANA PEÑA".into(),
            day: 20_260_305,
            started: Some(600),
            minutes: Some(25),
            of_incidents: true,
            reviewed: 7,
            solved: 5,
            gone_back: 2,
            ..ImportedRound::default()
        };
        let untimed = ImportedRound {
            minutes: None,
            started: None,
            ended: None,
            ..round("Luz Demo", 20_260_305, 1, 8, 8)
        };
        let rounds = [
            round("Ana Peña", 20_260_305, 1, 12, 10),
            round("ana pena", 20_260_306, 1, 10, 10),
            round("Ana Peña", 20_260_401, 1, 99, 1),
            incidents,
            untimed,
        ];
        world.tell(7, world.now, &rounds).await;
        // The same again changes nothing.
        world.tell(7, world.now, &rounds).await;
        let people = world.people("2026-03-01", "2026-03-31").await;
        assert_eq!(people.len(), 2, "{engine:?}");
        let ana = &people[0];
        assert_eq!(ana.name.to_lowercase().chars().next(), Some('a'), "{engine:?}");
        assert_eq!(
            (ana.days, ana.rounds, ana.minutes, ana.initial, ana.done, ana.pending),
            (2, 2, 60, 22, 20, 2)
        );
        assert_eq!((ana.incident_rounds, ana.incident_minutes, ana.reviewed, ana.solved), (1, 25, 7, 5));
        assert_eq!((ana.gone_back, ana.light()), (2, PersonLight::Green), "{engine:?}");
        let luz = &people[1];
        assert_eq!(
            (luz.rounds, luz.minutes, luz.done, luz.light()),
            (1, 0, 8, PersonLight::Grey),
            "{engine:?}"
        );
        assert!(world.people("2026-04-02", "2026-04-30").await.is_empty(), "{engine:?}");
        assert!(!format!("{ana:?} {:?}", rounds[0]).contains("Ana"), "no name in a log");
    }
}

#[tokio::test]
async fn what_a_later_file_tells_of_a_round_replaces_it() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let later = world.now + SignedDuration::from_hours(1);
        world.tell(7, later, &[round("Ana Demo", 20_260_305, 1, 12, 11)]).await;
        world.tell(8, world.now, &[round("Ana Demo", 20_260_305, 1, 12, 3)]).await;
        assert_eq!(world.people("2026-03-05", "2026-03-05").await[0].done, 11, "{engine:?}");
        world.tell(9, later, &[round("Ana Demo", 20_260_305, 1, 12, 12)]).await;
        let ana = &world.people("2026-03-05", "2026-03-05").await[0];
        assert_eq!((ana.rounds, ana.done), (1, 12), "{engine:?}");
    }
}
