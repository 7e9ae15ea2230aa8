//! Rounds: taken in as files tell them, and added up by person.

use std::collections::BTreeMap;
use std::fmt;

use database::{Scope, Statement, Tx, bind, sql};
use domain::text::fold;
use domain::{Date, ImportId, TenantId, Timestamp};
use ports::told::ImportedRound;

use crate::Analytics;

const SAVE: Statement = sql!("save_rounds.sql");
const SAVE_PEOPLE: Statement = sql!("save_round_people.sql");
const SUMS: Statement = sql!("sum_rounds_by_person.sql");

const NAME_FIELD: &str = "round_people.name";

/// Most days that are added up at once.
const MOST_DAYS: i64 = 366;

/// What tells a round from the person's other rounds of the day: its number, else when it began.
fn slot(round: &ImportedRound) -> String {
    match (round.number, round.started) {
        (Some(number), _) => format!("#{number}"),
        (None, Some(started)) => format!("{:02}:{:02}", started / 60, started % 60),
        (None, None) => String::new(),
    }
}

const fn kind(round: &ImportedRound) -> &'static str {
    if round.of_incidents { "incidents" } else { "parcels" }
}

/// The days that are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: i64,
    to: i64,
}

/// The last day is before the first one, or more than a year after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {MOST_DAYS} days, the first one first")]
pub struct UnusableDays;

impl Days {
    /// All days between two, both of them too.
    ///
    /// # Errors
    /// When there are none, or more than a year's.
    pub fn between(from: Date, to: Date) -> Result<Self, UnusableDays> {
        let days = i64::from(from.until(to).map_err(|_| UnusableDays)?.get_days());
        if !(0..MOST_DAYS).contains(&days) {
            return Err(UnusableDays);
        }
        let number =
            |day: Date| i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day());
        Ok(Self { from: number(from), to: number(to) })
    }
}

/// The rounds of one person added up.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonSums {
    /// The person's name.
    pub name: String,
    /// Days with a round.
    pub days: i64,
    /// Rounds with parcels.
    pub rounds: i64,
    /// Minutes of those.
    pub minutes: i64,
    /// Parcels made ready in rounds whose minutes are known.
    pub timed_done: i64,
    /// Parcels at the beginning of rounds.
    pub initial: i64,
    /// Parcels made ready.
    pub done: i64,
    /// Parcels called off.
    pub cancelled: i64,
    /// Parcels put off to a day.
    pub scheduled: i64,
    /// Parcels with something in the way.
    pub difficult: i64,
    /// Parcels left.
    pub pending: i64,
    /// Rounds with incidents.
    pub incident_rounds: i64,
    /// Minutes of those.
    pub incident_minutes: i64,
    /// Incidents looked at.
    pub reviewed: i64,
    /// Incidents solved.
    pub solved: i64,
    /// Incidents that ended with a return.
    pub gone_back: i64,
}

/// Leaves the name out: `Debug` ends in logs.
impl fmt::Debug for PersonSums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonSums")
            .field("initial", &self.initial)
            .field("done", &self.done)
            .field("minutes", &self.minutes)
            .finish_non_exhaustive()
    }
}

impl Analytics {
    /// Takes rounds in. Of the same round the later one of `rounds` counts, and the import that was received later.
    pub async fn take_rounds(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        import: ImportId,
        told_at: Timestamp,
        rounds: &[ImportedRound],
    ) -> database::Result<()> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let (mut people, mut rows) = (BTreeMap::new(), BTreeMap::new());
        for round in rounds {
            let person = keys.blind(NAME_FIELD, &fold(&round.operator));
            if !people.contains_key(&person) {
                people.insert(person.clone(), keys.seal(NAME_FIELD, round.operator.as_bytes())?);
            }
            rows.insert((person, round.day, kind(round), slot(round)), round);
        }
        let people = people.into_iter().map(|(person, name)| bind![person, name]).collect();
        tx.execute_many(&SAVE_PEOPLE, people).await?;
        let rows = rows.into_iter().map(|((person, day, kind, slot), round)| {
            bind![
                person,
                day,
                kind,
                slot,
                round.started,
                round.ended,
                round.minutes,
                round.initial,
                round.done,
                round.cancelled,
                round.scheduled,
                round.difficult,
                round.pending,
                round.reviewed,
                round.solved,
                round.gone_back,
                import,
                told_at,
            ]
        });
        tx.execute_many(&SAVE, rows.collect()).await.map(drop)
    }

    /// The rounds of each person in some days added up, by name: nobody is ranked.
    pub async fn people(&self, tenant: TenantId, days: Days) -> database::Result<Vec<PersonSums>> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let mut tx = self.db.read(Scope::Tenant(tenant)).await?;
        let rows = tx.fetch_all(&SUMS, bind![days.from, days.to]).await?;
        tx.commit().await?;
        let mut people = Vec::with_capacity(rows.len());
        for row in rows {
            people.push(PersonSums {
                name: keys.open_text(NAME_FIELD, &row.get::<Vec<u8>>(0)?)?,
                days: row.get(1)?,
                rounds: row.get(2)?,
                minutes: row.get(3)?,
                timed_done: row.get(4)?,
                initial: row.get(5)?,
                done: row.get(6)?,
                cancelled: row.get(7)?,
                scheduled: row.get(8)?,
                difficult: row.get(9)?,
                pending: row.get(10)?,
                incident_rounds: row.get(11)?,
                incident_minutes: row.get(12)?,
                reviewed: row.get(13)?,
                solved: row.get(14)?,
                gone_back: row.get(15)?,
            });
        }
        people.sort_by_key(|person| fold(&person.name));
        Ok(people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_a_year_at_most() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let days = Days::between(day("2026-03-05"), day("2026-03-05"));
        assert_eq!(days, Ok(Days { from: 20_260_305, to: 20_260_305 }));
        assert!(Days::between(day("2026-01-01"), day("2026-12-31")).is_ok());
        assert_eq!(Days::between(day("2026-03-05"), day("2026-03-04")), Err(UnusableDays));
        assert_eq!(Days::between(day("2025-01-01"), day("2026-03-04")), Err(UnusableDays));
    }
}
