//! An import and how far it is.

use std::fmt;
use std::str::FromStr;

use database::Row;
use domain::{ImportId, Timestamp, UserId};
use ports::files::{FileFormat, FileWarning, ImportedRow};

use crate::Applied;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Received, not begun.
    Queued,
    /// Waits for a person to let it in after a look.
    Held,
    /// Being read or applied.
    Running,
    /// Every row is in.
    Completed,
    /// Finished; some rows could not be used.
    Partial,
    /// Nothing was loaded; see the error. One whose columns are missing may still be read by a layout, see
    /// [`Import::waits`].
    Failed,
}

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing yet, or nothing until a person says how.
    Waiting,
    /// Reading the file into staging.
    Reading,
    /// Changing orders and shipments.
    Applying,
    /// Nothing more.
    Done,
}

/// The text is none of the known names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $type {
            /// The name in the API and the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
        impl FromStr for $type {
            type Err = UnknownName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($name => Ok(Self::$variant),)* _ => Err(UnknownName) }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names!(Status {
    Queued = "queued",
    Held = "held",
    Running = "running",
    Completed = "completed",
    Partial = "partial",
    Failed = "failed",
});
names!(Phase { Waiting = "waiting", Reading = "reading", Applying = "applying", Done = "done" });

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// Stable code: `missing_columns`, `unreadable_file`, `too_many_rows`, `empty_file`, `limits_exceeded`,
    /// `route_history`, `finance_report`, `rounds` (files without shipments), `discarded`, `not_confirmed`, `internal`.
    pub code: String,
    /// More, in English.
    pub detail: String,
    /// The columns it is about.
    pub columns: Vec<String>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows of the file, when known.
    pub rows_total: Option<u64>,
    /// Rows read into staging.
    pub rows_read: u64,
    /// Rows applied.
    pub rows_applied: u64,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rows left out because they hold no shipment.
    pub rows_skipped: u64,
    /// Rows that could not be used.
    pub rows_failed: u64,
    /// Changes of orders and shipments.
    pub applied: Applied,
}

/// An import.
#[derive(Debug, Clone)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The file's name, as the person's computer gave it.
    pub file_name: String,
    /// The file's size, in bytes.
    pub size_bytes: u64,
    /// Where it stands.
    pub status: Status,
    /// What it is doing.
    pub phase: Phase,
    /// The layout, once recognised.
    pub format: Option<FileFormat>,
    /// Who brought it, if a person did.
    pub created_by: Option<UserId>,
    /// When it was received.
    pub created_at: Timestamp,
    /// When work on it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How far it is.
    pub progress: Progress,
    /// What it did.
    pub totals: Totals,
    /// Why it failed, or what it waits for.
    pub error: Option<ImportError>,
    /// Oddities of the file.
    pub warnings: Vec<FileWarning>,
    pub(crate) chunks: i64,
    pub(crate) next_chunk: i64,
    pub(crate) attempts: i64,
}

impl Import {
    /// Whether its file is there and a person may say how it is read, let it in, or throw it away.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.status, Status::Held | Status::Failed) && self.phase == Phase::Waiting
    }
}

/// A value that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Row as the person sees it, header = 1.
    pub row: u32,
    /// Column title.
    pub column: String,
    /// The value, cut to 120 characters.
    pub value: String,
    /// Stable code, see [`ports::files::RowFailureReason`].
    pub reason: String,
    /// Whether the whole row was left out, or only this value.
    pub row_left_out: bool,
}

/// Rows of which something must be asked for before the orders can be worked with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lacking {
    /// Folded names of carriers that the reader does not know and the organisation does.
    names: Vec<String>,
    totals: u64,
    carriers: u64,
}

impl Lacking {
    pub(crate) fn of(names: Vec<String>) -> Self {
        Self { names, ..Self::default() }
    }

    pub(crate) fn note(&mut self, row: &ImportedRow) {
        let says = |token: &str| u64::from(row.warnings.iter().any(|warning| warning == token));
        self.totals += says("missing_total");
        let is_named =
            || row.carrier.as_deref().is_some_and(|name| self.names.contains(&domain::text::fold(name)));
        if says("unknown_carrier") > 0 && !is_named() {
            self.carriers += 1;
        }
    }

    pub(crate) fn warnings(self) -> impl Iterator<Item = FileWarning> {
        let counts = [("rows_without_total", self.totals), ("unknown_carriers", self.carriers)];
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        counts.map(|(code, count)| FileWarning { code: code.to_owned(), detail: count.to_string() })
    }
}

/// An import from the columns of `parts/import.sql`.
pub(crate) fn read(row: &Row) -> database::Result<Import> {
    let error_code: Option<String> = row.get(24)?;
    let columns: Option<String> = row.get(26)?;
    let error = error_code.map(|code| -> database::Result<ImportError> {
        Ok(ImportError {
            code,
            detail: row.get::<Option<String>>(25)?.unwrap_or_default(),
            columns: columns.map(|text| text.split('\n').map(str::to_owned).collect()).unwrap_or_default(),
        })
    });
    Ok(Import {
        id: row.id(0)?,
        file_name: row.get(1)?,
        size_bytes: row.count(2)?,
        status: row.parse(3)?,
        phase: row.parse(4)?,
        format: row.get::<Option<String>>(5)?.and_then(|name| name.parse().ok()),
        created_by: row.id_opt(6)?,
        created_at: row.time(7)?,
        started_at: row.time_opt(8)?,
        finished_at: row.time_opt(9)?,
        progress: Progress {
            rows_total: row.get::<Option<i64>>(10)?.and_then(|total| u64::try_from(total).ok()),
            rows_read: row.count(11)?,
            rows_applied: row.count(12)?,
        },
        totals: Totals { rows_skipped: row.count(13)?, rows_failed: row.count(14)?, applied: applied(row)? },
        chunks: row.get(15)?,
        next_chunk: row.get(16)?,
        error: error.transpose()?,
        warnings: serde_json::from_str(&row.get::<String>(27)?).unwrap_or_default(),
        attempts: row.get(28)?,
    })
}

fn applied(row: &Row) -> database::Result<Applied> {
    Ok(Applied {
        orders_created: row.count(17)?,
        orders_updated: row.count(18)?,
        shipments_created: row.count(19)?,
        shipments_updated: row.count(20)?,
        events_new: row.count(21)?,
        events_duplicate: row.count(22)?,
        events_out_of_order: row.count(23)?,
    })
}
