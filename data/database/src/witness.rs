//! Which statements tests have run, so that none is forgotten.
//!
//! In builds with debug assertions, a process whose environment names a folder in `LITPER_TEST_STATEMENTS`
//! writes a line there for every new way in which it ran a statement that [`sql!`](crate::sql) made: engine,
//! crate, file, whether a row was met, and the parameters' kinds, in capitals where one was null. No value is
//! written. `cargo xtask test` compares the lines with the files. Release builds hold nothing of it.

use crate::{Engine, Statement, Value};

/// What a run of a statement was like, taken before its values are gone.
pub(crate) struct Witness {
    #[cfg(debug_assertions)]
    kinds: std::collections::BTreeSet<String>,
}

impl Witness {
    /// Looks at the rows of values of one run.
    #[cfg(debug_assertions)]
    pub(crate) fn of<'a>(rows: impl IntoIterator<Item = &'a Vec<Value>>) -> Self {
        let mut kinds = std::collections::BTreeSet::new();
        if recording::folder().is_some() {
            kinds.extend(rows.into_iter().map(|row| recording::kinds(row)));
        }
        Self { kinds }
    }

    #[cfg(not(debug_assertions))]
    pub(crate) fn of<'a>(_: impl IntoIterator<Item = &'a Vec<Value>>) -> Self {
        Self {}
    }

    /// Notes that the run succeeded and how many rows it met.
    #[cfg(debug_assertions)]
    pub(crate) fn saw(self, engine: Engine, statement: &Statement, rows: u64) {
        for kinds in self.kinds {
            recording::note(engine, statement, rows > 0, &kinds);
        }
    }

    #[cfg(not(debug_assertions))]
    pub(crate) fn saw(self, _: Engine, _: &Statement, _: u64) {}
}

#[cfg(debug_assertions)]
mod recording {
    use std::collections::HashSet;
    use std::fs::File;
    use std::io::Write;
    use std::path::{Path, PathBuf};
    use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

    use crate::{Engine, Kind, Statement, Value};

    static SEEN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

    #[expect(
        clippy::disallowed_methods,
        reason = "the test command names the folder, of the product it is no setting"
    )]
    pub(super) fn folder() -> Option<&'static Path> {
        static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
        FOLDER.get_or_init(|| std::env::var_os("LITPER_TEST_STATEMENTS").map(PathBuf::from)).as_deref()
    }

    pub(super) fn kinds(row: &[Value]) -> String {
        row.iter()
            .map(|value| {
                let letter = match value.kind() {
                    Kind::Bool => 'l',
                    Kind::Int => 'i',
                    Kind::Text => 't',
                    Kind::Bytes => 'b',
                    Kind::Uuid => 'u',
                };
                if matches!(value, Value::Null(_)) { letter.to_ascii_uppercase() } else { letter }
            })
            .collect()
    }

    /// A line that cannot be written shows as a gap.
    pub(super) fn note(engine: Engine, statement: &Statement, row: bool, kinds: &str) {
        let (Some(folder), Some(owner)) = (folder(), statement.owner()) else { return };
        let engine = match engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        };
        let row = if row { "row" } else { "none" };
        let line = format!("{engine}\t{owner}\t{}\t{row}\t{kinds}\n", statement.name());
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(&line) {
            return;
        }
        let path = folder.join(format!("{}.txt", std::process::id()));
        if let Ok(mut file) = File::options().create(true).append(true).open(path) {
            let _ = file.write_all(line.as_bytes());
        }
        seen.insert(line);
    }
}
