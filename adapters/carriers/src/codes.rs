//! What codes mean: `data/codes.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::{ExceptionReason, ShipmentStatus};

type Meaning = (ShipmentStatus, ExceptionReason);
type File = HashMap<String, HashMap<String, (String, String, String)>>;

/// A code of the list.
pub(crate) struct Code {
    /// The carrier's label.
    pub(crate) label: String,
    /// None for what is no event of the parcel.
    pub(crate) meaning: Option<Meaning>,
}

static CODES: LazyLock<HashMap<String, HashMap<String, Code>>> = LazyLock::new(|| {
    match toml::from_str::<File>(include_str!("../data/codes.toml")) {
        Ok(file) => {
            file.into_iter().map(|(name, codes)| (name, codes.into_iter().map(code).collect())).collect()
        }
        // The file is part of the program, and a test reads it.
        Err(error) => panic!("data/codes.toml: {error}"),
    }
});

fn code((key, (label, status, reason)): (String, (String, String, String))) -> (String, Code) {
    let meaning = match (status.as_str(), status.parse(), reason.parse()) {
        ("-", _, _) => None,
        (_, Ok(status), Ok(reason)) => Some((status, reason)),
        _ => panic!("data/codes.toml: {key} = {label}"),
    };
    (key, Code { label, meaning })
}

/// A code, if the list of this carrier has it.
pub(crate) fn find(carrier: &str, code: &str) -> Option<&'static Code> {
    CODES.get(carrier)?.get(code)
}

/// What a code means.
pub(crate) fn meaning(carrier: &str, code: &str) -> Option<Meaning> {
    find(carrier, code)?.meaning
}

/// Whether a code is no event of the parcel: what is written after the end, for an archive, and before there is news.
pub(crate) fn is_no_event(carrier: &str, code: &str) -> bool {
    find(carrier, code).is_some_and(|code| code.meaning.is_none())
}

/// Whether the parcel is on its way or further: this may be told without a moment.
pub(crate) fn is_under_way(meaning: Option<Meaning>) -> bool {
    meaning.is_some_and(|(status, _)| status != ShipmentStatus::Created)
}

/// What the finer code means, else the coarser one.
pub(crate) fn finer(source: &str, fine: Option<&str>, coarse: &str) -> Option<Meaning> {
    fine.and_then(|fine| meaning(source, fine)).or_else(|| meaning(source, coarse))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_delivery_mean_delivered() {
        let mut delivered: Vec<String> = Vec::new();
        for (carrier, codes) in &*CODES {
            for (key, code) in codes {
                let Some((status, reason)) = code.meaning else { continue };
                let has_reason = reason != ExceptionReason::None;
                assert_eq!(status == ShipmentStatus::Issue, has_reason, "{carrier} {key}");
                delivered.extend((status == ShipmentStatus::Delivered).then(|| format!("{carrier} {key}")));
            }
        }
        delivered.sort();
        let expected = [
            "17track Delivered",
            "aftership Delivered",
            "coordinadora 6",
            "interrapidisimo 11",
            "servientrega 3",
            "tcc 3000",
        ];
        assert_eq!(delivered, expected);
        assert_eq!(meaning("coordinadora", "7"), None, "nobody knows it");
        assert!(is_no_event("interrapidisimo", "16") && !is_no_event("interrapidisimo", "999"));
    }
}
