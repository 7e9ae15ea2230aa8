//! Faults of the machine and of what the server stands on, while shops send and a file is read.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::site::{Server, Site};
use super::wire;
use super::work::{Book, Load, deliver, file};
use crate::bench::Engine;
use crate::bench::orders;
use crate::shell::{is_root, output};

/// A day, in seconds.
const DAY: i64 = 86_400;

/// What a fault works with.
pub(crate) struct Trial<'a> {
    pub(crate) site: &'a Site,
    pub(crate) book: &'a mut Book,
}

/// A fault that is made from outside. It leaves no server that runs.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// On one engine alone.
    pub(crate) only: Option<Engine>,
    /// Mounts a file system, which only root may.
    pub(crate) needs_root: bool,
    pub(crate) make: fn(&mut Trial<'_>) -> Result<()>,
}

const fn fault(name: &'static str, make: fn(&mut Trial<'_>) -> Result<()>) -> Fault {
    Fault { name, only: None, needs_root: false, make }
}

const fn on_sqlite(name: &'static str, make: fn(&mut Trial<'_>) -> Result<()>) -> Fault {
    Fault { name, only: Some(Engine::Sqlite), needs_root: false, make }
}

const fn mounted(name: &'static str, make: fn(&mut Trial<'_>) -> Result<()>) -> Fault {
    Fault { name, only: Some(Engine::Sqlite), needs_root: true, make }
}

/// All of them, but those that PostgreSQL's own troubles are.
pub(crate) const FAULTS: [Fault; 20] = [
    fault("kill -9 under load", killed),
    fault("kill -9, and again while it starts", killed_while_starting),
    fault("SIGTERM under load", stopped),
    fault("SIGSTOP for 6 s, then SIGCONT", paused),
    fault("SIGSTOP, then kill -9", paused_and_killed),
    fault("clock a day ahead", |trial| clock(trial, &[DAY])),
    fault("clock a day behind", |trial| clock(trial, &[-DAY])),
    fault("clock a day ahead, then back", |trial| clock(trial, &[DAY, 0])),
    fault("no file descriptor left", no_descriptors),
    fault("no memory left", no_memory),
    // Beside PostgreSQL the server itself writes none while messages come in.
    on_sqlite("no file may grow", no_growth),
    fault("clients hang up", clients_hang_up),
    fault("a client goes silent in its request", silent_client),
    fault("kill -9 while a backup is made", killed_beside_backup),
    on_sqlite("the log ends in half a page", torn_log),
    on_sqlite("the log's index is gone", index_gone),
    on_sqlite("the log's index is rubbish", index_rubbish),
    mounted("disk full", disk_full),
    mounted("read-only disk", disk_read_only),
    mounted("read-only folder of files", files_read_only),
];

/// Whether this process may make it; otherwise why not.
pub(crate) fn may(fault: &Fault) -> std::result::Result<(), &'static str> {
    if fault.needs_root && !is_root() {
        return Err("it mounts a file system, which only root may");
    }
    Ok(())
}

impl Trial<'_> {
    fn serve(&self, environment: &[(&str, String)]) -> Result<Server> {
        let mut server = self.site.serve(environment)?;
        server.ready()?;
        Ok(server)
    }

    /// Runs a server with shops that send and a file, does something to it, and kills it if it still lives.
    pub(crate) fn under_load(&mut self, harm: impl FnOnce(&mut Server, &Load) -> Result<()>) -> Result<()> {
        let mut server = self.serve(&[])?;
        self.load(&mut server, harm)?;
        if server.is_alive() {
            server.kill()?;
        }
        Ok(())
    }

    fn load(
        &mut self,
        server: &mut Server,
        harm: impl FnOnce(&mut Server, &Load) -> Result<()>,
    ) -> Result<()> {
        let load = Load::start(self.site.port);
        self.book.send_file(self.site, 1)?;
        load.wait_for(12)?;
        let harmed = harm(server, &load);
        self.book.add(load.end()?);
        harmed
    }
}

fn killed(trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, _| server.kill())
}

fn killed_while_starting(trial: &mut Trial<'_>) -> Result<()> {
    killed(trial)?;
    for millis in [30, 90, 180] {
        let mut server = trial.site.serve(&[])?;
        thread::sleep(Duration::from_millis(millis));
        server.kill()?;
    }
    Ok(())
}

fn stopped(trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, _| server.stop())
}

fn paused(trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, load| {
        server.signal("STOP")?;
        thread::sleep(Duration::from_secs(6));
        server.signal("CONT")?;
        load.wait_for(12)
    })
}

fn paused_and_killed(trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, _| {
        server.signal("STOP")?;
        thread::sleep(Duration::from_secs(1));
        server.kill()
    })
}

/// The clock jumps under load, once or more. The server then starts at the latest moment that it has seen: what came
/// in while the clock was ahead is due then.
fn clock(trial: &mut Trial<'_>, jumps: &[i64]) -> Result<()> {
    let file = trial.site.clock();
    fs::write(&file, "0")?;
    let set = |ahead: i64| {
        // A reader never meets half a number: a rename is at once.
        let new = file.with_extension("new");
        fs::write(&new, ahead.to_string()).and_then(|()| fs::rename(&new, &file))
    };
    let mut server = trial.serve(&[("LITPER_FAULT_CLOCK", file.display().to_string())])?;
    trial.load(&mut server, |server, load| {
        for jump in jumps {
            set(*jump)?;
            load.wait_for(12)?;
        }
        ensure!(server.is_alive(), "the server died of its clock");
        server.kill()
    })?;
    set(jumps.iter().copied().fold(0, i64::max)).context("the clock")
}

fn no_descriptors(trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, load| {
        let open = fs::read_dir(format!("/proc/{}/fd", server.pid()))?.count();
        server.limit(&format!("--nofile={open}:4096"))?;
        thread::sleep(Duration::from_secs(3));
        server.limit("--nofile=1024:4096")?;
        ensure!(server.is_alive(), "the server died");
        load.wait_for(12)
    })
}

/// Not a page more: whatever needs one fails, and the server with it or not.
fn no_memory(trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, _| {
        let status = fs::read_to_string(format!("/proc/{}/status", server.pid()))?;
        let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).context("no size")?;
        let kib: u64 = size.trim().trim_end_matches(" kB").parse()?;
        server.limit(&format!("--as={}", kib * 1_024))?;
        server.dies_within(Duration::from_secs(5));
        Ok(())
    })
}

fn no_growth(trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, _| {
        // The kernel ends who writes beyond it.
        server.limit("--fsize=8192")?;
        ensure!(server.dies_within(Duration::from_secs(10)), "nothing was written");
        Ok(())
    })
}

/// Whole requests whose senders do not wait, and half ones; then the whole ones once more.
fn clients_hang_up(trial: &mut Trial<'_>) -> Result<()> {
    let port = trial.site.port;
    let mut unsure = Vec::new();
    trial.under_load(|_, load| {
        for number in 1..=20 {
            let request = orders::requests(number, 1)?.remove(0);
            let mut stream = TcpStream::connect(("127.0.0.1", port))?;
            let size = if number % 2 == 0 { request.len() } else { request.len() / 2 };
            stream.write_all(&request[..size])?;
            unsure.push(number);
        }
        load.wait_for(12)
    })?;
    trial.book.add(unsure.into_iter().map(|number| (number, false)).collect());
    Ok(())
}

fn silent_client(trial: &mut Trial<'_>) -> Result<()> {
    let port = trial.site.port;
    trial.under_load(|server, load| {
        let mut silent = Vec::new();
        for number in 1..=40 {
            let request = orders::requests(number, 1)?.remove(0);
            let mut stream = TcpStream::connect(("127.0.0.1", port))?;
            stream.write_all(&request[..request.len() - 7])?;
            silent.push(stream);
        }
        load.wait_for(12)?;
        // They hold the server neither while it works nor when it stops.
        server.stop()?;
        for mut stream in silent {
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer);
            ensure!(!answer.contains(" 200 "), "half a delivery was acknowledged");
        }
        Ok(())
    })
}

fn killed_beside_backup(trial: &mut Trial<'_>) -> Result<()> {
    let site = trial.site;
    let to = site.dir.join("a-backup");
    trial.under_load(|server, _| {
        let mut backup = site.litper();
        backup.arg("backup").arg("--to").arg(&to).stdout(Stdio::null()).stderr(Stdio::null());
        let mut backup = backup.spawn()?;
        thread::sleep(Duration::from_millis(120));
        server.kill()?;
        ensure!(backup.wait()?.success(), "the backup failed when the server died");
        Ok(())
    })
}

/// The file beside SQLite's.
fn beside(site: &Site, tail: &str) -> std::path::PathBuf {
    let mut name = site.sqlite().into_os_string();
    name.push(tail);
    name.into()
}

/// As if the power went while the next page was being written: it was acknowledged to nobody.
fn torn_log(trial: &mut Trial<'_>) -> Result<()> {
    killed(trial)?;
    let log = beside(trial.site, "-wal");
    let bytes = fs::read(&log)?;
    ensure!(bytes.len() > 32 + 4_120, "the log is empty");
    // The last page's own head, with a page that is not its.
    let last = bytes[bytes.len() - 4_120..bytes.len() - 4_120 + 24].to_vec();
    let torn = [last, vec![0xA5; 1_900]].concat();
    File::options().append(true).open(&log)?.write_all(&torn)?;
    Ok(())
}

fn index_gone(trial: &mut Trial<'_>) -> Result<()> {
    killed(trial)?;
    fs::remove_file(beside(trial.site, "-shm")).context("there is no index")
}

fn index_rubbish(trial: &mut Trial<'_>) -> Result<()> {
    killed(trial)?;
    let index = beside(trial.site, "-shm");
    let size = fs::metadata(&index)?.len() as usize;
    fs::write(&index, vec![0x5A; size]).context("there is no index")
}

/// A file system of its own over a folder, taken away when dropped.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    /// Moves what a folder holds into memory.
    fn over(folder: &'a Path, mib: u32) -> Result<Self> {
        let kept = folder.with_extension("kept");
        fs::rename(folder, &kept)?;
        fs::create_dir(folder)?;
        output(
            Command::new("mount")
                .args(["-t", "tmpfs", "-o", &format!("size={mib}m,mode=700"), "tmpfs"])
                .arg(folder),
        )?;
        let mounted = Self(folder);
        output(Command::new("cp").arg("-a").arg(kept.join(".")).arg(folder))?;
        fs::remove_dir_all(kept)?;
        Ok(mounted)
    }

    fn set(&self, option: &str) -> Result<()> {
        output(Command::new("mount").args(["-o", &format!("remount,{option}")]).arg(self.0)).map(drop)
    }

    /// Back to the disk with what it holds now.
    fn put_back(self) -> Result<()> {
        let folder = self.0;
        let kept = folder.with_extension("kept");
        output(Command::new("cp").arg("-a").arg(folder).arg(&kept))?;
        drop(self);
        fs::remove_dir(folder)?;
        fs::rename(kept, folder).context("the data cannot be put back")
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = output(Command::new("umount").arg("-l").arg(self.0));
    }
}

fn disk_full(trial: &mut Trial<'_>) -> Result<()> {
    let folder = trial.site.data();
    let disk = Mounted::over(&folder, 64)?;
    let filler = folder.join("filler");
    let first = trial.under_load(|server, load| {
        // As many zeros as there is room for.
        let _ = File::create(&filler).and_then(|mut file| {
            let piece = vec![0; 1 << 16];
            loop {
                file.write_all(&piece)?;
            }
            #[expect(unreachable_code, reason = "the loop ends with the disk")]
            Ok::<_, std::io::Error>(())
        });
        thread::sleep(Duration::from_secs(4));
        ensure!(server.is_alive(), "the server died of a full disk");
        fs::remove_file(&filler)?;
        load.wait_for(12)
    });
    first?;
    disk.put_back()
}

fn disk_read_only(trial: &mut Trial<'_>) -> Result<()> {
    let folder = trial.site.data();
    let disk = Mounted::over(&folder, 256)?;
    killed(trial)?;
    disk.set("ro")?;
    let mut server = trial.site.serve(&[])?;
    ensure!(server.ready().is_err(), "a server that can store nothing says that it is ready");
    drop(server);
    disk.set("rw")?;
    disk.put_back()
}

/// Uploads cannot be stored; everything else goes on.
fn files_read_only(trial: &mut Trial<'_>) -> Result<()> {
    let folder = trial.site.data().join("files");
    let mut server = trial.serve(&[])?;
    server.stop()?;
    let disk = Mounted::over(&folder, 64)?;
    let site = trial.site;
    trial.under_load(|server, load| {
        // What is being read must be closed before.
        super::work::wait(Duration::from_secs(30), || Ok(disk.set("ro").is_ok()))?;
        let (name, content) = file(&site.dir, 5_000, 10)?;
        let answer = wire::upload(site.port, &site.key, &name, &content)?;
        ensure!(answer.status >= 500, "a file that cannot be stored: {} {}", answer.status, answer.text());
        load.wait_for(12)?;
        ensure!(deliver(site.port, 7)?, "no delivery is taken");
        ensure!(server.is_alive(), "the server died");
        server.kill()
    })?;
    trial.book.add([(7, true)].into());
    disk.set("rw")?;
    disk.put_back()
}
