//! One SQL text per statement, with a named override where an engine truly differs.

use crate::Engine;

/// In which scope a statement may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Bound to one tenant: `$1` is the tenant, bound by the layer.
    Tenant,
    /// Across tenants: every parameter is bound by the caller.
    System,
}

/// A statement: its file name and its text. Made by [`sql!`](crate::sql) and
/// [`system_sql!`](crate::system_sql).
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    name: &'static str,
    owner: Option<&'static str>,
    audience: Audience,
    text: &'static str,
    postgres: Option<&'static str>,
}

impl Statement {
    /// A statement whose text is the same on both engines.
    #[must_use]
    pub const fn new(name: &'static str, audience: Audience, text: &'static str) -> Self {
        Self { name, owner: None, audience, text, postgres: None }
    }

    /// Names the crate whose file it is.
    #[must_use]
    pub const fn of_crate(mut self, owner: &'static str) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Replaces the text on PostgreSQL.
    #[must_use]
    pub const fn on_postgres(mut self, text: &'static str) -> Self {
        self.postgres = Some(text);
        self
    }

    /// File name, for errors and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The crate whose file it is; none for one made on the spot.
    #[must_use]
    pub const fn owner(&self) -> Option<&'static str> {
        self.owner
    }

    /// Scope the statement is made for.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        self.audience
    }

    /// The text for an engine.
    #[must_use]
    pub const fn text(&self, engine: Engine) -> &'static str {
        match (engine, self.postgres) {
            (Engine::Postgres, Some(text)) => text,
            (Engine::Postgres | Engine::Sqlite, _) => self.text,
        }
    }
}

/// A tenant statement from the calling crate's `sql/` folder: `sql!("find_order.sql")`, with a
/// PostgreSQL override as `sql!("lock_orders.sql", postgres: "lock_orders.postgres.sql")`. Statements that
/// begin alike share their beginning from `sql/parts/`: `sql!("parts/order.sql" + "find_order.sql")`.
#[macro_export]
macro_rules! sql {
    ($file:literal $(, postgres: $override:literal)?) => {
        $crate::sql!(@parts [] $file $(, $override)?)
    };
    ($part:literal + $file:literal $(, postgres: $override:literal)?) => {
        $crate::sql!(@parts [$part] $file $(, $override)?)
    };
    ($first:literal + $second:literal + $file:literal $(, postgres: $override:literal)?) => {
        $crate::sql!(@parts [$first $second] $file $(, $override)?)
    };
    (@parts $parts:tt $file:literal) => {
        $crate::Statement::new($file, $crate::Audience::Tenant, $crate::sql!(@text $parts $file))
            .of_crate(env!("CARGO_PKG_NAME"))
    };
    (@parts $parts:tt $file:literal, $override:literal) => {
        $crate::sql!(@parts $parts $file).on_postgres($crate::sql!(@text $parts $override))
    };
    (@text [$($part:literal)*] $file:literal) => {
        concat!($($crate::sql!(@read $part),)* $crate::sql!(@read $file))
    };
    (@read $file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $file))
    };
}

/// A statement across tenants, from the calling crate's `sql/` folder: `system_sql!("system/find_key.sql")`.
#[macro_export]
macro_rules! system_sql {
    ($file:literal) => {
        $crate::Statement::new(
            $file,
            $crate::Audience::System,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $file)),
        )
        .of_crate(env!("CARGO_PKG_NAME"))
    };
    ($file:literal, postgres: $override:literal) => {
        $crate::system_sql!($file).on_postgres(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/sql/",
            $override
        )))
    };
}

/// The bind values of a statement, in order, each converted with `Value::from`.
#[macro_export]
macro_rules! bind {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
