//! Reading a body of limited size in limited time.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

/// Time for a body to come. Senders themselves wait five seconds for everything.
const WITHIN: Duration = Duration::from_secs(10);

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// More bytes than the limit.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The connection broke off, or its framing is wrong.
    Broken,
}

/// The length that a sender states. The server reads no further than that.
pub(crate) fn declared(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Unreadable> {
    read_within(WITHIN, body, limit).await
}

async fn read_within(time: Duration, body: Body, limit: usize) -> Result<Bytes, Unreadable> {
    tokio::time::timeout(time, gather(body, limit)).await.unwrap_or(Err(Unreadable::TooSlow))
}

/// A body usually comes in one piece, which is passed on as it is.
async fn gather(body: Body, limit: usize) -> Result<Bytes, Unreadable> {
    let mut pieces = body.into_data_stream();
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Unreadable::Broken)?;
        if first.len() + all.len() + piece.len() > limit {
            return Err(Unreadable::TooLarge);
        }
        if first.is_empty() && all.is_empty() {
            first = piece;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&piece);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

#[cfg(test)]
mod tests {
    use axum::Error;
    use futures_util::stream;

    use super::*;

    fn pieces(pieces: &[&'static str]) -> Body {
        Body::from_stream(stream::iter(pieces.iter().map(|piece| Ok::<_, Error>(*piece)).collect::<Vec<_>>()))
    }

    #[tokio::test]
    async fn pieces_become_one_body() {
        for (sent, expected) in
            [(&[][..], ""), (&["abc"], "abc"), (&["a", "", "b", "cd"], "abcd"), (&["", "", "abcd"], "abcd")]
        {
            assert_eq!(read(pieces(sent), 4).await.unwrap(), expected, "{sent:?}");
        }
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused_wherever_it_shows() {
        let too_large = Err(Unreadable::TooLarge);
        assert_eq!(read(pieces(&["abcde"]), 4).await, too_large);
        assert_eq!(read(pieces(&["ab", "cde"]), 4).await, too_large);
        assert_eq!(read(pieces(&["a", "b", "c", "d", "e"]), 4).await, too_large);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_no_body() {
        let sent = stream::iter([Ok("{"), Err(Error::new(std::fmt::Error))]);
        assert_eq!(read(Body::from_stream(sent), 4).await, Err(Unreadable::Broken));
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let body = Body::from_stream(stream::pending::<Result<&'static str, Error>>());
        assert_eq!(read_within(Duration::ZERO, body, 4).await, Err(Unreadable::TooSlow));
    }
}
