//! Whom carriers are asked about, and how old their answers are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use database::Scope;
use domain::{CarrierName, SignedDuration, TrackingNumber};
use metrics::{Counter, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use testkit::ENGINES;
use tracking::{Observation, Parcel, Reached, Source, Watched};

use crate::world::World;

impl World {
    async fn due(&self, watched: Watched<'_>) -> Vec<Parcel> {
        let (mut all, mut after) = (Vec::new(), Some(Reached::START));
        while let Some(from) = after {
            let page = self.tracking.due_parcels(self.tenant, watched, from).await.unwrap();
            all.extend(page.parcels);
            after = page.next;
        }
        all
    }

    async fn look(&self, asked: Source, numbers: &[TrackingNumber]) {
        let mut tx = self.test.db.write(Scope::Tenant(self.tenant)).await.unwrap();
        self.tracking.note_looks(&mut tx, asked, numbers).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Keeps the gauges of one thread, by name and labels.
#[derive(Default)]
struct Gauges(Arc<Mutex<BTreeMap<String, f64>>>);

struct Shown(String, Arc<Mutex<BTreeMap<String, f64>>>);

impl GaugeFn for Shown {
    fn increment(&self, by: f64) {
        *self.1.lock().unwrap().entry(self.0.clone()).or_default() += by;
    }

    fn decrement(&self, by: f64) {
        self.increment(-by);
    }

    fn set(&self, value: f64) {
        self.1.lock().unwrap().insert(self.0.clone(), value);
    }
}

impl Recorder for Gauges {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let labels: Vec<&str> = key.labels().map(metrics::Label::value).collect();
        let name = [&[key.name()][..], &labels].concat().join(" ");
        Gauge::from_arc(Arc::new(Shown(name, self.0.clone())))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

fn numbers(parcels: &[Parcel]) -> Vec<String> {
    let mut numbers: Vec<_> = parcels.iter().map(|parcel| parcel.tracking_number.to_string()).collect();
    numbers.sort();
    numbers
}

#[tokio::test]
async fn open_parcels_are_due_once_and_again_after_their_time() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let of_tcc =
            Observation { carrier: CarrierName::resolve("TCC"), ..world.seen("40000000001", "EN TRANSITO") };
        world
            .observe(&[
                world.seen("10000000001", "EN TRANSITO"),
                world.seen("10000000002", "EN REPARTO"),
                world.seen("10000000003", "ENTREGADO"),
                of_tcc,
            ])
            .await;
        let own = [String::from("tcc")];
        let due = world.due(Watched::Of("coordinadora")).await;
        assert_eq!(numbers(&due), ["10000000001", "10000000002"], "{engine:?}: none that is finished");
        assert_eq!(numbers(&world.due(Watched::Of("tcc")).await), ["40000000001"], "{engine:?}");
        assert_eq!(numbers(&world.due(Watched::AllBut(&own)).await), numbers(&due), "{engine:?}");
        assert_eq!(world.due(Watched::AllBut(&[])).await.len(), 3, "{engine:?}");

        let mut asked: Vec<_> = due.iter().map(|parcel| parcel.tracking_number.clone()).collect();
        asked.push(TrackingNumber::parse("99999999999").unwrap());
        world.look(Source::Carrier, &asked).await;
        world.look(Source::SeventeenTrack, &asked).await;
        assert!(world.due(Watched::Of("coordinadora")).await.is_empty(), "{engine:?}");
        let found = world.numbered("10000000001").await;
        let last = world.tracking.last_look(world.tenant, found[0].id).await.unwrap();
        assert_eq!(last, Some(("17track".to_owned(), world.now())), "{engine:?}");
        world.clock.advance(SignedDuration::from_mins(21));
        assert_eq!(numbers(&world.due(Watched::Of("coordinadora")).await), ["10000000002"], "{engine:?}");
        world.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(world.due(Watched::Of("coordinadora")).await.len(), 2, "{engine:?}");
    }
}

#[tokio::test]
async fn a_round_goes_through_more_than_a_page() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        for batch in 0..3 {
            let seen: Vec<_> =
                (0..400).map(|n| world.seen(&format!("1{:010}", batch * 400 + n), "EN TRANSITO")).collect();
            world.observe(&seen).await;
        }
        let mut due = numbers(&world.due(Watched::Of("coordinadora")).await);
        due.dedup();
        assert_eq!(due.len(), 1_200, "{engine:?}");
    }
}

#[tokio::test]
async fn ages_are_those_of_the_looks_at_open_parcels() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let seen: Vec<_> = (0..21).map(|n| world.seen(&format!("1{n:010}"), "EN TRANSITO")).collect();
        world.observe(&seen).await;
        let none = world.tracking.look_ages(world.tenant).await.unwrap();
        assert_eq!((none[0].open, none[0].looked_at, none[0].last, none[0].p95), (21, 0, None, None));
        let mut due = world.due(Watched::Of("coordinadora")).await;
        due.sort_by_key(|parcel| parcel.tracking_number.to_string());
        let start = world.now();
        // Twenty looks, a minute between them; the newest is the last.
        for parcel in &due[..20] {
            world.clock.advance(SignedDuration::from_mins(1));
            world.look(Source::Carrier, std::slice::from_ref(&parcel.tracking_number)).await;
        }
        let ages = world.tracking.look_ages(world.tenant).await.unwrap().remove(0);
        let minute = |n| Some(start + SignedDuration::from_mins(n));
        assert_eq!((ages.open, ages.looked_at), (21, 20), "{engine:?}");
        assert_eq!((ages.last, ages.median, ages.p95), (minute(20), minute(11), minute(2)), "{engine:?}");
        let finished = due[19].tracking_number.to_string();
        world.clock.advance(SignedDuration::from_mins(1));
        world.observe(&[world.seen(&finished, "ENTREGADO")]).await;
        let ages = world.tracking.look_ages(world.tenant).await.unwrap().remove(0);
        assert_eq!(
            (ages.looked_at, ages.last),
            (19, minute(19)),
            "{engine:?}: what is finished does not count"
        );
    }
}

#[tokio::test]
async fn the_figure_of_a_carrier_ends_with_its_open_parcels() {
    for engine in ENGINES {
        let gauges = Gauges::default();
        let _guard = metrics::set_default_local_recorder(&gauges);
        let world = World::on(engine).await;
        let age = async |quantile: &str, carrier: &str| {
            world.tracking.show_look_ages().await.unwrap();
            let name = format!("litper_carrier_look_age_seconds {carrier} {quantile}");
            gauges.0.lock().unwrap().get(&name).copied()
        };
        let of_nobody = Observation {
            carrier: CarrierName::resolve("Suppli Express"),
            ..world.seen("50000000001", "EN TRANSITO")
        };
        let seen: Vec<_> = (1..=2).map(|n| world.seen(&format!("1000000000{n}"), "EN TRANSITO")).collect();
        world.observe(&[&seen[..], &[of_nobody]].concat()).await;
        for number in ["10000000001", "50000000001", "10000000002"] {
            world.look(Source::Carrier, &[TrackingNumber::parse(number).unwrap()]).await;
            world.clock.advance(SignedDuration::from_mins(1));
        }
        assert_eq!(age("0.5", "coordinadora").await, Some(60.0), "{engine:?}");
        assert_eq!(age("0.95", "coordinadora").await, Some(180.0), "{engine:?}");
        assert!(age("0.5", "tcc").await.unwrap().is_nan(), "{engine:?}: nobody was asked");
        let labels = gauges.0.lock().unwrap().len();
        assert_eq!(labels, domain::Carrier::all().len() * 2, "{engine:?}: known carriers alone have figures");
        let delivered: Vec<_> = (1..=2).map(|n| world.seen(&format!("1000000000{n}"), "ENTREGADO")).collect();
        world.observe(&delivered).await;
        for quantile in ["0.5", "0.95"] {
            assert!(age(quantile, "coordinadora").await.unwrap().is_nan(), "{engine:?} {quantile}");
        }
    }
}
