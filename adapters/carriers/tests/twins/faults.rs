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
    for expected in ["http_500", "http_500", "paused"] {
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

fn tcc(numbers: &[&str]) -> String {
    let state = |number: &&str| format!(r#"{{"numeroremesa":{number},"estados":[{{"codigo":"3000"}}]}}"#);
    let parcels: Vec<String> = numbers.iter().map(state).collect();
    format!(r#"{{"remesas":[{}],"respuesta":{{"codigo":"0"}}}}"#, parcels.join(","))
}

#[tokio::test]
async fn one_refused_number_does_not_cost_the_others_their_answer() {
    let refused = Reply::ok(r#"{"remesas":null,"respuesta":{"codigo":"-1"}}"#);
    let [first, third] = ["\"400000001\"", "\"400000003\""].map(|number| Reply::ok(&tcc(&[number])));
    let twin = Twin::with(vec![refused.clone(), first, refused, third]).await;
    let asker = asker_within("tcc", Bounds::default());
    let numbers = ["400000001", "400000002", "400000003"].map(number);
    let tracked = asker.track(&twin.connection(&*asker), &numbers).await;
    assert_eq!(tracked.answered, [numbers[0].clone(), numbers[2].clone()]);
    assert_eq!((tracked.unclear, tracked.error), (numbers[1..2].to_vec(), None));
    assert_eq!((tracked.events.len(), twin.asked().len()), (2, 4));
}

#[tokio::test]
async fn a_carrier_that_answers_nothing_usable_is_not_asked_for_each_parcel() {
    let twin = Twin::with(vec![Reply::ok("<html>"); 30]).await;
    let asker = asker_within("tcc", Bounds::default());
    let numbers: Vec<_> = (0..20).map(|n| number(&format!("4000000{n:02}"))).collect();
    let tracked = asker.track(&twin.connection(&*asker), &numbers).await;
    assert_eq!((tracked.answered.len(), tracked.unclear), (0, numbers[..4].to_vec()));
    assert_eq!(tracked.error, Some(TrackError::Malformed("json")));
    assert_eq!(twin.asked().len(), 5);
}

#[tokio::test]
async fn parcels_that_nobody_knows_are_answers_and_hold_up_nobody() {
    let known = r#"{"estado":"EN REPARTO","cod_estadog":"5","fec_reparto":"2026-11-20 08:00"}"#;
    let mut replies = vec![Reply::ok(r#"{"estado":null}"#); 6];
    replies.push(Reply::ok(known));
    let twin = Twin::with(replies).await;
    let asker = asker_within("envia", Bounds::default());
    let numbers: Vec<_> = (0..7).map(|n| number(&format!("01400000000{n}"))).collect();
    let tracked = asker.track(&twin.connection(&*asker), &numbers).await;
    assert_eq!((tracked.answered, tracked.unclear, tracked.error), (numbers.clone(), Vec::new(), None));
    assert_eq!(tracked.events.len(), 1);
    assert_eq!(tracked.events[0].tracking_number, numbers[6]);
}

#[tokio::test]
async fn what_an_answer_says_of_other_parcels_is_left_out() {
    let twin = Twin::with(vec![Reply::ok(&tcc(&["400000001", "\"999999999\""]))]).await;
    let asker = asker("tcc");
    // It sends numbers, so the zero is lost; of the second parcel it has no word.
    let numbers = ["0400000001", "400000002"].map(number);
    let tracked = asker.track(&twin.connection(&*asker), &numbers).await;
    let told: Vec<_> = tracked.events.iter().map(|event| event.tracking_number.clone()).collect();
    assert_eq!((&told[..], &tracked.answered[..]), (&numbers[..1], &numbers[..1]));
    assert_eq!((tracked.unclear, tracked.error), (numbers[1..].to_vec(), None));
}

#[tokio::test]
async fn an_answer_is_not_lost_with_the_registration_after_it() {
    let both = ["RR123456789CN", "RR987654321CN"].map(number);
    let accepted = r#"{"code":0,"data":{"accepted":[{"number":"RR123456789CN","track_info":{"latest_status":
        {"status":"Delivered","sub_status":null},"latest_event":null}}],
        "rejected":[{"number":"RR987654321CN","error":{"code":-18019902}}]}}"#;
    let list = r#"{"data":{"trackings":[{"tracking_number":"RR123456789CN","checkpoints":[
        {"tag":"Delivered","message":"x"}]}]}}"#;
    for (code, answer) in [("17track", accepted), ("aftership", list)] {
        let twin = Twin::with(vec![Reply::ok(answer), Reply::status(503)]).await;
        let asker = asker_within(code, Bounds::default());
        let tracked = asker.track(&twin.connection(&*asker), &both).await;
        assert_eq!((tracked.events.len(), tracked.answered.as_slice()), (1, &both[..1]), "{code}");
        assert_eq!(tracked.error, Some(TrackError::Unavailable("http_503".to_owned())), "{code}");
    }
}

#[tokio::test]
async fn a_number_that_cannot_be_followed_is_answered_and_one_without_quota_is_not() {
    let unregistered = r#"{"code":0,"data":{"accepted":[],"rejected":[
        {"number":"RR123456789CN","error":{"code":-18019902}},{"number":"RR987654321CN","error":{"code":-18019902}}]}}"#;
    let registered = r#"{"code":0,"data":{"accepted":[],"rejected":[
        {"number":"RR123456789CN","error":{"code":-18019903}},{"number":"RR987654321CN","error":{"code":-18019908}}]}}"#;
    let both = ["RR123456789CN", "RR987654321CN"].map(number);
    let says = |status, body: &str| Reply::Says(status, None, body.to_owned());
    let impossible = says(400, r#"{"meta":{"code":4012}}"#);
    for (code, replies) in [
        ("17track", vec![Reply::ok(unregistered), Reply::ok(registered)]),
        ("aftership", vec![Reply::ok(r#"{"data":{"trackings":[]}}"#), impossible, says(402, "{}")]),
    ] {
        let twin = Twin::with(replies).await;
        let asker = asker_within(code, Bounds::default());
        let tracked = asker.track(&twin.connection(&*asker), &both).await;
        let expected = (&both[..1], &[][..], None);
        assert_eq!((&tracked.answered[..], &tracked.unclear[..], tracked.error), expected, "{code}");
    }
}

#[tokio::test]
async fn new_credentials_do_not_wait_for_the_old_ones() {
    let busy = Reply::Says(429, Some(("retry-after", "3600")), String::new());
    let twin = Twin::with(vec![busy, Reply::ok(TCC)]).await;
    let asker = asker("tcc");
    let mut connection = twin.connection(&*asker);
    for expected in [3_600, 3_601] {
        let tracked = asker.track(&connection, &[number("400000001")]).await;
        assert!(matches!(tracked.error, Some(TrackError::Throttled(Some(wait))) if wait <= expected));
    }
    assert_eq!(twin.asked().len(), 1);
    connection.revision = "2".to_owned();
    let tracked = asker.track(&connection, &[number("400000001")]).await;
    assert_eq!((tracked.events.len(), tracked.error), (1, None));
}
