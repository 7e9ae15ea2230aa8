//! A stand-in for carriers on this machine, which answers what it is told to and remembers what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use carriers::{Bounds, Http};
use domain::{Ids, SeededIds, TenantId, TrackingNumber};
use ports::carriers::{Connection, FollowsParcels};

/// What the twin answers once.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A status, a header and a body.
    Says(u16, Option<(&'static str, &'static str)>, String),
    /// Nothing, ever.
    Hangs,
    /// A good status and half of a body.
    BreaksOff,
    /// More bytes than anybody wants.
    Floods,
}

impl Reply {
    pub(crate) fn ok(body: &str) -> Self {
        Self::Says(200, None, body.to_owned())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Says(status, None, String::new())
    }
}

/// A question that came.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

#[derive(Default)]
struct Inner {
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<Question>>,
}

#[derive(Clone)]
pub(crate) struct Twin {
    inner: Arc<Inner>,
    address: String,
}

impl Twin {
    /// One that gives these replies in turn, and 404 after them.
    pub(crate) async fn with(replies: Vec<Reply>) -> Self {
        let inner = Arc::new(Inner { replies: Mutex::new(replies.into()), asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { inner, address }
    }

    pub(crate) fn asked(&self) -> Vec<Question> {
        self.inner.asked.lock().unwrap().clone()
    }

    /// A connection to it with made-up values for every field.
    pub(crate) fn connection(&self, asker: &dyn FollowsParcels) -> Connection {
        let value =
            |name: &str| if name == "id_cliente" { "77".to_owned() } else { format!("word-of-{name}") };
        let credentials: BTreeMap<_, _> =
            asker.fields().iter().map(|field| (field.name.to_owned(), value(field.name).into())).collect();
        Connection {
            tenant: TenantId::from(SeededIds::new(1).next()),
            revision: "1".to_owned(),
            address: Some(asker.address(&self.address).unwrap()),
            credentials,
        }
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    inner.asked.lock().unwrap().push(Question { method, uri, headers, body });
    let reply = inner.replies.lock().unwrap().pop_front();
    match reply {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Reply::Hangs) => std::future::pending().await,
        Some(Reply::BreaksOff) => {
            let pieces: Vec<Result<&str, std::io::Error>> =
                vec![Ok("{\"remesas\":["), Err(std::io::Error::other("cut"))];
            Body::from_stream(futures_util::stream::iter(pieces)).into_response()
        }
        Some(Reply::Floods) => {
            let pieces = (0..1_000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024]));
            Body::from_stream(futures_util::stream::iter(pieces)).into_response()
        }
        Some(Reply::Says(status, header, body)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            if let Some((name, value)) = header {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
    }
}

/// The one of a code, with short times.
pub(crate) fn asker(code: &str) -> Arc<dyn FollowsParcels> {
    asker_within(code, Bounds { total: Duration::from_millis(500), ..Bounds::default() })
}

pub(crate) fn asker_within(code: &str, bounds: Bounds) -> Arc<dyn FollowsParcels> {
    let all = carriers::all(Http::new(bounds, true).unwrap());
    all.into_iter().find(|asker| asker.code() == code).unwrap()
}

pub(crate) fn number(text: &str) -> TrackingNumber {
    TrackingNumber::parse(text).unwrap()
}
