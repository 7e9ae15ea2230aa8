use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hex(payload: &Payload<'_>) -> String {
    domain::text::hex(&payload_hash(payload))
}

fn example() -> Payload<'static> {
    Payload {
        tracking_number: "014152004123",
        status: Some("EN REPARTO"),
        novelty: None,
        city: Some("BOGOTÁ"),
        carrier: Some("ENVIA"),
        last_movement_text: Some("En ruta de entrega"),
        last_movement_at: Some(at("2026-03-02T14:30:00Z")),
        guide_created_at: Some(at("2026-02-27T13:00:00Z")),
    }
}

/// Computed with Python's json and hashlib. A change here makes every stored event look new.
#[test]
fn fixed_vectors() {
    assert_eq!(hex(&example()), "f6f4c40b518a2224d7d35bae38c5b7c112f7c66284f55bd0b904411d2c01278a");
    let escaped = Payload {
        tracking_number: "24000000001",
        status: Some("NOVEDAD"),
        novelty: Some("Dice \"no lo pedí\"\n\\ tab\t\u{1}"),
        ..Payload::default()
    };
    assert_eq!(hex(&escaped), "4aa7f878cf74c8c1fba65c0fa11c7945c12ba5a681a79a1f0c3c50312000d9d7");
    let nothing = Payload::default();
    assert_eq!(hex(&nothing), "b465fd3c0a80344caac45d135e29ab7ea08f7afe78c9ecfefee3792009e6ae42");
}

#[test]
fn absent_empty_and_blank_are_equal() {
    let hash = payload_hash(&example());
    for novelty in [Some(""), Some("  \t")] {
        assert_eq!(payload_hash(&Payload { novelty, ..example() }), hash);
    }
    let spaced = Payload { status: Some(" EN REPARTO "), city: Some("BOGOTÁ\n"), ..example() };
    assert_eq!(payload_hash(&spaced), hash);
}

#[test]
fn every_field_counts_and_no_two_are_mistaken_for_each_other() {
    let base = Payload::default();
    let moment = Some(at("2026-03-02T14:30:00Z"));
    let all = [
        base,
        Payload { tracking_number: "A", ..base },
        Payload { status: Some("A"), ..base },
        Payload { novelty: Some("A"), ..base },
        Payload { city: Some("A"), ..base },
        Payload { carrier: Some("A"), ..base },
        Payload { last_movement_text: Some("A"), ..base },
        Payload { last_movement_at: moment, ..base },
        Payload { guide_created_at: moment, ..base },
        Payload { city: Some("\",\"estatus\":\"A"), ..base },
    ];
    let different: std::collections::HashSet<_> = all.iter().map(payload_hash).collect();
    assert_eq!(different.len(), all.len());
}

proptest! {
    #[test]
    fn the_text_is_what_serde_json_writes(
        status in any::<String>(),
        novelty in any::<Option<String>>(),
        moved in any::<Option<i64>>(),
    ) {
        let moved = moved.map(domain::time::from_micros);
        let payload = Payload {
            tracking_number: "24000000001",
            status: Some(&status),
            novelty: novelty.as_deref(),
            last_movement_at: moved,
            ..Payload::default()
        };
        let expected: BTreeMap<&str, String> = [
            ("guia", "24000000001".to_owned()),
            ("estatus", status.trim().to_owned()),
            ("novedad", novelty.as_deref().unwrap_or_default().trim().to_owned()),
            ("ciudad", String::new()),
            ("transportadora", String::new()),
            ("ultimo_movimiento", String::new()),
            ("fecha_de_ultimo_movimiento", moved.map(|at| at.to_string()).unwrap_or_default()),
            ("fecha_de_generacion_de_guia", String::new()),
        ]
        .into();
        prop_assert_eq!(canonical_json(&payload), serde_json::to_string(&expected).unwrap());
    }
}
