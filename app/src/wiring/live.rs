//! What imports do, told to open screens.

use domain::TenantId;
use integrations::WatchImports;
use live_updates::{LiveUpdates, Topic};

/// Tells the screens of a tenant that its imports moved.
pub(crate) struct ShownImports(pub(crate) LiveUpdates);

impl WatchImports for ShownImports {
    fn moved(&self, tenant: TenantId) {
        self.0.publish(tenant, Topic::Imports);
    }
}
