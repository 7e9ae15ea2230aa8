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
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::Platform;

/// Wait between ticks that found nothing to do.
const IDLE: Duration = Duration::from_millis(500);
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
    at: Arc<AtomicI64>,
}

impl Roles {
    /// Starts all loops.
    pub(crate) async fn start(platform: &Platform) -> database::Result<Self> {
        if platform.db.engine() == Engine::Sqlite {
            // Alone with its file: whoever held a lease is dead.
            platform.imports.free_leases().await?;
        }
        let mut roles = Self { loops: JoinSet::new(), stop: CancellationToken::new(), beats: Vec::new() };
        let imports = platform.imports.clone();
        roles.spawn("imports", platform, move || {
            let imports = imports.clone();
            async move { imports.tick().await }
        });
        let imports = platform.imports.clone();
        roles.spawn("uploads", platform, move || {
            let imports = imports.clone();
            async move { imports.tick_sweep().await }
        });
        let tracking = platform.tracking.clone();
        roles.spawn("risk", platform, move || {
            let tracking = tracking.clone();
            async move { tracking.tick_risk().await.map(|assessed| assessed > 0) }
        });
        Ok(roles)
    }

    fn spawn<T, F>(&mut self, name: &'static str, platform: &Platform, tick: T)
    where
        T: Fn() -> F + Send + 'static,
        F: Future<Output = database::Result<bool>> + Send + 'static,
    {
        let clock = Arc::clone(&platform.clock);
        let beat = Beat { name, at: Arc::new(AtomicI64::new(micros(clock.now()))) };
        self.beats.push(beat.clone());
        self.loops.spawn(repeat(beat, clock, self.stop.clone(), tick));
    }

    /// What readiness looks at.
    pub(crate) fn readiness(&self, platform: &Platform) -> Arc<dyn Readiness> {
        Arc::new(WorkingProcess { platform: platform.clone(), beats: self.beats.clone() })
    }

    /// Lets every loop finish its tick; after the grace period they are ended where they stand, which loses
    /// nothing: work resumes at its cursor.
    pub(crate) async fn stop(mut self, grace: Duration) {
        self.stop.cancel();
        let finished = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, finished).await.is_err() {
            tracing::warn!("a loop was ended in the middle of its work; it resumes at the next start");
            self.loops.shutdown().await;
        }
    }
}

async fn repeat<T, F>(beat: Beat, clock: Arc<dyn Clock>, stop: CancellationToken, tick: T)
where
    T: Fn() -> F + Send,
    F: Future<Output = database::Result<bool>> + Send + 'static,
{
    while !stop.is_cancelled() {
        beat.at.store(micros(clock.now()), Ordering::Relaxed);
        // A task of its own: a tick that panics must not take its loop with it.
        let wait = match AbortOnDropHandle::new(tokio::spawn(tick())).await {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => IDLE,
            Ok(Err(error)) => {
                tracing::error!(role = beat.name, %error, "a tick failed");
                AFTER_FAILURE
            }
            Err(_) => {
                tracing::error!(role = beat.name, "a tick panicked");
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = pause(wait) => {}
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
        let ok = i128::from(since) <= HANGS_AFTER.as_micros();
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
        let beat = Beat { name: "test", at: Arc::new(AtomicI64::new(0)) };
        let stopping = stop.clone();
        let tick = move || {
            let stopping = stopping.clone();
            async move {
                // Cancelled first, so that the loop does not wait before it ends.
                stopping.cancel();
                panic!("a bug")
            }
        };
        repeat(beat.clone(), Arc::new(SystemClock), stop, tick).await;
        assert!(beat.at.load(Ordering::Relaxed) > 0);
    }
}
