//! Lists of shipments under every combination of filters.

use domain::{CarrierName, City, ShipmentStatus, SignedDuration};
use testkit::ENGINES;
use tracking::risk::RiskLevel;
use tracking::{Filter, Observation, Shipment};

use crate::world::World;

const STATUSES: [&str; 9] = [
    "NOVEDAD",
    "EN TRANSITO",
    "ENTREGADO",
    "DEVUELTO",
    "EN DEVOLUCION",
    "CANCELADO",
    "EN REPARTO",
    "DISPONIBLE EN PUNTO",
    "RECOGIDO",
];
const CARRIERS: [&str; 3] = ["COORDINADORA", "TCC", "ENVIA"];
const CITIES: [&str; 3] = ["CALI", "LETICIA", "VEREDA EL HATO"];
const SHIPMENTS: usize = 90;
/// Small, so that pages end in the middle of everything.
const PAGE: u32 = 7;

/// Shipments of every kind; many stand equally high, so that ids decide.
fn observations(world: &World) -> Vec<Observation> {
    (0..SHIPMENTS)
        .map(|at| {
            let seen = world.seen(&format!("5001{at:07}"), STATUSES[at % STATUSES.len()]);
            let moved = seen.last_movement_at.unwrap() - SignedDuration::from_hours((at % 5) as i64 * 30);
            Observation {
                carrier: CarrierName::resolve(CARRIERS[at / 2 % CARRIERS.len()]),
                city: City::resolve(CITIES[at / 7 % CITIES.len()], None),
                last_movement_at: Some(moved),
                ..seen
            }
        })
        .collect()
}

/// All pages of a list, one after the other.
async fn all(world: &World, filter: &Filter) -> Vec<Shipment> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = world.tracking.list(world.tenant, filter, after, PAGE).await.unwrap();
        assert!(page.items.len() <= PAGE as usize);
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

fn numbers(shipments: &[&Shipment]) -> Vec<String> {
    shipments.iter().map(|shipment| shipment.tracking_number.to_string()).collect()
}

/// `None`, and each value.
fn any<T: Clone>(values: &[T]) -> Vec<Option<T>> {
    std::iter::once(None).chain(values.iter().cloned().map(Some)).collect()
}

fn filters() -> Vec<Filter> {
    let mut filters = Vec::new();
    let levels = any(&[RiskLevel::High, RiskLevel::Low]);
    let statuses = any(&[ShipmentStatus::Issue, ShipmentStatus::Returned, ShipmentStatus::Delivered]);
    for (open_only, level) in
        [false, true].into_iter().flat_map(|open| levels.iter().map(move |l| (open, *l)))
    {
        for status in &statuses {
            for carrier in any(&["tcc".to_owned()]) {
                for city in any(&["91001".to_owned()]) {
                    filters.push(Filter {
                        open_only,
                        level,
                        status: *status,
                        carrier: carrier.clone(),
                        city,
                        tracking_number: None,
                    });
                }
            }
        }
    }
    filters
}

fn fits(filter: &Filter, shipment: &Shipment) -> bool {
    let open = filter.open_only || filter.level.is_some();
    !(open && shipment.risk.terminal)
        && filter.level.is_none_or(|level| shipment.risk.level == level)
        && filter.status.is_none_or(|status| shipment.reading.status == status)
        && filter.carrier.as_ref().is_none_or(|carrier| shipment.carrier_code == *carrier)
        && filter.city.as_ref().is_none_or(|city| shipment.city.key == *city)
}

#[tokio::test]
async fn every_combination_of_filters_is_the_list_without_what_does_not_fit() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.observe(&observations(&world)).await;
        let whole = all(&world, &Filter::default()).await;
        assert_eq!(whole.len(), SHIPMENTS, "{engine:?}");
        let key = |shipment: &Shipment| {
            let risk = &shipment.risk;
            let still = shipment.last_movement_at.unwrap();
            (risk.terminal, std::cmp::Reverse(risk.score), still, shipment.id)
        };
        assert!(whole.iter().map(key).is_sorted(), "{engine:?}: most urgent first, finished ones last");
        for filter in filters() {
            let expected: Vec<&Shipment> = whole.iter().filter(|shipment| fits(&filter, shipment)).collect();
            let found = all(&world, &filter).await;
            assert_eq!(
                numbers(&found.iter().collect::<Vec<_>>()),
                numbers(&expected),
                "{engine:?} {filter:?}"
            );
        }
    }
}
