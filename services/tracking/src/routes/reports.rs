//! Routes side by side: where the losses are, which deserve more orders, and a grid of cities and carriers.

use std::collections::HashMap;

use domain::TenantId;

use super::{Month, Route, RouteLight};
use crate::Tracking;

/// The share of all losses that the first routes make.
const MOST: f64 = 80.0;

/// Where the losses are.
#[derive(Debug, Clone, PartialEq)]
pub struct Losses {
    /// Of all routes, minor units.
    pub total: i64,
    /// Returns on all routes.
    pub returned: i64,
    /// Returns whose cost nobody told; their freight alone is counted.
    pub cost_unknown: i64,
    /// Routes with losses.
    pub routes: usize,
    /// The first so many make 80 % of the losses.
    pub routes_of_most: usize,
    /// The largest loss first.
    pub items: Vec<LossShare>,
}

/// A route and its part of the losses.
#[derive(Debug, Clone, PartialEq)]
pub struct LossShare {
    /// Which.
    pub route: Route,
    /// Minor units.
    pub loss: i64,
    /// Percent of all losses that this route and those before it make.
    pub up_to_here: f64,
    /// Whether it is one of those that make 80 %.
    pub of_most: bool,
}

/// What a route's volume and rate ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quadrant {
    /// Much is sent and much arrives: send more.
    Scale,
    /// Much is sent and little arrives: mend it first.
    Fix,
    /// Little is sent and much arrives: room to grow.
    Grow,
    /// Little is sent and little arrives: look again.
    Review,
}

/// Routes by volume and rate; grey ones, and those of which only a list of the past tells, are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Much is this many ended shipments or more: the mean of the routes.
    pub volume_from: f64,
    /// Much arrives from this percent on: where green begins.
    pub rate_from: f64,
    /// Routes which have too few shipments for a place.
    pub too_few: usize,
    /// By place, those with most ended shipments first.
    pub items: Vec<(Quadrant, Route)>,
}

/// The cities with most ended shipments, and each carrier's light in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Codes, the one with most ended shipments first.
    pub carriers: Vec<String>,
    /// Those with most ended shipments first.
    pub cities: Vec<GridCity>,
    /// All cities there are.
    pub cities_of_all: usize,
}

/// A row of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridCity {
    /// Municipality code, or folded name.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Ended shipments.
    pub ended: i64,
    /// In the order of the carriers; none where nothing was sent.
    pub cells: Vec<Option<Route>>,
}

impl Tracking {
    /// The routes that lose most, at most `limit`.
    pub async fn route_losses(
        &self,
        tenant: TenantId,
        from: Month,
        to: Month,
        limit: usize,
    ) -> database::Result<Losses> {
        Ok(losses(self.routes(tenant, from, to).await?, limit))
    }

    /// Routes by volume and rate, at most `limit` of each place.
    pub async fn route_matrix(
        &self,
        tenant: TenantId,
        from: Month,
        to: Month,
        limit: usize,
    ) -> database::Result<Matrix> {
        let counted = self.count_routes(tenant, from, to).await?;
        Ok(matrix(counted.routes, counted.judge.policy.green_from, limit))
    }

    /// The `limit` cities with most ended shipments by carrier.
    pub async fn route_grid(
        &self,
        tenant: TenantId,
        from: Month,
        to: Month,
        limit: usize,
    ) -> database::Result<Grid> {
        Ok(grid(self.routes(tenant, from, to).await?, limit))
    }
}

fn losses(mut routes: Vec<Route>, limit: usize) -> Losses {
    let sum = |part: fn(&Route) -> i64| routes.iter().map(part).sum::<i64>();
    let total = sum(Route::loss);
    let returned = sum(|route| route.counts.returned);
    let cost_unknown = returned - sum(|route| route.counts.return_cost_known);
    routes.retain(|route| route.loss() > 0);
    routes.sort_by_key(|route| std::cmp::Reverse(route.loss()));
    let (mut so_far, mut routes_of_most) = (0, 0);
    let count = routes.len();
    let mut items = Vec::with_capacity(count.min(limit));
    for route in routes {
        let loss = route.loss();
        // The route that passes the mark is one of them.
        let of_most = (so_far as f64) * 100.0 < MOST * total as f64;
        so_far += loss;
        routes_of_most += usize::from(of_most);
        if items.len() < limit {
            let up_to_here = so_far as f64 * 100.0 / total as f64;
            items.push(LossShare { route, loss, up_to_here, of_most });
        }
    }
    Losses { total, returned, cost_unknown, routes: count, routes_of_most, items }
}

fn matrix(mut routes: Vec<Route>, rate_from: f64, limit: usize) -> Matrix {
    let all = routes.len();
    routes.retain(|route| route.light != RouteLight::Grey && route.counts.ended() > 0);
    let ended: i64 = routes.iter().map(|route| route.counts.ended()).sum();
    let volume_from = ended as f64 / routes.len().max(1) as f64;
    let too_few = all - routes.len();
    let place = |route: &Route| {
        let much = route.counts.ended() as f64 >= volume_from;
        let good = route.likely.is_some_and(|estimate| estimate.likely * 100.0 >= rate_from);
        match (much, good) {
            (true, true) => Quadrant::Scale,
            (true, false) => Quadrant::Fix,
            (false, true) => Quadrant::Grow,
            (false, false) => Quadrant::Review,
        }
    };
    let mut items: Vec<(Quadrant, Route)> = routes.into_iter().map(|route| (place(&route), route)).collect();
    items.sort_by_key(|(quadrant, _)| *quadrant);
    let mut of_each = HashMap::<Quadrant, usize>::new();
    items.retain(|(quadrant, _)| {
        let count = of_each.entry(*quadrant).or_default();
        *count += 1;
        *count <= limit
    });
    Matrix { volume_from, rate_from, too_few, items }
}

fn grid(routes: Vec<Route>, limit: usize) -> Grid {
    let (mut carriers, mut cities) = (HashMap::<String, i64>::new(), HashMap::<String, GridCity>::new());
    for route in &routes {
        let ended = route.counts.ended();
        *carriers.entry(route.carrier_code.clone()).or_default() += ended;
        let city = cities.entry(route.city_key.clone()).or_insert_with(|| GridCity {
            key: route.city_key.clone(),
            name: route.city_name.clone(),
            ended: 0,
            cells: Vec::new(),
        });
        city.ended += ended;
    }
    let mut carriers: Vec<(String, i64)> = carriers.into_iter().collect();
    carriers.sort_by(|(a, left), (b, right)| right.cmp(left).then_with(|| a.cmp(b)));
    let carriers: Vec<String> = carriers.into_iter().map(|(code, _)| code).collect();
    let cities_of_all = cities.len();
    let mut cities: Vec<GridCity> = cities.into_values().collect();
    cities.sort_by(|a, b| b.ended.cmp(&a.ended).then_with(|| a.key.cmp(&b.key)));
    cities.truncate(limit);
    let mut by_place: HashMap<(String, String), Route> = routes
        .into_iter()
        .map(|route| ((route.city_key.clone(), route.carrier_code.clone()), route))
        .collect();
    for city in &mut cities {
        let cell = |code: &String| by_place.remove(&(city.key.clone(), code.clone()));
        city.cells = carriers.iter().map(cell).collect();
    }
    Grid { carriers, cities, cities_of_all }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{CountedRoute, Judge, RouteCounts, RoutePolicy};

    fn routes(of: &[(&str, &str, i64, i64)]) -> Vec<Route> {
        let counted: Vec<CountedRoute> = of
            .iter()
            .map(|&(city, carrier, delivered, returned)| {
                let counts = RouteCounts {
                    shipments: delivered + returned,
                    delivered,
                    returned,
                    return_cost: returned * 10,
                    return_cost_known: returned,
                    returned_freight: returned * 5,
                    ..RouteCounts::default()
                };
                let (city_key, carrier_code) = (city.to_owned(), carrier.to_owned());
                CountedRoute { city_name: city_key.clone(), city_key, carrier_code, counts }
            })
            .collect();
        let judge = Judge::of(RoutePolicy::builtin(), &counted, HashMap::new());
        counted.into_iter().map(|one| judge.route(one)).collect()
    }

    #[test]
    fn few_routes_make_most_of_the_losses() {
        let all = routes(&[
            ("a", "x", 10, 70),
            ("b", "x", 10, 15),
            ("c", "x", 10, 10),
            ("d", "x", 10, 5),
            ("e", "x", 9, 0),
        ]);
        let losses = losses(all, 3);
        assert_eq!((losses.total, losses.returned, losses.cost_unknown), (1_500, 100, 0));
        assert_eq!((losses.routes, losses.routes_of_most), (4, 2));
        let items: Vec<_> = losses
            .items
            .iter()
            .map(|one| (one.route.city_key.as_str(), one.loss, one.up_to_here, one.of_most))
            .collect();
        assert_eq!(items, [("a", 1_050, 70.0, true), ("b", 225, 85.0, true), ("c", 150, 95.0, false)]);
        let none = super::losses(routes(&[("a", "x", 3, 0)]), 3);
        assert_eq!((none.total, none.routes, none.items.len()), (0, 0, 0));
    }

    #[test]
    fn a_route_has_one_place_by_volume_and_rate() {
        let all = routes(&[
            ("scale", "x", 950, 50),
            ("fix", "x", 400, 600),
            ("grow", "x", 95, 5),
            ("review", "x", 30, 70),
            ("grey", "x", 2, 1),
        ]);
        let matrix = matrix(all, 80.5, 10);
        assert_eq!((matrix.volume_from, matrix.too_few), (550.0, 1));
        let places: Vec<_> = matrix.items.iter().map(|(at, route)| (*at, route.city_key.as_str())).collect();
        let expected = [
            (Quadrant::Scale, "scale"),
            (Quadrant::Fix, "fix"),
            (Quadrant::Grow, "grow"),
            (Quadrant::Review, "review"),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn the_grid_has_a_cell_for_each_pair_that_exists() {
        let all = routes(&[("a", "x", 5, 5), ("a", "y", 50, 5), ("b", "y", 7, 5), ("c", "x", 1, 0)]);
        let grid = grid(all, 2);
        assert_eq!(
            (grid.carriers.as_slice(), grid.cities_of_all),
            (["y".to_owned(), "x".to_owned()].as_slice(), 3)
        );
        let cells: Vec<_> = grid
            .cities
            .iter()
            .map(|city| {
                (city.key.as_str(), city.ended, city.cells.iter().map(Option::is_some).collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(cells, [("a", 65, vec![true, true]), ("b", 12, vec![true, false])]);
    }
}
