//! Who waits for SQLite's one writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

tokio::task_local! {
    static ASKED: ();
}

/// Runs work that somebody waits for, such as a request: while it waits for the writer, long transactions end
/// early (see [`Db::should_make_way`](crate::Db::should_make_way)). Tasks that it spawns are not part of it.
pub async fn asked<F: Future>(work: F) -> F::Output {
    ASKED.scope((), work).await
}

/// Counts the asked work that waits for the writer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// Waits for the writer until dropped; nobody's work in the background does not count.
    pub(crate) fn wait(&self) -> Option<Waiting> {
        ASKED.try_with(|()| ()).ok()?;
        self.0.fetch_add(1, Ordering::SeqCst);
        Some(Waiting(Arc::clone(&self.0)))
    }

    pub(crate) fn is_awaited(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

pub(crate) struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
