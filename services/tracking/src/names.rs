//! Finding shipments by the recipient's name, which is sealed: each word of it has a blind index.

use std::collections::BTreeSet;

use database::{Result, Row, Statement, TenantKeys, Tx, Value, bind, sql};
use domain::ShipmentId;

use crate::queue::Filter;
use crate::shipment::NAME;

const INSERT: Statement = sql!("insert_name_tokens.sql");
const DELETE: Statement = sql!("delete_name_tokens.sql");
const COUNT: Statement = sql!("count_name_token.sql");
const FIND: Statement = sql!("parts/shipment.sql" + "find_by_name.sql");

/// Words of a name that are indexed.
const MOST_WORDS: usize = 8;
/// Words of a search that are compared: the rarest ones.
const COMPARED: usize = 3;
/// Holders of a word are counted up to here, to tell rare words from common ones.
const COUNT_UP_TO: u32 = 5_000;
/// Between given name and surname; half of all names have one.
const PARTICLES: [&str; 7] = ["DE", "DEL", "LA", "LAS", "LOS", "EL", "Y"];

/// What a batch changes in the index.
#[derive(Default)]
pub(crate) struct NameChanges {
    gone: BTreeSet<(i64, ShipmentId)>,
    new: BTreeSet<(i64, ShipmentId)>,
}

impl NameChanges {
    /// Notes that the sealed name of a shipment may have become another one.
    pub(crate) fn note(
        &mut self,
        keys: &TenantKeys,
        shipment: ShipmentId,
        before: Option<&[u8]>,
        after: Option<&[u8]>,
    ) -> Result<()> {
        // Sealing is randomised: the same bytes are the same name, untouched.
        if before == after {
            return Ok(());
        }
        let (before, after) = (tokens_of(keys, before)?, tokens_of(keys, after)?);
        self.gone.extend(before.difference(&after).map(|token| (*token, shipment)));
        // All of them: what an earlier release did not index is made up for.
        self.new.extend(after.into_iter().map(|token| (token, shipment)));
        Ok(())
    }

    pub(crate) async fn save(self, tx: &mut Tx) -> Result<()> {
        tx.execute_many(&DELETE, rows(self.gone)).await?;
        tx.execute_many(&INSERT, rows(self.new)).await.map(drop)
    }
}

/// Rows of shipments whose recipient's name has all these words and that fit a filter with the names that are
/// stored, the newest first, those before one, at most `limit`. Empty when the text has no word that is indexed.
pub(crate) async fn find(
    tx: &mut Tx,
    keys: &TenantKeys,
    text: &str,
    filter: &Filter,
    before: ShipmentId,
    limit: usize,
) -> Result<Vec<Row>> {
    let mut counted = Vec::new();
    for token in tokens(keys, text) {
        let holders: i64 = tx.fetch_one(&COUNT, bind![token, COUNT_UP_TO]).await?.get(0)?;
        if holders == 0 {
            return Ok(Vec::new());
        }
        counted.push((holders, token));
    }
    // The rarest word leads: its holders are walked, the others are only looked up.
    counted.sort_unstable();
    let mut rarest = counted.into_iter().map(|(_, token)| token).take(COMPARED);
    let Some(first) = rarest.next() else { return Ok(Vec::new()) };
    let (second, third) = (rarest.next().unwrap_or(first), rarest.next().unwrap_or(first));
    let mut values = bind![first, second, third];
    values.extend(filter.compared());
    values.extend(bind![limit, before]);
    tx.fetch_all(&FIND, values).await
}

/// Whether a sealed name has all words of a text.
pub(crate) fn has_words(keys: &TenantKeys, text: &str, name: Option<&[u8]>) -> Result<bool> {
    let wanted = tokens(keys, text);
    Ok(!wanted.is_empty() && wanted.is_subset(&tokens_of(keys, name)?))
}

fn tokens_of(keys: &TenantKeys, sealed: Option<&[u8]>) -> Result<BTreeSet<i64>> {
    Ok(match sealed {
        Some(sealed) => tokens(keys, &keys.open_text(NAME, sealed)?),
        None => BTreeSet::new(),
    })
}

fn tokens(keys: &TenantKeys, name: &str) -> BTreeSet<i64> {
    words(name).iter().map(|word| token(keys, word)).collect()
}

/// The first eight bytes of the word's blind index.
fn token(keys: &TenantKeys, word: &str) -> i64 {
    let blind = keys.blind("shipments.recipient_name.word", word);
    blind.iter().take(8).fold(0, |token, byte| (token << 8) | i64::from(*byte))
}

/// The words of a name that tell people apart: folded, of two letters or more, without particles.
fn words(name: &str) -> Vec<String> {
    let folded = domain::text::fold(name);
    let telling = |word: &&str| word.len() > 1 && !PARTICLES.contains(word);
    folded.split(' ').filter(telling).take(MOST_WORDS).map(str::to_owned).collect()
}

/// In the order of their keys, as every writer has them: two batches that meet do not lock each other out.
fn rows(words: BTreeSet<(i64, ShipmentId)>) -> Vec<Vec<Value>> {
    words.into_iter().map(|(token, shipment)| bind![token, shipment]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_particles_left_out() {
        assert_eq!(words("María  del Carmen Peña y Ruiz J."), ["MARIA", "CARMEN", "PENA", "RUIZ"]);
        assert!(words("de la").is_empty());
        assert_eq!(words(&"abc ".repeat(50)).len(), MOST_WORDS);
    }
}
