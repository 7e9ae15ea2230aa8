//! One statement for many rows.
//!
//! A bulk statement is written for one row: `insert into t (a, b) values ($1, $2) on conflict …`, or
//! `with wanted (a, b) as (values ($1, $2)) select …`. PostgreSQL gets its columns as arrays
//! (`select * from unnest($1::uuid[], $2::text[])`), six times faster than many tuples of parameters.
//! SQLite gets plain `?`, which its driver binds without looking names up, and wider tuples. An insert is `or fail`
//! there: its failure ends the transaction anyway, and SQLite need not keep what would undo the statement alone. A
//! change of another kind is repeated, many in one text, because SQLite keeps a copy of every page that a statement
//! for several rows changes, and none for a statement for one. The widths are few, so that prepared statements are
//! reused.

use std::fmt::Write;

use uuid::Uuid;

use crate::{Engine, Kind, Statement, Value};

/// Rows of one SQLite statement; the rest of a batch goes out in the smaller widths.
const WIDTHS: [usize; 4] = [64, 16, 4, 1];

/// What an insert begins with.
const INSERT_INTO: &str = "insert into";

/// A widened statement with its values.
pub(crate) enum Batch {
    /// One value a parameter.
    Flat { text: String, values: Vec<Value> },
    /// One array a parameter.
    Columns { text: String, columns: Vec<Column> },
}

/// A column of values as PostgreSQL takes it.
pub(crate) enum Column {
    Bool(Vec<Option<bool>>),
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Uuid(Vec<Option<Uuid>>),
}

/// What a bulk statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    Change,
    Query,
}

pub(crate) fn batches(
    engine: Engine,
    statement: &Statement,
    does: Does,
    rows: Vec<Vec<Value>>,
) -> Vec<Batch> {
    let Some(first) = rows.first() else { return Vec::new() };
    let text = statement.text(engine);
    match engine {
        Engine::Postgres => {
            let kinds: Vec<Kind> = first.iter().map(Value::kind).collect();
            let text = replace_tuple(text, &unnest(&kinds));
            vec![Batch::Columns { text, columns: columns(&kinds, rows) }]
        }
        Engine::Sqlite => flat(text, does, first.len(), rows),
    }
}

fn flat(text: &str, does: Does, width: usize, rows: Vec<Vec<Value>>) -> Vec<Batch> {
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    let mut batches = Vec::new();
    for size in WIDTHS {
        if left < size {
            continue;
        }
        let widened = match does {
            Does::Change => match text.strip_prefix(INSERT_INTO) {
                Some(rest) if !rest.contains(" do update") => {
                    replace_tuple(&format!("insert or fail into{rest}"), &tuples(size, width))
                }
                Some(_) | None => vec![replace_tuple(text, &tuples(1, width)); size].join("\n;\n"),
            },
            Does::Query => replace_tuple(text, &tuples(size, width)),
        };
        while left >= size {
            let values = rows.by_ref().take(size).flatten().collect();
            batches.push(Batch::Flat { text: widened.clone(), values });
            left -= size;
        }
    }
    batches
}

fn tuples(rows: usize, width: usize) -> String {
    let tuple = format!("({})", vec!["?"; width].join(","));
    format!("values {}", vec![tuple; rows].join(","))
}

fn unnest(kinds: &[Kind]) -> String {
    let mut text = String::from("select * from unnest(");
    for (index, kind) in kinds.iter().enumerate() {
        let name = match kind {
            Kind::Bool => "boolean",
            Kind::Int => "bigint",
            Kind::Text => "text",
            Kind::Bytes => "bytea",
            Kind::Uuid => "uuid",
        };
        let comma = if index == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}${}::{name}[]", index + 1);
    }
    text.push(')');
    text
}

fn columns(kinds: &[Kind], rows: Vec<Vec<Value>>) -> Vec<Column> {
    let capacity = rows.len();
    let mut columns: Vec<Column> = kinds.iter().map(|kind| Column::empty(*kind, capacity)).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}

impl Column {
    fn empty(kind: Kind, capacity: usize) -> Self {
        match kind {
            Kind::Bool => Self::Bool(Vec::with_capacity(capacity)),
            Kind::Int => Self::Int(Vec::with_capacity(capacity)),
            Kind::Text => Self::Text(Vec::with_capacity(capacity)),
            Kind::Bytes => Self::Bytes(Vec::with_capacity(capacity)),
            Kind::Uuid => Self::Uuid(Vec::with_capacity(capacity)),
        }
    }

    /// Adds a value; one of another kind than the first row's is a programming error and becomes null,
    /// which the not-null constraint of a key then refuses.
    fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Bool(column), Value::Bool(value)) => column.push(Some(value)),
            (Self::Int(column), Value::Int(value)) => column.push(Some(value)),
            (Self::Text(column), Value::Text(value)) => column.push(Some(value)),
            (Self::Bytes(column), Value::Bytes(value)) => column.push(Some(value)),
            (Self::Uuid(column), Value::Uuid(value)) => column.push(Some(value)),
            (column, value) => {
                debug_assert!(matches!(value, Value::Null(_)), "mixed kinds in one bulk column");
                column.push_null();
            }
        }
    }

    fn push_null(&mut self) {
        match self {
            Self::Bool(column) => column.push(None),
            Self::Int(column) => column.push(None),
            Self::Text(column) => column.push(None),
            Self::Bytes(column) => column.push(None),
            Self::Uuid(column) => column.push(None),
        }
    }
}

/// Replaces the statement's `values ( … )` tuple. Bulk statements hold exactly one, without nested
/// parentheses; one without is sent as it is, and the engine refuses its parameters.
fn replace_tuple(text: &str, replacement: &str) -> String {
    let Some(start) = text.find("values (").or_else(|| text.find("values\n(")) else {
        return text.to_owned();
    };
    let Some(length) = text[start..].find(')') else { return text.to_owned() };
    format!("{}{replacement}{}", &text[..start], &text[start + length + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: i64) -> Vec<Value> {
        vec![Value::Int(n), Value::Text("x".into())]
    }

    const UPSERT: Statement = Statement::new(
        "u.sql",
        crate::Audience::System,
        "insert into t (a, b) values ($1, $2) on conflict (a) do update set b = excluded.b",
    );
    const INSERT: Statement = Statement::new(
        "t.sql",
        crate::Audience::System,
        "insert into t (a, b) values ($1, $2) on conflict (a) do nothing",
    );

    #[test]
    fn sqlite_gets_few_widths() {
        let sizes: Vec<usize> = batches(Engine::Sqlite, &INSERT, Does::Change, (0..500).map(row).collect())
            .into_iter()
            .map(|batch| match batch {
                Batch::Flat { values, .. } => values.len() / 2,
                Batch::Columns { .. } => 0,
            })
            .collect();
        assert_eq!(sizes, [vec![64; 7], vec![16; 3], vec![4]].concat());
    }

    #[test]
    fn sqlite_widens_inserts_and_queries_and_repeats_other_changes() {
        let text = |statement, does| match batches(Engine::Sqlite, statement, does, (0..4).map(row).collect())
            .pop()
        {
            Some(Batch::Flat { text, .. }) => text,
            Some(Batch::Columns { .. }) | None => String::new(),
        };
        let wide = "values (?,?),(?,?),(?,?),(?,?) on conflict (a) do nothing";
        assert_eq!(text(&INSERT, Does::Change), format!("insert or fail into t (a, b) {wide}"));
        assert!(text(&INSERT, Does::Query).contains(wide));
        let one = "insert into t (a, b) values (?,?) on conflict (a) do update set b = excluded.b";
        assert_eq!(text(&UPSERT, Does::Change), [one; 4].join("\n;\n"));
    }

    #[test]
    fn postgres_gets_arrays() {
        let mut batches = batches(Engine::Postgres, &INSERT, Does::Change, (0..3).map(row).collect());
        let Some(Batch::Columns { text, columns }) = batches.pop() else { panic!("columns") };
        assert_eq!(
            text,
            "insert into t (a, b) select * from unnest($1::bigint[], $2::text[]) on conflict (a) do nothing"
        );
        assert_eq!(columns.len(), 2);
    }

    #[test]
    fn no_rows_no_statement() {
        assert!(batches(Engine::Postgres, &INSERT, Does::Change, Vec::new()).is_empty());
        assert!(batches(Engine::Sqlite, &INSERT, Does::Query, Vec::new()).is_empty());
    }
}
