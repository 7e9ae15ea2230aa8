//! Rules of carriers: the built-in ones, an organisation's own, and who changed what.

use domain::carrier::{InvalidCarrierRules, NumberShape};
use domain::{Carrier, CarrierRules, Country, TrackingNumber, UserId};
use tracking::{ChangeCarrierError, ChangedBy, Decision, ParcelQuestion};

use crate::world::World;

fn envia() -> Carrier {
    Carrier::from_code("envia").unwrap()
}

#[tokio::test]
async fn rules_are_the_built_in_ones_until_changed_and_each_change_is_told() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let (tenant, by) = (world.tenant, ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7))));
        let all = world.tracking.carriers(tenant).await.unwrap();
        assert!(all.iter().all(|one| one.version == 0 && &one.rules == one.carrier.rules()));

        let rules = CarrierRules { office_days: Some(3), ..envia().rules().clone() };
        let change = |version, rules: CarrierRules| {
            let tracking = world.tracking.clone();
            async move { tracking.change_carrier(tenant, envia(), version, &rules, by).await }
        };
        let stored = change(0, rules.clone()).await.unwrap();
        assert_eq!((stored.version, stored.changed_at), (1, Some(world.now())));
        let stale = change(0, rules.clone()).await;
        assert!(matches!(stale, Err(ChangeCarrierError::Changed(1))), "{stale:?}");
        let bad = change(1, CarrierRules { office_days: Some(99), ..rules.clone() }).await;
        assert!(matches!(bad, Err(ChangeCarrierError::Invalid(_))), "{bad:?}");
        let second = CarrierRules { max_collect: None, ..rules.clone() };
        assert_eq!(change(1, second.clone()).await.unwrap().version, 2);

        let all = world.tracking.carriers(tenant).await.unwrap();
        let own: Vec<_> = all.iter().filter(|one| one.version > 0).collect();
        assert_eq!((own.len(), own[0].carrier, &own[0].rules), (1, envia(), &second));
        let told = world.tracking.carrier_changes(tenant, envia()).await.unwrap();
        let told: Vec<_> = told.iter().map(|(version, _, change)| (*version, change)).collect();
        assert_eq!((told.len(), told[0].0, told[1].0), (2, 1, 2));
        assert_eq!((&told[0].1.from, &told[0].1.to), (envia().rules(), &rules));
        assert_eq!((&told[1].1.from, &told[1].1.to), (&rules, &second));
        assert!(told.iter().all(|(_, change)| change.by_user.is_some() && change.by_api_key.is_none()));
        let tcc = Carrier::from_code("tcc").unwrap();
        assert_eq!(world.tracking.carrier_changes(tenant, tcc).await.unwrap(), []);
    }
}

#[tokio::test]
async fn an_organisations_own_shapes_decide_what_was_ambiguous() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let number = TrackingNumber::parse("240123456789").unwrap();
        let parcel = ParcelQuestion { number: &number, named: None, country: None };
        let detect = || world.tracking.detect_carrier(world.tenant, Country::Co, &parcel);
        assert_eq!(detect().await.unwrap().decision, Decision::Ambiguous);
        let own = NumberShape {
            starts: vec!["240".into()],
            min_digits: 9,
            max_digits: 9,
            confidence: 90,
            source: "own guías".into(),
            ..NumberShape::default()
        };
        let rules = CarrierRules { numbers: vec![own], ..CarrierRules::default() };
        let by = ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7)));
        world.tracking.change_carrier(world.tenant, envia(), 0, &rules, by).await.unwrap();
        assert_eq!(detect().await.unwrap().decision, Decision::Number(envia()));
    }
}

#[tokio::test]
async fn an_organisations_own_name_is_one_carriers() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let by = ChangedBy::User(UserId::from(uuid::Uuid::from_u128(7)));
        let named = |names: &[&str]| CarrierRules {
            aliases: names.iter().map(|&name| name.to_owned()).collect(),
            ..envia().rules().clone()
        };
        let change = async |carrier: Carrier, version, names: &[&str]| {
            world.tracking.change_carrier(world.tenant, carrier, version, &named(names), by).await
        };
        change(envia(), 0, &["La Verde", "mensajería ñ"]).await.unwrap();
        let mut tx = world.test.db.read(database::Scope::Tenant(world.tenant)).await.unwrap();
        let names = world.tracking.carrier_names(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        for (raw, carrier) in [
            ("LA VERDE", Some(envia())),
            (" Mensajeria Ñ", Some(envia())),
            ("La Verde Express", None),
            ("TCC", Carrier::from_code("tcc")),
        ] {
            assert_eq!(names.resolve(raw).carrier, carrier, "{engine:?} {raw}");
        }
        let number = TrackingNumber::parse("ZZZZZZ1").unwrap();
        let parcel = ParcelQuestion { number: &number, named: Some("la verde"), country: None };
        let found = world.tracking.detect_carrier(world.tenant, Country::Co, &parcel).await.unwrap();
        assert_eq!(found.decision, Decision::Named(envia()), "{engine:?}");
        // A name is one carrier's: neither the organisation's own of another, nor everybody's.
        let tcc = Carrier::from_code("tcc").unwrap();
        let taken = |places: &[usize]| {
            places.iter().map(|&at| InvalidCarrierRules::TakenAlias(at)).collect::<Vec<_>>()
        };
        match change(tcc, 0, &["Otra", "la verde", "Coordinadora"]).await {
            Err(ChangeCarrierError::Invalid(wrong)) => assert_eq!(wrong, taken(&[1, 2]), "{engine:?}"),
            other => panic!("{other:?}"),
        }
        match change(envia(), 1, &["La verde", "LA VERDE", " ", "1234"]).await {
            Err(ChangeCarrierError::Invalid(wrong)) => {
                assert_eq!(wrong, [1, 2, 3].map(InvalidCarrierRules::Alias), "{engine:?}");
            }
            other => panic!("{other:?}"),
        }
        change(envia(), 1, &[]).await.unwrap();
        change(tcc, 0, &["La Verde"]).await.unwrap();
    }
}

#[tokio::test]
async fn a_named_carrier_wins_unless_it_is_of_another_country_than_asked() {
    for engine in testkit::ENGINES {
        let world = World::on(engine).await;
        let decided = async |number: &str, named: &str, country: Option<Country>| {
            let number = TrackingNumber::parse(number).unwrap();
            let parcel = ParcelQuestion { number: &number, named: Some(named), country };
            let found = world.tracking.detect_carrier(world.tenant, Country::Co, &parcel).await.unwrap();
            (found.decision.as_str(), found.decision.carrier().map(Carrier::code))
        };
        let clear = "ENV1234567890";
        assert_eq!(decided(clear, "INTER", None).await, ("named", Some("interrapidisimo")), "{engine:?}");
        assert_eq!(decided(clear, "Tramaco", None).await, ("named", Some("tramaco")), "{engine:?}");
        let colombia = Some(Country::Co);
        assert_eq!(decided(clear, "INTER", colombia).await, ("named", Some("interrapidisimo")), "{engine:?}");
        assert_eq!(decided(clear, "Tramaco", colombia).await, ("number", Some("envia")), "{engine:?}");
        assert_eq!(decided(clear, "nobody knows it", None).await, ("number", Some("envia")), "{engine:?}");
        assert_eq!(decided("ZZZZZZ1", "INTER", Some(Country::Ec)).await, ("unknown", None), "{engine:?}");
        assert_eq!(decided("240123456789", "?", None).await, ("ambiguous", None), "{engine:?}");
    }
}
