//! Requests to a server that may die at any moment: each has a connection of its own, and no answer is an answer too.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// An answer that takes longer is none.
pub(crate) const PATIENCE: Duration = Duration::from_secs(12);
const BOUNDARY: &str = "litper-crash-boundary";

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("no JSON: {}", self.text()))
    }

    /// The beginning of the body, for messages.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(300).collect()
    }

    /// A header's value.
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Who asks: headers that prove it, each ending with a line end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller(String);

impl Caller {
    pub(crate) fn with_key(key: &str) -> Self {
        Self(format!("Authorization: Bearer {key}\r\n"))
    }

    /// What follows `Bearer`.
    pub(crate) fn key(&self) -> &str {
        self.0.trim().strip_prefix("Authorization: Bearer ").unwrap_or_default()
    }

    /// A person who has logged in.
    pub(crate) fn logged_in(answer: &Answer) -> Result<Self> {
        let cookie = answer.header("set-cookie").context("no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default();
        let session = answer.json()?;
        let token = session["csrf_token"].as_str().context("no token")?;
        Ok(Self(format!("Cookie: {cookie}\r\nX-CSRF-Token: {token}\r\n")))
    }
}

/// Asks with a JSON body, or without one when it is null.
pub(crate) fn ask(port: u16, caller: &Caller, method: &str, path: &str, body: &Value) -> Result<Answer> {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let kind = if body.is_null() { "" } else { "Content-Type: application/json\r\n" };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}{kind}Content-Length: {}\r\n\r\n{text}",
        caller.0,
        text.len()
    );
    exchange(port, request.as_bytes(), PATIENCE)
}

/// GET, answered with JSON.
pub(crate) fn get(port: u16, caller: &Caller, path: &str) -> Result<Value> {
    let answer = ask(port, caller, "GET", path, &Value::Null)?;
    ensure!(answer.status == 200, "GET {path}: {} {}", answer.status, answer.text());
    answer.json()
}

/// The program's metrics, each summed over its labels.
pub(crate) fn figures(port: u16, caller: &Caller) -> Result<BTreeMap<String, f64>> {
    let answer = ask(port, caller, "GET", "/metrics", &Value::Null)?;
    ensure!(answer.status == 200, "GET /metrics: {}", answer.status);
    let mut figures = BTreeMap::new();
    for line in String::from_utf8_lossy(&answer.body).lines().filter(|line| !line.starts_with('#')) {
        let Some((name, value)) = line.rsplit_once(' ') else { continue };
        let name = name.split('{').next().unwrap_or(name);
        *figures.entry(name.to_owned()).or_insert(0.0) += value.parse::<f64>().unwrap_or(0.0);
    }
    Ok(figures)
}

/// Uploads a file.
pub(crate) fn upload(port: u16, caller: &Caller, name: &str, content: &[u8]) -> Result<Answer> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let length = head.len() + content.len() + tail.len();
    let request = format!(
        "POST /v1/imports HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n{head}",
        caller.0
    );
    exchange(port, &[request.as_bytes(), content, tail.as_bytes()].concat(), PATIENCE)
}

/// Sends a whole request and reads until the other side closes.
pub(crate) fn exchange(port: u16, request: &[u8], patience: Duration) -> Result<Answer> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(request)?;
    let mut held = Vec::new();
    // A server that dies closes too; what came before that may still be a whole answer.
    let _ = stream.read_to_end(&mut held);
    let cut = held.windows(4).position(|four| four == b"\r\n\r\n").context("no answer")? + 4;
    let body = held.split_off(cut);
    let head = String::from_utf8_lossy(&held).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
    let answer = Answer { status, head, body };
    if let Some(length) = answer.header("content-length") {
        ensure!(length.parse() == Ok(answer.body.len()), "half an answer");
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// What is understood of these bytes.
    fn answered(bytes: &'static [u8]) -> Result<Answer> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let _ = stream.read(&mut request).unwrap();
            stream.write_all(bytes).unwrap();
        });
        let answer = exchange(port, b"GET / HTTP/1.1\r\n\r\n", PATIENCE);
        server.join().unwrap();
        answer
    }

    #[test]
    fn only_a_whole_answer_is_one() {
        let whole = answered(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        assert_eq!((whole.status, whole.json().unwrap()), (201, serde_json::json!({})));
        assert_eq!(answered(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().status, 204);
        for half in [&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"[..], b"HTTP/1.1 200 OK\r\n", b""] {
            assert!(answered(half).is_err(), "{}", String::from_utf8_lossy(half));
        }
    }

    #[test]
    fn who_logged_in_proves_it_from_then_on() {
        let answer =
            answered(b"HTTP/1.1 200 OK\r\nSet-Cookie: s=abc; HttpOnly\r\n\r\n{\"csrf_token\":\"t\"}")
                .unwrap();
        assert_eq!(Caller::logged_in(&answer).unwrap().0, "Cookie: s=abc\r\nX-CSRF-Token: t\r\n");
    }
}
