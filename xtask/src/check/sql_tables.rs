//! Whose tables a statement touches.

use std::collections::{BTreeMap, BTreeSet};

use super::sql_files::beginnings;
use super::sql_mentions::{local_names, tables};
use super::sql_text::tokens;
use super::{Finding, Source};

const MIGRATIONS: &str = "data/database/migrations/";
/// Layers whose crates may own tables.
const OWNING_LAYERS: [&str; 3] = ["services", "messaging", "data"];
/// Every table is created by a migration named after its owner, and statements touch only their own crate's tables.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let owners = owners(sources);
    let mut findings = Vec::new();
    let mut owner_of_table = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.starts_with(MIGRATIONS)) {
        if !source.has_extension(&["sql"]) {
            continue;
        }
        match migration_owner(&source.path, &owners) {
            None => {
                findings.push(Finding::new(&source.path, 1, "a migration is called NNNN_<owner>_<what>.sql"));
            }
            Some(owner) => findings.extend(created(source, owner, &mut owner_of_table)),
        }
    }
    let beginnings = beginnings(sources);
    for source in sources {
        let Some(owner) = statement_owner(&source.path) else { continue };
        let before = beginnings.get(&source.path).map(Vec::as_slice).unwrap_or_default();
        findings.extend(touched(source, before, &owner, &owner_of_table));
    }
    findings
}

/// Crates that may own tables, as migrations spell them.
fn owners(sources: &[Source]) -> BTreeSet<String> {
    sources
        .iter()
        .filter_map(|source| source.path.strip_suffix("/Cargo.toml")?.split_once('/'))
        .filter(|(layer, _)| OWNING_LAYERS.contains(layer))
        .map(|(_, name)| name.replace('-', "_"))
        .collect()
}

/// The longest owner that the file's name starts with, after four digits.
fn migration_owner<'a>(path: &str, owners: &'a BTreeSet<String>) -> Option<&'a str> {
    let name = path.rsplit('/').next()?.strip_suffix(".sql")?;
    let (number, rest) = name.split_once('_')?;
    if number.len() != 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    owners
        .iter()
        .filter(|owner| rest.strip_prefix(owner.as_str()).is_some_and(|what| what.starts_with('_')))
        .max_by_key(|owner| owner.len())
        .map(String::as_str)
}

/// Owner of the statements in `services/tracking/sql/…`.
fn statement_owner(path: &str) -> Option<String> {
    let mut parts = path.strip_suffix(".sql")?.split('/');
    let (layer, name) = (parts.next()?, parts.next()?);
    (OWNING_LAYERS.contains(&layer) && parts.next() == Some("sql")).then(|| name.replace('-', "_"))
}

/// Records the tables a migration creates; a table has one owner.
fn created(source: &Source, owner: &str, owner_of_table: &mut BTreeMap<String, String>) -> Vec<Finding> {
    let tokens = tokens(&source.text);
    let mut findings = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is("table")) {
        let created = at > 0 && tokens[at - 1].is("create");
        let altered = at > 0 && tokens[at - 1].is("alter");
        let name = tokens[at + 1..].iter().find(|next| !next.is_one_of(&["if", "not", "exists", "only"]));
        let Some(name) = name.filter(|_| created || altered) else { continue };
        let known = owner_of_table.get(name.text).map(String::as_str);
        match known {
            None if created => {
                owner_of_table.insert(name.text.to_owned(), owner.to_owned());
            }
            // The database layer sets up row-level security and roles for everybody.
            Some(other) if other != owner && owner != "database" => findings.push(Finding::new(
                &source.path,
                token.line,
                format!("table {} belongs to {other}, this migration to {owner}", name.text),
            )),
            None | Some(_) => {}
        }
    }
    findings
}

fn touched(
    source: &Source,
    before: &[&Source],
    owner: &str,
    owner_of_table: &BTreeMap<String, String>,
) -> Vec<Finding> {
    let tokens = tokens(&source.text);
    let mut local = local_names(&tokens);
    local.extend(before.iter().flat_map(|part| local_names(&super::sql_text::tokens(&part.text))));
    let mut findings = Vec::new();
    for table in tables(&tokens) {
        let engine = ["pg_", "pragma_", "sqlite_", "information_schema", "_sqlx_"]
            .iter()
            .any(|own| table.text.starts_with(own));
        if engine || local.contains(table.text) {
            continue;
        }
        let message = match owner_of_table.get(table.text) {
            Some(other) if other == owner => continue,
            Some(other) => format!(
                "table {} belongs to {other}: ask it through a port, or react to its events",
                table.text
            ),
            None => format!("table {} is created by no migration", table.text),
        };
        findings.push(Finding::new(&source.path, table.line, message));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    fn tree(statement: &str) -> Vec<String> {
        let sources = [
            source("services/orders/Cargo.toml", ""),
            source("messaging/event-log/Cargo.toml", ""),
            source(
                "data/database/migrations/sqlite/0001_orders_orders.sql",
                "create table orders (a text) strict;",
            ),
            source(
                "data/database/migrations/sqlite/0002_event_log_events.sql",
                "create table if not exists events (a text);",
            ),
            source("services/orders/sql/x.sql", statement),
        ];
        check(&sources).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn a_service_touches_its_own_tables() {
        assert!(tree("select 1 from orders").is_empty());
        assert!(tree("select 1 from pg_class").is_empty());
        assert_eq!(
            tree("select 1\nfrom events"),
            [
                "services/orders/sql/x.sql:2: table events belongs to event_log: ask it through a port, or react to its events"
            ]
        );
        assert_eq!(
            tree("select 1 from shipments"),
            ["services/orders/sql/x.sql:1: table shipments is created by no migration"]
        );
    }

    #[test]
    fn migrations_carry_their_owner() {
        let path = "data/database/migrations/postgres/0001_nobody_x.sql";
        assert_eq!(check(&[source(path, "")]).len(), 1);
        let sources = [
            source("services/orders/Cargo.toml", ""),
            source("services/tracking/Cargo.toml", ""),
            source("data/database/migrations/sqlite/0001_orders_x.sql", "create table orders (a text);"),
            source(
                "data/database/migrations/sqlite/0002_tracking_y.sql",
                "alter table orders add column b text;",
            ),
        ];
        assert_eq!(check(&sources).len(), 1);
    }
}
