//! What a day brings: orders, and what becomes of their parcels.

use domain::{SignedDuration, Timestamp, bogota};

use crate::dice::Dice;
use crate::model::{Carrier, City, Model, Stage};

/// The first midnight of every world, in Bogotá: a Monday.
pub(crate) fn beginning() -> Timestamp {
    let day = domain::Date::constant(2026, 1, 5);
    bogota(day.at(0, 0, 0, 0))
}

/// So many minutes.
pub(crate) const fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// Minutes of a day.
const DAY: i64 = 24 * 60;
/// First of the phones: a range that no operator has, so that nobody's real number is named.
const FIRST_PHONE: u64 = 3_990_000_000;
/// Shops of a world.
pub(crate) const SHOPS: u64 = 3;

/// An order of a buyer.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) number: u64,
    pub(crate) shop: u64,
    pub(crate) placed_at: Timestamp,
    /// Pesos.
    pub(crate) total: i64,
    pub(crate) buyer: Buyer,
    /// Whether the first message lacks the phone.
    pub(crate) no_phone: bool,
    pub(crate) edited_at: Option<Timestamp>,
    pub(crate) cancelled_at: Option<Timestamp>,
    pub(crate) parcel: Option<Parcel>,
}

/// Who gets it, and where.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) address: String,
    pub(crate) city: &'static City,
}

/// A parcel and its whole way.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) reference: String,
    pub(crate) number: String,
    pub(crate) carrier: &'static Carrier,
    pub(crate) buyer: Buyer,
    /// Pesos at the door.
    pub(crate) collect: i64,
    /// Pesos to the carrier.
    pub(crate) freight: i64,
    pub(crate) made_at: Timestamp,
    /// What is recorded of the way, by the minute, the earliest first.
    pub(crate) movements: Vec<Movement>,
}

/// One scan.
#[derive(Debug, Clone)]
pub(crate) struct Movement {
    pub(crate) at: Timestamp,
    pub(crate) stage: Stage,
    pub(crate) note: Option<&'static str>,
}

/// The orders of a day, by their number.
pub(crate) fn orders(seed: u64, day: u64, count: u64) -> Vec<Order> {
    (0..count).map(|index| order(seed, day, index)).collect()
}

fn order(seed: u64, day: u64, index: u64) -> Order {
    let model = Model::get();
    let mut dice = Dice::of(seed, "order", &[day, index]);
    let number = 1_000_000 + day * 100_000 + index;
    let midnight = beginning() + minutes(day as i64 * DAY);
    // Few buy at night: the later of two draws between six o'clock and midnight.
    let minute = 6 * 60 + dice.between(0, 18 * 60 - 1).max(dice.between(0, 18 * 60 - 1));
    let placed_at = midnight + minutes(minute);
    // A buyer in five is one of the regular ones.
    let person = if dice.percent(20) { dice.below(400) } else { 1_000 + number };
    let mut who = Dice::of(seed, "buyer", &[person]);
    let buyer = Buyer {
        name: format!("{} {} {person}", who.pick(&model.given), who.pick(&model.surname)),
        phone: (FIRST_PHONE + person).to_string(),
        address: format!("Calle {} # {}-{}", who.between(1, 180), who.between(1, 99), who.between(1, 99)),
        city: who.weighted(&model.city, |city| city.weight),
    };
    let total = dice.between(39, 219) * 1_000 + 900;
    let cancelled_at = dice.percent(model.cancelled).then(|| placed_at + minutes(dice.between(10, 100)));
    let confirmed = cancelled_at.is_none() && !dice.percent(model.unconfirmed);
    Order {
        number,
        shop: dice.below(SHOPS),
        placed_at,
        total,
        no_phone: dice.percent(model.no_phone),
        edited_at: dice.percent(model.edited).then(|| placed_at + minutes(dice.between(2, 90))),
        cancelled_at,
        parcel: confirmed.then(|| parcel(seed, number, placed_at, total, buyer.clone())),
        buyer,
    }
}

fn parcel(seed: u64, order: u64, placed_at: Timestamp, collect: i64, buyer: Buyer) -> Parcel {
    let mut dice = Dice::of(seed, "parcel", &[order]);
    let carriers = &Model::get().carrier;
    let carrier = dice.weighted(carriers, |carrier| carrier.weight);
    // Different for different orders: the factor has no divisor in common with a power of ten.
    let space = 10_u64.pow(carrier.digits as u32);
    let serial = (order * 48_271 + 1_234_567) % space;
    let made_at = placed_at + minutes(dice.between(2 * 60, 20 * 60));
    let freight = carrier.freight + buyer.city.days * 2_500;
    let movements = way(seed, &mut dice, carrier, buyer.city, made_at);
    Parcel {
        reference: format!("{}", 7_000_000 + order),
        number: format!("{}{serial:0width$}", carrier.prefix, width = carrier.digits),
        carrier,
        buyer,
        collect,
        freight,
        made_at,
        movements,
    }
}

/// The way of a parcel: to the door, and from there to its end.
fn way(
    seed: u64,
    dice: &mut Dice,
    carrier: &'static Carrier,
    city: &City,
    made_at: Timestamp,
) -> Vec<Movement> {
    let days = (carrier.days + city.days) * DAY;
    let mut steps = vec![
        (0, Stage::Created, None),
        (dice.between(3 * 60, 18 * 60), Stage::Processing, None),
        (dice.between(60, 8 * 60), Stage::Shipped, None),
        (dice.between(days / 6, days / 3), Stage::Transit, None),
        (dice.between(days / 4, days / 2), Stage::Out, None),
    ];
    steps.extend(end(dice, carrier, city));
    let last = steps.len() - 1;
    let (mut at, mut movements) = (made_at, Vec::with_capacity(steps.len()));
    for (index, (wait, stage, note)) in steps.into_iter().enumerate() {
        at = moving_day(seed, carrier, at + minutes(wait.max(1)));
        let lost = dice.below(1_000) < carrier.lost && index != 0 && index != last;
        if !lost {
            movements.push(Movement { at, stage, note });
        }
    }
    movements
}

type Step = (i64, Stage, Option<&'static str>);

/// From the first visit to the end.
fn end(dice: &mut Dice, carrier: &Carrier, city: &City) -> Vec<Step> {
    let model = Model::get();
    let visit = |dice: &mut Dice| {
        let kind = dice.weighted(&model.incident_kinds, |kind| kind.weight);
        (dice.between(60, 6 * 60), Stage::Issue, Some(kind.note.as_str()))
    };
    let delivered = |dice: &mut Dice| vec![(dice.between(30, 8 * 60), Stage::Delivered, None)];
    let returned = |dice: &mut Dice| {
        let back = dice.between(2 * DAY, 6 * DAY);
        vec![(dice.between(DAY, 3 * DAY), Stage::Returning, None), (back, Stage::Returned, None)]
    };
    let drawn = dice.below(100) as i64;
    let (mut steps, arrives) = if drawn < model.office {
        let wait = (dice.between(4 * 60, DAY), Stage::Office, None);
        (vec![visit(dice), wait], dice.percent(model.office_fetched))
    } else if drawn < model.office + model.incident {
        let again = (dice.between(12 * 60, 30 * 60), Stage::Out, None);
        let arrives = dice.percent(model.second_visit);
        let mut steps = vec![visit(dice), again];
        if !arrives {
            steps.push(visit(dice));
        }
        (steps, arrives)
    } else {
        let arrives = dice.percent(first_visit(model, carrier.arrive + city.arrive));
        (if arrives { Vec::new() } else { vec![visit(dice)] }, arrives)
    };
    steps.extend(if arrives { delivered(dice) } else { returned(dice) });
    steps
}

/// The share of first visits without trouble that has to succeed so that `target` percent of all parcels arrive.
fn first_visit(model: &Model, target: i64) -> i64 {
    let others = model.incident * model.second_visit + model.office * model.office_fetched;
    ((target * 100 - others) / (100 - model.incident - model.office)).clamp(0, 99)
}

/// A moment on which the carrier moves: on a strike everything waits for the next day.
fn moving_day(seed: u64, carrier: &Carrier, mut at: Timestamp) -> Timestamp {
    let strike = |at: Timestamp| {
        let day = (at.duration_since(beginning()).as_mins() / DAY) as u64;
        Dice::of(seed, &carrier.code, &[day]).percent(Model::get().strike)
    };
    while strike(at) {
        at += minutes(DAY);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_one_world_and_another_seed_another() {
        let told = |seed| format!("{:?}", orders(seed, 3, 50));
        assert_eq!(told(7), told(7));
        assert_ne!(told(7), told(8));
    }

    #[test]
    fn about_as_many_parcels_arrive_as_the_model_says() {
        let parcels: Vec<Parcel> =
            (0..5).flat_map(|day| orders(1, day, 1_000)).filter_map(|o| o.parcel).collect();
        let ends = |stage| {
            let ended =
                parcels.iter().filter(|parcel| parcel.movements.last().is_some_and(|m| m.stage == stage));
            ended.count() * 100 / parcels.len()
        };
        let (delivered, returned) = (ends(Stage::Delivered), ends(Stage::Returned));
        assert!((68..=80).contains(&delivered), "{delivered}");
        assert!(delivered + returned >= 99, "every parcel has an end");
        assert!(parcels.iter().all(|parcel| parcel.movements.is_sorted_by(|a, b| a.at < b.at)));
    }
}
