//! Moments as Dropi's exports write them.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 24 * 3_600;
/// Colombia keeps UTC−5 all year.
const BOGOTA: i64 = -5 * 3_600;

/// Seconds since 1970, UTC.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Day first, as Colombians write it.
pub(super) fn date(seconds: i64) -> String {
    let (year, month, day) = civil((seconds + BOGOTA).div_euclid(DAY));
    format!("{day:02}/{month:02}/{year}")
}

pub(super) fn time(seconds: i64) -> String {
    let of_day = (seconds + BOGOTA).rem_euclid(DAY);
    format!("{:02}:{:02}", of_day / 3_600, of_day % 3_600 / 60)
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. The algorithm is Howard Hinnant's
/// `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>): years start in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(19_783), (2024, 3, 1));
        assert_eq!(civil(20_819), (2027, 1, 1));
    }

    #[test]
    fn times_are_bogotas() {
        // 2024-03-01T03:07:00Z is still the 29th of February in Bogotá.
        let moment = 19_783 * DAY + 3 * 3_600 + 7 * 60;
        assert_eq!((date(moment), time(moment)), ("29/02/2024".to_owned(), "22:07".to_owned()));
    }
}
