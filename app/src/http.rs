//! Taking connections, and letting go of them.
//!
//! axum's own loop waits for ever for a slow client, at the beginning of a request and when the server stops; this one
//! does not.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long clients may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// To send the head of a request, the wait for a kept connection's next one included: longer than proxies keep
    /// theirs, or they would meet closed ones.
    pub(crate) head: Duration,
    /// To finish a request once the server stops.
    pub(crate) grace: Duration,
    /// Open connections. One more is told that there is no room.
    pub(crate) connections: usize,
    /// Open connections of one address behind which no others stand. One more is closed.
    pub(crate) per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(75),
            grace: Duration::from_secs(10),
            connections: 4_096,
            per_address: 256,
        }
    }
}

/// What a connection for which there is no room is told before it is closed.
const NO_ROOM: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/// Streams of one HTTP/2 connection at once.
const STREAMS: u32 = 128;

/// Wait after the system refused a connection, most often because too many files are open.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// Serves until told to stop, then lets requests finish for a while and ends the rest. `counted_as` tells whose
/// connection one of a peer is; nobody's, where many callers stand behind it.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    limits: Limits,
    counted_as: impl Fn(IpAddr) -> Option<u128>,
) {
    let mut open = Connections::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let whose = counted_as(peer.ip());
                    if !open.has_room(whose, &stream, limits) {
                        continue;
                    }
                    open.add(whose, connection(stream, peer, router.clone(), stop.clone(), limits));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    pause(AFTER_REFUSAL).await;
                }
            },
            true = open.ended() => {}
        }
    }
    drop(listener);
    let finished = async { while open.ended().await {} };
    if tokio::time::timeout(limits.grace, finished).await.is_err() {
        tracing::warn!(open = open.tasks.len(), "requests were ended before their answer");
        open.tasks.shutdown().await;
    }
}

/// Open connections, and how many each caller has that is counted.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    callers: HashMap<Id, u128>,
    counts: HashMap<u128, usize>,
}

impl Connections {
    fn has_room(&self, whose: Option<u128>, stream: &TcpStream, limits: Limits) -> bool {
        let why = if self.tasks.len() >= limits.connections {
            // As far as it goes without waiting: whoever does not hear it sees the connection end.
            let _ = stream.try_write(NO_ROOM);
            "connections"
        } else if whose.is_some_and(|caller| self.of(caller) >= limits.per_address) {
            "connections_of_address"
        } else {
            return true;
        };
        metrics::counter!("litper_gateway_refused_total", "class" => "connections", "why" => why)
            .increment(1);
        false
    }

    fn of(&self, caller: u128) -> usize {
        self.counts.get(&caller).copied().unwrap_or(0)
    }

    fn add(&mut self, whose: Option<u128>, connection: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(connection);
        if let Some(caller) = whose {
            self.callers.insert(task.id(), caller);
            *self.counts.entry(caller).or_default() += 1;
        }
    }

    /// Waits until a connection has ended; no, when there is none.
    async fn ended(&mut self) -> bool {
        let Some(ended) = self.tasks.join_next_with_id().await else { return false };
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        if let Some(caller) = self.callers.remove(&id)
            && let Some(count) = self.counts.get_mut(&caller)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&caller);
            }
        }
        true
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
    limits: Limits,
) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(limits.head).max_concurrent_streams(STREAMS);
    let connection =
        builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = std::pin::pin!(connection);
    // A client that went away or sent nonsense has nobody to tell.
    let _ = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}

#[expect(clippy::disallowed_methods, reason = "the listener waits, no loop of ours")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::task::JoinHandle;

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);
    const LONG: Duration = Duration::from_mins(5);

    fn limits(head: Duration, grace: Duration) -> Limits {
        Limits { head, grace, ..Limits::default() }
    }

    async fn server(limits: Limits) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let router = Router::new()
            .route(
                "/",
                get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
            )
            .route("/never", get(|| async { std::future::pending::<()>().await }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        (address, stop.clone(), tokio::spawn(serve(listener, router, stop, limits, |_| Some(0))))
    }

    async fn send(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// What comes until the other side closes, which it must within a minute.
    async fn rest(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        let read = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut text)).await;
        let _ = read.expect("the connection is closed");
        String::from_utf8(text).unwrap()
    }

    #[tokio::test]
    async fn a_client_that_does_not_finish_its_head_is_let_go() {
        let (address, stop, server) = server(limits(SHORT, LONG)).await;
        let slow = send(address, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
        assert!(!rest(slow).await.contains("200 OK"));
        let quick = send(address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let answer = rest(quick).await;
        assert!(answer.contains("200 OK") && answer.ends_with("127.0.0.1"), "{answer}");
        stop.cancel();
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_request_without_end_does_not_stop_the_stop() {
        let (address, stop, server) = server(limits(LONG, SHORT)).await;
        let waiting = send(address, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await;
        // Answered by another connection, so the first one was taken before.
        rest(send(address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await).await;
        stop.cancel();
        tokio::time::timeout(Duration::from_mins(1), server).await.expect("it ends").unwrap();
        assert_eq!(rest(waiting).await, "");
    }

    const REQUEST: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    /// A connection that has been taken: it got an answer and stays open.
    async fn taken(address: SocketAddr) -> TcpStream {
        let mut stream = send(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let mut byte = [0];
        stream.read_exact(&mut byte).await.unwrap();
        stream
    }

    #[tokio::test]
    async fn one_connection_too_many_is_told_so_and_room_comes_back() {
        let few = Limits { connections: 2, ..limits(LONG, SHORT) };
        let (address, stop, server) = server(few).await;
        let (one, _two) = (taken(address).await, taken(address).await);
        let refused = rest(TcpStream::connect(address).await.unwrap()).await;
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("Retry-After: 1"), "{refused}");
        drop(one);
        // The server learns of the end in its own time.
        let answered = async { while !ask(address).await.contains("200 OK") {} };
        tokio::time::timeout(Duration::from_mins(1), answered).await.expect("there is room again");
        stop.cancel();
        server.await.unwrap();
    }

    #[tokio::test]
    async fn an_address_has_its_share_of_connections() {
        let few = Limits { per_address: 1, ..limits(LONG, SHORT) };
        let (address, stop, server) = server(few).await;
        let one = taken(address).await;
        assert_eq!(rest(TcpStream::connect(address).await.unwrap()).await, "");
        drop(one);
        let answered = async { while !ask(address).await.contains("200 OK") {} };
        tokio::time::timeout(Duration::from_mins(1), answered).await.expect("there is room again");
        stop.cancel();
        server.await.unwrap();
    }

    /// What is answered, if anything: a connection that is closed at once may end in an error.
    async fn ask(address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut text = Vec::new();
        let _ = stream.write_all(REQUEST.as_bytes()).await;
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8(text).unwrap()
    }
}
