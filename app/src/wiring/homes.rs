//! Where organisations do business, and with whom.

use async_trait::async_trait;
use domain::{Country, TenantId};
use identity::Identity;
use integrations::HomeCountry;
use tracking::Tracking;

/// The owners of organisations and of what they say about carriers.
pub(crate) struct Homes {
    pub(crate) identity: Identity,
    pub(crate) tracking: Tracking,
}

#[async_trait]
impl HomeCountry for Homes {
    async fn country(&self, tenant: TenantId) -> database::Result<Country> {
        self.identity.country(tenant).await
    }

    async fn carrier_names(&self, tenant: TenantId) -> database::Result<Vec<String>> {
        self.tracking.own_carrier_names(tenant).await
    }
}
