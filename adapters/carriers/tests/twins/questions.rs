//! Each carrier's question in its own form, and its answer.

use domain::ShipmentStatus;
use ports::carriers::TrackError;
use serde_json::{Value, json};

use crate::twin::{Reply, Twin, asker, number};

const GUIDES: &str = "<e><b><r><return><item><codigo_remision>36312345678</codigo_remision>\
    <codigo_estado>5</codigo_estado><descripcion_estado>EN REPARTO</descripcion_estado></item></return></r></b></e>";
const SERVIENTREGA: &str = "<InformacionGuia><IdEstAct>3</IdEstAct><EstAct>ENTREGADO</EstAct>\
    <FecEst>2026-11-21T15:44:00</FecEst></InformacionGuia>";
const INTERRAPIDISIMO: &str = r#"{"listadoGuias":[{"numeroGuia":240000000001,"estadosGuia":[{"idEstadoGuia":6,
    "nombreEstado":"Reparto","fechaEstado":"2026-11-20T08:00:00","nombreCiudadDestino":"CALI"}]}]}"#;
const ENVIA: &str =
    r#"{"estado":"ENTREGADA","cod_estadog":"7","fec_entrega":"2026-11-20 15:04","novedades":null}"#;
const TCC: &str = r#"{"remesas":[{"numeroremesa":"400000001","estados":[{"codigo":"3000",
    "descripcion":"Entregado","fecha":"2026-11-20T15:04:05"}]}],"respuesta":{"codigo":"0","mensaje":"ok"}}"#;

#[tokio::test]
async fn each_carrier_is_asked_in_its_own_form() {
    for (code, parcel, body, status, asked_with) in [
        ("coordinadora", "36312345678", GUIDES, ShipmentStatus::OutForDelivery, "36312345678</item>"),
        ("servientrega", "2200000000", SERVIENTREGA, ShipmentStatus::Delivered, "NumeroGuia=2200000000"),
        (
            "interrapidisimo",
            "240000000001",
            INTERRAPIDISIMO,
            ShipmentStatus::OutForDelivery,
            "[240000000001]",
        ),
        ("envia", "014152004123", ENVIA, ShipmentStatus::Delivered, "/ConsultaEstadoGuia/014152004123"),
        ("tcc", "400000001", TCC, ShipmentStatus::Delivered, r#""numeroremesa":"400000001""#),
    ] {
        let twin = Twin::with(vec![Reply::ok(body)]).await;
        let asker = asker(code);
        let parcel = number(parcel);
        let tracked = asker.track(&twin.connection(&*asker), std::slice::from_ref(&parcel)).await;
        assert_eq!((&tracked.error, &tracked.answered), (&None, &vec![parcel.clone()]), "{code}");
        assert_eq!(tracked.events.len(), 1, "{code}");
        assert_eq!(tracked.events[0].meaning.unwrap().0, status, "{code}");
        assert_eq!(tracked.events[0].tracking_number, parcel, "{code}");
        let asked = twin.asked().remove(0);
        assert!(format!("{} {}", asked.uri, asked.body).contains(asked_with), "{code}: {asked:?}");
    }
}

#[tokio::test]
async fn credentials_go_where_each_carrier_wants_them() {
    for (code, header) in [
        ("interrapidisimo", "x-app-security_token"),
        ("tcc", "accesstoken"),
        ("17track", "17token"),
        ("aftership", "as-api-key"),
    ] {
        let twin = Twin::with(Vec::new()).await;
        let asker = asker(code);
        asker.track(&twin.connection(&*asker), &[number("36312345678")]).await;
        let asked = twin.asked().remove(0);
        assert!(asked.headers[header].to_str().unwrap().starts_with("word-of-"), "{code}");
    }
    let twin = Twin::with(vec![Reply::ok(GUIDES)]).await;
    let asker = asker("coordinadora");
    asker.track(&twin.connection(&*asker), &[number("36312345678")]).await;
    let body = twin.asked().remove(0).body;
    // The word itself never leaves; its hash does.
    assert!(!body.contains("word-of-clave"), "{body}");
    assert!(body.contains("<clave>") && body.contains("word-of-usuario"));
}

#[tokio::test]
async fn without_credentials_nobody_is_asked() {
    for code in ["coordinadora", "interrapidisimo", "tcc", "17track", "aftership"] {
        let twin = Twin::with(vec![Reply::ok("{}")]).await;
        let asker = asker(code);
        let mut connection = twin.connection(&*asker);
        connection.credentials.clear();
        let tracked = asker.track(&connection, &[number("36312345678")]).await;
        assert!(matches!(tracked.error, Some(TrackError::NotConnected(_))), "{code}: {tracked:?}");
        let checked = asker.check(&connection, None).await;
        assert!(matches!(checked, Err(TrackError::NotConnected(_))), "{code}");
        assert!(twin.asked().is_empty(), "{code}");
    }
    let asker = asker("interrapidisimo");
    let twin = Twin::with(Vec::new()).await;
    let mut connection = twin.connection(&*asker);
    connection.address = None;
    assert_eq!(asker.check(&connection, None).await, Err(TrackError::NotConnected("address")));
}

#[tokio::test]
async fn an_aggregator_first_has_to_follow_a_parcel() {
    let rejected = json!({ "code": 0, "data": { "accepted": [{ "number": "RR123456789CN", "track_info": {
        "latest_status": { "status": "Delivered", "sub_status": null }, "latest_event": null } }],
        "rejected": [{ "number": "RR987654321CN", "error": { "code": -18_019_902, "message": "" } }] } });
    let registered =
        json!({ "code": 0, "data": { "accepted": [{ "number": "RR987654321CN" }], "rejected": [] } });
    let twin = Twin::with(vec![Reply::ok(&rejected.to_string()), Reply::ok(&registered.to_string())]).await;
    let asker_17 = asker("17track");
    let both = [number("RR123456789CN"), number("RR987654321CN")];
    let tracked = asker_17.track(&twin.connection(&*asker_17), &both).await;
    assert_eq!((tracked.events.len(), tracked.answered.as_slice(), tracked.error), (1, &both[..1], None));
    let asked = twin.asked();
    assert!(asked[1].uri.path().ends_with("/register"));
    assert_eq!(
        serde_json::from_str::<Value>(&asked[1].body).unwrap(),
        json!([{ "number": "RR987654321CN" }])
    );

    let list = json!({ "meta": { "code": 200 }, "data": { "trackings": [
        { "tracking_number": "RR123456789CN", "checkpoints": [{ "tag": "InTransit", "message": "x" }] }] } });
    let exists = Reply::Says(400, None, r#"{"meta":{"code":4003}}"#.to_owned());
    let twin = Twin::with(vec![Reply::ok(&list.to_string()), exists]).await;
    let aftership = asker("aftership");
    let tracked = aftership.track(&twin.connection(&*aftership), &both).await;
    assert_eq!((tracked.events.len(), tracked.answered.as_slice(), tracked.error), (1, &both[..1], None));
    assert_eq!(twin.asked()[1].method, "POST");
}
