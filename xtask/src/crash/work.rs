//! What a server is given to do before it dies, and the book of what it acknowledged.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::site::Site;
use super::wire::{self, Caller, PATIENCE};
use crate::bench::files::{self, Form, Layout, Wanted};
use crate::bench::{moments, orders};

/// Rows of one file.
const ROWS: u32 = 350;
/// Deliveries before and after the rest.
const DELIVERIES: u64 = 12;
/// Connections that send at once.
const SENDERS: u64 = 4;
const LOOK: Duration = Duration::from_millis(25);
/// How long finished work may take to show.
const SETTLED: Duration = Duration::from_mins(1);

/// What was sent, and what of it was acknowledged.
#[derive(Default)]
pub(crate) struct Book {
    /// Orders of the shop by their number.
    orders: BTreeMap<u64, bool>,
    files: Vec<SentFile>,
    made: Vec<Made>,
}

struct SentFile {
    name: String,
    content: Vec<u8>,
    acknowledged: bool,
}

/// Something that exists at most once, and once if it was acknowledged.
struct Made {
    /// The list that shows it.
    list: String,
    /// What its entry holds and no other.
    mark: String,
    acknowledged: bool,
    by_person: bool,
}

/// What a look after a restart found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) acknowledged: usize,
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
    pub(crate) broken: Vec<String>,
}

impl Book {
    /// Notes what senders on other threads did.
    pub(crate) fn add(&mut self, sent: BTreeMap<u64, bool>) {
        self.orders.extend(sent);
    }

    /// Every kind of work once, one thing after the other, as long as the server answers.
    pub(crate) fn fill(&mut self, site: &Site) -> Result<()> {
        self.deliver(site, 1..=DELIVERIES)?;
        self.send_file(site, 1)?;
        // Sent again, as shops do.
        self.deliver(site, 1..=2)?;
        let Ok(person) = site.log_in() else { return Ok(()) };
        if !all_applied(site, u64::from(ROWS)) {
            return Ok(());
        }
        self.make_things(site, &person)?;
        self.send_file(site, 1 + u64::from(ROWS))?;
        self.deliver(site, DELIVERIES + 1..=2 * DELIVERIES)?;
        if all_applied(site, 2 * u64::from(ROWS)) {
            // Whatever answers to it has its turn.
            let _ = wait(Duration::from_secs(5), || Ok(self.missing(site)?.is_empty()));
        }
        Ok(())
    }

    fn deliver(&mut self, site: &Site, numbers: std::ops::RangeInclusive<u64>) -> Result<()> {
        for number in numbers {
            let done = deliver(site.port, number)?;
            *self.orders.entry(number).or_default() |= done;
        }
        Ok(())
    }

    /// Uploads a file whose first row is this one of the endless sequence.
    pub(crate) fn send_file(&mut self, site: &Site, first: u64) -> Result<()> {
        let (name, content) = file(&site.dir, first, ROWS)?;
        let answer = wire::upload(site.port, &site.key, &name, &content);
        let acknowledged = answer.is_ok_and(|answer| answer.status == 202);
        self.files.push(SentFile { name, content, acknowledged });
        Ok(())
    }

    /// What people and programs make by hand.
    fn make_things(&mut self, site: &Site, person: &Caller) -> Result<()> {
        let guias: Vec<String> = (1..4).map(files::guia).collect();
        let body = json!({ "label": "crash-batch", "tracking_numbers": guias });
        self.make(site, &site.key, ("POST", "/v1/batches"), &body, ("/v1/batches", "crash-batch"));
        let items = json!({ "items": [{ "phrase": "CRASH PHRASE", "status": "DELIVERED" }] });
        let phrase = ("/v1/status-mappings", "CRASH PHRASE");
        self.make(site, person, ("PUT", "/v1/status-mappings"), &items, phrase);
        let body = json!({ "city": "Cali", "carrier": "coordinadora", "reason": "crash-pause" });
        self.make(
            site,
            person,
            ("POST", "/v1/route-pauses"),
            &body,
            ("/v1/route-pauses?active=true", "crash-pause"),
        );
        let body = json!({ "domain": "crash-two.myshopify.com", "secret": "another secret of a shop" });
        self.make(site, person, ("POST", "/v1/shops"), &body, ("/v1/shops", "crash-two.myshopify.com"));
        let office = wire::get(site.port, &site.key, "/v1/shipments?status=IN_OFFICE&limit=1");
        let Ok(office) = office else { return Ok(()) };
        let id = office["items"][0]["id"].as_str().context("no parcel waits at an office")?;
        let path = format!("/v1/shipments/{id}/office-extensions");
        let body = json!({ "days": 2, "reason": "crash-extension" });
        self.make(site, &site.key, ("POST", &path), &body, ("", ""));
        let batches = wire::get(site.port, &site.key, "/v1/batches");
        let Ok(batches) = batches else { return Ok(()) };
        let batch = batches["items"][0]["id"].as_str().context("no batch")?;
        let path = format!("/v1/batches/{batch}/reviews");
        let shown = wire::get(site.port, &site.key, &format!("/v1/batches/{batch}/shipments?limit=1"));
        let Ok(shown) = shown else { return Ok(()) };
        let body = json!({ "shipment_ids": [shown["items"][0]["shipment"]["id"]], "reviewed": true });
        self.make(site, person, ("PUT", &path), &body, ("", ""));
        Ok(())
    }

    /// Asks for something to be made and notes whether that was acknowledged; without a list there is nothing to look
    /// at afterwards but `verify`.
    fn make(
        &mut self,
        site: &Site,
        caller: &Caller,
        (method, path): (&str, &str),
        body: &Value,
        (list, mark): (&str, &str),
    ) {
        let answer = wire::ask(site.port, caller, method, path, body);
        let acknowledged = answer.is_ok_and(|answer| (200..300).contains(&answer.status));
        if !list.is_empty() {
            let (list, mark) = (list.to_owned(), mark.to_owned());
            let by_person = list != "/v1/batches";
            self.made.push(Made { list, mark, acknowledged, by_person });
        }
    }

    /// After a restart: everything acknowledged is there; then everything is sent again, and nothing is there twice.
    pub(crate) fn look(&mut self, site: &Site) -> Result<Found> {
        let acknowledged = self.orders.values().filter(|done| **done).count()
            + self.files.iter().filter(|file| file.acknowledged).count()
            + self.made.iter().filter(|made| made.acknowledged).count();
        let mut found = Found { acknowledged, ..Found::default() };
        let _ = wait(SETTLED, || Ok(self.missing(site)?.is_empty()));
        found.lost.extend(self.missing(site)?.iter().map(|number| format!("order {number}")));
        let kept = self.files.iter().filter(|file| file.acknowledged).count() as u64 * u64::from(ROWS);
        if wait(SETTLED, || Ok(shipments(site)? >= kept)).is_err() {
            found.lost.push(format!("{kept} rows of files, {} are there", shipments(site)?));
        }
        let person = site.log_in()?;
        for made in &self.made {
            let caller = if made.by_person { &person } else { &site.key };
            let times = wire::get(site.port, caller, &made.list)?["items"]
                .as_array()
                .map_or(0, |items| items.iter().filter(|item| item.to_string().contains(&made.mark)).count());
            match times {
                0 if made.acknowledged => found.lost.push(made.mark.clone()),
                0 | 1 => {}
                _ => found.doubled.push(format!("{} {times} times", made.mark)),
            }
        }
        self.send_again(site)?;
        self.count_doubled(site, &mut found)?;
        let sound = wait(Duration::from_secs(20), || Ok(site.broken()?.is_empty()));
        if sound.is_err() {
            found.broken = site.broken()?;
        }
        Ok(found)
    }

    fn send_again(&mut self, site: &Site) -> Result<()> {
        for (number, acknowledged) in &mut self.orders {
            let done = deliver(site.port, *number)?;
            ensure!(done, "order {number} was refused when it was sent again");
            *acknowledged = true;
        }
        for file in &mut self.files {
            let answer = wire::upload(site.port, &site.key, &file.name, &file.content)?;
            // 409: it was loaded already.
            ensure!(
                answer.status == 202 || answer.status == 409,
                "{}: {} {}",
                file.name,
                answer.status,
                answer.text()
            );
            file.acknowledged = true;
        }
        Ok(())
    }

    fn count_doubled(&self, site: &Site, found: &mut Found) -> Result<()> {
        let rows = self.files.len() as u64 * u64::from(ROWS);
        let whole = || Ok(self.missing(site)?.is_empty() && shipments(site)? >= rows);
        wait(SETTLED, whole).context("what was sent again is not all there")?;
        let known = order_numbers(site)?;
        for (number, times) in known {
            if times > 1 {
                found.doubled.push(format!("order {number} {times} times"));
            }
        }
        let there = shipments(site)?;
        if there > rows {
            found.doubled.push(format!("{} shipments", there - rows));
        }
        Ok(())
    }

    /// Acknowledged orders that are not there yet.
    fn missing(&self, site: &Site) -> Result<Vec<u64>> {
        let known = order_numbers(site)?;
        let acknowledged = self.orders.iter().filter(|(_, done)| **done);
        Ok(acknowledged.map(|(number, _)| *number).filter(|number| !known.contains_key(number)).collect())
    }
}

/// Deliveries from several connections, until it is told to stop.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    sent: Arc<Mutex<BTreeMap<u64, bool>>>,
    senders: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins to send, with orders of its own numbers.
    pub(crate) fn start(port: u16) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (next, acknowledged) = (Arc::new(AtomicU64::new(1_000)), Arc::new(AtomicU64::new(0)));
        let sent = Arc::new(Mutex::new(BTreeMap::new()));
        let senders = (0..SENDERS).map(|_| {
            let sender = Sender {
                stop: Arc::clone(&stop),
                next: Arc::clone(&next),
                acknowledged: Arc::clone(&acknowledged),
                sent: Arc::clone(&sent),
            };
            thread::spawn(move || sender.send(port))
        });
        let senders = senders.collect();
        Self { stop, acknowledged, sent, senders }
    }

    /// Waits until so many more are acknowledged.
    pub(crate) fn wait_for(&self, more: u64) -> Result<()> {
        let goal = self.acknowledged.load(Ordering::SeqCst) + more;
        wait(SETTLED, || Ok(self.acknowledged.load(Ordering::SeqCst) >= goal))
            .context("deliveries are not acknowledged")
    }

    /// What was sent, and whether it was acknowledged.
    pub(crate) fn end(self) -> Result<BTreeMap<u64, bool>> {
        self.stop.store(true, Ordering::SeqCst);
        for sender in self.senders {
            if sender.join().is_err() {
                bail!("a sender panicked");
            }
        }
        Ok(std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// One of those who send.
struct Sender {
    stop: Arc<AtomicBool>,
    next: Arc<AtomicU64>,
    acknowledged: Arc<AtomicU64>,
    sent: Arc<Mutex<BTreeMap<u64, bool>>>,
}

impl Sender {
    fn send(&self, port: u16) {
        while !self.stop.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let done = deliver(port, number).unwrap_or(false);
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).insert(number, done);
            self.acknowledged.fetch_add(u64::from(done), Ordering::SeqCst);
            // Shops send a few a second, not thousands; and a dead server is not worth more.
            thread::sleep(if done { LOOK } else { LOOK * 4 });
        }
    }
}

/// One signed order on a connection of its own; whether it was acknowledged.
pub(crate) fn deliver(port: u16, number: u64) -> Result<bool> {
    let request = orders::requests(number, 1)?.remove(0);
    let head = b"Host: localhost\r\n";
    let at = request.windows(head.len()).position(|part| part == head).context("no host")? + head.len();
    let closing = [&request[..at], b"Connection: close\r\n", &request[at..]].concat();
    Ok(wire::exchange(port, &closing, PATIENCE).is_ok_and(|answer| answer.status == 200))
}

/// A file of parcels: its name and its bytes.
pub(crate) fn file(dir: &Path, first: u64, rows: u32) -> Result<(String, Vec<u8>)> {
    let wanted = Wanted { layout: Layout::EventLog, form: Form::Csv, first, rows, now: moments::now() };
    let path = files::write(dir, &wanted)?;
    let name = path.file_name().and_then(|name| name.to_str()).context("no name")?.to_owned();
    Ok((name, fs::read(path)?))
}

/// Whether so many shipments came to be, as long as the server lives.
fn all_applied(site: &Site, rows: u64) -> bool {
    let began = Instant::now();
    while began.elapsed() < SETTLED {
        match shipments(site) {
            Ok(there) if there >= rows => return true,
            Ok(_) => thread::sleep(LOOK),
            Err(_) => return false,
        }
    }
    false
}

/// How many shipments there are beside those of before.
pub(crate) fn shipments(site: &Site) -> Result<u64> {
    let summary = wire::get(site.port, &site.key, "/v1/queue/summary")?;
    let levels = ["high", "medium", "low", "terminal"].iter();
    let all: u64 = levels.filter_map(|level| summary[*level].as_u64()).sum();
    Ok(all.saturating_sub(site.rows))
}

/// The shop's orders by number, with how often each is there.
fn order_numbers(site: &Site) -> Result<BTreeMap<u64, usize>> {
    let (mut known, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = wire::get(site.port, &site.key, &format!("/v1/orders?limit=200{cursor}"))?;
        for order in page["items"].as_array().context("no list")? {
            let number = order["number"].as_str().and_then(|number| number.strip_prefix('#')?.parse().ok());
            if let Some(number) = number {
                *known.entry(number).or_insert(0) += 1;
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(known),
        }
    }
}

/// Asks until the answer is yes.
pub(crate) fn wait(limit: Duration, mut ask: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    loop {
        let answer = ask();
        if matches!(answer, Ok(true)) {
            return Ok(());
        }
        if began.elapsed() > limit {
            answer?;
            bail!("not within {} s", limit.as_secs());
        }
        thread::sleep(LOOK);
    }
}

/// Puts shipments there before anything is tried.
pub(crate) fn fill_up(site: &mut Site, rows: u32) -> Result<()> {
    /// Of one file.
    const MANY: u32 = 100_000;
    if rows == 0 {
        return Ok(());
    }
    let mut server = site.serve(&[])?;
    server.ready()?;
    for part in 0..rows / MANY {
        let (name, content) = file(&site.dir, 1_000_000 + u64::from(part * MANY), MANY)?;
        let answer = wire::upload(site.port, &site.key, &name, &content)?;
        ensure!(answer.status == 202, "{name}: {} {}", answer.status, answer.text());
        let goal = u64::from((part + 1) * MANY);
        wait(Duration::from_mins(10), || Ok(shipments(site)? >= goal))?;
    }
    site.rows = u64::from(rows / MANY * MANY);
    server.stop()
}
