//! Taking the next tasks: the most urgent first, and tenant by tenant among equally urgent ones.
//!
//! A lane is the line of one tenant's waiting tasks of one priority. A claim visits a bounded number of
//! lanes, beginning behind the one served last, and takes a few tasks from each: so it reads a bounded
//! number of index entries however long the lanes are and however many there are.

use std::collections::BTreeMap;

use database::{Engine, Result, Row, Statement, Tx, Value, bind, system_sql};
use domain::{SignedDuration, TenantId, Timestamp};
use uuid::Uuid;

use crate::hands::Hands;
use crate::{Priority, Task, TaskQueue};

const FIND_LANES: Statement =
    system_sql!("system/find_lanes.sql", postgres: "system/find_lanes.postgres.sql");
const CLAIM: Statement = system_sql!("system/claim.sql", postgres: "system/claim.postgres.sql");

/// Lanes a claim visits per priority.
const LANES: usize = 128;
/// A worker that reports nothing for this long after its task's time-out is taken for dead.
const MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// Tasks for this worker, and what it remembers for its next claim.
pub(crate) struct Claimed {
    pub(crate) tasks: Vec<Task>,
    pub(crate) turns: [Turn; Priority::ALL.len()],
    /// Only lanes without due tasks were visited, and there are more behind them.
    pub(crate) goes_on: bool,
}

/// Whose turn it is among the lanes of one priority.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Turn {
    /// The tenant served or visited last: the next claim begins behind it.
    after: Uuid,
    /// Behind whom the present search began, while it has met no lane with due tasks.
    searching_from: Option<Uuid>,
}

impl Turn {
    /// Goes on to `last` without having met a due task; answers whether there are lanes left that this
    /// search has not seen.
    fn skip_to(&mut self, last: Uuid, wrapped: bool) -> bool {
        let from = *self.searching_from.get_or_insert(self.after);
        let seen_all =
            if wrapped { from <= last || from > self.after } else { from > self.after && from <= last };
        *self = Self { after: last, searching_from: Some(from).filter(|_| !seen_all) };
        !seen_all
    }
}

/// The lanes of one priority that have due tasks, those behind the one served last first.
#[derive(Default)]
struct Lanes {
    due: Vec<TenantId>,
    /// The last lane of a visit that had no due tasks and more lanes behind it.
    skip_to: Option<Uuid>,
    /// The visit came past the end and began anew.
    wrapped: bool,
}

impl TaskQueue {
    /// Takes tasks for the free slots, for as long as a handler may run and a margin.
    pub(crate) async fn claim(&self, tx: &mut Tx, hands: &Hands, now: Timestamp) -> Result<Claimed> {
        let mut claimed = Claimed { tasks: Vec::new(), turns: hands.turns, goes_on: false };
        let mut lanes = self.find_lanes(tx, hands, now).await?;
        for priority in Priority::ALL {
            let Some(lanes) = lanes.remove(&priority) else { continue };
            let turn = &mut claimed.turns[usize::from(priority.code())];
            match lanes.skip_to {
                Some(last) => claimed.goes_on |= turn.skip_to(last, lanes.wrapped),
                None => turn.searching_from = None,
            }
            let taken = hands.running() + claimed.tasks.len();
            let shares = shares(self.slots_of(priority).saturating_sub(taken), lanes.due.len());
            let wanted: Vec<(TenantId, usize)> = lanes.due.into_iter().zip(shares).collect();
            let Some((last, _)) = wanted.last() else { continue };
            turn.after = last.as_uuid();
            let wanted = wanted.iter().map(|(tenant, take)| self.wanted(*tenant, priority, *take, now));
            claimed.tasks.append(&mut take(tx, wanted.collect()).await?);
        }
        Ok(claimed)
    }

    async fn find_lanes(
        &self,
        tx: &mut Tx,
        hands: &Hands,
        now: Timestamp,
    ) -> Result<BTreeMap<Priority, Lanes>> {
        let mut seeds = Vec::new();
        for priority in Priority::ALL {
            if hands.running() >= self.slots_of(priority) {
                continue;
            }
            let after = hands.turns[usize::from(priority.code())].after;
            seeds.push(bind![priority, 0_i64, after, Uuid::max(), now, LANES]);
            seeds.push(bind![priority, 1_i64, Uuid::nil(), after, now, LANES]);
        }
        let mut visited = BTreeMap::<(Priority, i64), Vec<(TenantId, bool)>>::new();
        for row in tx.fetch_many(&FIND_LANES, seeds).await? {
            let part = (Priority::from_code(row.get(0)?), row.get(1)?);
            visited.entry(part).or_default().push((row.id(2)?, row.get(3)?));
        }
        let mut lanes = BTreeMap::<Priority, Lanes>::new();
        for ((priority, part), found) in visited {
            let lanes = lanes.entry(priority).or_default();
            // The first part was longer than one visit: what comes behind it must not overtake.
            if part == 1 && (lanes.skip_to.is_some() || lanes.due.len() >= LANES) {
                continue;
            }
            lanes.wrapped = part == 1;
            let full = found.len() >= LANES;
            let last = found.last().map(|(tenant, _)| tenant.as_uuid());
            lanes.due.extend(found.into_iter().filter(|(_, due)| *due).map(|(tenant, _)| tenant));
            lanes.skip_to = last.filter(|_| full && lanes.due.is_empty());
        }
        Ok(lanes)
    }

    fn wanted(&self, tenant: TenantId, priority: Priority, take: usize, now: Timestamp) -> Vec<Value> {
        let time_out = SignedDuration::try_from(self.time_out(priority)).unwrap_or(SignedDuration::MAX);
        let lease_until = now.saturating_add(time_out.saturating_add(MARGIN)).unwrap_or(Timestamp::MAX);
        let most = self.settings.tenant_slots.max(1);
        bind![tenant, priority, take, most, now, lease_until, self.worker]
    }
}

/// Slots that tasks of a priority leave to more urgent ones: of sixteen, high leaves two, normal four, low
/// eight.
pub(crate) fn reserved_for_more_urgent(slots: usize, priority: Priority) -> usize {
    match priority {
        Priority::Critical => 0,
        Priority::High => slots / 8,
        Priority::Normal => slots / 4,
        Priority::Low => slots / 2,
    }
}

/// How many tasks each lane gives so that `free` are taken: all the same, the first ones one more.
fn shares(free: usize, lanes: usize) -> impl Iterator<Item = usize> {
    let (each, more) = (free.checked_div(lanes).unwrap_or(0), free.checked_rem(lanes).unwrap_or(0));
    (0..lanes).map(move |lane| each + usize::from(lane < more)).take_while(|share| *share > 0)
}

/// One statement for all lanes on PostgreSQL. On SQLite it is one a lane: it has no lateral joins, and a
/// statement costs no round trip.
async fn take(tx: &mut Tx, wanted: Vec<Vec<Value>>) -> Result<Vec<Task>> {
    let mut rows = Vec::new();
    match tx.engine() {
        Engine::Postgres => rows.append(&mut tx.fetch_many(&CLAIM, wanted).await?),
        Engine::Sqlite => {
            for lane in wanted {
                rows.append(&mut tx.fetch_many(&CLAIM, vec![lane]).await?);
            }
        }
    }
    rows.iter().map(|row: &Row| Task::read(row)).collect()
}
