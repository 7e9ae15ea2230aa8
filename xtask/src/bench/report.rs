//! Figures: what was measured, what it must be, and what the machine could do at best.

use serde::Serialize;

/// What a figure must be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bar {
    AtMost(f64),
    AtLeast(f64),
}

impl Bar {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

/// One measured figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) bench: &'static str,
    /// `sqlite`, `postgres`, or what is measured without either.
    pub(crate) on: &'static str,
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) bar: Option<Bar>,
    /// The raw limit taken in the same run and other figures that explain this one.
    pub(crate) beside: String,
    /// Load of the machine when it was taken.
    pub(crate) load: f64,
}

impl Figure {
    pub(crate) fn new(bench: &'static str, on: &'static str, what: impl Into<String>) -> Self {
        Self {
            bench,
            on,
            what: what.into(),
            value: 0.0,
            unit: "",
            bar: None,
            beside: String::new(),
            load: super::server::load_average(),
        }
    }

    pub(crate) fn is(mut self, value: f64, unit: &'static str) -> Self {
        self.value = value;
        self.unit = unit;
        self
    }

    pub(crate) fn at_most(mut self, limit: f64) -> Self {
        self.bar = Some(Bar::AtMost(limit));
        self
    }

    pub(crate) fn at_least(mut self, limit: f64) -> Self {
        self.bar = Some(Bar::AtLeast(limit));
        self
    }

    pub(crate) fn beside(mut self, text: impl Into<String>) -> Self {
        self.beside = text.into();
        self
    }

    /// True when there is no bar or it is met.
    pub(crate) fn is_good(&self) -> bool {
        self.bar.is_none_or(|bar| bar.holds(self.value))
    }

    /// One line for a person.
    pub(crate) fn line(&self) -> String {
        let bar = match self.bar {
            Some(Bar::AtMost(limit)) => format!("≤ {limit}"),
            Some(Bar::AtLeast(limit)) => format!("≥ {limit}"),
            None => String::new(),
        };
        let verdict = match (self.bar, self.is_good()) {
            (None, _) => "",
            (Some(_), true) => "ok",
            (Some(_), false) => "MISSED",
        };
        format!(
            "{:<8} {:<8} {:<46} {:>10} {:<5} {bar:<8} {verdict:<6} load {:.1}  {}",
            self.bench,
            self.on,
            self.what,
            shown(self.value),
            self.unit,
            self.load,
            self.beside
        )
    }
}

/// Three figures are enough.
pub(crate) fn shown(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The middle value; of an even number of them the larger of the two.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value that this share of the values does not exceed.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (share * sorted.len() as f64) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!((median(&hundred), quantile(&hundred, 0.99)), (51.0, 100.0));
        assert_eq!((median(&[3.0, 1.0, 2.0]), quantile(&[7.0], 0.99)), (2.0, 7.0));
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_missed_bar_is_said() {
        let figure = |value| Figure::new("b", "sqlite", "x").is(value, "s").at_most(10.0);
        assert!(figure(10.0).is_good() && figure(10.0).line().contains("ok"));
        assert!(!figure(10.1).is_good() && figure(10.1).line().contains("MISSED"));
        assert!(Figure::new("b", "sqlite", "x").is(1e9, "s").is_good());
    }
}
