//! Bodies that come too slowly are not waited for: whoever sends a byte now and then would hold a place for ever.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use crate::class::Class;

/// How long a body may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Between two pieces.
    pub pause: Duration,
    /// For all of it.
    pub whole: Duration,
}

/// For JSON.
impl Default for Patience {
    fn default() -> Self {
        Self { pause: Duration::from_secs(10), whole: Duration::from_secs(30) }
    }
}

/// For files: 50 MiB over a line of half a megabit.
const FILES: Patience = Patience { pause: Duration::from_secs(30), whole: Duration::from_mins(15) };

impl Patience {
    /// What a class has; none where the route itself keeps time.
    pub(crate) const fn of(self, class: Class) -> Option<Self> {
        match class {
            Class::Webhooks => None,
            Class::Uploads => Some(FILES),
            Class::LogIn | Class::Api | Class::Pages | Class::Probes => Some(self),
        }
    }
}

/// Whether a body was given up. Whoever read it saw it break off.
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The body as it comes in time; it ends with an error where it does not.
pub(crate) fn timed(body: Body, patience: Patience, given_up: GivenUp) -> Body {
    let until = Instant::now() + patience.whole;
    let pieces = stream::unfold(Some((body.into_data_stream(), given_up)), move |state| async move {
        let (mut pieces, given_up) = state?;
        let next = (Instant::now() + patience.pause).min(until);
        let Ok(piece) = timeout_at(next, pieces.next()).await else {
            given_up.0.store(true, Ordering::Relaxed);
            let error = io::Error::new(io::ErrorKind::TimedOut, "the body did not come in time");
            return Some((Err(axum::Error::new(error)), None));
        };
        let piece: Result<Bytes, axum::Error> = piece?;
        Some((piece, Some((pieces, given_up))))
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    const LONG: Duration = Duration::from_mins(5);

    async fn read(body: Body, pause: Duration, whole: Duration) -> (Option<Bytes>, bool) {
        let given_up = GivenUp::default();
        let read = to_bytes(timed(body, Patience { pause, whole }, given_up.clone()), 100).await;
        (read.ok(), given_up.is_set())
    }

    fn pieces() -> Body {
        Body::from_stream(stream::iter(["ab", "cd"]).map(Ok::<_, axum::Error>))
    }

    #[tokio::test]
    async fn what_comes_in_time_is_passed_on() {
        assert_eq!(read(pieces(), LONG, LONG).await, (Some("abcd".into()), false));
        assert_eq!(read(Body::empty(), LONG, LONG).await, (Some(Bytes::new()), false));
    }

    #[tokio::test]
    async fn what_does_not_come_is_given_up() {
        let stalled = || {
            let never = stream::pending::<Result<&'static str, axum::Error>>();
            Body::from_stream(stream::iter([Ok("ab")]).chain(never))
        };
        let short = Duration::from_millis(20);
        assert_eq!(read(stalled(), short, LONG).await, (None, true));
        assert_eq!(read(stalled(), LONG, short).await, (None, true));
        let drip = stream::unfold((), |()| async {
            tokio::time::timeout(Duration::from_millis(5), std::future::pending::<()>()).await.ok();
            Some((Ok::<_, axum::Error>("a"), ()))
        });
        assert_eq!(read(Body::from_stream(drip), LONG, short).await, (None, true), "a byte now and then");
    }

    #[tokio::test]
    async fn what_breaks_off_is_not_slow() {
        let broken = stream::iter([Ok("ab"), Err(axum::Error::new(io::Error::other("gone")))]);
        assert_eq!(read(Body::from_stream(broken), LONG, LONG).await, (None, false));
    }
}
