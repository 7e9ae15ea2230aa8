//! Whatever a carrier does wrong, nothing is made up and nothing that was answered is lost.

use std::time::Duration;

use carriers::Bounds;
use ports::carriers::TrackError;

use crate::twin::{Reply, Twin, asker, asker_within, number};

const TCC: &str = r#"{"remesas":[{"numeroremesa":"400000001","estados":[{"codigo":"3000",
    "descripcion":"Entregado","fecha":null}]}],"respuesta":{"codigo":"0","mensaje":"ok"}}"#;

async fn ask(code: &str, replies: Vec<Reply>) -> TrackError {
    let twin = Twin::with(replies).await;
    let asker = asker(code);
    let tracked = asker.track(&twin.connection(&*asker), &[number("400000001")]).await;
    assert!(tracked.events.is_empty() && tracked.answered.is_empty(), "{tracked:?}");
    tracked.error.unwrap()
}

#[tokio::test]
async fn every_fault_is_an_error_of_its_kind() {
    let unavailable = |token: &str| TrackError::Unavailable(token.to_owned());
    let says = |status, body: &str| Reply::Says(status, None, body.to_owned());
    for (reply, expected) in [
        (Reply::Hangs, unavailable("time_out")),
        (Reply::BreaksOff, unavailable("broken_off")),
        (Reply::Floods, TrackError::Malformed("too_large")),
        (Reply::status(500), unavailable("http_500")),
        (Reply::status(503), unavailable("http_503")),
        (Reply::status(401), TrackError::Unauthorised),
        (Reply::status(403), TrackError::Unauthorised),
        (Reply::Says(429, Some(("retry-after", "120")), String::new()), TrackError::Throttled(Some(120))),
        (Reply::status(429), TrackError::Throttled(None)),
        (Reply::status(404), TrackError::Refused("http_404".to_owned())),
        (
            Reply::Says(302, Some(("location", "http://127.0.0.1:1/")), String::new()),
            TrackError::Malformed("redirect"),
        ),
        (Reply::ok(""), TrackError::Malformed("json")),
        (Reply::ok("<html>mantenimiento</html>"), TrackError::Malformed("json")),
        (Reply::ok(r#"{"remesas":null,"respuesta":{"codigo":"-1"}}"#), TrackError::Refused("-1".to_owned())),
        (Reply::ok(r#"{"remesas":null}"#), TrackError::Malformed("json")),
        (
            says(500, "<a:Fault><faultstring>x</faultstring></a:Fault>"),
            TrackError::Refused("http_500".to_owned()),
        ),
    ] {
        let name = format!("{reply:?}");
        assert_eq!(ask("tcc", vec![reply]).await, expected, "{name}");
    }
    let refusal = "<e><Fault><faultstring>Usuario o clave incorrectos</faultstring></Fault></e>";
    assert_eq!(ask("coordinadora", vec![says(500, refusal)]).await, TrackError::Unauthorised);
    assert_eq!(
        ask("servientrega", vec![Reply::ok("<a>Debe Autenticarse</a>")]).await,
        TrackError::Unauthorised
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Twin::with(vec![Reply::ok(TCC)]).await;
    let location: &'static str =
        Box::leak(elsewhere.connection(&*asker("tcc")).address.unwrap().into_boxed_str());
    let redirect = Reply::Says(307, Some(("location", location)), String::new());
    assert_eq!(ask("tcc", vec![redirect]).await, TrackError::Malformed("redirect"));
    assert!(elsewhere.asked().is_empty(), "credentials go nowhere else");
}

#[tokio::test]
async fn what_was_answered_before_a_failure_counts() {
    let good = r#"{"estado":"EN REPARTO","cod_estadog":"5","fec_reparto":"2026-11-20 08:00"}"#;
    let twin = Twin::with(vec![Reply::ok(good), Reply::ok("?"), Reply::ok(good), Reply::status(503)]).await;
    let asker = asker_within("envia", Bounds::default());
    let numbers: Vec<_> = (1..=5).map(|n| number(&format!("01400000000{n}"))).collect();
    let tracked = asker.track(&twin.connection(&*asker), &numbers).await;
    assert_eq!(tracked.answered, [numbers[0].clone(), numbers[2].clone()]);
    assert_eq!(tracked.events.len(), 2);
    assert_eq!(tracked.error, Some(TrackError::Unavailable("http_503".to_owned())));
    assert_eq!(twin.asked().len(), 4, "after a failure nobody else is asked about");
}

#[tokio::test]
async fn null_fields_are_no_state() {
    let nothing = r#"{"remesas":[{"numeroremesa":"400000001","estados":[{"codigo":null,"descripcion":null,"fecha":null}]},
        {"numeroremesa":null,"estados":null}],"respuesta":{"codigo":"0"}}"#;
    let twin = Twin::with(vec![Reply::ok(nothing)]).await;
    let asker = asker("tcc");
    let tracked = asker.track(&twin.connection(&*asker), &[number("400000001")]).await;
    assert_eq!((tracked.events.len(), tracked.answered.len(), tracked.error), (0, 1, None));
}

#[tokio::test]
async fn after_failures_in_a_row_the_carrier_has_its_peace() {
    let twin = Twin::with(vec![Reply::status(500), Reply::status(500), Reply::ok(TCC)]).await;
    let bounds = Bounds { failures: 2, pause: Duration::from_hours(1), ..Bounds::default() };
    let asker = asker_within("tcc", bounds);
    let connection = twin.connection(&*asker);
    for expected in ["http_500", "http_500", "paused_3599s"] {
        let tracked = asker.track(&connection, &[number("400000001")]).await;
        assert_eq!(tracked.error, Some(TrackError::Unavailable(expected.to_owned())));
    }
    assert_eq!(twin.asked().len(), 2);
    let mut of_another = connection.clone();
    of_another.tenant = domain::TenantId::from(domain::Ids::next(&domain::SeededIds::new(2)));
    let tracked = asker.track(&of_another, &[number("400000001")]).await;
    assert_eq!((tracked.events.len(), tracked.error), (1, None), "another organisation is not held up");
}

#[tokio::test]
async fn trying_it_out_tells_the_truth() {
    for (code, reply, expected) in [
        ("17track", Reply::ok(r#"{"code":0,"data":{"quota_total":100}}"#), Ok(())),
        ("17track", Reply::ok(r#"{"code":-18010002,"data":{"errors":[]}}"#), Err(TrackError::Unauthorised)),
        ("aftership", Reply::ok(r#"{"meta":{"code":200},"data":{"trackings":[]}}"#), Ok(())),
        ("aftership", Reply::status(401), Err(TrackError::Unauthorised)),
        ("envia", Reply::ok(r#"{"estado":""}"#), Ok(())),
        ("envia", Reply::ok("<html>"), Err(TrackError::Malformed("json"))),
        ("servientrega", Reply::ok("<InformacionGuia></InformacionGuia>"), Ok(())),
        ("tcc", Reply::status(401), Err(TrackError::Unauthorised)),
    ] {
        let twin = Twin::with(vec![reply]).await;
        let asker = asker(code);
        let name = format!("{code} {expected:?}");
        assert_eq!(asker.check(&twin.connection(&*asker), None).await, expected, "{name}");
        assert_eq!(twin.asked().len(), 1, "{name}: it is a real question");
    }
    let asker = asker("tcc");
    let mut connection = Twin::with(Vec::new()).await.connection(&*asker);
    // Nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    connection.address = Some(format!("http://{free}"));
    let checked = asker.check(&connection, None).await;
    assert_eq!(checked, Err(TrackError::Unavailable("no_connection".to_owned())));
}
