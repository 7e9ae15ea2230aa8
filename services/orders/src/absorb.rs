//! What a source says about orders, taken in many at a time: files, shops.

use std::collections::{BTreeMap, HashMap, HashSet};

use database::{TenantKeys, Tx, bind};
use domain::{
    CarrierName, City, Currency, CustomerId, Money, OrderId, OrderStatus, Phone, TenantId, Timestamp,
    TrackingNumber,
};
use event_log::NewEvent;
use serde::Serialize;

use crate::figures::Figures;
use crate::order::{ADDRESS, Item, NAME, Order, OrderSource, PHONE, Recipient};
use crate::{Orders, customers, rows};

/// What a source says about an order. What it leaves out stays as it is known.
#[derive(Debug, Clone)]
pub struct StatedOrder {
    /// Whose reference it is.
    pub source: OrderSource,
    /// The source's reference.
    pub external_ref: String,
    /// The number people use; the reference if the source has none.
    pub number: Option<String>,
    /// The state the source implies. A new order is pending unless it says otherwise; a known one moves only
    /// forwards.
    pub status: Option<OrderStatus>,
    /// Who gets it.
    pub recipient_name: Option<String>,
    /// The recipient's phone.
    pub phone: Option<Phone>,
    /// The recipient's e-mail.
    pub email: Option<String>,
    /// The recipient's address.
    pub address: Option<String>,
    /// Where it goes; empty if the source does not say.
    pub city: City,
    /// What the customer pays.
    pub total: Option<Money>,
    /// How: `cod`, `prepaid` or the source's word.
    pub payment_method: Option<String>,
    /// The carrier.
    pub carrier: Option<CarrierName>,
    /// The carrier's number.
    pub tracking_number: Option<TrackingNumber>,
    /// What was ordered; empty if the source does not say.
    pub items: Vec<Item>,
    /// Who sold it.
    pub seller: Option<String>,
    /// Which shop.
    pub store: Option<String>,
    /// Whether the shop's owner was trying things out.
    pub test: bool,
    /// When it was placed, if the source says.
    pub placed_at: Option<Timestamp>,
    /// Moment of the source's word: an older word than the last one changes nothing.
    pub as_of: Timestamp,
    /// The trace of its facts; none takes the one that runs.
    pub trace: Option<String>,
}

/// What a batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Ids in the order of the input.
    pub ids: Vec<OrderId>,
    /// The guías of these orders, as far as anybody named them.
    pub numbers: Vec<Option<String>>,
    /// Orders heard of for the first time.
    pub created: u64,
    /// Known orders that changed.
    pub updated: u64,
}

#[derive(Serialize)]
struct Placed<'a> {
    source: &'a str,
    external_ref: &'a str,
    status: &'a str,
    total: Option<i64>,
    currency: &'a str,
    test: bool,
}

#[derive(Serialize)]
struct StatusChanged<'a> {
    from: &'a str,
    to: &'a str,
}

impl Orders {
    /// Takes in what sources say, in the caller's transaction, in the given order. Keep it to about 500.
    ///
    /// # Errors
    /// [`database::Error::Duplicate`] when another writer placed one of them meanwhile: roll back and repeat.
    pub async fn take_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        stated: &[StatedOrder],
    ) -> database::Result<Taken> {
        if stated.is_empty() {
            return Ok(Taken::default());
        }
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let now = self.clock.now();
        let mut known = find(tx, stated).await?;
        let owned_before: HashMap<OrderId, CustomerId> =
            known.values().filter_map(|order| Some((order.id, counted_for(order)?))).collect();
        let (customers, counted) = self.meet_customers(tx, &keys, stated, &known, now).await?;
        let mut taken = Taken::default();
        let (mut facts, mut figures) = (Vec::new(), Figures::default());
        let (mut created, mut changed, mut heard) = (HashSet::new(), HashSet::new(), HashSet::new());
        for seen in stated {
            let key = (seen.source.as_str().to_owned(), seen.external_ref.clone());
            let is_new = !known.contains_key(&key);
            let order =
                known.entry(key).or_insert_with(|| new_order(OrderId::from(self.ids.next()), seen, now));
            let customer = seen.phone.as_ref().and_then(|phone| customers.get(phone.e164()).copied());
            let (before, last_word) = (order.status, order.source_updated_at);
            let differs = order.absorb(&keys, seen, customer)?;
            taken.ids.push(order.id);
            taken.numbers.push(order.tracking_number.clone());
            if is_new {
                taken.created += 1;
                created.insert(order.id);
                figures.placed(order);
                facts.push(placed(order)?.of_trace(seen.trace.as_deref()));
            } else if differs {
                taken.updated += u64::from(!changed.contains(&order.id));
                let fact = status_changed(order, before, order.source_updated_at)?;
                if fact.is_some() {
                    figures.reached(order);
                }
                facts.extend(fact.map(|fact| fact.of_trace(seen.trace.as_deref())));
            }
            if is_new || differs {
                order.updated_at = now;
                changed.insert(order.id);
            }
            // The moment of the last word is kept even if it said nothing new: it bars the words between.
            if order.source_updated_at != last_word {
                heard.insert(order.id);
            }
        }
        let saved = |order: &&Order| changed.contains(&order.id) || heard.contains(&order.id);
        let mut orders: Vec<&Order> = known.values().filter(saved).collect();
        // In the order of what may clash: two writers that place the same orders do not wait in a circle.
        orders.sort_by(|a, b| (&a.source, &a.external_ref).cmp(&(&b.source, &b.external_ref)));
        let (new, known): (Vec<&Order>, Vec<&Order>) =
            orders.into_iter().partition(|order| created.contains(&order.id));
        rows::insert(tx, &new).await?;
        rows::save_known(tx, &known).await?;
        let owned = new.iter().chain(&known).map(|order| (order.id, counted_for(order)));
        customers::correct(tx, now, corrections(owned, &owned_before, &counted)).await?;
        event_log::append(tx, &*self.ids, now, facts).await?;
        figures.count(tx);
        Ok(taken)
    }

    async fn meet_customers(
        &self,
        tx: &mut Tx,
        keys: &TenantKeys,
        stated: &[StatedOrder],
        known: &HashMap<(String, String), Order>,
        now: Timestamp,
    ) -> database::Result<(HashMap<String, CustomerId>, Vec<CustomerId>)> {
        let mut counted = HashSet::new();
        let mut seen = Vec::new();
        for order in stated {
            let Some(phone) = &order.phone else { continue };
            let key = (order.source.as_str().to_owned(), order.external_ref.clone());
            if known.get(&key).is_some_and(|known| order.as_of < known.source_updated_at) {
                continue;
            }
            seen.push(customers::Seen {
                phone,
                name: order.recipient_name.as_deref(),
                email: order.email.as_deref(),
                new_order: !order.test && !known.contains_key(&key) && counted.insert(key),
            });
        }
        let met = customers::meet(tx, keys, &*self.ids, now, &seen).await?;
        let counts = |person: &&customers::Seen<'_>| person.new_order;
        let counted = seen.iter().filter(counts).filter_map(|person| met.get(person.phone.e164()).copied());
        let counted = counted.collect();
        Ok((met, counted))
    }
}

/// The customer among whose orders this one counts.
fn counted_for(order: &Order) -> Option<CustomerId> {
    order.customer_id.filter(|_| !order.test)
}

/// What customers' counts lack beside the new orders that were counted already: an order may get its customer later,
/// or another one, and may become a test.
fn corrections(
    owned: impl Iterator<Item = (OrderId, Option<CustomerId>)>,
    before: &HashMap<OrderId, CustomerId>,
    counted: &[CustomerId],
) -> BTreeMap<CustomerId, i64> {
    let mut corrections = BTreeMap::new();
    for (order, after) in owned {
        if let Some(customer) = after {
            *corrections.entry(customer).or_default() += 1;
        }
        if let Some(customer) = before.get(&order) {
            *corrections.entry(*customer).or_default() -= 1;
        }
    }
    for customer in counted {
        *corrections.entry(*customer).or_default() -= 1;
    }
    corrections.retain(|_, correction| *correction != 0);
    corrections
}

/// The known ones among orders, by the reference a source gives. An order that a source first knew by its guía alone
/// is the one that it gives another reference later, and an order with a reference is the one of its guía.
async fn find(tx: &mut Tx, stated: &[StatedOrder]) -> database::Result<HashMap<(String, String), Order>> {
    let refs: HashSet<(&str, &str)> =
        stated.iter().map(|order| (order.source.as_str(), order.external_ref.as_str())).collect();
    let wanted = refs.into_iter().map(|(source, external_ref)| bind![source, external_ref]).collect();
    let found = rows::lock_by_ref(tx, wanted).await?;
    let mut known: HashMap<(String, String), Order> =
        found.into_iter().map(|order| ((order.source.clone(), order.external_ref.clone()), order)).collect();
    let unknown = stated.iter().filter_map(|order| {
        let number = order.tracking_number.as_ref()?.as_str();
        let key = (order.source.as_str().to_owned(), order.external_ref.clone());
        (order.source == OrderSource::Dropi && !known.contains_key(&key)).then_some((number, key))
    });
    let unknown: BTreeMap<&str, (String, String)> = unknown.collect();
    if unknown.is_empty() {
        return Ok(known);
    }
    let by_number = |alone: bool| {
        let wanted = unknown.iter().filter(move |(number, (_, own))| (own == *number) == alone);
        wanted.map(|(number, (source, _))| bind![source, *number]).collect::<Vec<_>>()
    };
    let mut others = rows::lock_by_ref(tx, by_number(false)).await?;
    others.extend(rows::lock_by_tracking_number(tx, by_number(true)).await?);
    let mut taken: HashSet<OrderId> = known.values().map(|order| order.id).collect();
    for order in others {
        let Some(key) = order.tracking_number.as_deref().and_then(|number| unknown.get(number)) else {
            continue;
        };
        if !known.contains_key(key) && taken.insert(order.id) {
            known.insert(key.clone(), order);
        }
    }
    Ok(known)
}

fn new_order(id: OrderId, seen: &StatedOrder, now: Timestamp) -> Order {
    Order {
        id,
        version: 0,
        source: seen.source.as_str().to_owned(),
        external_ref: seen.external_ref.clone(),
        number: seen.number.clone().unwrap_or_else(|| seen.external_ref.clone()),
        status: seen.status.unwrap_or(OrderStatus::Pending),
        customer_id: None,
        recipient: Recipient::default(),
        city_name: String::new(),
        city_department: None,
        city_code: None,
        city_ambiguous: false,
        total: None,
        payment_method: seen.payment_method.clone().unwrap_or_else(|| seen.source.usual_payment().to_owned()),
        carrier_code: None,
        tracking_number: None,
        items: Vec::new(),
        seller: None,
        store: None,
        test: seen.test,
        placed_at: seen.placed_at.unwrap_or(seen.as_of),
        source_updated_at: Timestamp::MIN,
        created_at: now,
        updated_at: now,
    }
}

impl Order {
    /// Takes in what a source says; answers whether anything changed. An older word changes nothing.
    fn absorb(
        &mut self,
        keys: &TenantKeys,
        seen: &StatedOrder,
        customer: Option<CustomerId>,
    ) -> database::Result<bool> {
        if seen.as_of < self.source_updated_at {
            return Ok(false);
        }
        self.source_updated_at = seen.as_of;
        let mut changed = false;
        if let Some(status) = seen.status
            && self.status != status
            && reaches(self.status, status)
        {
            self.status = status;
            changed = true;
        }
        if !seen.city.raw.is_empty() && self.city_name != seen.city.name() {
            self.set_city(&seen.city);
            changed = true;
        }
        changed |= set(&mut self.customer_id, customer);
        changed |= set(&mut self.total, seen.total);
        changed |= set(&mut self.seller, seen.seller.clone());
        changed |= set(&mut self.store, seen.store.clone());
        let number = seen.tracking_number.as_ref().map(|number| number.as_str().to_owned());
        changed |= set(&mut self.tracking_number, number);
        let carrier = seen.carrier.as_ref().filter(|carrier| !carrier.raw.is_empty());
        changed |= set(&mut self.carrier_code, carrier.map(|carrier| carrier.code().to_owned()));
        changed |= replace(&mut self.number, seen.number.as_ref());
        changed |= replace(&mut self.payment_method, seen.payment_method.as_ref());
        changed |= replace(&mut self.test, Some(&seen.test));
        if !seen.items.is_empty() && self.items != seen.items {
            self.items.clone_from(&seen.items);
            changed = true;
        }
        let recipient = &mut self.recipient;
        changed |= set_sealed(keys, NAME, &mut recipient.name, seen.recipient_name.as_deref())?;
        changed |= set_sealed(keys, PHONE, &mut recipient.phone, seen.phone.as_ref().map(Phone::e164))?;
        changed |= set_sealed(keys, ADDRESS, &mut recipient.address, seen.address.as_deref())?;
        self.version += i64::from(changed || self.version == 0);
        Ok(changed)
    }
}

/// Whether a status can be reached from another, by any number of allowed steps: a source shows where an
/// order is now, not every step it took.
pub(crate) fn reaches(from: OrderStatus, to: OrderStatus) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(&at) = seen.get(next) {
        if at.can_become(to) {
            return true;
        }
        let further = OrderStatus::all().iter().filter(|step| at.can_become(**step) && !seen.contains(step));
        let further: Vec<OrderStatus> = further.copied().collect();
        seen.extend(further);
        next += 1;
    }
    false
}

fn replace<T: PartialEq + Clone>(stored: &mut T, seen: Option<&T>) -> bool {
    let Some(seen) = seen.filter(|seen| *seen != stored) else { return false };
    stored.clone_from(seen);
    true
}

fn set<T: PartialEq>(stored: &mut Option<T>, seen: Option<T>) -> bool {
    let wanted = seen.is_some() && *stored != seen;
    if wanted {
        *stored = seen;
    }
    wanted
}

fn set_sealed(
    keys: &TenantKeys,
    field: &str,
    stored: &mut Option<Vec<u8>>,
    seen: Option<&str>,
) -> database::Result<bool> {
    let Some(seen) = seen.filter(|seen| !seen.is_empty()) else { return Ok(false) };
    if let Some(sealed) = stored.as_deref()
        && keys.open(field, sealed)? == seen.as_bytes()
    {
        return Ok(false);
    }
    *stored = keys.seal_text(field, Some(seen))?;
    Ok(true)
}

fn placed(order: &Order) -> database::Result<NewEvent> {
    let payload = Placed {
        source: &order.source,
        external_ref: &order.external_ref,
        status: order.status.as_str(),
        total: order.total.map(|money| money.amount),
        currency: order.total.map_or(Currency::Cop, |money| money.currency).as_str(),
        test: order.test,
    };
    fact("order.placed", order, order.placed_at, &payload)
}

/// The fact of a changed status, if it did.
pub(crate) fn status_changed(
    order: &Order,
    before: OrderStatus,
    at: Timestamp,
) -> database::Result<Option<NewEvent>> {
    if order.status == before {
        return Ok(None);
    }
    let payload = StatusChanged { from: before.as_str(), to: order.status.as_str() };
    fact("order.status_changed", order, at, &payload).map(Some)
}

fn fact<P: Serialize>(
    kind: &'static str,
    order: &Order,
    at: Timestamp,
    payload: &P,
) -> database::Result<NewEvent> {
    NewEvent::new(kind, order.id.as_uuid(), order.version, at, payload)
        .map_err(|error| database::Error::Failed { statement: "append.sql", detail: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_may_skip_steps_but_not_go_back() {
        assert!(reaches(OrderStatus::Pending, OrderStatus::Delivered));
        assert!(reaches(OrderStatus::Preparing, OrderStatus::Returned));
        assert!(!reaches(OrderStatus::Delivered, OrderStatus::Confirmed));
        assert!(!reaches(OrderStatus::Cancelled, OrderStatus::Shipped));
    }
}
