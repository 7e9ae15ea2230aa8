//! Many kept-alive connections driven by one thread that never sleeps, so that the client costs little and adds no
//! waiting of its own.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::http::{complete, status, text};

/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a load did.
pub(crate) struct Outcome {
    /// From the first byte sent to the last answer.
    pub(crate) seconds: f64,
    /// Of each request, from its first byte sent to its answer's last byte.
    pub(crate) millis: Vec<f64>,
}

impl Outcome {
    pub(crate) fn per_second(&self) -> f64 {
        self.millis.len() as f64 / self.seconds
    }
}

/// Sends whole requests over this many connections, the next one as soon as the one before is answered. Every
/// answer must be a 200.
pub(crate) fn drive(port: u16, connections: usize, requests: &[Vec<u8>]) -> Result<Outcome> {
    drive_until(port, connections, requests, || false)
}

/// [`drive`] that begins no further request once `enough` says so.
pub(crate) fn drive_until(
    port: u16,
    connections: usize,
    requests: &[Vec<u8>],
    mut enough: impl FnMut() -> bool,
) -> Result<Outcome> {
    let mut lines: Vec<Line<'_>> = (0..connections).map(|_| Line::open(port)).collect::<Result<_>>()?;
    let mut waiting = requests.iter();
    let mut millis = Vec::with_capacity(requests.len());
    let began = Instant::now();
    let mut last = began;
    loop {
        let mut busy = false;
        for line in &mut lines {
            if line.is_free()
                && !enough()
                && let Some(request) = waiting.next()
            {
                line.send(request);
            }
            if let Some(took) = line.advance()? {
                millis.push(took.as_secs_f64() * 1e3);
                last = Instant::now();
            }
            busy |= !line.is_free();
        }
        if !busy && (waiting.len() == 0 || enough()) {
            return Ok(Outcome { seconds: (last - began).as_secs_f64(), millis });
        }
        ensure!(last.elapsed() < PATIENCE, "no answer for {} seconds", PATIENCE.as_secs());
    }
}

/// One connection.
struct Line<'a> {
    stream: TcpStream,
    /// What is still to be sent.
    outgoing: &'a [u8],
    incoming: Vec<u8>,
    sent_at: Option<Instant>,
}

impl<'a> Line<'a> {
    fn open(port: u16) -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect(address).context("the server does not listen")?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, outgoing: &[], incoming: Vec::with_capacity(4096), sent_at: None })
    }

    fn is_free(&self) -> bool {
        self.sent_at.is_none()
    }

    fn send(&mut self, request: &'a [u8]) {
        self.outgoing = request;
        self.sent_at = Some(Instant::now());
    }

    /// Does what can be done without waiting; answers how long the request took once it is answered.
    fn advance(&mut self) -> Result<Option<Duration>> {
        let Some(sent_at) = self.sent_at else { return Ok(None) };
        if !self.outgoing.is_empty() {
            match self.stream.write(self.outgoing) {
                Ok(size) => self.outgoing = &self.outgoing[size..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
            return Ok(None);
        }
        let mut piece = [0; 4096];
        match self.stream.read(&mut piece) {
            Ok(0) => bail!("the server closed a connection: {}", text(&self.incoming)),
            Ok(size) => self.incoming.extend_from_slice(&piece[..size]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        if complete(&self.incoming)?.is_none() {
            return Ok(None);
        }
        ensure!(status(&self.incoming)? == 200, "refused: {}", text(&self.incoming));
        self.incoming.clear();
        self.sent_at = None;
        Ok(Some(sent_at.elapsed()))
    }
}
