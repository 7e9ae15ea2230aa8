//! Places where a process may be told to die, so that tests can show what is left of its work.
//!
//! In builds with debug assertions `LITPER_FAULT=NAME:N` ends the process, as `kill -9` does, when it passes the place
//! `NAME` for the `N`th time; nobody learns of it before and nothing is tidied up. `LITPER_FAULT_TRACE=FILE` adds a
//! line with the place's name to a file at each pass, which is how `cargo xtask crash` learns what there is.
//!
//! Every commit of a writing transaction has two places, named after the source file that commits:
//! `before:services/orders/src/place.rs` and `after:…`. Files and other durable things name theirs with
//! [`fault!`](crate::fault!). Release builds hold nothing of it.

use std::panic::Location;

/// A place where the process may be told to die.
#[macro_export]
macro_rules! fault {
    ($name:literal) => {
        if cfg!(debug_assertions) {
            $crate::pass_fault($name);
        }
    };
}

/// Which side of a commit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Before,
    After,
}

/// The source file that commits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site(#[cfg(debug_assertions)] &'static Location<'static>);

impl Site {
    #[cfg(debug_assertions)]
    pub(crate) fn of(caller: &'static Location<'static>) -> Self {
        Self(caller)
    }

    #[cfg(not(debug_assertions))]
    pub(crate) fn of(_: &'static Location<'static>) -> Self {
        Self()
    }

    #[cfg(debug_assertions)]
    pub(crate) fn pass(self, side: Side) {
        if !active::is_any() {
            return;
        }
        let side = match side {
            Side::Before => "before",
            Side::After => "after",
        };
        active::pass(&format!("{side}:{}", self.0.file()));
    }

    #[cfg(not(debug_assertions))]
    pub(crate) fn pass(self, _: Side) {}
}

/// What [`fault!`](crate::fault!) calls.
#[doc(hidden)]
pub fn pass_fault(name: &str) {
    #[cfg(debug_assertions)]
    active::pass(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod active {
    use std::fs::File;
    use std::io::Write;
    use std::path::PathBuf;
    use std::process::Command;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// What this process was told.
    struct Told {
        place: Option<String>,
        /// Passes left until the end.
        left: AtomicU64,
        trace: Option<PathBuf>,
    }

    static TOLD: LazyLock<Told> = LazyLock::new(told);

    #[expect(clippy::disallowed_methods, reason = "tests set these, of the product they are no settings")]
    fn told() -> Told {
        let fault = std::env::var("LITPER_FAULT").unwrap_or_default();
        // Without a number, the first pass is meant.
        let (place, at) = fault
            .rsplit_once(':')
            .and_then(|(place, at)| Some((place.to_owned(), at.parse().ok()?)))
            .unwrap_or((fault, 1));
        Told {
            place: (!place.is_empty()).then_some(place),
            left: AtomicU64::new(at),
            trace: std::env::var_os("LITPER_FAULT_TRACE").map(PathBuf::from),
        }
    }

    pub(super) fn is_any() -> bool {
        TOLD.place.is_some() || TOLD.trace.is_some()
    }

    pub(super) fn pass(name: &str) {
        if let Some(trace) = &TOLD.trace {
            note(trace, name);
        }
        if TOLD.place.as_deref() == Some(name) && TOLD.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            die();
        }
    }

    /// A line that cannot be written shows as a place that nobody passed.
    fn note(trace: &PathBuf, name: &str) {
        if let Ok(mut file) = File::options().create(true).append(true).open(trace) {
            let _ = file.write_all(format!("{name}\n").as_bytes());
        }
    }

    /// The kernel ends the process at once; nothing of ours runs after that.
    fn die() -> ! {
        let _ = Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
        std::process::abort()
    }
}
