//! The colour of a shipment's state: what it is now, not how urgent it is (the risk), how near its end at an office is,
//! or how good its route is.

use domain::ShipmentStatus;

use crate::status::StatusReading;

/// What a state asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShipmentColour {
    /// Delivered: nothing.
    Green,
    /// On its way: wait.
    Yellow,
    /// At an office: somebody has to fetch it.
    Orange,
    /// A problem or a return: act.
    Red,
    /// Cancelled, or words that no table knows: nobody can tell.
    Grey,
}

impl ShipmentColour {
    /// The colour of a reading. Words that no table knows are never green.
    #[must_use]
    pub const fn of(reading: &StatusReading) -> Self {
        if !reading.known {
            return Self::Grey;
        }
        match reading.status {
            ShipmentStatus::Delivered => Self::Green,
            ShipmentStatus::Created
            | ShipmentStatus::Processing
            | ShipmentStatus::Shipped
            | ShipmentStatus::InTransit
            | ShipmentStatus::OutForDelivery => Self::Yellow,
            ShipmentStatus::InOffice => Self::Orange,
            ShipmentStatus::Issue | ShipmentStatus::Returned => Self::Red,
            ShipmentStatus::Cancelled => Self::Grey,
        }
    }

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ExceptionReason;

    use super::*;

    #[test]
    fn every_state_has_a_colour_and_unknown_words_are_grey() {
        let of = |status, known| {
            let reason = ExceptionReason::None;
            ShipmentColour::of(&StatusReading { status, reason, known, return_in_process: false }).as_str()
        };
        let colours: Vec<_> =
            ShipmentStatus::all().iter().map(|status| (status.as_str(), of(*status, true))).collect();
        let expected = [
            ("CREATED", "yellow"),
            ("PROCESSING", "yellow"),
            ("SHIPPED", "yellow"),
            ("IN_TRANSIT", "yellow"),
            ("OUT_FOR_DELIVERY", "yellow"),
            ("IN_OFFICE", "orange"),
            ("DELIVERED", "green"),
            ("ISSUE", "red"),
            ("RETURNED", "red"),
            ("CANCELLED", "grey"),
        ];
        assert_eq!(colours, expected);
        assert!(ShipmentStatus::all().iter().all(|status| of(*status, false) == "grey"));
    }
}
