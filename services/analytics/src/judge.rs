//! How the work of a person in rounds is judged. This light is about a person's work; those of routes, offices and
//! shipments are others.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::PersonSums;

/// What a person's rounds are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonLight {
    /// Quick, and most of it was made ready.
    Green,
    /// Worth watching.
    Amber,
    /// Slow, or much was left.
    Red,
    /// Nothing to judge by.
    Grey,
}

impl PersonLight {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

/// `data/rounds.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    minutes_a_parcel: f64,
    green_from: f64,
    amber_from: f64,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is compiled in; the first test to run reads it")]
    toml::from_str(include_str!("../data/rounds.toml")).expect("data/rounds.toml is valid")
});

impl PersonSums {
    /// Parcels made ready among those at the beginning of the rounds, percent.
    #[must_use]
    pub fn success(&self) -> Option<f64> {
        (self.initial > 0).then(|| self.done as f64 * 100.0 / self.initial as f64)
    }

    /// The time that the parcels made ready should take, among the minutes they took, percent; of the rounds whose
    /// minutes are known.
    #[must_use]
    pub fn efficiency(&self) -> Option<f64> {
        let should = self.timed_done as f64 * RULES.minutes_a_parcel;
        (self.minutes > 0).then(|| should * 100.0 / self.minutes as f64)
    }

    /// What both come to.
    #[must_use]
    pub fn light(&self) -> PersonLight {
        let Some((success, efficiency)) = self.success().zip(self.efficiency()) else {
            return PersonLight::Grey;
        };
        let worse = success.min(efficiency);
        if worse >= RULES.green_from {
            PersonLight::Green
        } else if worse >= RULES.amber_from {
            PersonLight::Amber
        } else {
            PersonLight::Red
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(initial: i64, done: i64, minutes: i64) -> PersonSums {
        PersonSums { initial, done, timed_done: done, minutes, ..PersonSums::default() }
    }

    #[test]
    fn both_the_speed_and_the_result_count() {
        let table = [
            (sums(12, 10, 30), PersonLight::Green),
            (sums(10, 8, 30), PersonLight::Green),
            (sums(10, 10, 40), PersonLight::Amber),
            (sums(20, 13, 30), PersonLight::Amber),
            (sums(10, 10, 51), PersonLight::Red),
            (sums(20, 11, 30), PersonLight::Red),
            (sums(0, 9, 30), PersonLight::Grey),
            (sums(9, 9, 0), PersonLight::Grey),
        ];
        for (sums, light) in table {
            assert_eq!(sums.light(), light, "{sums:?}");
        }
        assert_eq!(sums(12, 9, 30).efficiency(), Some(90.0));
        assert_eq!(sums(12, 9, 30).success(), Some(75.0));
    }
}
