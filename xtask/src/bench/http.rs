//! A small HTTP/1.1 client: one connection, one request at a time, no thread and no copy too many.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;

/// Nothing that is measured takes this long.
const PATIENCE: Duration = Duration::from_mins(2);

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// A kept-alive connection that speaks with one API key.
pub(crate) struct Client {
    stream: TcpStream,
    key: String,
    /// Bytes read so far of the answer under way.
    held: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(port: u16, key: &str) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect(address).context("the server does not listen")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, key: key.to_owned(), held: Vec::with_capacity(64 * 1024) })
    }

    /// GET, answered with 200.
    pub(crate) fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", self.key);
        self.stream.write_all(head.as_bytes())?;
        let answer = self.answer()?;
        ensure!(answer.status == 200, "GET {path}: {} {}", answer.status, text(&answer.body));
        Ok(answer.body)
    }

    /// GET, answered with JSON.
    pub(crate) fn get_json<T: DeserializeOwned>(&mut self, path: &str) -> Result<T> {
        let body = self.get(path)?;
        serde_json::from_slice(&body).with_context(|| format!("GET {path}: {}", text(&body)))
    }

    /// POST of a body with headers of its own; each header ends with a line end.
    pub(crate) fn post(&mut self, path: &str, headers: &str, body: &[u8]) -> Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n{headers}\r\n",
            self.key,
            body.len()
        );
        self.stream.write_all(head.as_bytes())?;
        self.stream.write_all(body)?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer> {
        self.held.clear();
        let mut piece = [0; 16 * 1024];
        loop {
            if let Some((head, length)) = complete(&self.held)? {
                let status = status(&self.held)?;
                let body = self.held[head..head + length].to_vec();
                return Ok(Answer { status, body });
            }
            let size = self.stream.read(&mut piece).context("no answer")?;
            if size == 0 {
                bail!("the server closed the connection");
            }
            self.held.extend_from_slice(&piece[..size]);
        }
    }
}

/// Sizes of head and body once the whole answer is there.
pub(crate) fn complete(held: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(head) = held.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4) else {
        return Ok(None);
    };
    let length = content_length(&held[..head]).context("an answer without a length")?;
    Ok((held.len() >= head + length).then_some((head, length)))
}

pub(crate) fn content_length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    let line = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    })?;
    line.trim().parse().ok()
}

/// The status of an answer that begins here.
pub(crate) fn status(held: &[u8]) -> Result<u16> {
    let line = held.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    line.and_then(|digits| digits.parse().ok()).context("an answer without a status")
}

/// The beginning of a body, for messages.
pub(crate) fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_with_its_last_byte() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc";
        for cut in 0..answer.len() {
            assert_eq!(complete(&answer[..cut]).unwrap(), None, "{cut}");
        }
        let (head, length) = complete(answer).unwrap().unwrap();
        assert_eq!((&answer[head..head + length], status(answer).unwrap()), (&b"abc"[..], 201));
        assert!(complete(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
