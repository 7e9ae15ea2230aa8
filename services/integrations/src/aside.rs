//! CPU work that a person waits for, on threads of its own.

use tokio::sync::OwnedSemaphorePermit;

use crate::Imports;

/// How much of it goes on at once.
pub(crate) const AT_ONCE: usize = 2;

/// Leave to work. It belongs to the thread and not to the request: a request that is cut off does not end its thread.
pub(crate) struct Turn(OwnedSemaphorePermit);

impl Imports {
    /// Waits for a turn; none when the process ends.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        self.previews.clone().acquire_owned().await.ok().map(Turn)
    }
}

impl Turn {
    /// Does the work; none when it stopped unexpectedly.
    pub(crate) async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let work = move || {
            let _turn = self.0;
            work()
        };
        tokio::task::spawn_blocking(work).await.ok()
    }
}
