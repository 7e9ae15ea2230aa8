//! A network between a server and its database that can be slow, break, or go silent.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// Between two looks at what the network is told to do.
const LOOK: Duration = Duration::from_millis(20);

/// Listens on a port of its own and passes bytes on. It ends with the last handle of its state.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    target: AtomicU16,
    /// Held back so long, each way.
    delay: AtomicU64,
    /// Connections stay open and carry nothing.
    silent: AtomicBool,
    /// New connections are closed at once.
    refusing: AtomicBool,
    /// Connections made before this many cuts are closed.
    cuts: AtomicU64,
    /// Connections made before so many times of abandoning carry nothing ever again, and nobody is told.
    abandoned: AtomicU64,
    ended: AtomicBool,
}

impl Proxy {
    /// Begins to pass bytes on to a port of this machine.
    pub(crate) fn start(target: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State::default());
        state.target.store(target, Ordering::SeqCst);
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.ended.load(Ordering::SeqCst) {
                    return;
                }
                // A connection that breaks at once is the other side's to notice.
                let _ = stream.map(|stream| take(stream, &shared));
            }
        });
        Ok(Self { port, state })
    }

    /// Each piece of data takes this much longer, each way.
    pub(crate) fn delay(&self, by: Duration) {
        self.state.delay.store(by.as_millis() as u64, Ordering::SeqCst);
    }

    /// Nothing goes through any more, and nobody is told; or everything again.
    pub(crate) fn silence(&self, silent: bool) {
        self.state.silent.store(silent, Ordering::SeqCst);
    }

    /// Closes every connection; with `refusing` new ones too.
    pub(crate) fn cut(&self, refusing: bool) {
        self.state.refusing.store(refusing, Ordering::SeqCst);
        self.state.cuts.fetch_add(1, Ordering::SeqCst);
    }

    /// The connections there are carry nothing ever again, and nobody is told; new ones are well.
    pub(crate) fn abandon(&self) {
        self.state.abandoned.fetch_add(1, Ordering::SeqCst);
    }

    /// New connections go to another port, and the old ones are closed.
    pub(crate) fn lead_to(&self, target: u16) {
        self.state.target.store(target, Ordering::SeqCst);
        self.cut(false);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        self.cut(true);
        // Wakes the thread that listens.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn take(client: TcpStream, state: &Arc<State>) -> Result<()> {
    if state.refusing.load(Ordering::SeqCst) {
        return Ok(());
    }
    let made = Made::now(state);
    let target = SocketAddr::from((Ipv4Addr::LOCALHOST, state.target.load(Ordering::SeqCst)));
    let server = TcpStream::connect_timeout(&target, Duration::from_secs(2))?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LOOK))?;
    }
    let ways = [(client.try_clone()?, server.try_clone()?), (server, client)];
    for (from, to) in ways {
        let state = Arc::clone(state);
        thread::spawn(move || pass_on(from, to, &state, made));
    }
    Ok(())
}

/// When a connection was made.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Made {
    cuts: u64,
    abandoned: u64,
}

impl Made {
    fn now(state: &State) -> Self {
        Self { cuts: state.cuts.load(Ordering::SeqCst), abandoned: state.abandoned.load(Ordering::SeqCst) }
    }
}

/// Until one side closes or the network is cut.
fn pass_on(mut from: TcpStream, mut to: TcpStream, state: &State, made: Made) {
    let mut piece = [0; 16 * 1024];
    while state.cuts.load(Ordering::SeqCst) == made.cuts {
        if state.silent.load(Ordering::SeqCst) || Made::now(state) != made {
            thread::sleep(LOOK);
            continue;
        }
        match from.read(&mut piece) {
            Ok(0) => break,
            Ok(size) => {
                let delay = state.delay.load(Ordering::SeqCst);
                if delay > 0 {
                    thread::sleep(Duration::from_millis(delay));
                }
                if to.write_all(&piece[..size]).is_err() {
                    break;
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Sends each piece back.
    fn echo() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut from = stream.unwrap();
                let mut to = from.try_clone().unwrap();
                thread::spawn(move || std::io::copy(&mut from, &mut to));
            }
        });
        port
    }

    fn ask(stream: &mut TcpStream) -> std::io::Result<usize> {
        stream.set_read_timeout(Some(Duration::from_millis(300)))?;
        stream.write_all(b"hello")?;
        stream.read(&mut [0; 64])
    }

    #[test]
    fn a_network_is_slow_silent_cut_and_well_again() {
        let proxy = Proxy::start(echo()).unwrap();
        let mut line = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        assert_eq!(ask(&mut line).unwrap(), 5);
        proxy.delay(Duration::from_millis(40));
        let began = Instant::now();
        assert_eq!(ask(&mut line).unwrap(), 5);
        assert!(began.elapsed() >= Duration::from_millis(80));
        proxy.delay(Duration::ZERO);
        proxy.silence(true);
        // What is read already goes through.
        thread::sleep(2 * LOOK);
        assert!(ask(&mut line).is_err());
        proxy.silence(false);
        assert_eq!(line.read(&mut [0; 64]).unwrap(), 5, "nothing is lost in silence");
        proxy.abandon();
        thread::sleep(2 * LOOK);
        assert!(ask(&mut line).is_err());
        let mut line = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        assert_eq!(ask(&mut line).unwrap(), 5);
        proxy.cut(false);
        assert_eq!(line.read(&mut [0; 64]).unwrap_or(0), 0);
        let mut line = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        assert_eq!(ask(&mut line).unwrap(), 5);
        proxy.cut(true);
        let mut line = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        assert!(!matches!(ask(&mut line), Ok(5)));
    }
}
