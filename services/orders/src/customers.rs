//! Customers, known by their phone.

use std::collections::{BTreeMap, HashMap};

use database::{Statement, TenantKeys, Tx, bind, sql};
use domain::{CustomerId, Ids, Phone, Timestamp};

const FIND: Statement = sql!("find_customers.sql", postgres: "find_customers.postgres.sql");
const SAVE: Statement = sql!("save_customers.sql");
const CORRECT: Statement = sql!("correct_customers.sql");

const PHONE: &str = "customers.phone";
const NAME: &str = "customers.name";
const EMAIL: &str = "customers.email";

/// What an order says about its customer.
pub(crate) struct Seen<'a> {
    pub(crate) phone: &'a Phone,
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    /// Whether the order is a new one.
    pub(crate) new_order: bool,
}

struct Customer {
    id: CustomerId,
    version: i64,
    phone: Vec<u8>,
    name: Option<Vec<u8>>,
    email_blind: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    orders_count: i64,
    created_at: Timestamp,
    changed: bool,
}

/// The customers behind a batch of orders, by phone; new ones are added, and names and e-mails follow the
/// last order that states them.
pub(crate) async fn meet(
    tx: &mut Tx,
    keys: &TenantKeys,
    ids: &dyn Ids,
    now: Timestamp,
    seen: &[Seen<'_>],
) -> database::Result<HashMap<String, CustomerId>> {
    let mut known = find(tx, keys, seen).await?;
    for person in seen {
        let blind = keys.blind(PHONE, person.phone.e164());
        if !known.contains_key(&blind) {
            let customer = Customer {
                id: CustomerId::from(ids.next()),
                version: 0,
                phone: keys.seal(PHONE, person.phone.e164().as_bytes())?,
                name: None,
                email_blind: None,
                email: None,
                orders_count: 0,
                created_at: now,
                changed: true,
            };
            known.insert(blind.clone(), customer);
        }
        if let Some(customer) = known.get_mut(&blind) {
            customer.absorb(keys, person)?;
        }
    }
    let by_phone = seen
        .iter()
        .filter_map(|person| {
            let customer = known.get(&keys.blind(PHONE, person.phone.e164()))?;
            Some((person.phone.e164().to_owned(), customer.id))
        })
        .collect();
    save(tx, known, now).await?;
    Ok(by_phone)
}

async fn find(
    tx: &mut Tx,
    keys: &TenantKeys,
    seen: &[Seen<'_>],
) -> database::Result<HashMap<Vec<u8>, Customer>> {
    let mut blinds: Vec<Vec<u8>> = seen.iter().map(|person| keys.blind(PHONE, person.phone.e164())).collect();
    blinds.sort_unstable();
    blinds.dedup();
    let wanted = blinds.into_iter().map(|blind| bind![blind]).collect();
    tx.fetch_many(&FIND, wanted)
        .await?
        .iter()
        .map(|row| {
            let customer = Customer {
                id: row.id(0)?,
                version: row.get(1)?,
                phone: row.get(3)?,
                name: row.get(4)?,
                email_blind: row.get(5)?,
                email: row.get(6)?,
                orders_count: row.get(7)?,
                created_at: row.time(8)?,
                changed: false,
            };
            Ok((row.get(2)?, customer))
        })
        .collect()
}

async fn save(tx: &mut Tx, customers: HashMap<Vec<u8>, Customer>, now: Timestamp) -> database::Result<()> {
    let mut changed: Vec<_> = customers.into_iter().filter(|(_, customer)| customer.changed).collect();
    // In the order of what may clash: two writers that meet the same new people do not wait in a circle.
    changed.sort_by(|(a, _), (b, _)| a.cmp(b));
    let rows = changed
        .into_iter()
        .map(|(blind, customer)| {
            bind![
                customer.id,
                customer.version + 1,
                blind,
                customer.phone,
                customer.name,
                customer.email_blind,
                customer.email,
                customer.orders_count,
                customer.created_at,
                now,
            ]
        })
        .collect();
    tx.execute_many(&SAVE, rows).await.map(drop)
}

/// Adds to customers' numbers of orders; nothing where nothing is to be added.
pub(crate) async fn correct(
    tx: &mut Tx,
    now: Timestamp,
    corrections: BTreeMap<CustomerId, i64>,
) -> database::Result<()> {
    let rows = corrections.into_iter().map(|(id, orders)| bind![id, orders, now]).collect();
    tx.execute_many(&CORRECT, rows).await.map(drop)
}

impl Customer {
    fn absorb(&mut self, keys: &TenantKeys, seen: &Seen<'_>) -> database::Result<()> {
        if seen.new_order {
            self.orders_count += 1;
            self.changed = true;
        }
        if let Some(name) = seen.name.filter(|name| !name.is_empty())
            && !is(keys, NAME, self.name.as_deref(), name)?
        {
            self.name = keys.seal_text(NAME, Some(name))?;
            self.changed = true;
        }
        if let Some(email) = seen.email.filter(|email| !email.is_empty()) {
            let email = email.to_lowercase();
            let blind = keys.blind(EMAIL, &email);
            if self.email_blind.as_ref() != Some(&blind) {
                self.email = keys.seal_text(EMAIL, Some(&email))?;
                self.email_blind = Some(blind);
                self.changed = true;
            }
        }
        Ok(())
    }
}

fn is(keys: &TenantKeys, field: &str, sealed: Option<&[u8]>, value: &str) -> database::Result<bool> {
    Ok(match sealed {
        Some(sealed) => keys.open(field, sealed)? == value.as_bytes(),
        None => false,
    })
}
