//! Removing a tenant with all its rows.
//!
//! The tables come out of the catalogue, so that a table that is added later is not forgotten: every row
//! bears its tenant.

use sqlx::{AssertSqlSafe, SqlSafeStr};

use domain::TenantId;

use crate::{Db, Result, Scope, Statement, SystemReason, bind, system_sql};

const TABLES: Statement =
    system_sql!("system/tenant_tables.sql", postgres: "system/tenant_tables.postgres.sql");
const PARENTS: Statement =
    system_sql!("system/table_parents.sql", postgres: "system/table_parents.postgres.sql");
/// Names the statements below in errors; their texts are made for each table.
const ERASE: Statement = Statement::new("erase a tenant", crate::Audience::System, "");

const ADMINISTRATION: Scope = Scope::System(SystemReason::Administration);

/// Rows of one transaction; it must stay short.
const BATCH: u64 = 500;

/// A table of tenants' rows.
struct Table {
    name: String,
    key: Vec<String>,
}

impl Db {
    /// Removes a tenant's rows from every table but those named, children before parents. Each transaction
    /// is short; broken off, it is repeated from the start. Answers how many rows went.
    pub async fn erase_tenant(&self, tenant: TenantId, except: &[&str]) -> Result<u64> {
        let mut erased = 0;
        for table in self.tables_to_erase().await? {
            if !except.contains(&table.name.as_str()) {
                erased += self.erase_from(&table, tenant).await?;
            }
        }
        Ok(erased)
    }

    async fn erase_from(&self, table: &Table, tenant: TenantId) -> Result<u64> {
        let (name, key) = (&table.name, table.key.join(", "));
        let mut erased = 0;
        loop {
            // Names out of our own catalogue; no value is part of the text.
            let text = format!(
                "delete from {name} where ({key}) in (select {key} from {name} where tenant_id = $1 limit {BATCH})"
            );
            let mut tx = self.write(ADMINISTRATION).await?;
            let gone = tx.run(&ERASE, AssertSqlSafe(text).into_sql_str(), bind![tenant]).await?;
            tx.commit().await?;
            erased += gone;
            if gone < BATCH {
                return Ok(erased);
            }
        }
    }

    async fn tables_to_erase(&self) -> Result<Vec<Table>> {
        let mut tx = self.read(ADMINISTRATION).await?;
        let columns = tx.fetch_all(&TABLES, bind![]).await?;
        let parents = tx.fetch_all(&PARENTS, bind![]).await?;
        tx.commit().await?;
        let mut tables: Vec<Table> = Vec::new();
        for column in &columns {
            let (name, key): (String, String) = (column.get(0)?, column.get(1)?);
            match tables.last_mut() {
                Some(table) if table.name == name => table.key.push(key),
                Some(_) | None => tables.push(Table { name, key: vec![key] }),
            }
        }
        let edges: Vec<(String, String)> =
            parents.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_>>()?;
        Ok(children_first(tables, &edges))
    }
}

/// Puts every table before those it refers to.
fn children_first(mut left: Vec<Table>, edges: &[(String, String)]) -> Vec<Table> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let referred = |table: &Table| {
            let children = edges.iter().filter(|(child, parent)| *parent == table.name && child != parent);
            children.into_iter().any(|(child, _)| left.iter().any(|other| other.name == *child))
        };
        let next = left.iter().position(|table| !referred(table)).unwrap_or(0);
        ordered.push(left.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_go_before_their_parents() {
        let tables = ["a", "b", "c"].map(|name| Table { name: name.into(), key: Vec::new() });
        let edges = [("b".to_owned(), "a".to_owned()), ("c".to_owned(), "b".to_owned())];
        let names: Vec<String> =
            children_first(tables.into(), &edges).into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["c", "b", "a"]);
    }
}
