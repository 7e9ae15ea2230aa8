//! Where organisations do business.

use async_trait::async_trait;
use domain::{Country, TenantId};
use identity::Identity;
use integrations::HomeCountry;

/// The owner of organisations.
pub(crate) struct Homes(pub(crate) Identity);

#[async_trait]
impl HomeCountry for Homes {
    async fn country(&self, tenant: TenantId) -> database::Result<Country> {
        self.0.country(tenant).await
    }
}
