//! Taking the next tasks: the most urgent first, and tenant by tenant among equally urgent ones.
//!
//! A lane is the line of one tenant's waiting tasks of one priority. A claim visits a bounded number of
//! lanes, beginning behind the one served last, and takes a few tasks from each: so it reads a bounded
//! number of index entries however long the lanes are and however many there are.

use std::collections::{BTreeMap, HashMap};

use database::{Engine, Result, Row, Statement, Tx, Value, bind, system_sql};
use domain::{SignedDuration, TenantId, Timestamp};
use uuid::Uuid;

use crate::hands::Hands;
use crate::{Priority, Task, TaskQueue};

pub(crate) const FIND_LANES: Statement =
    system_sql!("system/find_lanes.sql", postgres: "system/find_lanes.postgres.sql");
pub(crate) const CLAIM: Statement = system_sql!("system/claim.sql", postgres: "system/claim.postgres.sql");

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

/// The lanes of one priority that a claim may take from, those behind the one served last first.
#[derive(Default)]
struct Lanes {
    open: Vec<Lane>,
    /// The last lane of a visit that found none open and has more lanes behind it.
    skip_to: Option<Uuid>,
    /// The visit came past the end and began anew.
    wrapped: bool,
}

/// A lane with due tasks, the first of them due at this moment.
struct Lane {
    tenant: TenantId,
    due_from: Timestamp,
}

/// Tasks in this worker's hands, by tenant.
type Loads = HashMap<TenantId, usize>;

impl TaskQueue {
    /// Takes tasks for the free slots, for as long as a handler may run and a margin.
    pub(crate) async fn claim(&self, tx: &mut Tx, hands: &Hands, now: Timestamp) -> Result<Claimed> {
        let mut claimed = Claimed { tasks: Vec::new(), turns: hands.turns, goes_on: false };
        let mut loads = hands.loads();
        let mut visits = self.visit(tx, hands).await?;
        for priority in Priority::ALL {
            let lanes = self.open_lanes(visits.remove(&priority).unwrap_or_default(), &loads, now);
            let turn = &mut claimed.turns[usize::from(priority.code())];
            match lanes.skip_to {
                Some(last) => claimed.goes_on |= turn.skip_to(last, lanes.wrapped),
                None => turn.searching_from = None,
            }
            let taken = hands.running() + claimed.tasks.len();
            let shares = shares(self.slots_of(priority).saturating_sub(taken), lanes.open.len());
            let mut wanted = Vec::new();
            for (lane, share) in lanes.open.into_iter().zip(shares) {
                turn.after = lane.tenant.as_uuid();
                wanted.push(self.wanted(&lane, priority, share.min(self.room(&loads, lane.tenant)), now));
            }
            let tasks = take(tx, wanted).await?;
            for task in &tasks {
                *loads.entry(task.tenant).or_default() += 1;
            }
            claimed.tasks.extend(tasks);
        }
        Ok(claimed)
    }

    /// Visits lanes of the priorities that have free slots: up to [`LANES`] behind the one served last, and
    /// up to [`LANES`] from the beginning to that one.
    async fn visit(&self, tx: &mut Tx, hands: &Hands) -> Result<BTreeMap<Priority, [Vec<Lane>; 2]>> {
        let mut seeds = Vec::new();
        for priority in Priority::ALL {
            if hands.running() >= self.slots_of(priority) {
                continue;
            }
            let after = hands.turns[usize::from(priority.code())].after;
            seeds.push(bind![priority, 0_i64, after, Uuid::max(), LANES]);
            seeds.push(bind![priority, 1_i64, Uuid::nil(), after, LANES]);
        }
        let mut visits = BTreeMap::<Priority, [Vec<Lane>; 2]>::new();
        for row in tx.fetch_many(&FIND_LANES, seeds).await? {
            let part = usize::from(row.get::<i64>(1)? != 0);
            let lane = Lane { tenant: row.id(2)?, due_from: row.time(3)? };
            visits.entry(Priority::from_code(row.get(0)?)).or_default()[part].push(lane);
        }
        Ok(visits)
    }

    /// The visited lanes that have due tasks, of tenants that may run more.
    fn open_lanes(&self, visit: [Vec<Lane>; 2], loads: &Loads, now: Timestamp) -> Lanes {
        let mut lanes = Lanes::default();
        for (part, mut visited) in visit.into_iter().enumerate() {
            visited.sort_unstable_by_key(|lane| lane.tenant);
            let full = visited.len() >= LANES;
            let last = visited.last().map(|lane| lane.tenant.as_uuid());
            let open = |lane: &Lane| lane.due_from <= now && self.room(loads, lane.tenant) > 0;
            lanes.open.extend(visited.into_iter().filter(open));
            lanes.wrapped = part == 1;
            lanes.skip_to = last.filter(|_| full && lanes.open.is_empty());
            if full {
                // There are more behind these: those from the beginning must not overtake them.
                break;
            }
        }
        lanes
    }

    /// How many more tasks of a tenant this worker may run.
    fn room(&self, loads: &Loads, tenant: TenantId) -> usize {
        let most = self.settings.tenant_slots.max(1) as usize;
        most.saturating_sub(loads.get(&tenant).copied().unwrap_or(0))
    }

    fn wanted(&self, lane: &Lane, priority: Priority, take: usize, now: Timestamp) -> Vec<Value> {
        let time_out = SignedDuration::try_from(self.time_out(priority)).unwrap_or(SignedDuration::MAX);
        let lease_until = now.saturating_add(time_out.saturating_add(MARGIN)).unwrap_or(Timestamp::MAX);
        bind![lane.tenant, priority, take, lane.due_from, now, lease_until, self.worker]
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
