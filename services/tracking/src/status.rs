//! What a carrier's or Dropi's status words mean in the one vocabulary of the platform.
//!
//! The phrases are facts and lie in `data/statuses/`. [`StatusTable::read`] tries, in this order:
//!
//! 1. the carrier's own phrase, whole: the same words mean different things to different carriers;
//! 2. Dropi's phrase, then the generic one, whole;
//! 3. rules for free text, problems before progress and the longest first, so that "NO ENTREGADO" is never a
//!    delivery and "ENTREGADO A REMITENTE" is a return;
//! 4. nothing: [`StatusReading::UNKNOWN`], for a person to map.
//!
//! `RETURNED` covers a return that travels and one that has arrived. The first still needs somebody, so it is
//! told apart by [`StatusReading::return_in_process`]. It is set where the words say that the return is under
//! way (EN DEVOLUCION, DEVOLUCION EN TRANSITO, RETORNO, and free text that only mentions a return). DEVUELTO,
//! RETORNADO, ENTREGADO A REMITENTE and the bare DEVOLUCION, with which Dropi closes a return, are finished.
//! A reading that would take a shipment off everybody's list is given only to words that are clear.

mod data;
mod rules;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use domain::carrier::Carrier;
use domain::status::{ExceptionReason, ShipmentStatus};
use domain::text::fold;

pub use data::{StatusTableError, StatusTableProblem};

use rules::Rules;

/// The built-in files, by name, with their text.
const BUILTIN: &[(&str, &str)] = &[
    ("coordinadora.toml", include_str!("../data/statuses/coordinadora.toml")),
    ("interrapidisimo.toml", include_str!("../data/statuses/interrapidisimo.toml")),
    ("envia.toml", include_str!("../data/statuses/envia.toml")),
    ("tcc.toml", include_str!("../data/statuses/tcc.toml")),
    ("servientrega.toml", include_str!("../data/statuses/servientrega.toml")),
    ("dropi.toml", include_str!("../data/statuses/dropi.toml")),
    ("generic.toml", include_str!("../data/statuses/generic.toml")),
];

/// The meaning of one raw status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusReading {
    /// The canonical status.
    pub status: ShipmentStatus,
    /// Why there is a problem: `None` unless the status is `Issue`, and never `None` with it.
    pub reason: ExceptionReason,
    /// Whether the words were understood. If not, they belong on the list of unmapped statuses.
    pub known: bool,
    /// With `Returned` only: the parcel is still on its way back.
    pub return_in_process: bool,
}

impl StatusReading {
    /// Words that nobody has mapped yet: shown as a problem, so that they are looked at.
    pub const UNKNOWN: Self = Self {
        status: ShipmentStatus::Issue,
        reason: ExceptionReason::Other,
        known: false,
        return_in_process: false,
    };

    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        self.status.is_terminal() && !self.return_in_process
    }

    /// A delivery that the text itself takes back.
    const NOT_DELIVERED: Self = Self {
        status: ShipmentStatus::Issue,
        reason: ExceptionReason::DeliveryAttemptFailed,
        known: true,
        return_in_process: false,
    };
}

/// All phrases and rules, indexed by their folded text.
#[derive(Debug, Default)]
pub struct StatusTable {
    /// By the carrier's code.
    carriers: HashMap<&'static str, Phrases>,
    dropi: Phrases,
    generic: Phrases,
    rules: Rules,
}

type Phrases = HashMap<Box<str>, StatusReading>;

impl StatusTable {
    /// The table that ships with the program.
    pub fn builtin() -> &'static Self {
        static TABLE: LazyLock<StatusTable> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "a unit test parses every built-in file")]
            StatusTable::parse(BUILTIN).expect("the built-in status files are valid")
        });
        &TABLE
    }

    /// Builds a table from (file name, TOML text) pairs; a file says by itself which list it belongs to.
    ///
    /// Refuses a phrase or rule that stands twice in one list, whatever its spelling.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, StatusTableError> {
        let mut builder = data::Builder::default();
        for (name, text) in files {
            builder.add(name, text)?;
        }
        Ok(builder.build())
    }

    /// The meaning of a status as received. Without a carrier only the lists for any carrier are read.
    pub fn read(&self, carrier: Option<Carrier>, raw_status: &str) -> StatusReading {
        let text =
            if is_folded(raw_status) { Cow::Borrowed(raw_status) } else { Cow::Owned(fold(raw_status)) };
        carrier
            .and_then(|carrier| self.carriers.get(carrier.code())?.get(text.as_ref()))
            .or_else(|| self.dropi.get(text.as_ref()))
            .or_else(|| self.generic.get(text.as_ref()))
            .copied()
            .or_else(|| self.rules.read(&text))
            .unwrap_or(StatusReading::UNKNOWN)
    }
}

/// Whether folding would change nothing. May say no to text in other alphabets, which costs only time.
fn is_folded(text: &str) -> bool {
    let mut before = b' ';
    let words = text.bytes().all(|byte| {
        let gap = std::mem::replace(&mut before, byte) == b' ';
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || (byte == b' ' && !gap)
    });
    words && !text.ends_with(' ')
}
