//! The tables a statement names.

use std::collections::BTreeSet;

use super::sql_text::{Kind, Token};

/// Words in whose parentheses `from` names no table, as in `extract(epoch from x)`.
const FROM_IS_SYNTAX: [&str; 4] = ["extract", "trim", "substring", "overlay"];
/// Words that may follow a table in a list and are no alias of it.
const AFTER_A_TABLE: [&str; 24] = [
    "as",
    "cross",
    "except",
    "fetch",
    "for",
    "full",
    "group",
    "having",
    "inner",
    "intersect",
    "join",
    "left",
    "limit",
    "natural",
    "offset",
    "on",
    "order",
    "returning",
    "right",
    "set",
    "union",
    "using",
    "where",
    "window",
];

/// Names a statement defines for itself: `with name (columns) as (…)`.
pub(super) fn local_names<'t>(tokens: &[Token<'t>]) -> BTreeSet<&'t str> {
    let mut names = BTreeSet::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.is("as")) {
        let body = tokens[at + 1..].iter().find(|next| !next.is_one_of(&["not", "materialized"]));
        if !body.is_some_and(|body| body.is("(")) {
            continue;
        }
        let before = match tokens[..at].last() {
            Some(close) if close.is(")") => tokens[..at].iter().rposition(|token| token.is("(")).unwrap_or(0),
            _ => at,
        };
        if let Some(name) = tokens[..before].last().filter(|name| name.kind == Kind::Word) {
            names.insert(name.text);
        }
    }
    names
}

/// Every table a statement names.
pub(super) fn tables<'t>(tokens: &[Token<'t>]) -> Vec<Token<'t>> {
    let mut tables = Vec::new();
    let mut openers: Vec<Option<&Token<'t>>> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let before_is = |words: &[&str]| before.is_some_and(|before| before.is_one_of(words));
        let rest = &tokens[at + 1..];
        if token.is("(") {
            openers.push(before);
        } else if token.is(")") {
            openers.pop();
        } else if token.is("from") {
            let syntax =
                openers.last().copied().flatten().is_some_and(|word| word.is_one_of(&FROM_IS_SYNTAX));
            if !syntax && !before_is(&["distinct"]) {
                list(rest, &mut tables);
            }
        } else if token.is_one_of(&["join", "using"]) {
            list(rest, &mut tables);
        } else if token.is("into") {
            tables.extend(rest.first());
        } else if token.is("update") && !before_is(&["for", "key", "do"]) {
            let target =
                rest.iter().find(|next| !next.is_one_of(&["only", "or", "ignore", "replace", "abort"]));
            tables.extend(target);
        }
    }
    tables
}

/// The tables of `a, b as c, json_each(d), (select …) e`. What stands in parentheses is read on its own.
fn list<'t>(mut rest: &[Token<'t>], tables: &mut Vec<Token<'t>>) {
    loop {
        while rest.first().is_some_and(|next| next.is_one_of(&["only", "lateral"])) {
            rest = &rest[1..];
        }
        let Some(first) = rest.first() else { return };
        if first.is("(") {
            rest = after_parentheses(rest);
        } else if matches!(first.kind, Kind::Word | Kind::Quoted) {
            rest = &rest[1..];
            while rest.first().is_some_and(|next| next.is(".")) {
                rest = rest.get(2..).unwrap_or_default();
            }
            if rest.first().is_some_and(|next| next.is("(")) {
                rest = after_parentheses(rest);
            } else {
                tables.push(*first);
            }
        } else {
            return;
        }
        rest = after_alias(rest);
        match rest.split_first() {
            Some((comma, after)) if comma.is(",") => rest = after,
            Some(_) | None => return,
        }
    }
}

fn after_alias<'a, 't>(rest: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let rest = match rest.split_first() {
        Some((word, after)) if word.is("as") => after,
        Some(_) | None => rest,
    };
    match rest.split_first() {
        Some((alias, after)) if alias.kind == Kind::Word && !alias.is_one_of(&AFTER_A_TABLE) => {
            if after.first().is_some_and(|next| next.is("(")) { after_parentheses(after) } else { after }
        }
        Some(_) | None => rest,
    }
}

fn after_parentheses<'a, 't>(rest: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let mut depth = 0_i32;
    let end = rest.iter().position(|token| {
        depth += i32::from(token.is("(")) - i32::from(token.is(")"));
        depth == 0
    });
    end.map_or(&[], |end| &rest[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sql_text::tokens;

    fn named(text: &str) -> Vec<String> {
        let tokens = tokens(text);
        let local = local_names(&tokens);
        tables(&tokens)
            .iter()
            .filter(|t| !local.contains(t.text))
            .map(|token| token.text.to_owned())
            .collect()
    }

    #[test]
    fn tables_are_found_where_statements_name_them() {
        assert_eq!(
            named("select a from orders o, customers as c, json_each($1) where x"),
            ["orders", "customers"]
        );
        assert_eq!(
            named("select 1 from a left join b on true cross join lateral (select 1 from c) d"),
            ["a", "b", "c"]
        );
        assert_eq!(
            named("insert into a (b) select x from c where true on conflict (b) do update set d = 1"),
            ["a", "c"]
        );
        assert_eq!(named("update a set b = 1 from c where x"), ["a", "c"]);
        assert_eq!(named("delete from a using b where x"), ["a", "b"]);
        assert_eq!(named("select 1 from a join b using (id) for no key update"), ["a", "b"]);
        assert_eq!(named("select 1 from a for update of a skip locked"), ["a"]);
        assert_eq!(
            named("select extract(epoch from x), trim(both from y) from a where b is distinct from c"),
            ["a"]
        );
        assert_eq!(named("update or ignore a set b = 1"), ["a"]);
    }

    #[test]
    fn names_of_the_statement_are_no_tables() {
        let text = "with recursive a (x, y) as (select 1 from b), c as materialized (select 1 from a) select 1 from c";
        assert_eq!(named(text), ["b"]);
        assert!(named("select 1 from unnest($1, $2) as t (a, b)").is_empty());
    }
}
