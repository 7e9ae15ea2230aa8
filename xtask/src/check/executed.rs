//! Statements that no test has run.
//!
//! While the suite runs, the database layer writes which statements it ran, on which engine, whether they met a row, and
//! with which kinds of parameters. Here that is compared with the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::sql_files::{beginnings, is_override, is_part};
use super::sql_text::{Kind, Token, tokens};
use super::{Source, extension, sources};
use crate::workspace::Workspace;

const ENGINES: [&str; 2] = ["sqlite", "postgres"];
const MIGRATIONS: &str = "data/database/migrations/sqlite/";
/// Gaps that stay, each with its reason.
const EXPECTED: &str = "xtask/data/statement-gaps.txt";
/// What a statement must mention to meet a row.
const MEETS_ROWS: [&str; 4] = ["select", "insert", "update", "delete"];

/// How a statement was run, over all tests.
#[derive(Default)]
struct Runs {
    met_a_row: bool,
    /// A letter for each parameter's kind, capitals where it was null.
    kinds: BTreeSet<String>,
}

/// A nullable column that a statement fills from a parameter.
struct Written {
    position: usize,
    /// Whether nulls have to be tried: `set closed_at = $3` may well be always a moment.
    maybe_null: bool,
}

/// A line of [`EXPECTED`]: a gap, on both engines if it names none, and why it may stay.
struct Expected<'a> {
    gap: &'a str,
    has_reason: bool,
}

impl Expected<'_> {
    /// The gaps it stands for, word for word.
    fn all(&self) -> Vec<String> {
        if ENGINES.iter().any(|engine| self.gap.ends_with(&format!(" on {engine}"))) {
            return vec![self.gap.to_owned()];
        }
        ENGINES.iter().map(|engine| format!("{} on {engine}", self.gap)).collect()
    }
}

impl Runs {
    /// What was not tried.
    fn missing(&self, meets_rows: bool, columns: &BTreeMap<String, Written>) -> Vec<String> {
        let mut missing = Vec::new();
        if meets_rows && !self.met_a_row {
            missing.push("it never meets a row".to_owned());
        }
        let types: BTreeSet<String> = self.kinds.iter().map(|kinds| kinds.to_lowercase()).collect();
        if types.len() > 1 {
            missing.push(format!("bound with different types, {types:?},"));
        }
        for (column, Written { position, maybe_null }) in columns {
            if *maybe_null && !self.saw(*position, true) {
                missing.push(format!("${position} ({column}) is never null"));
            }
            if !self.saw(*position, false) {
                missing.push(format!("${position} ({column}) is never a value"));
            }
        }
        missing
    }

    fn saw(&self, position: usize, null: bool) -> bool {
        self.kinds
            .iter()
            .filter_map(|kinds| kinds.chars().nth(position - 1))
            .any(|kind| kind.is_uppercase() == null)
    }
}

/// Reads what a run of the suite wrote into a folder; answers every gap, one line each.
pub(crate) fn gaps(workspace: &Workspace, folder: &Path) -> Result<Vec<String>> {
    let sources = sources(workspace)?;
    let mut lines = BTreeSet::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        lines.extend(fs::read_to_string(entry?.path())?.lines().map(str::to_owned));
    }
    Ok(find(&sources, &lines))
}

fn find(sources: &[Source], lines: &BTreeSet<String>) -> Vec<String> {
    let mut runs = BTreeMap::<(&str, &str, &str), Runs>::new();
    for line in lines {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (engine, owner, file, row, kinds) = (next(), next(), next(), next(), next());
        let entry = runs.entry((engine, owner, file)).or_default();
        entry.met_a_row |= row == "row";
        entry.kinds.insert(kinds.to_owned());
    }
    let nullable = nullable_columns(sources);
    let beginnings = beginnings(sources);
    let mut gaps = Vec::new();
    for source in sources {
        let Some((owner, file)) = statement(&source.path) else { continue };
        let before = beginnings.get(&source.path).into_iter().flatten().map(|part| part.text.as_str());
        let text: String = before.chain([source.text.as_str()]).collect();
        let tokens = tokens(&text);
        let columns = written(&tokens, &nullable);
        let meets_rows = tokens.iter().any(|token| token.is_one_of(&MEETS_ROWS));
        for engine in ENGINES {
            let runs = runs.get(&(engine, owner, file));
            let missing = runs.map_or_else(
                || vec!["no test runs it".to_owned()],
                |runs| runs.missing(meets_rows, &columns),
            );
            gaps.extend(missing.into_iter().map(|missing| format!("{}: {missing} on {engine}", source.path)));
        }
    }
    without_expected(sources, gaps)
}

/// Leaves out the gaps that may stay. One that is no longer there, or has no reason, is a gap itself.
fn without_expected(sources: &[Source], mut gaps: Vec<String>) -> Vec<String> {
    let listed = sources.iter().find(|source| source.path == EXPECTED);
    let lines = listed.into_iter().flat_map(|source| source.text.lines().map(str::trim));
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (gap, reason) = line.split_once('#').unwrap_or((line, ""));
        let expected = Expected { gap: gap.trim(), has_reason: !reason.trim().is_empty() };
        let (before, all) = (gaps.len(), expected.all());
        gaps.retain(|gap| !all.contains(gap));
        let found = before - gaps.len();
        if found == 0 {
            gaps.push(format!("{EXPECTED}: \"{}\" is no gap: take it off the list", expected.gap));
        } else if found < all.len() {
            gaps.push(format!("{EXPECTED}: \"{}\" is a gap on one engine alone: name it", expected.gap));
        }
        if !expected.has_reason {
            gaps.push(format!("{EXPECTED}: \"{}\" needs its reason after a #", expected.gap));
        }
    }
    gaps
}

/// Owner and name of a whole statement for both engines: `identity` and `system/find_api_key.sql`.
fn statement(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.split_once("/sql/")?;
    let whole = extension(file) == Some("sql") && !is_override(file) && !is_part(path);
    whole.then(|| (folder.rsplit('/').next().unwrap_or(folder), file))
}

/// Columns without `not null`, by table.
fn nullable_columns(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let mut nullable = BTreeMap::<String, BTreeSet<String>>::new();
    for source in sources.iter().filter(|source| source.path.starts_with(MIGRATIONS)) {
        let tokens = tokens(&source.text);
        for (index, token) in tokens.iter().enumerate() {
            let rest = &tokens[index..];
            let (table, columns) = match rest {
                [create, table, name, open, ..]
                    if token.is("create") && create.is("create") && table.is("table") =>
                {
                    if !open.is("(") {
                        continue;
                    }
                    (name.text, elements(&rest[4..]))
                }
                [_, table, name, add, column, ..]
                    if token.is("alter") && table.is("table") && add.is("add") && column.is("column") =>
                {
                    (name.text, elements(&rest[5..]))
                }
                _ => continue,
            };
            let constraint = ["primary", "unique", "foreign", "check", "constraint"];
            let free = columns.into_iter().filter(|column| {
                !column[0].is_one_of(&constraint)
                    && !column.windows(2).any(|pair| pair[0].is("not") && pair[1].is("null"))
                    && !column.iter().any(|token| token.is("primary"))
            });
            nullable
                .entry(table.to_owned())
                .or_default()
                .extend(free.map(|column| column[0].text.to_owned()));
        }
    }
    nullable
}

/// The parts between commas, up to the closing parenthesis or the end of the statement.
fn elements<'a, 'b>(tokens: &'b [Token<'a>]) -> Vec<&'b [Token<'a>]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (index, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if depth > 0 {
            depth -= usize::from(token.is(")"));
        } else if token.is(")") || token.is(";") {
            parts.push(&tokens[start..index]);
            start = tokens.len();
            break;
        } else if token.is(",") {
            parts.push(&tokens[start..index]);
            start = index + 1;
        }
    }
    parts.push(&tokens[start.min(tokens.len())..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Nullable columns of the written table that a statement fills from a parameter: `set a = $3`,
/// `insert into t (a) values ($3)`, `with fresh (a) as (values ($3)) update t …`.
fn written(tokens: &[Token<'_>], nullable: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, Written> {
    let table = tokens.windows(3).find_map(|three| {
        let into = three[0].is("insert") && three[1].is("into");
        if into {
            Some(three[2].text)
        } else if three[0].is("update") && three[2].is("set") {
            Some(three[1].text)
        } else {
            None
        }
    });
    let Some(columns) = table.and_then(|table| nullable.get(table)) else { return BTreeMap::new() };
    let mut written = BTreeMap::new();
    let mut note = |column: &Token<'_>, value: &[Token<'_>], maybe_null: bool| {
        if let [value] = value
            && value.kind == Kind::Parameter
            && columns.contains(column.text)
            && let Ok(position) = value.text[1..].parse::<usize>()
        {
            written.insert(column.text.to_owned(), Written { position, maybe_null });
        }
    };
    let set = tokens.iter().position(|token| token.is("set")).unwrap_or(tokens.len());
    let end = tokens[set..].iter().position(|token| token.is_one_of(&["where", "from"]));
    let assignments = &tokens[set..set + end.unwrap_or(tokens.len() - set)];
    for assignment in elements(assignments.get(1..).unwrap_or_default()) {
        if let [column, equals, value @ ..] = assignment
            && equals.is("=")
        {
            note(column, value, false);
        }
    }
    for (index, token) in tokens.iter().enumerate() {
        let Some(open) = tokens.get(index + 1).filter(|next| token.is("values") && next.is("(")) else {
            continue;
        };
        let names = names_before(tokens, index);
        for (name, value) in names.iter().zip(elements(&tokens[index + 2..])) {
            note(name, value, true);
        }
        debug_assert!(open.is("("), "values are in parentheses");
    }
    written
}

/// The `(a, b)` that names the columns of the `values` at an index, in `t (a, b) values` and `t (a, b) as (values`.
fn names_before<'a, 'b>(tokens: &'b [Token<'a>], values: usize) -> Vec<&'b Token<'a>> {
    let before = &tokens[..values];
    let before = match before {
        [rest @ .., word, open] if word.is("as") && open.is("(") => rest,
        _ => before,
    };
    let Some((last, before)) = before.split_last() else { return Vec::new() };
    let Some(open) = before.iter().rposition(|token| token.is("(")) else { return Vec::new() };
    if last.is(")") { before[open + 1..].iter().filter(|token| !token.is(",")).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    fn tree(statement: &str, expected: &str) -> Vec<Source> {
        vec![
            source(EXPECTED, expected),
            source(
                "data/database/migrations/sqlite/0001_orders_a.sql",
                "create table a (id blob not null primary key, note text, n integer not null, unique (id, n)) strict;\n\
                 alter table a add column more text;",
            ),
            source("services/orders/sql/x.sql", statement),
        ]
    }

    fn found(statement: &str, lines: &[&str]) -> Vec<String> {
        found_beside(statement, "", lines)
    }

    fn found_beside(statement: &str, expected: &str, lines: &[&str]) -> Vec<String> {
        let lines = lines.iter().map(|line| line.replace(' ', "\t")).collect();
        find(&tree(statement, expected), &lines)
    }

    #[test]
    fn a_statement_is_run_on_both_engines_and_meets_a_row() {
        assert_eq!(
            found("select n from a where id = $1", &["sqlite orders x.sql row u"]),
            ["services/orders/sql/x.sql: no test runs it on postgres"]
        );
        let none = ["sqlite orders x.sql row u", "postgres orders x.sql none u"];
        assert_eq!(found("select 1", &none), ["services/orders/sql/x.sql: it never meets a row on postgres"]);
        assert!(found("pragma x", &none).is_empty(), "nothing to meet");
        let other =
            ["sqlite orders x.sql row u", "postgres orders x.sql row u", "postgres orders x.sql row t"];
        assert_eq!(found("select 1", &other).len(), 1, "one text, one type of each parameter");
    }

    #[test]
    fn a_nullable_column_is_written_with_and_without_a_value() {
        let gaps = |statement: &str, kinds: &str| {
            let of_engine =
                |engine| kinds.split(' ').map(move |kinds| format!("{engine} orders x.sql row {kinds}"));
            let lines: Vec<String> = ENGINES.into_iter().flat_map(of_engine).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            found(statement, &lines).len()
        };
        for statement in [
            "insert into a (id, n, note) values ($1, $2, $3) on conflict (id) do update set n = excluded.n",
            "update a set n = $2, note = $3 where id = $1",
            "with fresh (id, n, note) as (values ($1, $2, $3)) update a set note = fresh.note from fresh where true",
        ] {
            assert_eq!(gaps(statement, "uit uiT"), 0, "{statement}");
            let always = if statement.starts_with("update") { 0 } else { 2 };
            assert_eq!(gaps(statement, "uit"), always, "{statement}: never null, on either engine");
            assert_eq!(gaps(statement, "uiT"), 2, "{statement}: never a value");
        }
        assert_eq!(gaps("insert into a (id, n, more) values ($1, $2, $3)", "uit"), 2, "an added column");
        assert_eq!(gaps("insert into a (id, n, note) values ($1, $2, 'x')", "ui"), 0, "no parameter");
    }

    #[test]
    fn a_gap_may_stay_where_a_reason_says_so() {
        let beside = |expected: &str| {
            let lines = ["sqlite orders x.sql row uit", "postgres orders x.sql row uit"];
            found_beside("insert into a (id, n, note) values ($1, $2, $3)", expected, &lines)
        };
        let gap = "services/orders/sql/x.sql: $3 (note) is never null";
        assert_eq!(beside("# nothing").len(), 2);
        assert!(beside(&format!("{gap}  # its code always has a note")).is_empty());
        assert_eq!(beside(&format!("{gap} on sqlite # that one never")), [format!("{gap} on postgres")]);
        let one_left = found_beside(
            "insert into a (id, n, note) values ($1, $2, $3)",
            &format!("{gap} # its code always has a note"),
            &[
                "sqlite orders x.sql row uit",
                "postgres orders x.sql row uit",
                "postgres orders x.sql row uiT",
            ],
        );
        assert!(one_left.len() == 1 && one_left[0].contains("on one engine alone"), "{one_left:?}");
        assert!(beside(gap)[0].contains("needs its reason"));
        let gone = beside(&format!("{gap} # a\nservices/orders/sql/y.sql: no test runs it # b"));
        assert!(gone.len() == 1 && gone[0].contains("is no gap"), "{gone:?}");
    }
}
