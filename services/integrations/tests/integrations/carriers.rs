//! Ways to carriers.

use domain::{ApiKeyId, UserId};
use integrations::{ConnectError, ConnectedBy, ConnectionState, NewAddress, NewConnection};
use ports::carriers::TrackError;
use testkit::ENGINES;

use crate::toy_carriers::World;

#[tokio::test]
async fn what_lets_in_is_sealed_told_and_never_shown() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        assert_eq!(world.state("toy").await.state, ConnectionState::NotConnected, "{engine:?}");
        let half = world.connect("toy", &[("user", "ana")]).await.unwrap();
        assert_eq!(half.state, ConnectionState::NotConnected, "{engine:?}: the word is missing");
        let whole = world.connect("toy", &[("word", "top-secret")]).await.unwrap();
        let given: Vec<_> = whole.fields.iter().map(|(field, given)| (field.name, *given)).collect();
        assert_eq!((given, whole.state), (vec![("user", true), ("word", true)], ConnectionState::Untested));
        assert!(!format!("{whole:?}").contains("top-secret"), "{engine:?}");
        let path = whole.hook_path.unwrap();
        assert!(path.starts_with("/webhooks/toy/") && path.len() == "/webhooks/toy/".len() + 32, "{path}");
        assert_eq!(half.hook_path.unwrap(), path, "{engine:?}: a change keeps the address");

        let told = world.changes().await;
        assert_eq!(told.len(), 2, "{engine:?}");
        assert!(told[1].contains(r#""action":"changed""#) && told[1].contains(r#""fields":["word"]"#));
        assert!(told.iter().all(|told| !told.contains("top-secret") && told.contains("by_user")), "{told:?}");

        let by = ConnectedBy::ApiKey(ApiKeyId::from(testkit::ids(3).next()));
        assert!(world.carriers.disconnect(world.tenant, "toy", by).await.unwrap());
        assert!(!world.carriers.disconnect(world.tenant, "toy", by).await.unwrap());
        assert_eq!(world.state("toy").await.state, ConnectionState::NotConnected, "{engine:?}");
        assert_eq!(world.changes().await.len(), 3, "{engine:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_refused() {
    let world = World::on(ENGINES[0]).await;
    let refused =
        async |carrier: &str, values: &[(&str, &str)]| world.connect(carrier, values).await.unwrap_err();
    assert!(matches!(refused("nobody", &[]).await, ConnectError::UnknownCarrier(_)));
    assert!(
        matches!(refused("toy", &[("pin", "1")]).await, ConnectError::UnknownField(name) if name == "pin")
    );
    let long = "x".repeat(513);
    for bad in ["", " a", "a\n", "ñ", long.as_str()] {
        assert!(matches!(refused("toy", &[("word", bad)]).await, ConnectError::BadValue(_)), "{bad}");
    }
    assert!(matches!(refused("addressed", &[]).await, ConnectError::BadAddress));
    let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
    let at = |address: &str| NewConnection {
        address: NewAddress::At(address.to_owned()),
        ..NewConnection::default()
    };
    let inside = world.carriers.connect(world.tenant, "addressed", at("http://10.0.0.1"), by).await;
    assert!(matches!(inside, Err(ConnectError::BadAddress)));
    let ok = world.carriers.connect(world.tenant, "addressed", at("https://a.co"), by).await.unwrap();
    assert_eq!(ok.address.as_deref(), Some("https://a.co"));
}

#[tokio::test]
async fn trying_it_out_says_how_it_went() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let test = async || world.carriers.try_out(world.tenant, "toy").await.unwrap().unwrap();
        assert_eq!(test().await.state, ConnectionState::NotConnected, "{engine:?}");
        assert!(world.toy.asked().is_empty(), "{engine:?}: nobody is asked without a connection");
        world.connected().await;
        for (error, state, detail) in [
            (None, ConnectionState::Connected, None),
            (Some(TrackError::Unauthorised), ConnectionState::Refused, None),
            (
                Some(TrackError::Unavailable("time_out".into())),
                ConnectionState::Unreachable,
                Some("time_out"),
            ),
            (Some(TrackError::Malformed("json")), ConnectionState::Unreadable, Some("json")),
            (Some(TrackError::Throttled(Some(9))), ConnectionState::Throttled, None),
            (Some(TrackError::Refused("-1".into())), ConnectionState::QuestionRefused, Some("-1")),
        ] {
            world.toy.fail(error);
            let tried = test().await;
            assert_eq!((tried.state, tried.detail.as_deref()), (state, detail), "{engine:?}");
            assert!(tried.tested_at.is_some(), "{engine:?}");
        }
        assert!(world.carriers.try_out(world.tenant, "nobody").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn another_address_wants_every_secret_again() {
    for engine in ENGINES {
        let world = World::on(engine).await;
        let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
        let connect = async |address: NewAddress, values: &[(&str, &str)]| {
            let credentials =
                values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
            let new = NewConnection { credentials, address };
            world.carriers.connect(world.tenant, "toy", new, by).await
        };
        let at = |text: &str| NewAddress::At(text.to_owned());
        connect(at("https://a.co"), &[("user", "u"), ("word", "w")]).await.unwrap();
        for address in [at("https://b.co"), NewAddress::Usual] {
            let refused = connect(address, &[("user", "v")]).await;
            assert!(matches!(refused, Err(ConnectError::SecretWanted("word"))), "{engine:?} {refused:?}");
        }
        for address in [NewAddress::AsBefore, at("https://a.co")] {
            let kept = connect(address, &[("user", "v")]).await.unwrap();
            assert_eq!(kept.address.as_deref(), Some("https://a.co"), "{engine:?}");
        }
        let moved = connect(at("https://b.co"), &[("word", "w")]).await.unwrap();
        assert_eq!(moved.address.as_deref(), Some("https://b.co"), "{engine:?}: what is no secret is kept");
        let usual = connect(NewAddress::Usual, &[("word", "w")]).await.unwrap();
        assert_eq!((usual.address, usual.state), (None, ConnectionState::Untested), "{engine:?}");
    }
}

#[tokio::test]
async fn who_has_to_sign_is_given_an_address_with_the_secret() {
    let world = World::on(ENGINES[0]).await;
    let by = ConnectedBy::User(UserId::from(testkit::ids(9).next()));
    let connect = async |values: &[(&str, &str)], address| {
        let credentials =
            values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
        world.carriers.connect(world.tenant, "addressed", NewConnection { credentials, address }, by).await
    };
    let without = connect(&[("user", "u")], NewAddress::At("https://a.co".to_owned())).await.unwrap();
    assert_eq!((without.hook_path, without.hook_signed), (None, true));
    let with = connect(&[("word", "w")], NewAddress::AsBefore).await.unwrap();
    assert!(with.hook_path.is_some());
}
