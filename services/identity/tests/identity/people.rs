//! People come in, wait, and are shut out.

use domain::{Country, SignedDuration};
use identity::{ChangeUserError, LogInError};
use testkit::ENGINES;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn a_session_lives_while_it_is_used() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        assert_eq!(world.identity.users(world.tenant.id).await.unwrap()[0].last_login_at, None, "{engine:?}");
        let session = world.log_in("Ana@Prueba.co", PASSWORD).await.unwrap();
        let alive = async || world.identity.authenticate_session(&session.token).await.unwrap().is_some();
        for _ in 0..4 {
            world.clock.advance(SignedDuration::from_hours(7));
            assert!(alive().await, "{engine:?}");
        }
        world.clock.advance(SignedDuration::from_hours(9));
        assert!(!alive().await, "{engine:?}: idle for too long");
        let users = world.identity.users(world.tenant.id).await.unwrap();
        assert!(users[0].last_login_at.is_some(), "{engine:?}");
    }
}

#[tokio::test]
async fn failures_make_the_next_try_wait_whether_or_not_the_account_exists() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        for email in ["ana@prueba.co", "nadie@prueba.co"] {
            for _ in 0..5 {
                let refused = world.log_in(email, "otra cosa larga").await;
                assert!(matches!(refused, Err(LogInError::BadCredentials)), "{engine:?} {email}");
            }
            let refused = world.log_in(email, PASSWORD).await;
            let Err(LogInError::TooManyAttempts { wait }) = refused else { panic!("{engine:?} {email}") };
            assert_eq!(wait.as_secs(), 1_800, "{engine:?} {email}");
        }
        world.clock.advance(SignedDuration::from_mins(30));
        assert!(
            world.log_in("ana@prueba.co", PASSWORD).await.is_ok(),
            "{engine:?}: the right one after the wait"
        );
        assert!(world.log_in("ana@prueba.co", PASSWORD).await.is_ok(), "{engine:?}: and at once again");
    }
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once_and_may_come_back() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        let session = world.log_in("ana@prueba.co", PASSWORD).await.unwrap();
        world.identity.set_active(world.tenant.id, "ANA@prueba.co", false).await.unwrap();
        assert!(world.identity.authenticate_session(&session.token).await.unwrap().is_none(), "{engine:?}");
        assert!(matches!(world.log_in("ana@prueba.co", PASSWORD).await, Err(LogInError::BadCredentials)));
        assert!(!world.identity.users(world.tenant.id).await.unwrap()[0].active, "{engine:?}");
        world.identity.set_active(world.tenant.id, "ana@prueba.co", true).await.unwrap();
        assert!(world.identity.authenticate_session(&session.token).await.unwrap().is_none(), "{engine:?}");
        assert!(world.log_in("ana@prueba.co", PASSWORD).await.is_ok(), "{engine:?}");
    }
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        let session = world.log_in("ana@prueba.co", PASSWORD).await.unwrap();
        let set = async |email: &str, password: &str| {
            world.identity.set_password(world.tenant.id, email, password.to_owned().into()).await
        };
        assert!(matches!(set("ana@prueba.co", "corta").await, Err(ChangeUserError::Password(_))));
        assert!(matches!(set("otra@prueba.co", "lápiz nube mesa").await, Err(ChangeUserError::Unknown)));
        set("ana@prueba.co", "lápiz nube mesa").await.unwrap();
        assert!(world.identity.authenticate_session(&session.token).await.unwrap().is_none(), "{engine:?}");
        assert!(world.log_in("ana@prueba.co", PASSWORD).await.is_err(), "{engine:?}");
        assert!(world.log_in("ana@prueba.co", "lápiz nube mesa").await.is_ok(), "{engine:?}");
    }
}

#[tokio::test]
async fn an_organisation_looks_after_its_own_people_only() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        let other = world.identity.create_tenant("otra", "Otra", Country::Co, false).await.unwrap();
        assert!(world.identity.users(other.id).await.unwrap().is_empty(), "{engine:?}");
        let foreign = world.identity.set_active(other.id, "ana@prueba.co", false).await;
        assert!(matches!(foreign, Err(ChangeUserError::Unknown)), "{engine:?}");
        assert!(world.log_in("ana@prueba.co", PASSWORD).await.is_ok(), "{engine:?}");
        let tenants = world.identity.list_tenants().await.unwrap();
        let slugs: Vec<&str> = tenants.iter().map(|tenant| tenant.slug.as_str()).collect();
        assert_eq!(slugs, ["demo", "otra"], "{engine:?}");
    }
}

#[tokio::test]
async fn names_and_countries_are_an_organisations_own() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        let identity = &world.identity;
        let other = identity.create_tenant("quito", "Quito", Country::Ec, false).await.unwrap();
        assert_eq!(identity.country(world.tenant.id).await.unwrap(), Country::Co, "{engine:?}");
        assert_eq!(identity.country(other.id).await.unwrap(), Country::Ec, "{engine:?}");
        let ana = identity.users(world.tenant.id).await.unwrap()[0].id;
        let asked = std::collections::BTreeSet::from([ana]);
        assert_eq!(identity.names(world.tenant.id, &asked).await.unwrap()[&ana], "Ana", "{engine:?}");
        assert!(identity.names(other.id, &asked).await.unwrap().is_empty(), "{engine:?}");
        assert!(identity.names(world.tenant.id, &[].into()).await.unwrap().is_empty(), "{engine:?}");
    }
}
