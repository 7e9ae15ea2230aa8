//! Keys of programs.

use domain::{Clock, Permission, Role, SignedDuration};
use identity::{CreateApiKeyError, METRICS_SCOPE, NewApiKey};
use testkit::ENGINES;

use crate::world::World;

fn key(scopes: &[&str]) -> NewApiKey {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    NewApiKey { name: "prueba".into(), live: true, role: Role::ApiClient, scopes, expires_at: None }
}

#[tokio::test]
async fn a_key_works_until_it_expires_or_is_revoked() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let tenant = world.tenant.id;
        let lasting = world.identity.create_api_key(tenant, key(&["*"])).await.unwrap();
        let tomorrow = Some(world.clock.now() + SignedDuration::from_hours(24));
        let ending = NewApiKey { expires_at: tomorrow, ..key(&["orders:read"]) };
        let ending = world.identity.create_api_key(tenant, ending).await.unwrap();
        let works = async |key| world.identity.authenticate_api_key(key).await.unwrap().is_some();
        assert!(works(&lasting).await && works(&ending).await, "{engine:?}");
        world.clock.advance(SignedDuration::from_hours(25));
        assert!(works(&lasting).await && !works(&ending).await, "{engine:?}");

        let keys = world.identity.api_keys(tenant).await.unwrap();
        assert_eq!(keys.len(), 2, "{engine:?}");
        assert!(keys[0].last_used_at.is_some() && keys[0].expires_at.is_none(), "{engine:?}");
        assert_eq!(
            (keys[1].scopes.as_slice(), keys[1].expires_at),
            (&["orders:read".to_owned()][..], tomorrow)
        );
        assert!(world.identity.revoke_api_key(tenant, keys[0].id).await.unwrap(), "{engine:?}");
        assert!(!works(&lasting).await, "{engine:?}");
        let revoked_at = world.identity.api_keys(tenant).await.unwrap()[0].revoked_at;
        world.clock.advance(SignedDuration::from_hours(1));
        assert!(world.identity.revoke_api_key(tenant, keys[0].id).await.unwrap(), "{engine:?}");
        assert_eq!(world.identity.api_keys(tenant).await.unwrap()[0].revoked_at, revoked_at, "{engine:?}");
        let other = world.identity.create_tenant("otra", "Otra", domain::Country::Co, false).await.unwrap();
        assert!(!world.identity.revoke_api_key(other.id, keys[1].id).await.unwrap(), "{engine:?}");
    }
}

#[tokio::test]
async fn metrics_need_a_scope_that_the_star_does_not_hold() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let caller = async |scopes: &[&str]| {
            let key = world.identity.create_api_key(world.tenant.id, key(scopes)).await.unwrap();
            world.identity.authenticate_api_key(&key).await.unwrap().unwrap()
        };
        let all = caller(&["*"]).await;
        assert!(all.may(Permission::OrdersRead) && !all.reads_metrics(), "{engine:?}");
        let metrics = caller(&[METRICS_SCOPE]).await;
        assert!(metrics.reads_metrics() && !metrics.may(Permission::OrdersRead), "{engine:?}");
        let unknown = world.identity.create_api_key(world.tenant.id, key(&["metrics:write"])).await;
        assert!(matches!(unknown, Err(CreateApiKeyError::BadScope(_))), "{engine:?}");
    }
}

#[tokio::test]
async fn a_key_has_what_its_role_and_its_scopes_hold() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let made = async |role, scopes: &[&str]| {
            world.identity.create_api_key(world.tenant.id, NewApiKey { role, ..key(scopes) }).await
        };
        for &role in Role::all() {
            let secret = made(role, &["*"]).await.unwrap();
            let caller = world.identity.authenticate_api_key(&secret).await.unwrap().unwrap();
            for &permission in Permission::all() {
                assert_eq!(caller.may(permission), role.may(permission), "{engine:?} {role} {permission}");
                let one = made(role, &[permission.as_str()]).await;
                match one {
                    Ok(_) => assert!(role.may(permission), "{engine:?} {role} {permission}"),
                    Err(CreateApiKeyError::NotOfRole { .. }) => assert!(!role.may(permission)),
                    Err(other) => panic!("{other}"),
                }
            }
        }
        let listed = world.identity.api_keys(world.tenant.id).await.unwrap();
        assert!(listed.iter().any(|key| key.role == Role::Viewer), "{engine:?}");
        let refused = made(Role::ApiClient, &["analytics:read"]).await.unwrap_err().to_string();
        assert!(refused.contains("--role (admin, operator, viewer)"), "{refused}");
    }
}
