//! The carrier that leaves most of an order to a city, with every term of the sum. Nothing is assumed that was not
//! counted: what is missing is said.

use domain::carrier::Offices;
use domain::{Carrier, Country, TenantId};

use super::{Counted, Estimate, Month, PastResults, Route, RouteCounts, RouteLight};
use crate::{CarrierInForce, Tracking};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestCarrierQuestion {
    /// Municipality code or name.
    pub city: String,
    /// First month of the guías that are counted.
    pub from: Month,
    /// Last month.
    pub to: Month,
    /// Only carriers of this country are compared.
    pub country: Country,
    /// What is collected at the door, minor units; else the mean of what was collected in the city.
    pub order_value: Option<i64>,
    /// What the goods cost, minor units; they come back with a return.
    pub product_cost: Option<i64>,
}

/// The carriers of a city side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct BestCarrier {
    /// The city's municipality code, or its folded name.
    pub city_key: String,
    /// The city's name, where anything was sent there or it is a municipality.
    pub city_name: Option<String>,
    /// What the carriers are compared by, minor units, and of how many deliveries it is the mean; no count where it was
    /// asked.
    pub order_value: Option<(i64, Option<i64>)>,
    /// As it was asked.
    pub product_cost: Option<i64>,
    /// Code of the best one.
    pub best: Option<String>,
    /// What decided.
    pub decided_by: Option<DecidedBy>,
    /// What is missing for all carriers.
    pub missing: Vec<Missing>,
    /// The best one first, then the others by what they leave.
    pub offers: Vec<Offer>,
}

/// What decided between carriers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedBy {
    /// The expected margin.
    Margin,
    /// Margins are even; parcels wait longer at its offices.
    OfficeDays,
    /// Margins and office days are even; it delivers to more places.
    Coverage,
}

/// What stands against a carrier, whatever it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It does not collect that much.
    OverMaxCollect,
    /// Somebody paused it, or the city.
    Paused,
    /// Too few of its shipments to the city ended to tell.
    TooFew,
}

/// What nobody told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// What an order is worth.
    OrderValue,
    /// What the goods cost: the margin is before them.
    ProductCost,
    /// How the carrier's shipments end.
    EndedShipments,
    /// What it takes for a delivery.
    Freight,
    /// What it takes for a return.
    ReturnCost,
    /// The most it collects.
    MaxCollect,
    /// How long parcels wait at its offices.
    OfficeDays,
    /// Whether it serves the city: nothing was sent there.
    Coverage,
}

/// A mean of counted amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mean {
    /// Minor units.
    pub amount: i64,
    /// Of so many shipments.
    pub samples: i64,
    /// Of which ones.
    pub of: MeanOf,
}

/// Which shipments a mean is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeanOf {
    /// The carrier's to this city.
    Route,
    /// The carrier's to all cities, because none to this one has the amount.
    Carrier,
}

/// What an order leaves, minor units: `income` − `freight` − `returns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margin {
    /// Chance of delivery × (value − cost of the goods).
    pub income: i64,
    /// Freight, paid either way.
    pub freight: i64,
    /// Chance of a return × its cost.
    pub returns: i64,
    /// What is left.
    pub expected: i64,
    /// The same with the lower bound of the chance.
    pub low: i64,
    /// The same with its upper bound.
    pub high: i64,
}

/// What is known of one carrier for a city.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Code of the carrier.
    pub carrier_code: String,
    /// What was counted on the route.
    pub counts: RouteCounts,
    /// The route's light.
    pub light: RouteLight,
    /// The chance of a delivery.
    pub likely: Option<Estimate>,
    /// What a list told of the route's past.
    pub past: Option<PastResults>,
    /// Mean days from guía to delivery.
    pub days: Option<f64>,
    /// What it takes for a delivery.
    pub freight: Option<Mean>,
    /// What it takes for a return.
    pub return_cost: Option<Mean>,
    /// The most it collects, minor units.
    pub max_collect: Option<i64>,
    /// Where parcels wait.
    pub offices: Offices,
    /// How long.
    pub office_days: Option<i64>,
    /// Places it delivers to.
    pub coverage_points: Option<i64>,
    /// What an order leaves; none while a term is missing.
    pub margin: Option<Margin>,
    /// What stands against it.
    pub obstacles: Vec<Obstacle>,
    /// What nobody told.
    pub missing: Vec<Missing>,
}

impl Tracking {
    /// Compares the carriers for orders to a city.
    pub async fn best_carrier(
        &self,
        tenant: TenantId,
        question: &BestCarrierQuestion,
    ) -> database::Result<BestCarrier> {
        let rules = self.carriers(tenant).await?;
        let counted = self.count_routes(tenant, question.from, question.to).await?;
        let key = crate::queue::city_key(&question.city);
        Ok(compare(question, key, &counted, &rules))
    }
}

fn compare(
    question: &BestCarrierQuestion,
    key: String,
    counted: &Counted,
    rules: &[CarrierInForce],
) -> BestCarrier {
    let here: Vec<&Route> = counted.routes.iter().filter(|route| route.city_key == key).collect();
    let order_value = question.order_value.map(|value| (value, None)).or_else(|| {
        let sum = |part: fn(&RouteCounts) -> i64| here.iter().map(|route| part(&route.counts)).sum::<i64>();
        let known = sum(|counts| counts.collect_known);
        mean(sum(|counts| counts.collected), known).map(|value| (value, Some(known)))
    });
    let value = order_value.map(|(value, _)| value);
    let mut codes: Vec<&str> = counted.judge.carriers().collect();
    codes.extend(rules.iter().map(|one| one.carrier.code()));
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|code| Carrier::from_code(code).is_some_and(|known| known.country() == question.country));
    let offer = |code: &str| {
        let route = here.iter().find(|route| route.carrier_code == code).copied();
        let rules = rules.iter().find(|one| one.carrier.code() == code);
        let (value, cost) = (value, question.product_cost);
        Asked {
            city: &key,
            code,
            route,
            rules,
            value,
            cost,
            counted,
            paused: counted.paused.hold(&key, code),
        }
        .offer()
    };
    let mut offers: Vec<Offer> = codes.into_iter().map(offer).collect();
    let best = best_of(&offers, counted.judge.policy.even_within, value);
    let chosen = best.as_ref().map(|(code, _)| code.clone());
    offers.sort_by(|a, b| rank(a, chosen.as_deref()).cmp(&rank(b, chosen.as_deref())));
    let known = domain::city::by_code(&key).map(|city| city.name.to_owned());
    BestCarrier {
        city_name: here.first().map(|route| route.city_name.clone()).or(known),
        city_key: key,
        missing: [
            (order_value.is_none(), Missing::OrderValue),
            (question.product_cost.is_none(), Missing::ProductCost),
        ]
        .into_iter()
        .filter_map(|(missing, what)| missing.then_some(what))
        .collect(),
        order_value,
        product_cost: question.product_cost,
        best: chosen,
        decided_by: best.map(|(_, by)| by),
        offers,
    }
}

/// The best first, then who may be chosen, then by what is left, then by what is known.
fn rank<'a>(
    offer: &'a Offer,
    best: Option<&str>,
) -> (bool, bool, std::cmp::Reverse<i64>, std::cmp::Reverse<i64>, &'a str) {
    let left = offer.margin.map_or(i64::MIN, |margin| margin.expected);
    (
        best != Some(offer.carrier_code.as_str()),
        !offer.may_be_chosen(),
        std::cmp::Reverse(left),
        std::cmp::Reverse(offer.counts.ended()),
        &offer.carrier_code,
    )
}

/// Among those that may be chosen the largest margin; among even ones who waits longest, then who goes farthest.
fn best_of(offers: &[Offer], even_within: f64, value: Option<i64>) -> Option<(String, DecidedBy)> {
    let mut fit: Vec<(&Offer, i64)> = offers
        .iter()
        .filter(|offer| offer.may_be_chosen())
        .filter_map(|offer| Some((offer, offer.margin?.expected)))
        .collect();
    fit.sort_by(|(a, left), (b, right)| right.cmp(left).then_with(|| a.carrier_code.cmp(&b.carrier_code)));
    let (first, most) = *fit.first()?;
    let even = value.unwrap_or(0) as f64 * even_within / 100.0;
    fit.retain(|(_, margin)| ((most - margin) as f64) < even || *margin == most);
    let waits = |offer: &Offer| offer.office_days.unwrap_or(0);
    let reaches = |offer: &Offer| offer.coverage_points.unwrap_or(0);
    // Of equals the first: the larger margin.
    let best = fit.iter().map(|(offer, _)| *offer).reduce(|best, other| {
        let better = (waits(other), reaches(other)) > (waits(best), reaches(best));
        if better { other } else { best }
    })?;
    let by = if best.carrier_code == first.carrier_code {
        DecidedBy::Margin
    } else if waits(best) > waits(first) {
        DecidedBy::OfficeDays
    } else {
        DecidedBy::Coverage
    };
    Some((best.carrier_code.clone(), by))
}

impl Offer {
    fn may_be_chosen(&self) -> bool {
        self.margin.is_some() && self.obstacles.is_empty()
    }
}

/// One carrier that is asked about.
struct Asked<'a> {
    city: &'a str,
    code: &'a str,
    route: Option<&'a Route>,
    rules: Option<&'a CarrierInForce>,
    value: Option<i64>,
    cost: Option<i64>,
    counted: &'a Counted,
    paused: bool,
}

impl Asked<'_> {
    fn offer(&self) -> Offer {
        let judge = &self.counted.judge;
        let counts = self.route.map(|route| route.counts).unwrap_or_default();
        let whole = judge.carrier(self.code);
        let likely = judge.estimate(self.city, self.code, &counts);
        let past = judge.past(self.city, self.code);
        let evidence = judge.evidence(self.city, self.code, counts.ended());
        let freight = mean_of(counts.freight, counts.freight_known, whole.freight, whole.freight_known);
        let return_cost =
            mean_of(counts.return_cost, counts.return_cost_known, whole.return_cost, whole.return_cost_known);
        let rules = self.rules.map(|one| &one.rules);
        let max_collect = rules.and_then(|rules| rules.max_collect);
        let office_days = rules.and_then(|rules| rules.office_days);
        let offices = rules.map_or(Offices::Unknown, |rules| rules.offices);
        let over = max_collect.zip(self.value).is_some_and(|(most, value)| value > most);
        let obstacles = [
            (over, Obstacle::OverMaxCollect),
            (self.paused, Obstacle::Paused),
            (evidence < judge.policy.grey_below, Obstacle::TooFew),
        ];
        let missing = [
            (likely.is_none(), Missing::EndedShipments),
            (freight.is_none(), Missing::Freight),
            (return_cost.is_none(), Missing::ReturnCost),
            (max_collect.is_none(), Missing::MaxCollect),
            (office_days.is_none() && offices != Offices::None, Missing::OfficeDays),
            (counts.shipments == 0 && past.is_none(), Missing::Coverage),
        ];
        Offer {
            carrier_code: self.code.to_owned(),
            light: judge.light(evidence, likely),
            days: self.route.and_then(|route| route.days),
            margin: self.margin(likely, freight, return_cost),
            obstacles: obstacles.into_iter().filter_map(|(is, what)| is.then_some(what)).collect(),
            missing: missing.into_iter().filter_map(|(is, what)| is.then_some(what)).collect(),
            coverage_points: rules.and_then(|rules| rules.coverage_points),
            counts,
            likely,
            past,
            freight,
            return_cost,
            max_collect,
            offices,
            office_days,
        }
    }

    fn margin(&self, likely: Option<Estimate>, freight: Option<Mean>, back: Option<Mean>) -> Option<Margin> {
        let (value, likely, freight, back) = (self.value?, likely?, freight?.amount, back?.amount);
        let gain = value - self.cost.unwrap_or(0);
        let income = |chance: f64| (chance * gain as f64).round() as i64;
        let returns = |chance: f64| ((1.0 - chance) * back as f64).round() as i64;
        let left = |chance: f64| income(chance) - freight - returns(chance);
        let (one, other) = (left(likely.low), left(likely.high));
        Some(Margin {
            income: income(likely.likely),
            freight,
            returns: returns(likely.likely),
            expected: left(likely.likely),
            // Goods that cost more than they bring make the better chance the worse one.
            low: one.min(other),
            high: one.max(other),
        })
    }
}

/// The mean of the route's amounts, else of the carrier's.
fn mean_of(sum: i64, known: i64, whole: i64, whole_known: i64) -> Option<Mean> {
    let of_route = mean(sum, known).map(|amount| Mean { amount, samples: known, of: MeanOf::Route });
    let of_carrier =
        || mean(whole, whole_known).map(|amount| Mean { amount, samples: whole_known, of: MeanOf::Carrier });
    of_route.or_else(of_carrier)
}

/// To the nearest minor unit.
pub(super) fn mean(sum: i64, known: i64) -> Option<i64> {
    (known > 0).then(|| (sum as f64 / known as f64).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::pauses::ActivePauses;
    use crate::routes::{CountedRoute, Judge, RoutePolicy};

    fn counted(city: &str, carrier: &str, delivered: i64, returned: i64, freight: i64) -> CountedRoute {
        let ended = delivered + returned;
        let counts = RouteCounts {
            shipments: ended,
            delivered,
            returned,
            collected: delivered * 90_000,
            collect_known: delivered,
            freight: ended * freight,
            freight_known: ended,
            return_cost: returned * 18_000,
            return_cost_known: returned,
            returned_freight: returned * freight,
            ..RouteCounts::default()
        };
        let (city_key, city_name) = (city.to_owned(), city.to_owned());
        CountedRoute { city_key, city_name, carrier_code: carrier.to_owned(), counts }
    }

    fn answer(counted: Vec<CountedRoute>, value: Option<i64>, paused: &str) -> BestCarrier {
        let judge = Judge::of(RoutePolicy::builtin(), &counted, std::collections::HashMap::new());
        let routes = counted.into_iter().map(|one| judge.route(one)).collect();
        let months = ("2026-01".parse().unwrap(), "2026-06".parse().unwrap());
        let question = BestCarrierQuestion {
            city: "76001".into(),
            from: months.0,
            to: months.1,
            country: Country::Co,
            order_value: value,
            product_cost: Some(30_000),
        };
        let in_force = |carrier: &Carrier| CarrierInForce {
            carrier: *carrier,
            rules: carrier.rules().clone(),
            version: 0,
            changed_at: None,
        };
        let rules: Vec<CarrierInForce> = Carrier::all().iter().map(in_force).collect();
        let paused = ActivePauses::of([("76001".to_owned(), paused.to_owned())]);
        compare(&question, "76001".into(), &Counted { routes, judge, paused }, &rules)
    }

    fn offer<'a>(answer: &'a BestCarrier, code: &str) -> &'a Offer {
        answer.offers.iter().find(|offer| offer.carrier_code == code).unwrap()
    }

    #[test]
    fn the_margin_is_the_sum_of_its_terms() {
        let answer = answer(
            vec![counted("76001", "tcc", 180, 20, 12_000), counted("76001", "coordinadora", 150, 50, 11_000)],
            None,
            "nobody",
        );
        assert_eq!(answer.order_value, Some((90_000, Some(330))));
        assert_eq!((answer.best.as_deref(), answer.decided_by), (Some("tcc"), Some(DecidedBy::Margin)));
        let tcc = offer(&answer, "tcc");
        let (margin, chance) = (tcc.margin.unwrap(), tcc.likely.unwrap().likely);
        assert_eq!(margin.expected, margin.income - margin.freight - margin.returns);
        assert_eq!(margin.income, (chance * 60_000.0).round() as i64);
        assert_eq!(margin.freight, 12_000);
        assert_eq!(margin.returns, ((1.0 - chance) * 18_000.0).round() as i64);
        assert!(margin.low < margin.expected && margin.expected < margin.high);
        assert_eq!(answer.offers[0].carrier_code, "tcc", "the best stands first");
    }

    #[test]
    fn nothing_is_made_up() {
        let mut silent = counted("76001", "tcc", 40, 10, 0);
        (silent.counts.freight_known, silent.counts.return_cost_known, silent.counts.collect_known) =
            (0, 0, 0);
        let answer = answer(vec![silent], None, "nobody");
        assert_eq!((answer.best.clone(), answer.order_value), (None, None));
        assert_eq!(answer.missing, [Missing::OrderValue]);
        let tcc = offer(&answer, "tcc");
        assert_eq!(tcc.missing, [Missing::Freight, Missing::ReturnCost]);
        assert_eq!((tcc.margin, tcc.freight), (None, None));
        let unheard = offer(&answer, "servientrega");
        assert!(unheard.likely.is_none() && unheard.missing.contains(&Missing::EndedShipments));
        assert!(
            unheard.obstacles.contains(&Obstacle::TooFew) && unheard.missing.contains(&Missing::Coverage)
        );
        assert!(answer.offers.iter().all(|offer| offer.carrier_code != "tramaco"), "another country's");
    }

    #[test]
    fn an_amount_of_other_cities_is_told_from_one_of_the_route() {
        let mut here = counted("76001", "tcc", 40, 10, 0);
        (here.counts.freight, here.counts.freight_known) = (0, 0);
        let answer = answer(vec![here, counted("11001", "tcc", 90, 10, 9_000)], None, "nobody");
        let tcc = offer(&answer, "tcc");
        let carriers = Mean { amount: 9_000, samples: 100, of: MeanOf::Carrier };
        assert_eq!(tcc.freight, Some(carriers));
        assert_eq!(tcc.return_cost.map(|mean| mean.of), Some(MeanOf::Route));
    }

    #[test]
    fn what_stands_against_a_carrier_outweighs_its_margin() {
        let routes = || {
            vec![counted("76001", "tcc", 190, 10, 9_000), counted("76001", "coordinadora", 150, 50, 11_000)]
        };
        // TCC collects 1,800,000 at most, Coordinadora 2,000,000.
        let dear = answer(routes(), Some(1_900_000), "nobody");
        assert_eq!(offer(&dear, "tcc").obstacles, [Obstacle::OverMaxCollect]);
        assert_eq!(dear.best.as_deref(), Some("coordinadora"));
        let paused = answer(routes(), None, "tcc");
        assert_eq!(offer(&paused, "tcc").obstacles, [Obstacle::Paused]);
        assert_eq!(paused.best.as_deref(), Some("coordinadora"));
        let few = answer(vec![counted("76001", "tcc", 9, 0, 9_000)], None, "nobody");
        assert_eq!((few.best, few.offers[0].light), (None, RouteLight::Grey));
    }

    #[test]
    fn even_margins_are_decided_by_office_days_then_coverage() {
        // The same numbers: Coordinadora's parcels wait 8 days, TCC's 3.
        let routes =
            vec![counted("76001", "tcc", 181, 19, 11_000), counted("76001", "coordinadora", 180, 20, 11_000)];
        let even = answer(routes, None, "nobody");
        assert_eq!(
            (even.best.as_deref(), even.decided_by),
            (Some("coordinadora"), Some(DecidedBy::OfficeDays))
        );
        // Servientrega's wait as long, and it goes to more places.
        let routes = vec![
            counted("76001", "coordinadora", 181, 19, 11_000),
            counted("76001", "servientrega", 180, 20, 11_000),
        ];
        let even = answer(routes, None, "nobody");
        assert_eq!(
            (even.best.as_deref(), even.decided_by),
            (Some("servientrega"), Some(DecidedBy::Coverage))
        );
    }
}
