//! The clock of a running program.

use std::sync::Arc;

use domain::{Clock, SystemClock};

/// The operating system's clock. In builds with debug assertions a test may set it wrong while the program runs:
/// `LITPER_FAULT_CLOCK` names a file that holds how many seconds it is ahead.
pub(crate) fn clock() -> Arc<dyn Clock> {
    #[cfg(debug_assertions)]
    if let Some(clock) = wrong::Wrong::asked_for() {
        return Arc::new(clock);
    }
    Arc::new(SystemClock)
}

#[cfg(debug_assertions)]
mod wrong {
    use std::path::PathBuf;

    use domain::{Clock, SignedDuration, SystemClock, Timestamp};

    /// A clock that is ahead or behind.
    pub(super) struct Wrong(PathBuf);

    impl Wrong {
        #[expect(clippy::disallowed_methods, reason = "tests set it, of the product it is no setting")]
        pub(super) fn asked_for() -> Option<Self> {
            std::env::var_os("LITPER_FAULT_CLOCK").map(|file| Self(file.into()))
        }
    }

    impl Clock for Wrong {
        fn now(&self) -> Timestamp {
            let text = std::fs::read_to_string(&self.0).unwrap_or_default();
            let ahead = text.trim().parse().unwrap_or(0);
            SystemClock.now() + SignedDuration::from_secs(ahead)
        }
    }
}
