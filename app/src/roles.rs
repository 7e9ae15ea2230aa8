//! What a server does all the time, and how it stops.
//!
//! Each loop repeats one `tick`, which answers whether there was work. The loop, not the tick, waits.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use api::{Check, Readiness};
use async_trait::async_trait;
use database::{Engine, Scope, SystemReason};
use domain::{Clock, SignedDuration, micros};
use event_log::Sequencer;
use integrations::Committer;
use live_updates::LiveFeed;
use task_queue::TaskQueue;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::{Platform, config};

/// Wait between ticks that found nothing to do, unless a commit announces work.
const IDLE: Duration = Duration::from_millis(500);
/// Wait after an announcement: many commits in a row wake a loop once.
const GATHER: Duration = Duration::from_millis(20);
/// Between two rounds of moving SQLite's log into its file.
const CHECKPOINT: Duration = Duration::from_millis(500);
/// Between two rounds of work that nobody waits for.
const SWEEP: Duration = Duration::from_hours(1);
/// Between two looks at what metrics tell of the store.
const FIGURES: Duration = Duration::from_secs(15);
/// Between two looks at how old carriers' answers are.
const LOOK_AGES: Duration = Duration::from_mins(2);
/// Wait after a tick that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// A loop whose tick began this long ago hangs.
const HANGS_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// The loops of a server.
pub(crate) struct Roles {
    loops: JoinSet<()>,
    stop: CancellationToken,
    beats: Vec<Beat>,
}

/// When a loop's tick last began.
#[derive(Clone)]
struct Beat {
    name: &'static str,
    hangs_after: SignedDuration,
    at: Arc<AtomicI64>,
}

/// How long a loop waits after a tick that found nothing.
enum Pace {
    /// Until a commit announces work, and [`IDLE`] at most: other processes write too.
    AtOnce(watch::Receiver<u64>),
    /// This long.
    Every(Duration),
}

impl Pace {
    fn longest_wait(&self) -> SignedDuration {
        let wait = match self {
            Self::AtOnce(_) => IDLE,
            Self::Every(every) => *every,
        };
        SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX)
    }

    async fn wait(&mut self) {
        match self {
            Self::AtOnce(work) => tokio::select! {
                Ok(()) = work.changed() => pause(GATHER).await,
                () = pause(IDLE) => {}
            },
            Self::Every(every) => pause(*every).await,
        }
    }
}

impl Roles {
    /// Starts the loops of this process.
    pub(crate) async fn start(platform: &Platform, wanted: config::Roles) -> database::Result<Self> {
        if platform.db.engine() == Engine::Sqlite {
            // Alone with its file: whoever held a lease is dead.
            platform.imports.free_leases().await?;
            platform.tasks.free_leases().await?;
        }
        let mut roles = Self { loops: JoinSet::new(), stop: CancellationToken::new(), beats: Vec::new() };
        if wanted.gateway {
            roles.spawn_live(platform);
        }
        if wanted.gateway
            && let Some(committer) = platform.webhooks.committer()
        {
            roles.spawn_committer(committer, platform);
        }
        if platform.db.engine() == Engine::Sqlite {
            let db = platform.db.clone();
            roles.spawn_every(CHECKPOINT, "checkpoint", platform, move || {
                let db = db.clone();
                async move { db.checkpoint().await.map(|()| false) }
            });
        }
        if wanted.worker {
            roles.spawn_work(platform);
            roles.spawn_messaging(platform);
        }
        Ok(roles)
    }

    /// Where browsers listen, what happens in all processes is told.
    fn spawn_live(&mut self, platform: &Platform) {
        let feed = Arc::new(LiveFeed::new(platform.db.clone(), platform.live.clone()));
        self.spawn("live", platform, move || {
            let feed = Arc::clone(&feed);
            async move { feed.tick().await }
        });
    }

    /// The loops of the services.
    fn spawn_work(&mut self, platform: &Platform) {
        let imports = platform.imports.clone();
        self.spawn("imports", platform, move || {
            let imports = imports.clone();
            async move { imports.tick().await }
        });
        let imports = platform.imports.clone();
        self.spawn("uploads", platform, move || {
            let imports = imports.clone();
            async move { imports.tick_sweep().await }
        });
        let webhooks = platform.webhooks.clone();
        self.spawn("webhooks", platform, move || {
            let webhooks = webhooks.clone();
            async move { webhooks.tick().await }
        });
        let carriers = platform.carriers.clone();
        self.spawn("carriers", platform, move || {
            let carriers = carriers.clone();
            async move { carriers.tick().await }
        });
        let tracking = platform.tracking.clone();
        self.spawn_every(LOOK_AGES, "look_ages", platform, move || {
            let tracking = tracking.clone();
            async move { tracking.show_look_ages().await.map(|()| false) }
        });
        let tracking = platform.tracking.clone();
        self.spawn("risk", platform, move || {
            let tracking = tracking.clone();
            async move { tracking.tick_risk().await.map(|assessed| assessed > 0) }
        });
        let tracking = platform.tracking.clone();
        self.spawn_every(FIGURES, "figures", platform, move || {
            let tracking = tracking.clone();
            async move { tracking.show_figures().await.map(|()| false) }
        });
        let tracking = platform.tracking.clone();
        self.spawn("rereads", platform, move || {
            let tracking = tracking.clone();
            async move { tracking.tick_reread().await }
        });
    }

    /// The loops that carry facts and work.
    fn spawn_messaging(&mut self, platform: &Platform) {
        if platform.db.engine() == Engine::Postgres {
            let sequencer = Sequencer::new(platform.db.clone());
            self.spawn("sequencer", platform, move || {
                let sequencer = sequencer.clone();
                async move { sequencer.tick().await }
            });
        }
        for follower in platform.followers() {
            let follower = Arc::new(follower);
            self.spawn(follower.name(), platform, move || {
                let follower = Arc::clone(&follower);
                async move { follower.tick().await }
            });
        }
        let tasks = Arc::clone(&platform.tasks);
        self.spawn("tasks", platform, move || {
            let tasks = Arc::clone(&tasks);
            async move { tasks.tick().await }
        });
        let (tasks, webhooks) = (Arc::clone(&platform.tasks), platform.webhooks.clone());
        let (identity, tracking) = (platform.identity.clone(), platform.tracking.clone());
        self.spawn_every(SWEEP, "sweep", platform, move || {
            let (tasks, webhooks) = (Arc::clone(&tasks), webhooks.clone());
            let (identity, tracking) = (identity.clone(), tracking.clone());
            async move {
                let swept = tasks.sweep().await? | webhooks.sweep().await? | identity.sweep().await?;
                Ok(swept | tracking.fill_names().await?)
            }
        });
    }

    /// A loop that looks for work twice a second, and as soon as a commit announces some.
    fn spawn<T, F>(&mut self, name: &'static str, platform: &Platform, tick: T)
    where
        T: Fn() -> F + Send + 'static,
        F: Future<Output = database::Result<bool>> + Send + 'static,
    {
        self.start_loop(Pace::AtOnce(platform.db.work()), name, platform, tick);
    }

    /// A loop that looks for work now and then.
    fn spawn_every<T, F>(&mut self, every: Duration, name: &'static str, platform: &Platform, tick: T)
    where
        T: Fn() -> F + Send + 'static,
        F: Future<Output = database::Result<bool>> + Send + 'static,
    {
        self.start_loop(Pace::Every(every), name, platform, tick);
    }

    fn start_loop<T, F>(&mut self, pace: Pace, name: &'static str, platform: &Platform, tick: T)
    where
        T: Fn() -> F + Send + 'static,
        F: Future<Output = database::Result<bool>> + Send + 'static,
    {
        let clock = Arc::clone(&platform.clock);
        let hangs_after = HANGS_AFTER + pace.longest_wait();
        let beat = Beat { name, hangs_after, at: Arc::new(AtomicI64::new(micros(clock.now()))) };
        self.beats.push(beat.clone());
        self.loops.spawn(repeat(beat, clock, self.stop.clone(), pace, tick));
    }

    /// Stores deliveries as they come. Between them it waits, which is not hanging: the beat then lies in the
    /// far future.
    fn spawn_committer(&mut self, mut committer: Committer, platform: &Platform) {
        let clock = Arc::clone(&platform.clock);
        let at = Arc::new(AtomicI64::new(i64::MAX));
        let beat = Beat { name: "intake", hangs_after: HANGS_AFTER, at };
        self.beats.push(beat.clone());
        let stop = self.stop.clone();
        self.loops.spawn(async move {
            // Tasks of their own: a batch that panics must not take the loop with it.
            let mut commits: JoinSet<()> = JoinSet::new();
            loop {
                let may_gather = commits.len() < committer.at_once();
                let gathered = tokio::select! {
                    Some(committed) = commits.join_next() => {
                        if committed.is_err() {
                            tracing::error!(role = beat.name, "storing a batch panicked");
                        }
                        if commits.is_empty() {
                            beat.at.store(i64::MAX, Ordering::Relaxed);
                        }
                        continue;
                    }
                    () = stop.cancelled(), if may_gather => committer.finish(),
                    gathered = committer.gather(), if may_gather => gathered,
                };
                let Some(batch) = gathered else { break };
                beat.at.store(micros(clock.now()), Ordering::Relaxed);
                commits.spawn(batch.commit());
            }
            while commits.join_next().await.is_some() {}
        });
    }

    /// What readiness looks at.
    pub(crate) fn readiness(&self, platform: &Platform) -> Arc<dyn Readiness> {
        Arc::new(WorkingProcess { platform: platform.clone(), beats: self.beats.clone() })
    }

    /// Lets every loop finish its tick and every task its attempt; after the grace period they are ended
    /// where they stand, which loses nothing: work resumes at its cursor.
    pub(crate) async fn stop(mut self, tasks: &TaskQueue, grace: Duration) {
        self.stop.cancel();
        if let Err(error) = tasks.drain(grace / 2).await {
            tracing::warn!(%error, "running tasks could not be given back; their leases run out by themselves");
        }
        let finished = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, finished).await.is_err() {
            tracing::warn!("a loop was ended in the middle of its work; it resumes at the next start");
            self.loops.shutdown().await;
        }
    }
}

async fn repeat<T, F>(beat: Beat, clock: Arc<dyn Clock>, stop: CancellationToken, mut pace: Pace, tick: T)
where
    T: Fn() -> F + Send,
    F: Future<Output = database::Result<bool>> + Send + 'static,
{
    while !stop.is_cancelled() {
        beat.at.store(micros(clock.now()), Ordering::Relaxed);
        // A task of its own: a tick that panics must not take its loop with it.
        let failed = match AbortOnDropHandle::new(tokio::spawn(tick())).await {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => false,
            Ok(Err(error)) => {
                tracing::error!(role = beat.name, %error, "a tick failed");
                true
            }
            Err(_) => {
                tracing::error!(role = beat.name, "a tick panicked");
                true
            }
        };
        let waited = async { if failed { pause(AFTER_FAILURE).await } else { pace.wait().await } };
        tokio::select! {
            () = stop.cancelled() => {}
            () = waited => {}
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the runner that waits for the loops")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Ready means: the schema is current, the store answers, the loops tick.
struct WorkingProcess {
    platform: Platform,
    beats: Vec<Beat>,
}

#[async_trait]
impl Readiness for WorkingProcess {
    async fn check(&self) -> Vec<Check> {
        let mut checks = vec![self.database().await, self.schema().await];
        checks.extend(self.beats.iter().map(|beat| self.ticking(beat)));
        checks
    }
}

impl WorkingProcess {
    async fn database(&self) -> Check {
        let answer = self.platform.db.read(Scope::System(SystemReason::Administration)).await;
        let ok = match answer {
            Ok(tx) => tx.commit().await.is_ok(),
            Err(_) => false,
        };
        Check { name: "database", ok, detail: (!ok).then(|| "the database does not answer".into()) }
    }

    async fn schema(&self) -> Check {
        let pending = self.platform.db.pending_migrations().await;
        let detail = match &pending {
            Ok(pending) if pending.is_empty() => None,
            Ok(pending) => Some(format!("{} migrations are pending", pending.len())),
            Err(_) => Some("the schema cannot be read".into()),
        };
        Check { name: "schema", ok: detail.is_none(), detail }
    }

    fn ticking(&self, beat: &Beat) -> Check {
        let since = micros(self.platform.clock.now()) - beat.at.load(Ordering::Relaxed);
        let ok = i128::from(since) <= beat.hangs_after.as_micros();
        Check { name: beat.name, ok, detail: (!ok).then(|| "the loop hangs".into()) }
    }
}

#[cfg(test)]
mod tests {
    use domain::SystemClock;

    use super::*;

    #[tokio::test]
    async fn a_tick_that_panics_does_not_take_its_loop_with_it() {
        let stop = CancellationToken::new();
        let beat = Beat { name: "test", hangs_after: HANGS_AFTER, at: Arc::new(AtomicI64::new(0)) };
        let stopping = stop.clone();
        let tick = move || {
            let stopping = stopping.clone();
            async move {
                // Cancelled first, so that the loop does not wait before it ends.
                stopping.cancel();
                panic!("a bug")
            }
        };
        repeat(beat.clone(), Arc::new(SystemClock), stop, Pace::Every(SWEEP), tick).await;
        assert!(beat.at.load(Ordering::Relaxed) > 0);
    }
}
