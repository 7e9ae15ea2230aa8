//! Carriers and cities that shipments have, to be offered as filters.
//!
//! Each value is found by one look into the index that its filter uses, from one value to the next: as many
//! looks as there are values, however many shipments.

use database::{Scope, Statement, bind, sql};
use domain::{CarrierName, City, TenantId};

use crate::Tracking;

const CARRIERS: Statement = sql!("list_carriers.sql");
const CITIES: Statement = sql!("list_cities.sql");

/// More carriers than there are.
const MOST_CARRIERS: u32 = 100;
/// All municipalities, and as many names again that are none.
const MOST_CITIES: u32 = 2_500;

/// Values that shipments have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    /// Carriers, by code.
    pub carriers: Vec<CarrierName>,
    /// Cities: municipalities by code, then names that are none.
    pub cities: Vec<City>,
}

impl Tracking {
    /// The carriers and cities of a tenant's shipments.
    pub async fn facets(&self, tenant: TenantId) -> database::Result<Facets> {
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let carriers = tx.fetch_all(&CARRIERS, bind![MOST_CARRIERS]).await?;
        let cities = tx.fetch_all(&CITIES, bind![MOST_CITIES]).await?;
        tx.commit().await?;
        let carriers = carriers.iter().map(|row| Ok(CarrierName::resolve(&row.get::<String>(0)?)));
        let cities = cities.iter().map(|row| Ok(city(&row.get::<String>(0)?)));
        Ok(Facets {
            carriers: carriers.collect::<database::Result<_>>()?,
            cities: cities
                .filter(|city| city.as_ref().is_ok_and(|city| !city.raw.is_empty()))
                .collect::<database::Result<_>>()?,
        })
    }
}

/// The city behind the key that lists filter by.
fn city(key: &str) -> City {
    match domain::city::by_code(key) {
        Some(known) => City::resolve(known.name, Some(known.department)),
        None => City::resolve(key, None),
    }
}
