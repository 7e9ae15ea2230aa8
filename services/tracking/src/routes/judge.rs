//! How good a route is: its rate, drawn towards its carrier's own where few shipments ended, and the bounds of it.

use std::collections::HashMap;

use super::{CountedRoute, PastResults, Route, RouteCounts, RouteLight, RoutePolicy};

/// Standard normal quantile of 95 %: nine of ten times the truth lies between the bounds.
pub(crate) const Z: f64 = 1.644_853_626_951;

/// A chance of delivery, 0 to 1, with its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// What was counted, drawn towards `towards`.
    pub likely: f64,
    /// Wilson's lower bound of `likely`, the imagined shipments counted with the real ones; 90 % lie between the two.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// The carrier's rate in its other cities, itself drawn towards the rate of the other carriers; where a list told
    /// of the route's past, that, drawn towards the former. The route's own where there is neither. What is drawn is no
    /// part of what it is drawn towards.
    pub towards: f64,
    /// Ended shipments with the imagined ones, if there are any.
    pub weight: f64,
}

/// What routes are judged by: the organisation's policy, the rates over all of its routes, and what lists told of
/// their past. These are about months that nobody named, and may hold what is counted too: so they draw, as imagined
/// shipments do, and count no shipment twice.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    pub(crate) policy: RoutePolicy,
    all: RouteCounts,
    carriers: HashMap<String, RouteCounts>,
    past: HashMap<(String, String), PastResults>,
}

impl Judge {
    pub(crate) fn of(
        policy: RoutePolicy,
        counted: &[CountedRoute],
        past: HashMap<(String, String), PastResults>,
    ) -> Self {
        let (mut all, mut carriers) = (RouteCounts::default(), HashMap::<String, RouteCounts>::new());
        for route in counted {
            all.add(route.counts, 1);
            match carriers.get_mut(&route.carrier_code) {
                Some(sums) => sums.add(route.counts, 1),
                None => drop(carriers.insert(route.carrier_code.clone(), route.counts)),
            }
        }
        Self { policy, all, carriers, past }
    }

    /// What a list told of a route's past.
    pub(crate) fn past(&self, city: &str, carrier: &str) -> Option<PastResults> {
        self.past.get(&(city.to_owned(), carrier.to_owned())).copied()
    }

    /// The shipments that speak for a route: those that ended, and of its past as many as draw its rate.
    pub(crate) fn evidence(&self, city: &str, carrier: &str, ended: i64) -> i64 {
        let past = self.past(city, carrier).map_or(0, |past| past.ended());
        ended + past.min(self.policy.prior as i64)
    }

    /// What was counted of a carrier over all cities.
    pub(crate) fn carrier(&self, code: &str) -> RouteCounts {
        self.carriers.get(code).copied().unwrap_or_default()
    }

    /// Codes of the carriers that were counted.
    pub(crate) fn carriers(&self) -> impl Iterator<Item = &str> {
        self.carriers.keys().map(String::as_str)
    }

    /// Empirical Bayes: the mean of a beta distribution whose prior is worth up to `prior` shipments at the carrier's
    /// rate in its other cities, and that likewise at the rate of the other carriers. What is imagined is never worth
    /// more than what was counted there. `counts` are the route's, or empty.
    pub(crate) fn estimate(&self, city: &str, carrier: &str, counts: &RouteCounts) -> Option<Estimate> {
        let past = self.past(city, carrier).filter(|past| past.ended() > 0);
        let carrier = self.carrier(carrier);
        let (mut elsewhere, mut others) = (carrier, self.all);
        elsewhere.add(*counts, -1);
        others.add(carrier, -1);
        let of_others = self.drawn(&others, None);
        // What others did tempers the carrier's rate, and makes it no weightier.
        let counted = elsewhere.ended() as f64;
        let of_carrier =
            self.drawn(&elsewhere, of_others).map(|(rate, _)| (rate, counted)).filter(|_| counted > 0.0);
        let of_past = past.and_then(|past| {
            // As with the carrier, what tempers it makes it no weightier.
            let (rate, _) = self.drawn(&past.counts(), of_carrier)?;
            Some((rate, past.ended() as f64))
        });
        let towards = of_past.or(of_carrier);
        let (likely, weight) = self.drawn(counts, towards)?;
        let (low, high) = wilson(likely, weight);
        Some(Estimate { likely, low, high, towards: towards.map_or(likely, |(rate, _)| rate), weight })
    }

    /// The rate of counts, drawn towards another one by what that rests on, and the shipments both rest on.
    fn drawn(&self, counts: &RouteCounts, towards: Option<(f64, f64)>) -> Option<(f64, f64)> {
        let (towards, worth) =
            towards.map_or((0.0, 0.0), |(rate, weight)| (rate, weight.min(self.policy.prior)));
        let weight = counts.ended() as f64 + worth;
        (weight > 0.0).then(|| ((counts.delivered as f64 + worth * towards) / weight, weight))
    }

    pub(crate) fn route(&self, counted: CountedRoute) -> Route {
        let CountedRoute { city_key, carrier_code, city_name, counts } = counted;
        let likely = self.estimate(&city_key, &carrier_code, &counts);
        let ended = counts.ended();
        let rate = (ended > 0).then(|| counts.delivered as f64 * 100.0 / ended as f64);
        Route {
            light: self.light(self.evidence(&city_key, &carrier_code, ended), likely),
            to_block: ended >= self.policy.block_from && rate.is_some_and(|r| r < self.policy.block_below),
            paused: false,
            days: (counts.timed > 0).then(|| counts.hours as f64 / counts.timed as f64 / 24.0),
            past: self.past(&city_key, &carrier_code),
            rate,
            likely,
            city_key,
            city_name,
            carrier_code,
            counts,
        }
    }

    pub(crate) fn light(&self, evidence: i64, likely: Option<Estimate>) -> RouteLight {
        let policy = &self.policy;
        match likely.map(|estimate| estimate.likely * 100.0) {
            Some(_) if evidence < policy.grey_below => RouteLight::Grey,
            Some(rate) if rate >= policy.green_from => RouteLight::Green,
            Some(rate) if rate >= policy.amber_from => RouteLight::Amber,
            Some(_) => RouteLight::Red,
            None => RouteLight::Grey,
        }
    }
}

/// The bounds of a share of `n` by E. B. Wilson's score (Journal of the American Statistical Association 22, 1927).
fn wilson(share: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((middle - half).clamp(0.0, 1.0), (middle + half).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn counted(city: &str, carrier: &str, delivered: i64, returned: i64) -> CountedRoute {
        let counts =
            RouteCounts { shipments: delivered + returned, delivered, returned, ..RouteCounts::default() };
        let (city_key, city_name) = (city.to_owned(), city.to_owned());
        CountedRoute { city_key, city_name, carrier_code: carrier.to_owned(), counts }
    }

    fn judged(counted: Vec<CountedRoute>) -> Vec<Route> {
        judged_with(counted, HashMap::new())
    }

    fn judged_with(counted: Vec<CountedRoute>, past: HashMap<(String, String), PastResults>) -> Vec<Route> {
        let judge = Judge::of(RoutePolicy::builtin(), &counted, past);
        counted.into_iter().map(|one| judge.route(one)).collect()
    }

    fn of<'a>(routes: &'a [Route], city: &str) -> &'a Route {
        routes.iter().find(|route| route.city_key == city).unwrap()
    }

    #[test]
    fn few_deliveries_are_no_proof_and_many_are() {
        let routes = judged(vec![
            counted("large", "tcc", 760, 240),
            counted("small", "tcc", 5, 0),
            counted("lucky", "tcc", 12, 0),
            counted("good", "tcc", 180, 20),
            counted("bad", "tcc", 20, 80),
        ]);
        assert_eq!(of(&routes, "large").light, RouteLight::Amber);
        assert_eq!(of(&routes, "small").light, RouteLight::Grey);
        assert_eq!(of(&routes, "good").light, RouteLight::Green);
        assert_eq!((of(&routes, "bad").light, of(&routes, "bad").to_block), (RouteLight::Red, true));
        let lucky = of(&routes, "lucky");
        assert_eq!(lucky.rate, Some(100.0));
        assert!(lucky.likely.unwrap().likely < 0.9, "drawn towards the carrier's rate");
    }

    #[test]
    fn the_bounds_hold_the_likely_rate_and_close_in() {
        let routes = judged(vec![counted("few", "tcc", 8, 2), counted("many", "tcc", 800, 200)]);
        let (few, many) = (of(&routes, "few").likely.unwrap(), of(&routes, "many").likely.unwrap());
        for one in [few, many] {
            assert!(0.0 < one.low && one.low < one.likely && one.likely < one.high && one.high < 1.0);
        }
        assert!(many.high - many.low < (few.high - few.low) / 3.0);
        // Wilson's bounds of 8 of 10 at 90 %, as published tables have them: 0.541 and 0.930.
        let (low, high) = wilson(0.8, 10.0);
        assert!((low - 0.541).abs() < 0.002 && (high - 0.930).abs() < 0.002, "{low} {high}");
    }

    #[test]
    fn a_route_is_no_evidence_for_itself() {
        let alone = judged(vec![counted("a", "tcc", 8, 2)])[0].likely.unwrap();
        assert_eq!((alone.likely, alone.weight, (alone.low, alone.high)), (0.8, 10.0, wilson(0.8, 10.0)));
        // Twice as many of its own change nothing of what it is drawn towards.
        let towards = |own: i64| {
            let routes = judged(vec![
                counted("a", "tcc", 8 * own, 2 * own),
                counted("b", "tcc", 60, 40),
                counted("b", "envia", 90, 10),
            ]);
            of(&routes, "a").likely.unwrap().towards
        };
        assert!((towards(1) - towards(2)).abs() < 1e-12);
        // A carrier that went nowhere else is not drawn towards others', and few elsewhere draw little.
        let others = counted("b", "envia", 990, 10);
        let bad = |elsewhere: i64| {
            let routes =
                judged(vec![counted("a", "tcc", 6, 9), counted("b", "tcc", elsewhere, 0), others.clone()]);
            of(&routes, "a").likely.unwrap().likely
        };
        assert!((bad(0) - 0.4).abs() < 1e-12 && bad(1) < 0.6 && bad(1) < bad(20));
        let prior = RoutePolicy::builtin().prior;
        assert!((towards(1) - (60.0 + prior * 0.9) / (100.0 + prior)).abs() < 1e-12);
    }

    #[test]
    fn the_past_draws_a_route_and_is_never_worth_more_than_the_prior() {
        let past = |delivered, returned| PastResults { delivered, returned, minutes: None };
        let told = |delivered, returned| {
            HashMap::from([(("a".to_owned(), "tcc".to_owned()), past(delivered, returned))])
        };
        // Nothing of its own: the list alone tells, with bounds as wide as the prior is small.
        let route =
            |own: (i64, i64), past| judged_with(vec![counted("a", "tcc", own.0, own.1)], past).remove(0);
        let only = route((0, 0), told(480, 120));
        let estimate = only.likely.unwrap();
        let prior = RoutePolicy::builtin().prior;
        assert!((estimate.likely - 0.8).abs() < 1e-12 && (estimate.weight - prior).abs() < 1e-12);
        assert_eq!((only.rate, only.light, only.to_block), (None, RouteLight::Amber, false));
        assert_eq!(route((0, 0), told(4, 1)).light, RouteLight::Grey, "few are few, whoever tells of them");
        // A hundred of its own outweigh any past.
        let own = route((20, 80), told(9_000, 1_000)).likely.unwrap();
        assert!((own.likely - (20.0 + prior * 0.9) / (100.0 + prior)).abs() < 1e-12);
        assert!((own.towards - 0.9).abs() < 1e-12);
    }

    #[test]
    fn nothing_ended_is_grey_and_has_no_rate() {
        let mut waiting = counted("a", "tcc", 0, 0);
        waiting.counts.shipments = 3;
        let routes = judged(vec![waiting]);
        let route = &routes[0];
        assert_eq!((route.rate, route.likely, route.light), (None, None, RouteLight::Grey));
        assert!(!route.to_block);
    }
}
