//! The least an intake can do: check the signature, append the body to a file, sync it for all that came together,
//! answer. One thread that never sleeps, as a C program would do it: no framework, no index, no look for repetitions.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::http::content_length;
use super::orders;
use super::server::SERVER_CORE;

/// Sweeps over all peers without news that end a batch.
const IDLE_SWEEPS: u32 = 3;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// The floor as a process on the server's core; it ends when dropped.
pub(crate) struct Floor {
    child: Child,
    pub(crate) port: u16,
}

impl Floor {
    pub(crate) fn start(log: &Path) -> Result<Self> {
        let program = std::env::current_exe().context("this program has no path")?;
        let mut child = Command::new("taskset")
            .args(["-c", SERVER_CORE])
            .arg(program)
            .arg("bench-floor")
            .arg(log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the floor")?;
        let mut line = String::new();
        let output = child.stdout.take().context("the floor has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse().context("the floor printed no port")?;
        Ok(Self { child, port })
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `xtask bench-floor LOG`: prints its port and serves until it is killed.
pub(crate) fn serve(log: &Path) -> Result<()> {
    let mut log = File::create(log).context("cannot create the log")?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    println!("{}", listener.local_addr()?.port());
    let mut peers: Vec<Peer> = Vec::new();
    let mut batch: Vec<u8> = Vec::new();
    loop {
        if let Ok((stream, _)) = listener.accept() {
            peers.push(Peer::new(stream)?);
        }
        batch.clear();
        gather(&mut peers, &mut batch)?;
        if !batch.is_empty() {
            log.write_all(&batch)?;
            log.sync_data()?;
            for peer in peers.iter_mut().filter(|peer| peer.owed) {
                peer.stream.write_all(ANSWER)?;
                peer.owed = false;
            }
        }
        peers.retain(|peer| !peer.gone);
    }
}

/// Reads every peer again and again until all wait for an answer or nothing more comes: a sync for each of a few
/// requests would measure the disk, not the least that an intake can do.
fn gather(peers: &mut [Peer], batch: &mut Vec<u8>) -> Result<()> {
    let mut idle = 0;
    while idle < IDLE_SWEEPS && peers.iter().any(|peer| !peer.owed && !peer.gone) {
        let before = batch.len();
        for peer in peers.iter_mut().filter(|peer| !peer.owed) {
            peer.read(batch)?;
        }
        idle = if batch.len() == before { idle + 1 } else { 0 };
    }
    Ok(())
}

struct Peer {
    stream: TcpStream,
    held: Vec<u8>,
    /// A request is in the batch and not answered yet.
    owed: bool,
    gone: bool,
}

impl Peer {
    fn new(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, held: Vec::with_capacity(16 * 1024), owed: false, gone: false })
    }

    /// Takes what has arrived; a whole request goes into the batch.
    fn read(&mut self, batch: &mut Vec<u8>) -> Result<()> {
        let mut piece = [0; 16 * 1024];
        match self.stream.read(&mut piece) {
            Ok(0) => self.gone = true,
            Ok(size) => self.held.extend_from_slice(&piece[..size]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(_) => self.gone = true,
        }
        let Some(head) = self.held.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4) else {
            return Ok(());
        };
        let length = content_length(&self.held[..head]).context("a request without a length")?;
        if self.held.len() < head + length {
            return Ok(());
        }
        let (head, body) = self.held.split_at(head);
        ensure!(orders::is_signed(head, &body[..length]), "a request with a wrong signature");
        batch.extend_from_slice(&(length as u64).to_le_bytes());
        batch.extend_from_slice(&body[..length]);
        self.held.clear();
        self.owed = true;
        Ok(())
    }
}
