//! What lists tell of the past of routes.

use domain::{CarrierName, City, ImportId, SignedDuration, Timestamp};
use testkit::ENGINES;
use tracking::{BestCarrierQuestion, Month, Obstacle, PastResults, Route, RouteLight, ToldRoute};

use crate::world::World;

fn told(city: &str, delivered: i64, returned: i64, minutes: Option<i64>) -> ToldRoute {
    let (city, carrier) = (City::resolve(city, None), CarrierName::resolve("COORDINADORA"));
    ToldRoute { city, carrier, delivered, returned, minutes }
}

fn months() -> (Month, Month) {
    ("2020-01".parse().unwrap(), "2030-12".parse().unwrap())
}

impl World {
    async fn tell(&self, import: ImportId, at: Timestamp, lines: &[ToldRoute]) {
        let mut tx = self.test.db.write(database::Scope::Tenant(self.tenant)).await.unwrap();
        self.tracking.take_route_history(&mut tx, import, at, lines).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn route_to(&self, city: &str) -> Route {
        let (from, to) = months();
        let routes = self.tracking.routes(self.tenant, from, to).await.unwrap();
        routes.into_iter().find(|route| route.city_name == city).unwrap()
    }
}

#[tokio::test]
async fn lines_of_one_list_add_up_and_a_later_list_replaces_them() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let ids = testkit::ids(9);
        let (first, second) = (ImportId::from(ids.next()), ImportId::from(ids.next()));
        let now = world.now();
        world
            .tell(first, now, &[told("CALI", 40, 8, None), told("Santiago de Cali", 10, 2, Some(2_880))])
            .await;
        // Another piece of the same list.
        world.tell(first, now, &[told("Cali", 0, 0, Some(1_440)), told("Pasto", 3, 0, None)]).await;
        let past = world.route_to("Cali").await.past.unwrap();
        assert_eq!(past, PastResults { delivered: 50, returned: 10, minutes: Some(2_160.0) }, "{engine:?}");
        assert_eq!((past.ended(), past.days()), (60, Some(1.5)));

        world.tell(second, now + SignedDuration::from_hours(1), &[told("Cali", 1, 19, None)]).await;
        let route = world.route_to("Cali").await;
        assert_eq!(route.past, Some(PastResults { delivered: 1, returned: 19, minutes: None }), "{engine:?}");
        assert_eq!((route.light, route.to_block), (RouteLight::Red, false), "no rule blocks by hearsay");
        // What was received before says nothing against it, whenever it is worked on.
        world.tell(first, now, &[told("Cali", 40, 8, None)]).await;
        assert_eq!(world.route_to("Cali").await.past.unwrap().delivered, 1, "{engine:?}");
        assert_eq!(world.route_to("Pasto").await.light, RouteLight::Grey, "{engine:?}");
    }
}

#[tokio::test]
async fn the_past_is_in_no_count_and_lets_a_carrier_be_chosen() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let mut seen = world.seen("50012345678", "ENTREGADO");
        seen.freight = Some(domain::Money::cop(10_000));
        let mut back = world.seen("50012345679", "DEVUELTO");
        (back.freight, back.return_cost) = (seen.freight, Some(domain::Money::cop(9_000)));
        world.observe(&[seen, back]).await;
        let (from, to) = months();
        let question = BestCarrierQuestion {
            city: "Cali".to_owned(),
            from,
            to,
            country: domain::Country::Co,
            order_value: Some(80_000),
            product_cost: None,
        };
        let ask = async || world.tracking.best_carrier(world.tenant, &question).await.unwrap();
        let before = ask().await;
        let offer = |found: &tracking::BestCarrier| {
            found.offers.iter().find(|offer| offer.carrier_code == "coordinadora").unwrap().clone()
        };
        assert_eq!((&before.best, offer(&before).obstacles), (&None, vec![Obstacle::TooFew]), "{engine:?}");
        let import = ImportId::from(testkit::ids(9).next());
        world.tell(import, world.now(), &[told("Cali", 900, 100, None), told("Pasto", 90, 10, None)]).await;
        let after = ask().await;
        assert_eq!(after.best.as_deref(), Some("coordinadora"), "{engine:?} {after:?}");
        assert_eq!(offer(&after).counts, offer(&before).counts, "{engine:?}");
        let estimate = offer(&after).likely.unwrap();
        assert!((estimate.likely - (1.0 + 20.0 * 0.9) / 22.0).abs() < 1e-9, "{estimate:?}");

        let matrix = world.tracking.route_matrix(world.tenant, from, to, 10).await.unwrap();
        let cities: Vec<&str> = matrix.items.iter().map(|(_, route)| route.city_name.as_str()).collect();
        assert_eq!(
            (cities, matrix.too_few),
            (vec!["Cali"], 1),
            "only what was sent has a volume: {engine:?}"
        );
    }
}
