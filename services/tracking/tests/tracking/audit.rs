//! Checking shipments and batches against what is said of them.

use database::{Engine, Scope};
use domain::{Flaws, OrderId};
use tracking::Observation;

use crate::world::World;

#[tokio::test]
async fn orders_are_named_page_by_page() {
    let world = World::on(Engine::Sqlite).await;
    let ids = testkit::ids(5);
    let seen: Vec<Observation> = (0..1_001)
        .map(|number| Observation {
            order_id: Some(OrderId::from(ids.next())),
            ..world.seen(&format!("5{number:010}"), "EN TRANSITO")
        })
        .collect();
    for some in seen.chunks(200) {
        world.observe(some).await;
    }
    let mut flaws = Flaws::default();
    let mut tx = world.test.db.read(Scope::Tenant(world.tenant)).await.unwrap();
    let (mut audit, mut named) = (world.tracking.audit(), Vec::new());
    while let Some(orders) = audit.page(&mut tx, &mut flaws).await.unwrap() {
        named.push(orders.len());
    }
    assert_eq!(named, [1_000, 1]);
    assert_eq!(audit.end(&mut tx, &mut flaws).await.unwrap().shipments, 1_001);
    tx.commit().await.unwrap();
    assert_eq!(flaws, Flaws::default());
}
