//! Dates as Colombian files write them: day first, or ISO. Nothing is ever guessed.

use domain::time::{Timestamp, bogota};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, date};

/// Years a shipment can carry; anything else is a typing error or a broken cell.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// Bogotá is five hours behind UTC all year.
const BOGOTA_OFFSET_MINUTES: i64 = -300;

/// A date read from a cell, and whether the cell also held a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The instant; without a time of day, midnight in Bogotá.
    pub(crate) at: Timestamp,
    /// The day alone, when the cell held no time.
    pub(crate) day_only: Option<Date>,
}

/// Reads `05/03/2026`, `05-03-2026`, `2026-03-05`, each optionally followed by a time (`8:10`, `08:10:59`,
/// `8:10 a. m.`), and ISO instants with `T` and an offset. Without an offset the clock is Bogotá's.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    let mut rest = Rest(text.trim());
    let day = rest.date()?;
    if rest.0.is_empty() {
        return Some(Moment { at: bogota(day.to_datetime(Time::midnight())), day_only: Some(day) });
    }
    rest.between_date_and_time()?;
    let time = rest.time()?;
    let offset = rest.offset()?;
    let local = day.to_datetime(time);
    let at = match offset {
        None => bogota(local),
        Some(minutes) => {
            bogota(local).checked_sub(SignedDuration::from_mins(minutes - BOGOTA_OFFSET_MINUTES)).ok()?
        }
    };
    Some(Moment { at, day_only: None })
}

/// Reads a time of day alone: `14:25`, `2:25 p. m.`.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    let mut rest = Rest(text.trim());
    let time = rest.time()?;
    rest.0.is_empty().then_some(time)
}

/// A date and time without a zone, as spreadsheets hold them.
pub(crate) fn from_civil(local: DateTime) -> Option<Moment> {
    YEARS.contains(&local.year()).then(|| Moment {
        at: bogota(local),
        day_only: (local.time() == Time::midnight()).then_some(local.date()),
    })
}

/// A spreadsheet's serial day number (days since 1899-12-30, or since 1904-01-01), to the second.
pub(crate) fn from_serial(serial: f64, is_1904: bool) -> Option<DateTime> {
    if !(1.0..80_000.0).contains(&serial) {
        return None;
    }
    // Before March 1900 the count is one short: Excel believes in 29 February 1900.
    let early = !is_1904 && serial < 60.0;
    let epoch = if is_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let seconds = (serial * 86_400.0).round() as i64 + if early { 86_400 } else { 0 };
    epoch.to_datetime(Time::midnight()).checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// The fraction of a day as a time, to the second.
pub(crate) fn time_from_fraction(fraction: f64) -> Option<Time> {
    if !(0.0..1.0).contains(&fraction) {
        return None;
    }
    let seconds = ((fraction * 86_400.0).round() as i32).min(86_399);
    Time::new((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, 0).ok()
}

/// What is left of the text.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn date(&mut self) -> Option<Date> {
        let (first, first_len) = self.digits(4)?;
        let separator = self.any_of(&['/', '-', '.'])?;
        let (second, second_len) = self.digits(2)?;
        self.only(separator)?;
        let (third, third_len) = self.digits(4)?;
        let (year, month, day) = match (first_len, second_len, third_len) {
            (4, 1..=2, 1..=2) => (first, second, third),
            (1..=2, 1..=2, 4) => (third, second, first),
            _ => return None,
        };
        let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    fn between_date_and_time(&mut self) -> Option<()> {
        let trimmed = self.0.trim_start();
        if trimmed.len() == self.0.len() {
            self.any_of(&['T', 't', ',']).map(|_| self.skip_space())
        } else {
            self.0 = trimmed;
            Some(())
        }
    }

    fn time(&mut self) -> Option<Time> {
        let (hour, _) = self.digits(2)?;
        self.only(':')?;
        let minute = self.two_digits()?;
        let mut second = 0;
        let mut nanosecond = 0;
        if self.only(':').is_some() {
            second = self.two_digits()?;
            if self.any_of(&['.', ',']).is_some() {
                let (value, digits) = self.digits(9)?;
                nanosecond = value * 10_u32.pow(9 - digits);
            }
        }
        let hour = match self.half_of_day() {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(half) => hour % 12 + half,
        };
        let part = |value: u32| i8::try_from(value).ok();
        let time = Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()?;
        // Microseconds are all that is stored.
        let kept = i32::try_from(nanosecond / 1000 * 1000).ok()?;
        Time::new(time.hour(), time.minute(), time.second(), kept).ok()
    }

    /// `a. m.`, `AM`, `p.m.` → the hours to add to `hour % 12`.
    fn half_of_day(&mut self) -> Option<u32> {
        let mut letters = [0_u8; 2];
        let mut found = 0;
        let mut end = 0;
        for (at, c) in self.0.char_indices() {
            if c.is_whitespace() || c == '.' {
                continue;
            }
            if !c.is_ascii_alphabetic() || found == 2 {
                break;
            }
            letters[found] = c.to_ascii_lowercase() as u8;
            found += 1;
            end = at + 1;
        }
        let half = match &letters {
            b"am" => 0,
            b"pm" => 12,
            _ => return None,
        };
        self.0 = self.0[end..].trim_start_matches('.');
        Some(half)
    }

    /// Nothing → `None` (Bogotá); `Z` → 0; `-05:00`, `-0500`, `-05` → minutes. Anything else is no date.
    #[expect(clippy::option_option, reason = "outer: is it a date at all; inner: does it name its offset")]
    fn offset(&mut self) -> Option<Option<i64>> {
        self.skip_space();
        if self.0.is_empty() {
            return Some(None);
        }
        let minutes = if self.any_of(&['Z', 'z']).is_some() {
            0
        } else {
            let sign = if self.any_of(&['+', '-'])? == '-' { -1 } else { 1 };
            let hours = self.two_digits()?;
            let colon = self.only(':').is_some();
            let minutes = if colon || !self.0.is_empty() { self.two_digits()? } else { 0 };
            if hours > 14 || minutes > 59 {
                return None;
            }
            sign * i64::from(hours * 60 + minutes)
        };
        self.0.is_empty().then_some(Some(minutes))
    }

    /// One to `most` digits, and how many there were; a longer run is no number of ours.
    fn digits(&mut self, most: usize) -> Option<(u32, u32)> {
        let len = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > most {
            return None;
        }
        let value = self.0[..len].parse().ok()?;
        self.0 = &self.0[len..];
        Some((value, len as u32))
    }

    fn two_digits(&mut self) -> Option<u32> {
        let (head, tail) = self.0.split_at_checked(2)?;
        let value = head.bytes().all(|b| b.is_ascii_digit()).then(|| head.parse().ok())??;
        self.0 = tail;
        Some(value)
    }

    fn any_of(&mut self, wanted: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|c| wanted.contains(c))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    fn only(&mut self, wanted: char) -> Option<()> {
        self.any_of(&[wanted]).map(drop)
    }

    fn skip_space(&mut self) {
        self.0 = self.0.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<String> {
        parse(text).map(|moment| moment.at.to_string())
    }

    #[test]
    fn accepted_forms() {
        let table = [
            ("05/03/2026", "2026-03-05T05:00:00Z"),
            ("5/3/2026", "2026-03-05T05:00:00Z"),
            ("05-03-2026", "2026-03-05T05:00:00Z"),
            ("05.03.2026", "2026-03-05T05:00:00Z"),
            ("2026-03-05", "2026-03-05T05:00:00Z"),
            ("2026/03/05", "2026-03-05T05:00:00Z"),
            ("  05/03/2026  ", "2026-03-05T05:00:00Z"),
            ("05/03/2026 08:10", "2026-03-05T13:10:00Z"),
            ("05/03/2026 8:10", "2026-03-05T13:10:00Z"),
            ("05/03/2026, 8:10", "2026-03-05T13:10:00Z"),
            ("05/03/2026 08:10:59", "2026-03-05T13:10:59Z"),
            ("05/03/2026 8:10 a. m.", "2026-03-05T13:10:00Z"),
            ("05/03/2026 8:10 a.\u{a0}m.", "2026-03-05T13:10:00Z"),
            ("05/03/2026 8:10 p.m.", "2026-03-06T01:10:00Z"),
            ("05/03/2026 08:10 PM", "2026-03-06T01:10:00Z"),
            ("05/03/2026 08:10:05PM", "2026-03-06T01:10:05Z"),
            ("05/03/2026 12:00 AM", "2026-03-05T05:00:00Z"),
            ("05/03/2026 12:00 m", ""),
            ("05/03/2026 12:30 pm", "2026-03-05T17:30:00Z"),
            ("2026-03-05 14:25", "2026-03-05T19:25:00Z"),
            ("2026-03-05T14:25:00", "2026-03-05T19:25:00Z"),
            ("2026-03-05T14:25:00Z", "2026-03-05T14:25:00Z"),
            ("2026-03-05T14:25:00.123456789Z", "2026-03-05T14:25:00.123456Z"),
            ("2026-03-05T14:25:00-05:00", "2026-03-05T19:25:00Z"),
            ("2026-03-05T14:25:00-0500", "2026-03-05T19:25:00Z"),
            ("2026-03-05T14:25:00+02", "2026-03-05T12:25:00Z"),
            ("29/02/2024", "2024-02-29T05:00:00Z"),
        ];
        for (text, expected) in table {
            assert_eq!(utc(text).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn third_of_april_is_never_the_fourth_of_march() {
        assert_eq!(utc("03/04/2025").as_deref(), Some("2025-04-03T05:00:00Z"));
    }

    #[test]
    fn refused_forms() {
        let table = [
            "",
            "ayer",
            "31/02/2026",
            "29/02/2026",
            "03/13/2026",
            "00/03/2026",
            "05/03/26",
            "05/03/0026",
            "05/03/1999",
            "05/03/20266",
            "05/03-2026",
            "2026-13-01",
            "20260305",
            "46086",
            "05/03/2026 24:00",
            "05/03/2026 08:60",
            "05/03/2026 08",
            "05/03/2026 13:10 p. m.",
            "05/03/2026 00:10 a. m.",
            "05/03/2026x",
            "05/03/2026 08:10 x",
            "05/03/2026 08:10 ñ",
            "2026-03-05T14:25:00+99:00",
            "2026-03-05T14:25:00-05:0",
            "05/03/2026T",
        ];
        for text in table {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn serial_numbers() {
        let day = |serial, is_1904| from_serial(serial, is_1904).map(|at| at.to_string());
        assert_eq!(day(46_086.0, false).as_deref(), Some("2026-03-05T00:00:00"));
        assert_eq!(day(46_086.0 - 1462.0, true).as_deref(), Some("2026-03-05T00:00:00"));
        assert_eq!(day(46_086.340_277_777_8, false).as_deref(), Some("2026-03-05T08:10:00"));
        assert_eq!(day(0.5, false), None);
        assert_eq!(day(f64::NAN, false), None);
        assert_eq!(day(1e300, false), None);
    }

    #[test]
    fn times_alone() {
        assert_eq!(parse_time("8:10 p. m."), Time::new(20, 10, 0, 0).ok());
        assert_eq!(parse_time("14:25:30"), Time::new(14, 25, 30, 0).ok());
        assert_eq!(parse_time("14:25 mañana"), None);
        assert_eq!(time_from_fraction(0.5), Time::new(12, 0, 0, 0).ok());
        assert_eq!(time_from_fraction(1.0), None);
    }
}
