//! What would have come of shipments, had another carrier taken them: by what that carrier did in the same cities.

use domain::TenantId;

use super::best::mean;
use super::judge::Z;
use super::{Counted, Month, Route, RouteCounts, RouteLight};
use crate::Tracking;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulationQuestion {
    /// Municipality code or name; none for all cities.
    pub city: Option<String>,
    /// Code or name of the carrier whose shipments are given away; none for those of all others.
    pub from_carrier: Option<String>,
    /// Code or name of the carrier that takes them.
    pub to_carrier: String,
    /// First month of the guías.
    pub from: Month,
    /// Last month.
    pub to: Month,
}

/// What came of the shipments, and what would have come of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// Code of the carrier that takes them.
    pub to_carrier: String,
    /// Ended shipments in cities where enough of the carrier's own ended to tell.
    pub ended: i64,
    /// Those of them that were delivered.
    pub delivered: i64,
    /// Collected less freight and returns, minor units; none where an amount is missing.
    pub left: Option<i64>,
    /// Ended shipments in cities where too few of the carrier's own ended: nothing is said about them.
    pub cannot_tell: i64,
    /// Cities that count.
    pub cities: usize,
    /// None where the carrier has no history in any of the cities.
    pub simulated: Option<Simulated>,
}

/// What would have come of the shipments that count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulated {
    /// Expected deliveries.
    pub delivered: f64,
    /// In nine of ten cases no fewer than this. Deliveries of each city are beta-binomial: the doubt about the rate and
    /// the luck of so many shipments together.
    pub low: f64,
    /// In nine of ten cases no more.
    pub high: f64,
    /// Collected less freight and returns, minor units, with the expected deliveries; none where an amount is missing.
    pub left: Option<i64>,
    /// The same with the fewest.
    pub left_low: Option<i64>,
    /// The same with the most.
    pub left_high: Option<i64>,
}

impl Tracking {
    /// Gives shipments of the past to another carrier.
    pub async fn simulate_assignment(
        &self,
        tenant: TenantId,
        question: &SimulationQuestion,
    ) -> database::Result<Simulation> {
        let counted = self.count_routes(tenant, question.from, question.to).await?;
        let city = question.city.as_deref().map(crate::queue::city_key);
        let giver = question.from_carrier.as_deref().map(crate::queue::carrier_code);
        let taker = crate::queue::carrier_code(&question.to_carrier);
        Ok(simulate(&counted, city.as_deref(), giver.as_deref(), taker))
    }
}

fn simulate(counted: &Counted, city: Option<&str>, giver: Option<&str>, taker: String) -> Simulation {
    let given = |route: &&Route| {
        route.carrier_code != taker
            && city.is_none_or(|city| city == route.city_key)
            && giver.is_none_or(|giver| giver == route.carrier_code)
            && route.counts.ended() > 0
    };
    let mut cities = std::collections::BTreeMap::<&str, RouteCounts>::new();
    for route in counted.routes.iter().filter(given) {
        cities.entry(&route.city_key).or_default().add(route.counts, 1);
    }
    let own: std::collections::HashMap<&str, &Route> = counted
        .routes
        .iter()
        .filter(|route| route.carrier_code == taker)
        .map(|route| (route.city_key.as_str(), route))
        .collect();
    let (mut sums, mut cannot_tell, mut count) = (RouteCounts::default(), 0, 0);
    let (mut delivered, mut variance) = (0.0, 0.0);
    // Each city at its own prices: who delivers far away pays for it there.
    let mut money = Some(Money::default());
    for (city, counts) in cities {
        let known = own.get(city).filter(|route| route.light != RouteLight::Grey);
        let Some((route, estimate)) = known.and_then(|route| Some((route, route.likely?))) else {
            cannot_tell += counts.ended();
            continue;
        };
        let n = counts.ended() as f64;
        let spread = n * estimate.likely * (1.0 - estimate.likely);
        delivered += n * estimate.likely;
        variance += spread * (estimate.weight + n) / (estimate.weight + 1.0);
        money = money.zip(Money::of(&counts, &route.counts, estimate.likely)).map(|(all, one)| all.and(one));
        sums.add(counts, 1);
        count += 1;
    }
    let ended = sums.ended();
    let half = Z * f64::sqrt(variance);
    let (low, high) = ((delivered - half).max(0.0), (delivered + half).min(ended as f64));
    // More or fewer deliveries are so in every city alike.
    let left = |those: f64| money.map(|money| money.left(those - delivered, delivered));
    let simulated = (count > 0).then(|| Simulated {
        delivered,
        low,
        high,
        left: left(delivered),
        left_low: left(low),
        left_high: left(high),
    });
    Simulation {
        to_carrier: taker,
        ended,
        delivered: sums.delivered,
        left: (count > 0).then(|| left_of(&sums)).flatten(),
        cannot_tell,
        cities: count,
        simulated,
    }
}

/// What was left of shipments; none while nobody told an amount of any of them.
fn left_of(counts: &RouteCounts) -> Option<i64> {
    let all_known = counts.collect_known == counts.delivered
        && counts.freight_known == counts.ended()
        && counts.return_cost_known == counts.returned;
    all_known.then(|| counts.collected - counts.freight - counts.return_cost)
}

/// What shipments would leave with the taker, minor units, summed over cities.
#[derive(Debug, Clone, Copy, Default)]
struct Money {
    /// With the expected deliveries.
    expected: f64,
    /// What the expected deliveries brought more than as many returns.
    at_stake: f64,
}

impl Money {
    /// Of one city's shipments: what they were worth, at the taker's mean freight and cost of a return there. None
    /// while one of the three is unknown.
    fn of(given: &RouteCounts, own: &RouteCounts, likely: f64) -> Option<Self> {
        let ended = given.ended() as f64;
        let delivered = ended * likely;
        let term = |sum, known, wanted: f64| {
            // Of what does not occur nobody needs the price.
            if wanted > 0.0 { mean(sum, known).map(|mean| mean as f64) } else { Some(0.0) }
        };
        let value = term(given.collected, given.collect_known, delivered)?;
        let freight = term(own.freight, own.freight_known, ended)?;
        let back = term(own.return_cost, own.return_cost_known, ended - delivered)?;
        Some(Self {
            expected: delivered * value - ended * freight - (ended - delivered) * back,
            at_stake: delivered * (value + back),
        })
    }

    fn and(self, other: Self) -> Self {
        Self { expected: self.expected + other.expected, at_stake: self.at_stake + other.at_stake }
    }

    /// With `more` deliveries than the expected ones.
    fn left(self, more: f64, expected_deliveries: f64) -> i64 {
        let each = if expected_deliveries > 0.0 { self.at_stake / expected_deliveries } else { 0.0 };
        (self.expected + more * each).round() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::pauses::ActivePauses;
    use crate::routes::{CountedRoute, Judge, RoutePolicy};

    fn counted(of: &[(&str, &str, i64, i64, i64)]) -> Counted {
        let counted: Vec<CountedRoute> = of
            .iter()
            .map(|&(city, carrier, delivered, returned, freight)| {
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
                    ..RouteCounts::default()
                };
                let (city_key, carrier_code) = (city.to_owned(), carrier.to_owned());
                CountedRoute { city_name: city_key.clone(), city_key, carrier_code, counts }
            })
            .collect();
        let judge = Judge::of(RoutePolicy::builtin(), &counted, std::collections::HashMap::new());
        let routes = counted.into_iter().map(|one| judge.route(one)).collect();
        Counted { routes, judge, paused: ActivePauses::of([]) }
    }

    #[test]
    fn shipments_go_to_another_carrier_by_what_it_did_in_the_same_cities() {
        let all = counted(&[
            ("a", "tcc", 60, 40, 12_000),
            ("a", "envia", 180, 20, 10_000),
            ("b", "tcc", 50, 0, 12_000),
            ("b", "envia", 3, 0, 10_000),
        ]);
        let answer = simulate(&all, None, Some("tcc"), "envia".into());
        assert_eq!((answer.ended, answer.delivered, answer.cannot_tell, answer.cities), (100, 60, 50, 1));
        assert_eq!(answer.left, Some(60 * 90_000 - 100 * 12_000 - 40 * 18_000));
        let with = answer.simulated.unwrap();
        let chance =
            all.routes.iter().find(|r| r.city_key == "a" && r.carrier_code == "envia").unwrap().likely;
        let chance = chance.unwrap().likely;
        assert!((with.delivered - 100.0 * chance).abs() < 1e-9);
        // The doubt of a rate from 220 shipments is less than the luck of 100, and together more than either.
        let luck = Z * (100.0 * chance * (1.0 - chance)).sqrt();
        let half = with.delivered - with.low;
        assert!(half > luck && half < 1.5 * luck, "{half} {luck}");
        let expected = with.delivered * 90_000.0 - 100.0 * 10_000.0 - (100.0 - with.delivered) * 18_000.0;
        assert_eq!(with.left, Some(expected.round() as i64));
        assert!(with.left_low < with.left && with.left < with.left_high && with.high <= 100.0);
    }

    #[test]
    fn each_city_has_its_own_prices() {
        // The taker goes mostly to the near city; what it would get is mostly for the far one.
        let all = counted(&[
            ("near", "envia", 900, 100, 10_000),
            ("far", "envia", 16, 4, 30_000),
            ("near", "tcc", 8, 2, 12_000),
            ("far", "tcc", 400, 100, 12_000),
        ]);
        let with = simulate(&all, None, Some("tcc"), "envia".into()).simulated.unwrap();
        let chance = |city: &str| {
            let route = all.routes.iter().find(|r| r.city_key == city && r.carrier_code == "envia").unwrap();
            route.likely.unwrap().likely
        };
        let of = |ended: f64, chance: f64, freight: f64| {
            ended * chance * 90_000.0 - ended * freight - ended * (1.0 - chance) * 18_000.0
        };
        let expected = of(10.0, chance("near"), 10_000.0) + of(500.0, chance("far"), 30_000.0);
        assert_eq!(with.left, Some(expected.round() as i64));
    }

    #[test]
    fn without_a_history_nothing_is_said() {
        let all = counted(&[("a", "tcc", 60, 40, 12_000), ("b", "envia", 90, 10, 9_000)]);
        let answer = simulate(&all, Some("a"), None, "envia".into());
        assert_eq!((answer.cannot_tell, answer.ended, answer.simulated), (100, 0, None));
        let own = simulate(&all, Some("b"), None, "envia".into());
        assert_eq!((own.cannot_tell, own.cities), (0, 0), "its own shipments are not given to it");
    }
}
