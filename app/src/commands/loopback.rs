//! Requests to a server on this machine.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Who does not answer in this time has failed.
const ANSWER: Duration = Duration::from_secs(30);

/// The address to ask a server at that listens on an address.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let here = match listen {
        SocketAddr::V4(_) => IpAddr::from(Ipv4Addr::LOCALHOST),
        SocketAddr::V6(_) => IpAddr::from(Ipv6Addr::LOCALHOST),
    };
    let ip = Some(listen.ip()).filter(|ip| !ip.is_unspecified()).unwrap_or(here);
    SocketAddr::new(ip, listen.port())
}

/// One request on a connection of its own; answers the status.
pub(super) async fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&'static str, String)],
    body: &[u8],
) -> anyhow::Result<u16> {
    let asked = async {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n")?;
        }
        write!(head, "Content-Length: {}\r\n\r\n", body.len())?;
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let line = String::from_utf8_lossy(&answer);
        line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no answer")
    };
    tokio::time::timeout(ANSWER, asked).await.context("no answer in time")?
}
