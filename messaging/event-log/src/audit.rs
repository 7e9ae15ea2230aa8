//! Checking the log, and reading it entity by entity for those who check their own rows against it.

use std::collections::VecDeque;

use database::{Result, Statement, Tx, bind, sql, system_sql};
use domain::{Flaws, SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Event, erase, read};

const HISTORIES: Statement = sql!("list_histories.sql");
const POSITIONS: Statement = system_sql!("system/audit_positions.sql");
const UNSTAMPED: Statement = system_sql!("system/audit_unstamped.sql");
const CURSORS: Statement = system_sql!("system/audit_cursors.sql");

/// Events read at once.
const PAGE: u32 = 1_000;
/// Positions counted at once.
const RANGE: i64 = 100_000;
/// An event that waits longer for its position waits for a sequencer that does not run.
const STAMPED_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// Checks positions and cursors as of a moment, in the system's scope: no position is missing but those of erased
/// tenants, none waits for ever, and no reaction has read what is not there. Answers how many events there are.
pub async fn audit(tx: &mut Tx, as_of: Timestamp, flaws: &mut Flaws) -> Result<u64> {
    let head = read::head_in(tx).await?;
    let events = count_positions(tx, head).await?;
    let erased: i64 = erase::erased(tx).await?.iter().map(|(_, events)| events).sum();
    if events + erased != head {
        let detail =
            format!("{events} events and {erased} erased ones do not fill the positions up to {head}");
        flaws.add("events.positions", "event log", detail);
    }
    let waiting = tx.fetch_one(&UNSTAMPED, bind![as_of - STAMPED_WITHIN]).await?.count(0)?;
    if waiting > 0 {
        flaws.add(
            "events.stamped",
            "event log",
            format!("{waiting} events have waited for a position too long"),
        );
    }
    for row in tx.fetch_all(&CURSORS, bind![]).await? {
        let (reaction, position): (String, i64) = (row.get(0)?, row.get(1)?);
        flaws.add(
            "events.cursors",
            reaction,
            format!("it has read up to {position}, and the log ends at {head}"),
        );
    }
    Ok(u64::try_from(events).unwrap_or_default())
}

/// How many positions up to the newest are taken. Counted in ranges, because one statement over the whole log would
/// take longer than a statement may.
async fn count_positions(tx: &mut Tx, head: i64) -> Result<i64> {
    let (mut events, mut after) = (0, 0);
    while after < head {
        let up_to = (after + RANGE).min(head);
        events += tx.fetch_one(&POSITIONS, bind![after, up_to]).await?.get::<i64>(0)?;
        after = up_to;
    }
    Ok(events)
}

/// What happened to an entity, oldest first.
#[derive(Debug, Clone)]
pub struct History {
    /// The entity.
    pub entity: Uuid,
    /// Its events, by version; there is at least one.
    pub events: Vec<Event>,
}

impl History {
    /// Notes versions that repeat and positions that are not in the order of the versions.
    fn check_order(&self, flaws: &mut Flaws) {
        for pair in self.events.windows(2) {
            let (before, after) = (&pair[0], &pair[1]);
            if before.entity_version == after.entity_version {
                let detail = format!("two events of version {}", after.entity_version);
                flaws.add("events.versions", self.entity, detail);
            }
            // Zero is one that has no position yet, which only later ones may lack too.
            let is_behind = before.position == 0 || before.position >= after.position;
            if after.position != 0 && is_behind {
                let detail =
                    format!("version {} does not come after the one before it", after.entity_version);
                flaws.add("events.order", self.entity, detail);
            }
        }
    }
}

/// Reads the histories of a tenant's entities in the order of their ids, a page at a time.
#[derive(Debug)]
pub struct Histories {
    kinds: &'static str,
    only: Option<&'static [&'static str]>,
    after: (Uuid, i64, Uuid),
    read: VecDeque<Event>,
    ended: bool,
    next: Option<History>,
}

impl Histories {
    /// Of events whose kind begins so: `order.`.
    #[must_use]
    pub const fn of(kinds: &'static str) -> Self {
        let after = (Uuid::nil(), -1, Uuid::nil());
        Self { kinds, only: None, after, read: VecDeque::new(), ended: false, next: None }
    }

    /// Of exactly these kinds among them: others that begin so may be of entities of another sort.
    #[must_use]
    pub fn only(self, kinds: &'static [&'static str]) -> Self {
        Self { only: Some(kinds), ..self }
    }

    /// The history of an entity, if it has one; asked in the order of ids. Histories of entities before it that
    /// nobody asked for go to `strays`, and every history that passes by is checked for its order.
    pub async fn take(
        &mut self,
        tx: &mut Tx,
        entity: Uuid,
        strays: &mut Vec<Uuid>,
        flaws: &mut Flaws,
    ) -> Result<Option<History>> {
        loop {
            let Some(history) = self.peek(tx, flaws).await? else { return Ok(None) };
            match history.entity.cmp(&entity) {
                std::cmp::Ordering::Less => strays.push(history.entity),
                std::cmp::Ordering::Equal => return Ok(self.next.take()),
                std::cmp::Ordering::Greater => return Ok(None),
            }
            self.next = None;
        }
    }

    /// The next history, whichever entity's; none at the end.
    pub async fn next(&mut self, tx: &mut Tx, flaws: &mut Flaws) -> Result<Option<History>> {
        self.peek(tx, flaws).await?;
        Ok(self.next.take())
    }

    /// The entities that nobody asked for after the last one.
    pub async fn rest(&mut self, tx: &mut Tx, strays: &mut Vec<Uuid>, flaws: &mut Flaws) -> Result<()> {
        while let Some(history) = self.peek(tx, flaws).await? {
            strays.push(history.entity);
            self.next = None;
        }
        Ok(())
    }

    async fn peek(&mut self, tx: &mut Tx, flaws: &mut Flaws) -> Result<Option<&History>> {
        if self.next.is_none() {
            self.next = self.gather(tx).await?;
            if let Some(history) = &self.next {
                history.check_order(flaws);
            }
        }
        Ok(self.next.as_ref())
    }

    /// The events of the next entity.
    async fn gather(&mut self, tx: &mut Tx) -> Result<Option<History>> {
        let mut events: Vec<Event> = Vec::new();
        loop {
            // A page may have nothing but other kinds.
            while self.read.is_empty() && !self.ended {
                self.read_page(tx).await?;
            }
            let entity = events.first().map(|event| event.entity);
            match self.read.front() {
                Some(event) if entity.is_none_or(|entity| entity == event.entity) => {
                    events.extend(self.read.pop_front());
                }
                Some(_) | None => return Ok(entity.map(|entity| History { entity, events })),
            }
        }
    }

    async fn read_page(&mut self, tx: &mut Tx) -> Result<()> {
        let (entity, version, id) = self.after;
        let rows = tx.fetch_all(&HISTORIES, bind![entity, version, id, self.kinds, PAGE]).await?;
        self.ended = rows.len() < PAGE as usize;
        for row in &rows {
            let event = Event::read(row)?;
            self.after = (event.entity, event.entity_version, event.id.as_uuid());
            if self.only.is_none_or(|kinds| kinds.contains(&event.kind.as_str())) {
                self.read.push_back(event);
            }
        }
        Ok(())
    }
}
