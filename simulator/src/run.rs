//! Living through a world: its days, the clock, and the installation's loops.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Clock, ManualClock, Timestamp};
use sha2::{Digest, Sha256};

use crate::dice::Dice;
use crate::dropi::{Dropi, Export, Report as Kind};
use crate::life::{self, beginning, minutes};
use crate::model::Model;
use crate::report::Report;
use crate::shops::{Request, requests};
use crate::truth::Truth;

/// Minutes between two looks at the clock: what is sent within them comes together.
const SLOT: i64 = 30;
/// Slots of a day.
const SLOTS: i64 = 48;
/// Slots after which the loops run until nothing is left to do; between them they are behind, as they may be.
const IDLE_EVERY: i64 = 4;
/// Most steps of loops in another slot.
const STEPS: u64 = 8;
/// Steps after which a loop that always finds work is taken for one that never ends.
const ENDLESS: u64 = 1_000_000;

/// What surrounds nothing: the program that is simulated. Implemented by the app.
#[async_trait]
pub trait Installation: Send + Sync {
    /// Takes messages as they come; answers which were acknowledged.
    async fn deliver(&self, requests: &[Request]) -> Result<Vec<bool>, Failure>;

    /// Takes a file; answers false when it was refused because it had been loaded.
    async fn load(&self, name: &str, content: &[u8]) -> Result<bool, Failure>;

    /// Names of the loops, always in the same order.
    fn loops(&self) -> Vec<&'static str>;

    /// One step of a loop; answers whether there was work.
    async fn step(&self, which: usize) -> Result<bool, Failure>;

    /// Checks every invariant, effects of what came since a moment included, and counts.
    async fn check(&self, since: Timestamp) -> Result<Figures, Failure>;

    /// Every business fact as a line, without ids, positions and moments of recording.
    async fn facts(&self) -> Result<Vec<String>, Failure>;
}

/// What an installation holds, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Orders.
    pub orders: u64,
    /// Shipments.
    pub shipments: u64,
    /// Delivered ones.
    pub delivered: i64,
    /// Returned ones, and those on their way back.
    pub returned: i64,
    /// Minor units collected.
    pub collected: i64,
    /// Minor units of freight of what ended.
    pub freight: i64,
    /// Minor units that returns cost.
    pub return_cost: i64,
    /// Facts of the event log.
    pub events: u64,
    /// Broken invariants.
    pub flaws: Vec<String>,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The installation failed.
    #[error("{0}")]
    Installation(String),
    /// The world could not be made.
    #[error("a file of Dropi could not be written: {0}")]
    World(#[from] rust_xlsxwriter::XlsxError),
    /// Something is not as it must be.
    #[error("seed {seed}, day {day}: {}", .flaws.join("; "))]
    Broken {
        /// The world.
        seed: u64,
        /// The day, from 1.
        day: u64,
        /// What is wrong.
        flaws: Vec<String>,
    },
}

/// How much to simulate.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Names the world.
    pub seed: u64,
    /// Days.
    pub days: u64,
    /// Orders of a day, at most 100,000.
    pub orders: u64,
}

/// Lives through the days of a plan. The clock is the installation's own.
///
/// # Errors
/// See [`Failure`].
pub async fn run(
    plan: Plan,
    clock: &ManualClock,
    installation: Arc<dyn Installation>,
) -> Result<Report, Failure> {
    let mut world = World::new(plan, clock, installation);
    for day in 0..plan.days {
        world.live_through(day).await?;
    }
    world.report().await
}

/// What comes in at a moment.
enum Act {
    Message(Box<Request>),
    Load(Box<Export>),
    Export(Kind),
}

struct World<'a> {
    plan: Plan,
    clock: &'a ManualClock,
    installation: Arc<dyn Installation>,
    loops: Vec<&'static str>,
    /// What is to come, by its moment; of the same moment in the order of planning.
    agenda: BTreeMap<(Timestamp, u64), Act>,
    planned: u64,
    dropi: Dropi,
    /// Up to when each kind of report was exported.
    exported: BTreeMap<Kind, Timestamp>,
    truth: Truth,
    order: Dice,
    figures: Figures,
    counted: Counted,
}

#[derive(Default)]
struct Counted {
    orders_placed: u64,
    messages: u64,
    forged: u64,
    files: u64,
    files_repeated: u64,
    rows: u64,
    steps: u64,
}

impl<'a> World<'a> {
    fn new(plan: Plan, clock: &'a ManualClock, installation: Arc<dyn Installation>) -> Self {
        Self {
            plan,
            clock,
            loops: installation.loops(),
            installation,
            agenda: BTreeMap::new(),
            planned: 0,
            dropi: Dropi::default(),
            exported: BTreeMap::new(),
            truth: Truth::default(),
            order: Dice::of(plan.seed, "loops", &[]),
            figures: Figures::default(),
            counted: Counted::default(),
        }
    }

    async fn live_through(&mut self, day: u64) -> Result<(), Failure> {
        let midnight = beginning() + minutes(day as i64 * SLOT * SLOTS);
        self.plan_day(day, midnight);
        for slot in 1..=SLOTS {
            self.clock.set(midnight + minutes(slot * SLOT));
            self.let_happen().await?;
            // Dice of its own: how many steps an engine needed before changes nothing of what comes now.
            self.order = Dice::of(self.plan.seed, "loops", &[day, slot as u64]);
            if slot % IDLE_EVERY == 0 { self.until_idle().await? } else { self.some_steps().await? }
        }
        self.dropi.forget_before(midnight - minutes(SLOT * SLOTS));
        self.check(day, midnight).await
    }

    /// Orders are placed, and reports are exported at noon and in the evening.
    fn plan_day(&mut self, day: u64, midnight: Timestamp) {
        for order in life::orders(self.plan.seed, day, self.plan.orders) {
            for request in requests(self.plan.seed, &order) {
                self.put(request.at, Act::Message(Box::new(request)));
            }
            if let Some(parcel) = order.parcel {
                self.dropi.dispatch(parcel);
            }
            self.counted.orders_placed += 1;
        }
        for (hour, report) in [(12, Kind::EventLog), (18, Kind::EventLog), (19, Kind::History)] {
            self.put(midnight + minutes(hour * 60), Act::Export(report));
        }
    }

    fn put(&mut self, at: Timestamp, act: Act) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), act);
    }

    /// Everything whose moment has come.
    async fn let_happen(&mut self) -> Result<(), Failure> {
        let now = self.clock.now();
        let later = self.agenda.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut self.agenda, later);
        let (mut messages, mut files) = (Vec::new(), Vec::new());
        for ((at, _), act) in due {
            match act {
                Act::Message(request) => messages.push(*request),
                Act::Load(export) => files.push(*export),
                Act::Export(report) => files.extend(self.export(report, at)?),
            }
        }
        self.deliver(&messages).await?;
        for file in files {
            self.load(&file).await?;
        }
        Ok(())
    }

    /// Exports a report. Some are put aside and loaded a day later; some are loaded again.
    fn export(&mut self, report: Kind, at: Timestamp) -> Result<Option<Export>, Failure> {
        let from = self.exported.insert(report, at).unwrap_or(Timestamp::MIN);
        let Some(export) = self.dropi.export(report, from, at)? else { return Ok(None) };
        let mut dice = Dice::of(self.plan.seed, &export.name, &[]);
        if dice.percent(Model::get().repeated_file) {
            self.put(at + minutes(dice.between(60, 40 * 60)), Act::Load(Box::new(export.clone())));
        }
        if dice.percent(Model::get().held_file) {
            self.put(at + minutes(26 * 60), Act::Load(Box::new(export)));
            return Ok(None);
        }
        Ok(Some(export))
    }

    async fn deliver(&mut self, messages: &[Request]) -> Result<(), Failure> {
        if messages.is_empty() {
            return Ok(());
        }
        let answers = self.installation.deliver(messages).await?;
        for (request, acknowledged) in messages.iter().zip(answers) {
            if acknowledged == request.forged {
                let what = if request.forged { "was taken although it is forged" } else { "was refused" };
                return Err(Failure::Installation(format!("delivery {} {what}", request.delivery)));
            }
            if acknowledged {
                self.truth.hear(request.order);
                self.counted.messages += 1;
            } else {
                self.counted.forged += 1;
            }
        }
        Ok(())
    }

    async fn load(&mut self, file: &Export) -> Result<(), Failure> {
        if !self.installation.load(&file.name, &file.content).await? {
            self.counted.files_repeated += 1;
            return Ok(());
        }
        self.counted.files += 1;
        self.counted.rows += file.says.len() as u64;
        for said in &file.says {
            self.truth.read(said);
        }
        Ok(())
    }

    async fn some_steps(&mut self) -> Result<(), Failure> {
        for _ in 0..self.order.below(STEPS) {
            let which = self.order.below(self.loops.len() as u64) as usize;
            self.step(which).await?;
        }
        Ok(())
    }

    /// Steps the loops, each time in another order, until none finds work.
    async fn until_idle(&mut self) -> Result<(), Failure> {
        let mut idle = vec![false; self.loops.len()];
        for _ in 0..ENDLESS {
            let left: Vec<usize> = (0..idle.len()).filter(|which| !idle[*which]).collect();
            if left.is_empty() {
                return Ok(());
            }
            let which = *self.order.pick(&left);
            if self.step(which).await? {
                // It may have left work for any other.
                idle.fill(false);
            } else {
                idle[which] = true;
            }
        }
        Err(Failure::Installation(format!("the loops {:?} never rest", self.loops)))
    }

    async fn step(&mut self, which: usize) -> Result<bool, Failure> {
        self.counted.steps += 1;
        self.installation.step(which).await
    }

    /// At the end of a day every invariant holds, and what is held is what was told.
    async fn check(&mut self, day: u64, since: Timestamp) -> Result<(), Failure> {
        let mut figures = self.installation.check(since).await?;
        let mut flaws = std::mem::take(&mut figures.flaws);
        flaws.extend(self.truth.differences(&figures));
        self.figures = figures;
        if flaws.is_empty() {
            Ok(())
        } else {
            Err(Failure::Broken { seed: self.plan.seed, day: day + 1, flaws })
        }
    }

    async fn report(self) -> Result<Report, Failure> {
        let mut facts = self.installation.facts().await?;
        facts.sort_unstable();
        let mut hash = Sha256::new();
        for fact in &facts {
            hash.update(fact.as_bytes());
            hash.update(b"\n");
        }
        let text = domain::text::hex(&hash.finalize());
        let counted = self.counted;
        Ok(Report {
            seed: self.plan.seed,
            days: self.plan.days,
            orders_placed: counted.orders_placed,
            messages: counted.messages,
            forged: counted.forged,
            files: counted.files,
            files_repeated: counted.files_repeated,
            rows: counted.rows,
            held: self.figures.into(),
            steps: counted.steps,
            hash: text,
            facts,
        })
    }
}
