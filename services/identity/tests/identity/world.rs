//! A store with one organisation, and a clock that stands still.

use std::net::IpAddr;
use std::sync::Arc;

use database::Engine;
use domain::{Country, ManualClock, Role};
use identity::{Identity, LogInError, LoggedIn, NewUser, Tenant, Visitor};
use testkit::TestDb;

pub(crate) const PASSWORD: &str = "mesa nube lápiz";

pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) identity: Identity,
    pub(crate) tenant: Tenant,
    pub(crate) test: TestDb,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        let (test, clock) = (TestDb::on(engine).await, testkit::clock());
        let identity = Identity::new(test.db.clone(), clock.clone(), testkit::ids(1));
        let tenant = identity.create_tenant("demo", "Demo", Country::Co, false).await.unwrap();
        Self { clock, identity, tenant, test }
    }

    pub(crate) async fn add(&self, email: &str) {
        let user = NewUser {
            name: "Ana".into(),
            email: email.into(),
            role: Role::Operator,
            password: PASSWORD.to_owned().into(),
        };
        self.identity.create_user(self.tenant.id, user).await.unwrap();
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Result<LoggedIn, LogInError> {
        self.identity.log_in(email, password.to_owned().into(), &from("192.0.2.1")).await
    }
}

/// Somebody at an address, with a browser that tells nothing.
pub(crate) fn from(address: &str) -> Visitor {
    let address: IpAddr = address.parse().unwrap();
    Visitor { address: Some(address), ..Visitor::default() }
}
