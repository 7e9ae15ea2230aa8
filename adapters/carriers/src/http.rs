//! The way to carriers: bounded in time, size and number, and nowhere else than it should go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::TenantId;
use futures_util::StreamExt;
use ports::carriers::TrackError;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};

use crate::MAX_BODY_BYTES;
use crate::public::PublicOnly;

/// Times, and what counts as failing.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Time for a connection.
    pub connect: Duration,
    /// Time for a whole answer.
    pub total: Duration,
    /// Failures in a row after which nobody is asked for a while.
    pub failures: u32,
    /// That while, at first; it doubles with each further failure, up to 32 times this.
    pub pause: Duration,
    /// The longest a question waits for its turn; one that would wait longer is put off.
    pub turn: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_mins(1),
            failures: 5,
            pause: Duration::from_secs(30),
            turn: Duration::from_secs(5),
        }
    }
}

/// An answer that is not a failure by its status alone: success, or a refusal that its body may explain.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body of a success.
    pub(crate) fn ok(self) -> Result<Vec<u8>, TrackError> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        Err(TrackError::Refused(format!("http_{}", self.status.as_u16())))
    }
}

/// Who asks whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pair {
    /// None where the carrier cannot tell organisations apart: they share their turns.
    pub(crate) tenant: Option<TenantId>,
    pub(crate) carrier: &'static str,
}

/// Questions to one carrier.
#[derive(Default)]
struct Gate {
    /// What lets in: with something new, what went before does not count.
    revision: String,
    failures: u32,
    closed_until: Option<Instant>,
    next_turn: Option<Instant>,
}

/// Asks carriers. Keeps for each organisation and carrier how it goes, in this process; one for all organisations
/// where the carrier cannot tell them apart.
pub struct Http {
    client: Client,
    bounds: Bounds,
    allows_loopback: bool,
    gates: Mutex<HashMap<Pair, Gate>>,
}

impl Http {
    /// `allows_loopback` lets this machine be asked, without encryption: for twins of carriers.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(bounds: Bounds, allows_loopback: bool) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .connect_timeout(bounds.connect)
            .timeout(bounds.total)
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(PublicOnly { allows_loopback }))
            .user_agent(concat!("litper/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, bounds, allows_loopback, gates: Mutex::default() })
    }

    /// After this long a list of questions ends where it is.
    pub(crate) const fn patience(&self) -> Duration {
        self.bounds.total
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// The one spelling of an address that may be asked: https to a named host, or this machine if that is allowed.
    pub(crate) fn address(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text.trim()).ok()?;
        let host = url.host_str()?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let is_loopback = host == "127.0.0.1" || host == "localhost";
        let is_name =
            host.contains('.') && !host.starts_with('[') && host.parse::<std::net::IpAddr>().is_err();
        let may_go = if is_loopback { self.allows_loopback } else { is_name && url.scheme() == "https" };
        (plain && may_go).then_some(url)
    }

    /// Asks once, in the carrier's pace.
    pub(crate) async fn ask(
        &self,
        (pair, revision): (&Pair, &str),
        pace: Duration,
        request: RequestBuilder,
    ) -> Result<Answer, TrackError> {
        let wait = self.enter(pair, revision, pace, Instant::now())?;
        if !wait.is_zero() {
            pause(wait).await;
        }
        let outcome = self.exchange(request).await;
        self.note(pair, revision, &outcome, Instant::now());
        outcome
    }

    /// How long to wait for one's turn.
    fn enter(
        &self,
        pair: &Pair,
        revision: &str,
        pace: Duration,
        now: Instant,
    ) -> Result<Duration, TrackError> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry(pair.clone()).or_default();
        if gate.revision != revision {
            *gate = Gate { revision: revision.to_owned(), ..Gate::default() };
        }
        if gate.closed_until.is_some_and(|until| now < until) {
            return Err(TrackError::Unavailable("paused".to_owned()));
        }
        let turn = gate.next_turn.map_or(now, |next| next.max(now));
        let wait = turn.duration_since(now);
        if wait > self.bounds.turn {
            return Err(TrackError::Throttled(Some(wait.as_secs() + 1)));
        }
        gate.next_turn = Some(turn + pace);
        // One question goes through when the pause is over; its outcome decides.
        gate.closed_until = gate.closed_until.map(|_| turn + self.bounds.total);
        Ok(wait)
    }

    fn note(&self, pair: &Pair, revision: &str, outcome: &Result<Answer, TrackError>, now: Instant) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(gate) = gates.get_mut(pair).filter(|gate| gate.revision == revision) else { return };
        let failed = matches!(outcome, Err(TrackError::Unavailable(_)));
        gate.failures = if failed { gate.failures.saturating_add(1) } else { 0 };
        let too_many = gate.failures.checked_sub(self.bounds.failures);
        gate.closed_until = too_many.map(|more| now + self.bounds.pause * 2_u32.pow(more.min(5)));
        if let Err(TrackError::Throttled(after)) = outcome {
            gate.next_turn = Some(now + Duration::from_secs(after.unwrap_or(1).min(86_400)));
        }
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Answer, TrackError> {
        let response = request.send().await.map_err(|error| failed(&error))?;
        let status = response.status();
        if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
            return Err(TrackError::Unauthorised);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(TrackError::Throttled(retry_after(response.headers())));
        }
        if status.is_redirection() || status.is_informational() {
            return Err(TrackError::Malformed("redirect"));
        }
        // SOAP says what it refuses with a 500: the body decides, if it is one.
        let body = gather(response).await?;
        let explains = status == StatusCode::INTERNAL_SERVER_ERROR && is_fault(&body);
        if status == StatusCode::REQUEST_TIMEOUT || (status.is_server_error() && !explains) {
            return Err(TrackError::Unavailable(format!("http_{}", status.as_u16())));
        }
        Ok(Answer { status, body })
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

fn is_fault(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| text.contains("<faultstring") || text.contains(":Fault"))
}

async fn gather(response: Response) -> Result<Vec<u8>, TrackError> {
    if response.content_length().is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        return Err(TrackError::Malformed("too_large"));
    }
    let mut pieces = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| failed(&error))?;
        if body.len() + piece.len() > MAX_BODY_BYTES {
            return Err(TrackError::Malformed("too_large"));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// A token for what went wrong; the error's own text names the address, with numbers in it.
fn failed(error: &reqwest::Error) -> TrackError {
    let token = if error.is_timeout() {
        "time_out"
    } else if error.is_connect() {
        "no_connection"
    } else {
        "broken_off"
    };
    TrackError::Unavailable(token.to_owned())
}

fn retry_after(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pace between two questions to one carrier, some seconds at most"
)]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

#[cfg(test)]
mod tests {
    use domain::{Ids, SeededIds};

    use super::*;

    fn pair(seed: u64) -> Pair {
        Pair { tenant: Some(TenantId::from(SeededIds::new(seed).next())), carrier: "envia" }
    }

    fn unavailable() -> Result<Answer, TrackError> {
        Err(TrackError::Unavailable("http_503".to_owned()))
    }

    #[test]
    fn nobody_is_led_astray() {
        let [strict, loose] = [false, true].map(|loopback| Http::new(Bounds::default(), loopback).unwrap());
        assert!(strict.address("https://hub.envia.co/servicio").is_some());
        for bad in [
            "http://hub.envia.co",
            "https://10.0.0.1",
            "https://[::1]",
            "https://2130706433",
            "https://localhost",
            "http://127.0.0.1:8080",
            "https://user:word@hub.envia.co",
            "https://hub.envia.co/?a=b",
            "file:///etc/passwd",
            "hub.envia.co",
            "",
        ] {
            assert_eq!(strict.address(bad), None, "{bad}");
        }
        assert!(loose.address("http://127.0.0.1:8080").is_some());
        assert_eq!(loose.address("http://hub.envia.co"), None);
    }

    #[test]
    fn after_failures_in_a_row_nobody_asks_for_a_while() {
        let http = Http::new(Bounds { failures: 3, ..Bounds::default() }, false).unwrap();
        let (ours, start) = (pair(1), Instant::now());
        let enter =
            |after: u64| http.enter(&ours, "1", Duration::ZERO, start + Duration::from_secs(after)).is_ok();
        let note = |after: u64, outcome| http.note(&ours, "1", &outcome, start + Duration::from_secs(after));
        assert!(enter(0));
        note(0, unavailable());
        note(0, unavailable());
        assert!(enter(0), "two may be chance");
        note(0, unavailable());
        assert!(!enter(29) && enter(30));
        assert!(!enter(30) && !enter(89), "one question goes through, and its outcome is waited for");
        assert!(
            http.enter(&pair(2), "1", Duration::ZERO, start).is_ok(),
            "another organisation is not held up"
        );
        note(30, unavailable());
        assert!(!enter(89) && enter(90), "the pause doubles");
        note(90, Ok(Answer { status: StatusCode::OK, body: Vec::new() }));
        note(90, unavailable());
        assert!(enter(90) && enter(90), "an answer begins anew");
        note(90, unavailable());
        note(90, unavailable());
        assert!(enter(120), "nobody heard how this one went");
        assert!(!enter(179) && enter(180));
    }

    #[test]
    fn what_went_before_does_not_count_for_new_credentials() {
        let http = Http::new(Bounds { failures: 1, ..Bounds::default() }, false).unwrap();
        let (ours, now) = (pair(1), Instant::now());
        let enter = |revision: &str| http.enter(&ours, revision, Duration::ZERO, now);
        assert_eq!(enter("1"), Ok(Duration::ZERO));
        http.note(&ours, "1", &Err(TrackError::Throttled(Some(3_600))), now);
        assert_eq!(enter("1"), Err(TrackError::Throttled(Some(3_601))));
        assert_eq!(enter("2"), Ok(Duration::ZERO));
        http.note(&ours, "1", &unavailable(), now);
        assert_eq!(enter("2"), Ok(Duration::ZERO), "a late word about the old ones says nothing of these");
        http.note(&ours, "2", &unavailable(), now);
        assert_eq!(enter("2"), Err(TrackError::Unavailable("paused".to_owned())));
    }

    #[test]
    fn questions_keep_their_pace() {
        let http = Http::new(Bounds::default(), false).unwrap();
        let (ours, now) = (pair(1), Instant::now());
        let waits: Vec<_> = (0..4)
            .map(|_| http.enter(&ours, "1", Duration::from_secs(2), now).map(|wait| wait.as_secs()))
            .collect();
        assert_eq!(waits, [Ok(0), Ok(2), Ok(4), Err(TrackError::Throttled(Some(7)))]);
        assert!(http.enter(&pair(2), "1", Duration::ZERO, now).is_ok());
        http.note(&pair(2), "1", &Err(TrackError::Throttled(Some(40))), now);
        let asked = http.enter(&pair(2), "1", Duration::ZERO, now + Duration::from_secs(1));
        assert_eq!(asked, Err(TrackError::Throttled(Some(40))), "what the carrier asks for counts");
    }
}
