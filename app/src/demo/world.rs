//! An invented month of a shop: parcels, what became of each, and orders that have no guía yet.
//!
//! The same for a whole day, apart from the hour: what happens is drawn from the date, and moments are told
//! as hours before now. What it makes are rows as a file would give them, so that they go the way of files.

use domain::{City, Country};
use domain::{Money, Phone, SignedDuration, Timestamp, TrackingNumber, bogota, bogota_date, micros};
use ports::files::{ImportedItem, ImportedRow};

use super::dice::Dice;
use super::facts::{Courier, Facts, Fate, Issue, Place, Product, Stage, Step};

/// First of the phones. Colombia's mobile numbers begin with 30 to 35; 399 is given to nobody, and the form
/// fits, so that the rows pass as others do.
const FIRST_PHONE: u64 = 3_990_000_000;

/// How much to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Parcels.
    pub(crate) parcels: u64,
    /// Orders, most of which have a parcel.
    pub(crate) orders: u64,
    /// Tells one world of a day from another: numbers, phones and references begin here.
    pub(crate) first: u64,
}

impl Plan {
    /// The demonstration organisation.
    pub(crate) const TENANT: Self = Self { parcels: 2_000, orders: 50, first: 0 };
}

/// Orders that have no guía yet, of those planned.
const WITHOUT_PARCEL: u64 = 14;
/// Parcels of which Dropi and the carrier say different things, and since when at most.
const DISPUTED: usize = 6;
const DISPUTED_OF: SignedDuration = SignedDuration::from_hours(40);
/// Orders are recent ones.
const ORDERS_OF: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Rows in the order of their moments, none after `now`.
pub(crate) fn rows(now: Timestamp, plan: Plan) -> Vec<ImportedRow> {
    let dice = dice_of(now, plan);
    let mut parcels = parcels(&dice, now, plan);
    let mut recent: Vec<&mut Parcel> =
        parcels.iter_mut().filter(|parcel| now.duration_since(parcel.made_at) < ORDERS_OF).collect();
    dice.shuffle(&mut recent);
    let bare = plan.orders.min(WITHOUT_PARCEL);
    let mut reference = plan.first + 1;
    for parcel in recent.into_iter().take((plan.orders - bare) as usize) {
        parcel.order_ref = Some(order_ref(reference));
        reference += 1;
    }
    let mut rows: Vec<ImportedRow> = parcels.iter().flat_map(Parcel::rows).collect();
    rows.extend((0..bare).map(|n| bare_order(&dice, now, reference + n, plan.first + plan.parcels + n)));
    rows.sort_by_key(|row| (row.last_movement_at, row.tracking_number.clone(), row.order_ref.clone()));
    rows
}

/// The dice of a day's world.
fn dice_of(now: Timestamp, plan: Plan) -> Dice {
    let days = micros(bogota(bogota_date(now).at(0, 0, 0, 0))) / 86_400_000_000;
    Dice::new(days as u64 * 1_000_003 + plan.first)
}

/// What carriers say of a few parcels that Dropi calls delivered: that they wait at an office.
pub(crate) fn carriers_list(now: Timestamp, plan: Plan) -> Vec<ImportedRow> {
    let parcels = parcels(&dice_of(now, plan), now, plan);
    let recent = parcels.iter().filter_map(|parcel| {
        let end = parcel.movements.last().filter(|end| now.duration_since(end.at) < DISPUTED_OF)?;
        let delivered = parcel.courier.words.about(Stage::Delivered).contains(&end.words);
        delivered.then_some((parcel, end.at))
    });
    recent.take(DISPUTED).map(|(parcel, at)| parcel.waits(at - SignedDuration::from_hours(2))).collect()
}

/// A parcel and its journey.
struct Parcel {
    number: TrackingNumber,
    order_ref: Option<String>,
    courier: &'static Courier,
    destination: Destination,
    person: Person,
    items: Vec<ImportedItem>,
    collect: i64,
    cost: i64,
    freight: i64,
    made_at: Timestamp,
    movements: Vec<Movement>,
}

struct Movement {
    at: Timestamp,
    words: String,
    text: String,
    note: Option<String>,
}

struct Destination {
    city: String,
    department: String,
    far: bool,
}

struct Person {
    name: String,
    phone: Option<Phone>,
    address: String,
    seller: &'static String,
    store: &'static String,
}

fn parcels(dice: &Dice, now: Timestamp, plan: Plan) -> Vec<Parcel> {
    let facts = Facts::get();
    let mut fates: Vec<&Fate> = Vec::new();
    for fate in &facts.fates {
        // Whole shares instead of a draw for each parcel: the mix is the same every day.
        let wanted = (fate.share * plan.parcels).div_ceil(1000);
        fates.extend(std::iter::repeat_n(fate, wanted as usize));
    }
    dice.shuffle(&mut fates);
    fates.truncate(plan.parcels as usize);
    (plan.first..).zip(fates).filter_map(|(index, fate)| parcel(dice, now, index, fate)).collect()
}

fn parcel(dice: &Dice, now: Timestamp, index: u64, fate: &'static Fate) -> Option<Parcel> {
    let facts = Facts::get();
    let courier = dice.weighted(&facts.carriers, |courier| courier.weight);
    let destination = destination(dice);
    let person = person(dice, index);
    let (items, collect, cost) = basket(dice);
    let zone = if destination.far { dice.between(5_000, 11_000) } else { dice.between(0, 3_000) };
    let freight = (courier.freight + zone) / 50 * 50;
    let mut parcel = Parcel {
        number: TrackingNumber::parse(&number(courier, index)).ok()?,
        order_ref: None,
        courier,
        destination,
        person,
        items,
        collect,
        cost,
        freight,
        made_at: now,
        movements: Vec::new(),
    };
    parcel.travel(dice, now, fate);
    Some(parcel)
}

/// Different for different indexes: the factor has no divisor in common with a power of ten.
fn number(courier: &Courier, index: u64) -> String {
    let space = 10_u64.pow(courier.digits as u32);
    format!("{}{:0width$}", courier.prefix, (index * 48_271 + 1_234_567) % space, width = courier.digits)
}

fn order_ref(n: u64) -> String {
    format!("{}", 9_900_000 + n)
}

fn destination(dice: &Dice) -> Destination {
    // One in ten goes to any municipality of the country.
    if dice.below(10) == 0 {
        let any = dice.pick(domain::city::all());
        return Destination { city: any.name.to_owned(), department: any.department.to_owned(), far: true };
    }
    let place: &Place = dice.weighted(&Facts::get().cities, |place| place.weight);
    Destination { city: place.name.to_owned(), department: place.department.to_owned(), far: place.far }
}

fn person(dice: &Dice, index: u64) -> Person {
    let people = &Facts::get().people;
    let name = format!(
        "{} {} {}",
        dice.pick(&people.given),
        dice.pick(&people.surnames),
        dice.pick(&people.surnames)
    );
    let address = format!(
        "{} {} # {}-{}, barrio {}",
        dice.pick(&people.streets),
        dice.between(3, 140),
        dice.between(1, 99),
        dice.between(1, 99),
        dice.pick(&people.neighbourhoods)
    );
    let phone = Phone::parse(&(FIRST_PHONE + index).to_string(), Country::Co).ok();
    Person { name, phone, address, seller: dice.pick(&people.sellers), store: dice.pick(&people.stores) }
}

/// What is in the parcel, what the customer pays for it and what it cost, in pesos.
fn basket(dice: &Dice) -> (Vec<ImportedItem>, i64, i64) {
    let different = 1 + dice.below(8) / 7;
    let (mut items, mut collect, mut cost) = (Vec::new(), 0, 0);
    for _ in 0..different {
        let product: &Product = dice.weighted(&Facts::get().products, |product| product.weight);
        let quantity = 1 + dice.below(6) as i64 / 5;
        collect += product.price * quantity;
        cost += product.cost * quantity;
        let variation = (!product.variations.is_empty()).then(|| dice.pick(&product.variations).clone());
        items.push(ImportedItem {
            name: Some(product.name.clone()),
            variation,
            sku: Some(product.sku.clone()),
            quantity: Some(quantity),
            ..ImportedItem::default()
        });
    }
    // The second of two pieces is cheaper.
    let pieces: i64 = items.iter().filter_map(|item| item.quantity).sum();
    if pieces > 1 {
        collect = collect * 85 / 100 / 1_000 * 1_000 + 900;
    }
    (items, collect, cost)
}

impl Parcel {
    /// Lets the parcel live through a fate that ends before now.
    fn travel(&mut self, dice: &Dice, now: Timestamp, fate: &'static Fate) {
        let minutes = |hours: [i64; 2]| dice.between(hours[0] * 60, hours[1] * 60);
        let still = SignedDuration::from_mins(minutes(fate.still));
        let span = minutes(fate.span);
        let last = now - still;
        let mut times: Vec<Timestamp> = (0..fate.steps.len() as i64)
            .map(|step| {
                let gaps = (fate.steps.len() as i64 - 1).max(1);
                let slack = if step == 0 || step == gaps { 0 } else { span / gaps / 3 };
                let ago = span - span * step / gaps + dice.between(-slack, slack);
                in_working_hours(last - SignedDuration::from_mins(ago), now)
            })
            .collect();
        times.sort_unstable();
        self.made_at = times.first().copied().unwrap_or(now);
        let mut note = None;
        let mut in_transit = 0;
        for (at, step) in times.into_iter().zip(&fate.steps) {
            let (words, text) = match step {
                Step::Issue(kind) => {
                    let issue = issue(dice, kind.as_deref());
                    let told = dice.pick(&issue.notes);
                    note = Some(told.clone());
                    (issue.word(&self.courier.code), told.clone())
                }
                Step::Stage(stage) => {
                    note = note.filter(|_| keeps_note(*stage));
                    in_transit += u64::from(*stage == Stage::Transit);
                    self.passes(dice, *stage, in_transit)
                }
            };
            self.movements.push(Movement { at, words: words.to_owned(), text, note: note.clone() });
        }
    }

    /// The carrier's word for a stage and its page's text. The stations of a long way follow each other.
    fn passes(&self, dice: &Dice, stage: Stage, station: u64) -> (&'static str, String) {
        let words = self.courier.words.about(stage);
        let texts = Facts::get().movements.about(stage);
        let (word, text) = if stage == Stage::Transit {
            (&words[station as usize % words.len()], &texts[station as usize % texts.len()])
        } else {
            (dice.pick(words), dice.pick(texts))
        };
        let city = City::resolve(&self.destination.city, Some(&self.destination.department));
        (word, text.replace("{city}", &city.name()))
    }

    /// What the carrier's own list says of it while it waits at an office.
    fn waits(&self, at: Timestamp) -> ImportedRow {
        let city = City::resolve(&self.destination.city, Some(&self.destination.department));
        let text = &Facts::get().movements.about(Stage::Office)[0];
        ImportedRow {
            tracking_number: Some(self.number.clone()),
            carrier: Some(self.courier.code.to_uppercase()),
            status: Some(self.courier.words.about(Stage::Office)[0].clone()),
            last_movement_text: Some(text.replace("{city}", &city.name())),
            last_movement_at: Some(at),
            city: Some(self.destination.city.clone()),
            department: Some(self.destination.department.clone()),
            source_rows: 1,
            ..ImportedRow::default()
        }
    }

    fn rows(&self) -> Vec<ImportedRow> {
        self.movements.iter().map(|movement| self.row(movement)).collect()
    }

    fn row(&self, movement: &Movement) -> ImportedRow {
        let profit = self.collect - self.cost - self.freight;
        ImportedRow {
            order_ref: self.order_ref.clone(),
            tracking_number: Some(self.number.clone()),
            carrier: Some(self.courier.code.to_uppercase()),
            status: Some(movement.words.clone()),
            novelty: movement.note.clone(),
            last_movement_text: Some(movement.text.clone()),
            last_movement_at: Some(movement.at),
            guide_created_at: Some(self.made_at),
            reported_at: Some(movement.at),
            ordered_at: Some(self.made_at - SignedDuration::from_hours(3)),
            collect: Some(Money::cop(self.collect)),
            freight: Some(Money::cop(self.freight)),
            return_cost: Some(Money::cop(self.freight * 9 / 10 / 50 * 50)),
            product_cost: Some(Money::cop(self.cost)),
            profit: Some(Money::cop(profit)),
            ..to(&self.person, &self.destination, &self.items)
        }
    }
}

/// What a row says about who gets what, wherever the parcel is.
fn to(person: &Person, destination: &Destination, items: &[ImportedItem]) -> ImportedRow {
    ImportedRow {
        phone: person.phone.clone(),
        customer_name: Some(person.name.clone()),
        address: Some(person.address.clone()),
        city: Some(destination.city.clone()),
        department: Some(destination.department.clone()),
        seller: Some(person.seller.clone()),
        store: Some(person.store.clone()),
        payment_type: Some("CON RECAUDO".to_owned()),
        items: items.to_vec(),
        source_rows: 1,
        ..ImportedRow::default()
    }
}

/// An order of the last two days that has no guía yet; a few were called off.
fn bare_order(dice: &Dice, now: Timestamp, reference: u64, person_index: u64) -> ImportedRow {
    let placed = in_working_hours(now - SignedDuration::from_mins(dice.between(20, 46 * 60)), now);
    let words = if dice.below(5) == 0 { "CANCELADO" } else { "PENDIENTE CONFIRMACION" };
    let (items, collect, _) = basket(dice);
    ImportedRow {
        order_ref: Some(order_ref(reference)),
        status: Some(words.to_owned()),
        last_movement_at: Some(placed),
        reported_at: Some(placed),
        ordered_at: Some(placed),
        collect: Some(Money::cop(collect)),
        ..to(&person(dice, person_index), &destination(dice), &items)
    }
}

fn issue(dice: &Dice, kind: Option<&str>) -> &'static Issue {
    let issues = &Facts::get().issues;
    let wanted = kind.and_then(|kind| issues.iter().find(|issue| issue.kind == kind));
    wanted.unwrap_or_else(|| dice.weighted(issues, |issue| issue.weight))
}

/// Whether the report still shows the problem's note at a later stage.
fn keeps_note(stage: Stage) -> bool {
    match stage {
        Stage::Office | Stage::Returning | Stage::Returned => true,
        Stage::Created
        | Stage::Processing
        | Stage::Shipped
        | Stage::Transit
        | Stage::Out
        | Stage::Delivered
        | Stage::Cancelled => false,
    }
}

/// The moment drawn into the day between 6 and 20 o'clock, unless that is still to come.
fn in_working_hours(at: Timestamp, now: Timestamp) -> Timestamp {
    let midnight = bogota(bogota_date(at).at(0, 0, 0, 0));
    let into_day = at.duration_since(midnight).as_secs();
    let drawn = midnight + SignedDuration::from_secs(6 * 3_600 + into_day * 14 / 24);
    if drawn > now { at } else { drawn }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    fn now() -> Timestamp {
        "2026-03-10T13:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_day_has_one_world_and_the_next_day_another() {
        let plan = Plan { parcels: 300, orders: 20, first: 0 };
        let again = rows(now(), plan);
        assert!(rows(now(), plan) == again);
        assert!(rows(now() + SignedDuration::from_hours(24), plan) != again);
    }

    #[test]
    fn nothing_lies_in_the_future_and_every_number_is_one_parcel() {
        let made = rows(now(), Plan::TENANT);
        assert!(made.iter().all(|row| row.last_movement_at.unwrap() <= now()));
        assert!(made.is_sorted_by_key(|row| row.last_movement_at));
        let numbers: HashSet<_> = made.iter().filter_map(|row| row.tracking_number.clone()).collect();
        assert_eq!(numbers.len(), 2_000);
        let orders: HashSet<_> = made.iter().filter_map(|row| row.order_ref.clone()).collect();
        assert_eq!(orders.len(), 50);
        let phones: HashSet<_> =
            made.iter().map(|row| row.phone.clone().unwrap().e164().to_owned()).collect();
        assert!(phones.iter().all(|phone| phone.starts_with("+57399")), "numbers that nobody has");
    }

    #[test]
    fn carriers_contradict_a_few_deliveries() {
        let delivered: HashSet<_> = rows(now(), Plan::TENANT)
            .into_iter()
            .filter(|row| row.status.as_deref() == Some("ENTREGADO"))
            .map(|row| row.tracking_number)
            .collect();
        let listed = carriers_list(now(), Plan::TENANT);
        assert_eq!(listed.len(), DISPUTED);
        assert!(listed.iter().all(|row| delivered.contains(&row.tracking_number)));
        assert!(listed.iter().all(|row| row.last_movement_at.unwrap() < now() && row.phone.is_none()));
    }

    #[test]
    fn two_thirds_arrive_and_less_than_a_fifth_comes_back() {
        let mut last = BTreeMap::new();
        for row in rows(now(), Plan::TENANT) {
            if let Some(number) = row.tracking_number {
                last.insert(number.as_str().to_owned(), row.status.unwrap());
            }
        }
        let share = |end: &str| last.values().filter(|words| words.contains(end)).count() * 100 / last.len();
        assert_eq!(share("ENTREGADO"), 65);
        assert!((15..=18).contains(&share("DEV")), "{}", share("DEV"));
    }
}
