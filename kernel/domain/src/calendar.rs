//! The Colombian business calendar: Monday to Friday, without public holidays.
//!
//! Source of the holidays: Ley 51 de 1983 (Ley Emiliani), articles 1 and 2, in force since 1984. Earlier
//! years are computed by the same rule. A calendar by rule needs no update for a new year.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Whether all of Colombia has the day off. Sundays that are nothing else do not count.
pub fn is_holiday(date: Date) -> bool {
    RULES.iter().any(|rule| rule.date_in(date.year()) == Some(date))
}

/// The holidays of a year in order of date.
///
/// There are eighteen, sometimes two on one day: in 2025, 30 June is both San Pedro y San Pablo and
/// Sagrado Corazón.
pub fn holidays(year: i16) -> Vec<(Date, &'static str)> {
    let mut days: Vec<_> = RULES.iter().filter_map(|rule| Some((rule.date_in(year)?, rule.name))).collect();
    days.sort_unstable();
    days
}

/// Whether it is Monday to Friday and no holiday.
pub fn is_business_day(date: Date) -> bool {
    !is_weekend(date) && !is_holiday(date)
}

/// The `days`-th business day after `date`; the day itself never counts. Zero gives `date` unchanged.
/// Stops at the end of time.
pub fn add_business_days(date: Date, days: u32) -> Date {
    let mut day = date;
    let mut left = days;
    while left > 0 {
        let Ok(next) = day.tomorrow() else {
            return day;
        };
        day = next;
        left -= u32::from(is_business_day(day));
    }
    day
}

/// How many business days lie after `from` up to and including `to`; negative if `to` is earlier.
///
/// The reverse of [`add_business_days`]: from a day to the n-th business day after it are n.
pub fn business_days_between(from: Date, to: Date) -> i32 {
    if to < from {
        return -business_days_between(to, from);
    }
    let weekdays = weekdays_until(to) - weekdays_until(from);
    let mut off: Vec<Date> = (from.year()..=to.year())
        .flat_map(holidays)
        .map(|(day, _)| day)
        .filter(|&day| from < day && day <= to && !is_weekend(day))
        .collect();
    // Two holidays on one day take away one day.
    off.dedup();
    weekdays - off.len() as i32
}

/// How one holiday finds its date.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Always on this date.
    Fixed { month: i8, day: i8 },
    /// On this date if it is a Monday, else on the Monday after it.
    Monday { month: i8, day: i8 },
    /// So many days after Easter Sunday.
    Easter { offset: i32 },
}

#[derive(Clone, Copy, Debug)]
struct Rule {
    when: When,
    name: &'static str,
}

impl Rule {
    fn date_in(self, year: i16) -> Option<Date> {
        match self.when {
            When::Fixed { month, day } => Date::new(year, month, day).ok(),
            When::Monday { month, day } => {
                let date = Date::new(year, month, day).ok()?;
                let to_monday = (7 - date.weekday().to_monday_zero_offset()) % 7;
                date.checked_add(to_monday.days()).ok()
            }
            When::Easter { offset } => easter(year)?.checked_add(offset.days()).ok(),
        }
    }
}

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| include_str!("../data/holidays.csv").lines().skip(1).filter_map(parse_rule).collect());

/// One line of the data file: `rule;month;day;name`. A test shows that every line is understood.
fn parse_rule(line: &'static str) -> Option<Rule> {
    let mut fields = line.split(';');
    let (kind, month, day, name) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let when = match kind {
        "fixed" => When::Fixed { month: month.parse().ok()?, day: day.parse().ok()? },
        "monday" => When::Monday { month: month.parse().ok()?, day: day.parse().ok()? },
        "easter" => When::Easter { offset: day.parse().ok()? },
        _ => return None,
    };
    Some(Rule { when, name })
}

/// Easter Sunday of the Gregorian calendar.
///
/// Source: the anonymous algorithm in Meeus, "Astronomical Algorithms" (1991), chapter 8; its letters.
#[expect(clippy::many_single_char_names, reason = "the letters of the published algorithm")]
fn easter(year: i16) -> Option<Date> {
    // Euclidean division carries the algorithm to years before 1 as well.
    let y = i32::from(year);
    let (a, b, c) = (y.rem_euclid(19), y.div_euclid(100), y.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let f = (b + 8).div_euclid(25);
    let g = (b - f + 1).div_euclid(3);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, (n / 31) as i8, (n % 31 + 1) as i8).ok()
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Mondays to Fridays from a fixed Monday long ago up to and including `date`.
fn weekdays_until(date: Date) -> i32 {
    // 1 January of the year 1 was a Monday in the Gregorian calendar carried backwards.
    let days = date.duration_since(jiff::civil::date(1, 1, 1)).as_hours() / 24 + 1;
    let (weeks, rest) = (days.div_euclid(7), days.rem_euclid(7));
    (weeks * 5 + rest.min(5)) as i32
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// As published for these years: month and day.
    const PUBLISHED: [(i16, &str); 4] = [
        (2024, "1-1 1-8 3-25 3-28 3-29 5-1 5-13 6-3 6-10 7-1 7-20 8-7 8-19 10-14 11-4 11-11 12-8 12-25"),
        (2025, "1-1 1-6 3-24 4-17 4-18 5-1 6-2 6-23 6-30 6-30 7-20 8-7 8-18 10-13 11-3 11-17 12-8 12-25"),
        (2026, "1-1 1-12 3-23 4-2 4-3 5-1 5-18 6-8 6-15 6-29 7-20 8-7 8-17 10-12 11-2 11-16 12-8 12-25"),
        (2027, "1-1 1-11 3-22 3-25 3-26 5-1 5-10 5-31 6-7 7-5 7-20 8-7 8-16 10-18 11-1 11-15 12-8 12-25"),
    ];

    #[test]
    fn the_data_file_is_understood_whole() {
        assert_eq!(RULES.len(), include_str!("../data/holidays.csv").lines().count() - 1);
        assert_eq!(RULES.len(), 18);
    }

    #[test]
    fn holidays_are_as_published() {
        for (year, days) in PUBLISHED {
            let computed: Vec<_> =
                holidays(year).iter().map(|(day, _)| format!("{}-{}", day.month(), day.day())).collect();
            assert_eq!(computed.join(" "), days, "{year}");
        }
    }

    #[test]
    fn every_day_of_the_published_years_agrees() {
        for (year, days) in PUBLISHED {
            let mut day = date(year, 1, 1);
            while day.year() == year {
                let listed = days.split(' ').any(|d| d == format!("{}-{}", day.month(), day.day()));
                assert_eq!(is_holiday(day), listed, "{day}");
                assert_eq!(is_business_day(day), !listed && !is_weekend(day), "{day}");
                day = day.tomorrow().unwrap();
            }
        }
    }

    #[test]
    fn holidays_have_their_names() {
        let names: Vec<_> = holidays(2026).iter().map(|(_, name)| *name).collect();
        assert_eq!(names[3..6], ["Jueves Santo", "Viernes Santo", "Día del Trabajo"]);
        assert_eq!(names[7], "Corpus Christi");
    }

    #[test]
    fn easter_of_known_years() {
        for (year, month, day) in
            [(1818, 3, 22), (1943, 4, 25), (1984, 4, 22), (2000, 4, 23), (2008, 3, 23), (2038, 4, 25)]
        {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn business_days_skip_easter_week_and_weekends() {
        // Thursday and Friday of Easter week 2026, then a weekend.
        assert_eq!(add_business_days(date(2026, 4, 1), 1), date(2026, 4, 6));
        assert_eq!(add_business_days(date(2026, 4, 1), 5), date(2026, 4, 10));
        assert_eq!(add_business_days(date(2026, 4, 4), 0), date(2026, 4, 4));
        assert_eq!(business_days_between(date(2026, 4, 1), date(2026, 4, 6)), 1);
        assert_eq!(business_days_between(date(2026, 4, 6), date(2026, 4, 1)), -1);
        assert_eq!(business_days_between(date(2025, 6, 27), date(2025, 7, 1)), 1);
        assert_eq!(add_business_days(Date::MAX, 3), Date::MAX);
        assert!(business_days_between(Date::MIN, Date::MAX) > 4_800_000);
    }

    proptest! {
        #[test]
        fn counting_agrees_with_walking(start in 0_i32..60_000, length in 0_i32..800) {
            let from = date(1950, 1, 1).checked_add(start.days()).unwrap();
            let to = from.checked_add(length.days()).unwrap();
            let mut walked = 0;
            let mut day = from;
            while day < to {
                day = day.tomorrow().unwrap();
                walked += i32::from(is_business_day(day));
            }
            prop_assert_eq!(business_days_between(from, to), walked);
        }

        #[test]
        fn the_nth_business_day_is_n_away(start in 0_i32..60_000, n in 0_u32..120) {
            let from = date(1950, 1, 1).checked_add(start.days()).unwrap();
            let to = add_business_days(from, n);
            prop_assert_eq!(business_days_between(from, to), n as i32);
            prop_assert!(n == 0 || is_business_day(to));
        }

        #[test]
        fn easter_is_a_sunday_in_spring(year in -9999_i16..=9999) {
            let day = easter(year).unwrap();
            prop_assert_eq!(day.weekday(), Weekday::Sunday);
            prop_assert!(day >= date(year, 3, 22) && day <= date(year, 4, 25));
            prop_assert_eq!(holidays(year).len(), 18);
        }
    }
}
