//! Sessions that people look at and end.

use domain::SignedDuration;
use identity::{Actor, LoggedIn, Visitor};
use testkit::ENGINES;

use crate::world::{PASSWORD, World, from};

async fn enter(world: &World, email: &str, agent: Option<&str>) -> LoggedIn {
    let visitor = Visitor { agent: agent.map(str::to_owned), ..from("192.0.2.7") };
    world.identity.log_in(email, PASSWORD.to_owned().into(), &visitor).await.unwrap()
}

fn ids(session: &LoggedIn) -> (domain::UserId, domain::SessionId) {
    let Actor::User { id, session, .. } = &session.caller.actor else { panic!("a person") };
    (*id, *session)
}

async fn holds(world: &World, session: &LoggedIn) -> bool {
    world.identity.authenticate_session(&session.token).await.unwrap().is_some()
}

#[tokio::test]
async fn a_person_has_five_sessions_and_the_oldest_goes() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        world.add("luis@prueba.co").await;
        let others = enter(&world, "luis@prueba.co", None).await;
        let mut sessions = Vec::new();
        for _ in 0..7 {
            world.clock.advance(SignedDuration::from_secs(1));
            sessions.push(enter(&world, "ana@prueba.co", None).await);
        }
        for (number, session) in sessions.iter().enumerate() {
            assert_eq!(holds(&world, session).await, number >= 2, "{engine:?} {number}");
        }
        assert!(holds(&world, &others).await, "{engine:?}: each person has five");
        let (user, _) = ids(&sessions[6]);
        assert_eq!(world.identity.sessions(world.tenant.id, user).await.unwrap().len(), 5, "{engine:?}");
    }
}

#[tokio::test]
async fn a_person_sees_their_sessions_and_ends_them() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        world.add("ana@prueba.co").await;
        world.add("luis@prueba.co").await;
        let (identity, tenant) = (&world.identity, world.tenant.id);
        let mut sessions = Vec::new();
        for agent in [Some("Mozilla/5.0 (X11; Linux) Firefox/140.0"), None, Some("x")] {
            world.clock.advance(SignedDuration::from_mins(2));
            sessions.push(enter(&world, "ana@prueba.co", agent).await);
        }
        let luis = enter(&world, "luis@prueba.co", None).await;
        let (ana, first) = ids(&sessions[0]);
        let listed = identity.sessions(tenant, ana).await.unwrap();
        assert_eq!(listed.len(), 3, "{engine:?}");
        assert_eq!(listed[2].id, first, "{engine:?}: the one used last comes first");
        assert_eq!(listed[2].agent.as_deref(), Some("Mozilla/5.0 (X11; Linux) Firefox/140.0"), "{engine:?}");
        assert_eq!(listed[1].agent, None, "{engine:?}");
        assert_eq!(listed[2].address.as_deref(), Some("192.0.2.7"), "{engine:?}");

        assert!(!identity.end_session(tenant, ids(&luis).0, first).await.unwrap(), "{engine:?}: not theirs");
        assert!(holds(&world, &sessions[0]).await, "{engine:?}");
        assert!(identity.end_session(tenant, ana, first).await.unwrap(), "{engine:?}");
        assert!(!identity.end_session(tenant, ana, first).await.unwrap(), "{engine:?}: it has ended");
        assert!(!holds(&world, &sessions[0]).await, "{engine:?}");

        identity.end_other_sessions(tenant, ana, ids(&sessions[2]).1).await.unwrap();
        assert!(!holds(&world, &sessions[1]).await, "{engine:?}");
        assert!(holds(&world, &sessions[2]).await && holds(&world, &luis).await, "{engine:?}");

        let nobody = Visitor { agent: Some("ñ".repeat(5_000)), ..Visitor::default() };
        world.identity.log_in("ana@prueba.co", PASSWORD.to_owned().into(), &nobody).await.unwrap();
        let listed = identity.sessions(tenant, ana).await.unwrap();
        let long = listed.iter().find(|session| session.address.is_none()).unwrap();
        assert_eq!(long.agent.as_ref().map(|agent| agent.chars().count()), Some(300), "{engine:?}");
        world.clock.advance(SignedDuration::from_hours(9));
        assert!(identity.sessions(tenant, ana).await.unwrap().is_empty(), "{engine:?}: idle ones have ended");
    }
}
