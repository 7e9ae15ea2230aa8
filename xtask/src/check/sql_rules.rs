//! How SQL is written, so that one text means the same on SQLite and PostgreSQL.

use super::sql_files::{beginnings, is_part};
use super::sql_text::{Kind, Token, tokens};
use super::{Finding, Source};

const MIGRATIONS: &str = "data/database/migrations/";

/// What kind of file an SQL file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Table definitions of one engine, several statements a file.
    Migration,
    /// One statement for both engines.
    Statement,
    /// The beginning of several statements.
    Part,
    /// One statement for one engine, where the other cannot say it.
    Override,
}

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let beginnings = beginnings(sources);
    let mut findings = Vec::new();
    for source in sources {
        let Some(role) = role(&source.path) else { continue };
        let tokens = tokens(&source.text);
        let mut report =
            |line: usize, message: String| findings.push(Finding::new(&source.path, line, message));
        for (at, token) in tokens.iter().enumerate() {
            if token.kind == Kind::Word && token.text.chars().any(char::is_uppercase) {
                report(token.line, format!("{}: SQL is written in lower case", token.text));
            }
            if let Some(message) = not_portable(&tokens[at..], role) {
                report(token.line, message.to_owned());
            }
        }
        if role == Role::Migration {
            continue;
        }
        if let Some(second) = second_statement(&tokens, role) {
            report(second.line, "one statement a file".to_owned());
        }
        if let Some(token) = returning_in_parentheses(&tokens).filter(|_| role != Role::Override) {
            report(token.line, "returning inside a CTE: SQLite has none".to_owned());
        }
        let parts = beginnings.get(&source.path).into_iter().flatten().map(|part| part.text.as_str());
        let scoped = role == Role::Part || source.path.contains("/sql/system/");
        if !scoped && !parts.chain([source.text.as_str()]).any(names_tenant) {
            report(1, "mentions no tenant_id: bind the tenant, or move it to sql/system/".to_owned());
        }
    }
    findings
}

fn role(path: &str) -> Option<Role> {
    let name = path.strip_suffix(".sql")?;
    if path.starts_with(MIGRATIONS) {
        Some(Role::Migration)
    } else if !path.contains("/sql/") {
        None
    } else if name.ends_with(".postgres") || name.ends_with(".sqlite") {
        Some(Role::Override)
    } else if is_part(path) {
        Some(Role::Part)
    } else {
        Some(Role::Statement)
    }
}

/// Why the construct that starts here is not used, if it is one of those.
fn not_portable(tokens: &[Token<'_>], role: Role) -> Option<&'static str> {
    let [first, rest @ ..] = tokens else { return None };
    let call = rest.first().is_some_and(|next| next.is("("));
    let time = first.is_one_of(&["current_timestamp", "current_date", "current_time", "localtimestamp"]);
    if time || first.is("now") && call {
        return Some("the time is bound as a parameter, from Clock");
    }
    if first.is_one_of(&["serial", "bigserial", "smallserial", "autoincrement"]) {
        return Some("ids are UUIDs, from Ids");
    }
    if first.is("trigger") {
        return Some("no triggers: what happens is written where it is decided");
    }
    if first.is("lower") && call {
        return Some("lower() forgets accents on SQLite: compare columns folded in Rust");
    }
    if matches!(role, Role::Migration | Role::Override) {
        return None;
    }
    if first.is("ilike") {
        return Some("ilike: search runs on columns folded in Rust");
    }
    if first.is("any") && call && rest.get(1).is_some_and(|next| next.kind == Kind::Parameter) {
        return Some("any($…) is PostgreSQL's: SQLite has no arrays");
    }
    if first.is("distinct") && rest.first().is_some_and(|next| next.is("on")) {
        return Some("distinct on is PostgreSQL's");
    }
    if first.is("::") {
        return Some(":: is PostgreSQL's: write cast(… as …)");
    }
    (first.is("@>") || first.is("<@")).then_some("containment is PostgreSQL's: what is queried is a column")
}

fn names_tenant(text: &str) -> bool {
    tokens(text).iter().any(|token| token.is("tenant_id"))
}

/// The first token after a statement's end; a beginning has no end.
fn second_statement<'a, 't>(tokens: &'a [Token<'t>], role: Role) -> Option<&'a Token<'t>> {
    let end = tokens.iter().position(|token| token.is(";"))?;
    if role == Role::Part { tokens.get(end) } else { tokens.get(end + 1) }
}

fn returning_in_parentheses<'a, 't>(tokens: &'a [Token<'t>]) -> Option<&'a Token<'t>> {
    let mut depth = 0_i32;
    tokens.iter().find(|token| {
        depth += i32::from(token.is("(")) - i32::from(token.is(")"));
        depth > 0 && token.is("returning")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&[source(path, text)]).into_iter().map(|finding| finding.to_string()).collect()
    }

    fn statement(text: &str) -> Vec<String> {
        messages("services/orders/sql/find.sql", text)
    }

    #[test]
    fn a_statement_as_it_should_be() {
        let text = "-- Newest first; NOW() is bound.\nselect id, 'NOW()' from orders where tenant_id = $1\n  and a is not distinct from $2 and name = \"Name\";\n";
        assert!(statement(text).is_empty(), "{:?}", statement(text));
    }

    #[test]
    fn constructs_of_one_engine() {
        for construct in [
            "SELECT 1",
            "now()",
            "current_timestamp",
            "a ilike b",
            "a = any($1)",
            "distinct on (a)",
            "lower(name)",
            "a::bigint",
            "a @> b",
            "bigserial",
            "create trigger t",
            "with a as (delete from b returning id) select",
            "; select 2",
        ] {
            assert_eq!(statement(&format!("select tenant_id {construct}")).len(), 1, "{construct}");
        }
    }

    #[test]
    fn overrides_may_use_their_engine_and_migrations_have_many_statements() {
        let text = "-- Arrays.\nselect tenant_id from unnest($1::uuid[]) where a = any($2)";
        assert!(messages("services/orders/sql/find.postgres.sql", text).is_empty());
        assert_eq!(messages("services/orders/sql/find.sqlite.sql", "select tenant_id, now()").len(), 1);
        let text = "create table a (b text);\ncreate index c on a (b);";
        assert!(messages("data/database/migrations/sqlite/0001_orders_a.sql", text).is_empty());
        assert_eq!(messages("data/database/migrations/sqlite/0001_orders_a.sql", "a serial").len(), 1);
    }

    #[test]
    fn the_tenant_is_bound_except_in_system_statements() {
        assert_eq!(
            statement("select 1 -- tenant_id"),
            [
                "services/orders/sql/find.sql:1: mentions no tenant_id: bind the tenant, or move it to sql/system/"
            ]
        );
        assert!(messages("services/orders/sql/system/find.sql", "select 1").is_empty());
    }

    #[test]
    fn beginnings_count_for_their_statements() {
        let sources = [
            source("services/orders/src/rows.rs", "sql!(\"parts/a.sql\" + \"find.sql\")"),
            source("services/orders/sql/parts/a.sql", "with a as (select tenant_id from orders)"),
            source("services/orders/sql/find.sql", "select 1 from a"),
        ];
        assert!(check(&sources).is_empty());
        assert_eq!(messages("services/orders/sql/parts/a.sql", "select a;").len(), 1);
    }
}
