//! Moments as carriers write them. Without an offset the clock is Bogotá's; what is unclear is none.

use domain::{Timestamp, bogota};
use jiff::civil::DateTime;

const FORMATS: [&str; 4] = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];

pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let at = match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => bogota(local(text)?),
    };
    // Year 1 is how one carrier writes "none".
    (at.as_second() > 946_684_800).then_some(at)
}

fn local(text: &str) -> Option<DateTime> {
    let iso = text.parse::<DateTime>().ok().filter(|_| text.len() > 10);
    iso.or_else(|| FORMATS.iter().find_map(|format| DateTime::strptime(format, text).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_carriers_write_a_moment() {
        for text in [
            "2026-11-20T15:04:00",
            "2026-11-20T15:04:00.000",
            "2026-11-20 15:04:00",
            "2026-11-20 15:04",
            "20/11/2026 15:04 ",
            "2026-11-20T20:04:00Z",
            "2026-11-20T15:04:00-05:00",
        ] {
            assert_eq!(read(text), "2026-11-20T20:04:00Z".parse().ok(), "{text}");
        }
        for text in ["", "0001-01-01T00:00:00", "2026-11-20", "31/02/2026 10:00", "ayer"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
