//! What is said of routes, among a million shipments of one organisation.

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::Bench;
use super::http::Client;
use super::lists::{SIZES, measure, prepare};
use super::report::{Figure, shown};
use super::server::SERVER_CORE;

const NAME: &str = "routes";
/// Milliseconds.
const BAR: f64 = 200.0;
/// All months there are: the most that is ever added up.
const MONTHS: &str = "from=2000-01&to=2099-12";

const ASKED: [&str; 8] = [
    "/v1/routes?",
    "/v1/routes?city=11001&",
    "/v1/routes?light=red&limit=200&",
    "/v1/routes/losses?",
    "/v1/routes/matrix?",
    "/v1/routes/grid?",
    "/v1/cities/11001/best-carrier?",
    "/v1/routes/simulation?to_carrier=coordinadora&",
];

#[derive(Deserialize)]
struct Routes {
    items: Vec<Route>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Route {
    shipments: u64,
}

pub(super) fn run(bench: &mut Bench<'_>) -> Result<Vec<Figure>> {
    let [small, large] = SIZES;
    let size = if bench.quick { small } else { large };
    let prepared = prepare(bench, size)?;
    let server = prepared.site.serve(SERVER_CORE, &[])?;
    let mut client = server.client()?;
    let (routes, shipments) = all(&mut client)?;
    ensure!(shipments == u64::from(size) * 100_000, "the routes add up to {shipments} shipments");
    let repeat = if bench.quick { 100 } else { 300 };
    let (floor, _) = measure(&mut client, "/health/live", repeat)?;
    let mut figures = Vec::new();
    for path in ASKED {
        let (p50, p99) = measure(&mut client, &format!("{path}{MONTHS}"), repeat)?;
        let beside = format!(
            "p50 {}, {routes} routes of {shipments} shipments; bare answer {}",
            shown(p50),
            shown(floor)
        );
        let name = path.trim_end_matches(['?', '&']);
        let figure = Figure::new(NAME, bench.engine.name(), name.to_owned());
        figures.push(figure.is(p99, "ms").at_most(BAR).beside(beside));
    }
    Ok(figures)
}

/// How many routes there are, and the shipments on them.
fn all(client: &mut Client) -> Result<(usize, u64)> {
    let (mut routes, mut shipments, mut cursor) = (0, 0, None::<String>);
    loop {
        let after = cursor.map(|cursor| format!("&cursor={}", escaped(&cursor))).unwrap_or_default();
        let page: Routes = client.get_json(&format!("/v1/routes?limit=200&{MONTHS}{after}"))?;
        routes += page.items.len();
        shipments += page.items.iter().map(|route| route.shipments).sum::<u64>();
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok((routes, shipments)),
        }
    }
}

/// A cursor may hold the name of a city.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || byte == b'.' {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
