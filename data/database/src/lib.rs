//! SQLite and PostgreSQL behind one thin typed layer.
//!
//! A service writes one SQL text per statement and binds typed values; [`Tx`] runs it on whichever
//! engine the configuration names. Three rules hold everywhere:
//!
//! * Nothing happens outside a transaction, and every transaction has a [`Scope`]. In tenant scope the
//!   layer itself binds `$1` to the tenant, so a statement cannot be aimed at another tenant's rows by
//!   mistake; PostgreSQL enforces the same with row-level security.
//! * A dropped [`Tx`] is rolled back before the next write starts.
//! * Personal data is sealed ([`TenantKeys`]) before it reaches a bind value.

mod bulk;
mod copy;
mod copy_postgres;
mod db;
mod erase;
mod error;
mod fault;
mod keyset;
mod migrate;
mod row;
mod scope;
mod sealing;
mod statement;
mod turns;
mod tx;
mod url;
mod value;
mod witness;

pub use crate::copy::{TableSum, private_file, table_sums};
pub use crate::copy_postgres::{other_sessions, replace_tables, table_file_sums};
pub use crate::db::{Db, Engine, Options};
pub use crate::error::{Error, Result};
pub use crate::fault::pass_fault;
pub use crate::keyset::{CursorError, MAX_PAGE, Page, TimeCursor, page_size};
pub use crate::migrate::schema_fingerprint;
pub use crate::row::Row;
pub use crate::scope::{Scope, SystemReason};
pub use crate::sealing::{Keyring, MasterKey, SealError, TenantKeys};
pub use crate::statement::{Audience, Statement};
pub use crate::turns::asked;
pub use crate::tx::Tx;
pub use crate::url::{DatabaseUrl, DatabaseUrlError};
pub use crate::value::{Kind, Value};
