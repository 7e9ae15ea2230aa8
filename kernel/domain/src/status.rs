//! The states of orders and shipments, and which changes between them are allowed.

text_enum! {
    /// Where a shipment is, in the one vocabulary all carriers are translated to.
    ///
    /// There is no table of allowed changes: carriers skip and repeat states, so the newest event wins
    /// whatever it says. [`ShipmentStatus::moves_back_to`] marks the suspicious ones.
    pub enum ShipmentStatus("shipment status") {
        /// The tracking number exists; the carrier does not have the parcel.
        Created = "CREATED",
        /// The carrier accepted the parcel.
        Processing = "PROCESSING",
        /// The parcel left its origin.
        Shipped = "SHIPPED",
        /// Between two cities or hubs.
        InTransit = "IN_TRANSIT",
        /// With the courier who visits the customer.
        OutForDelivery = "OUT_FOR_DELIVERY",
        /// Waiting in a branch of the carrier for the customer to come.
        InOffice = "IN_OFFICE",
        /// Handed to the customer.
        Delivered = "DELIVERED",
        /// Held up; the [`ExceptionReason`] says why.
        Issue = "ISSUE",
        /// On its way back or already back at the sender.
        Returned = "RETURNED",
        /// Called off.
        Cancelled = "CANCELLED",
    }
}

impl ShipmentStatus {
    /// Nothing more is expected to happen.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Delivered | Self::Returned | Self::Cancelled => true,
            Self::Created
            | Self::Processing
            | Self::Shipped
            | Self::InTransit
            | Self::OutForDelivery
            | Self::InOffice
            | Self::Issue => false,
        }
    }

    /// How far along the way to the customer, for the check for steps backwards.
    ///
    /// Out for delivery and waiting in the office are equally far, because a parcel goes either way between
    /// them. `None` for the states that lie beside that way.
    pub const fn progress_rank(self) -> Option<u8> {
        match self {
            Self::Created => Some(0),
            Self::Processing => Some(1),
            Self::Shipped => Some(2),
            Self::InTransit => Some(3),
            Self::OutForDelivery | Self::InOffice => Some(4),
            Self::Delivered => Some(5),
            Self::Issue | Self::Returned | Self::Cancelled => None,
        }
    }

    /// Whether a change to `next` goes back on the way to the customer. Allowed, but worth a warning.
    pub fn moves_back_to(self, next: Self) -> bool {
        match (self.progress_rank(), next.progress_rank()) {
            (Some(here), Some(there)) => there < here,
            (None, _) | (_, None) => false,
        }
    }
}

text_enum! {
    /// Why a shipment is held up. Means something only together with [`ShipmentStatus::Issue`].
    pub enum ExceptionReason("exception reason") {
        /// Nothing is wrong.
        None = "NONE",
        /// The address does not exist or lacks something.
        BadAddress = "BAD_ADDRESS",
        /// Nobody was there.
        RecipientUnavailable = "RECIPIENT_UNAVAILABLE",
        /// The customer does not want it.
        Rejected = "REJECTED",
        /// The parcel is damaged.
        Damaged = "DAMAGED",
        /// The parcel is lost or stolen.
        Lost = "LOST",
        /// Papers are missing.
        Documentation = "DOCUMENTATION",
        /// The freight is not paid.
        PaymentPending = "PAYMENT_PENDING",
        /// The area is not safe.
        Security = "SECURITY",
        /// Weather or road.
        Weather = "WEATHER",
        /// Tried without success; no reason given.
        DeliveryAttemptFailed = "DELIVERY_ATTEMPT_FAILED",
        /// The phone is wrong or nobody answers.
        BadPhone = "BAD_PHONE",
        /// Put off to another day.
        Rescheduled = "RESCHEDULED",
        /// The customer did not have the money to collect.
        CodIssue = "COD_ISSUE",
        /// The carrier does not go there every day.
        RemoteArea = "REMOTE_AREA",
        /// Something else, or something not understood.
        Other = "OTHER",
    }
}

text_enum! {
    /// Where an order is.
    pub enum OrderStatus("order status") {
        /// Received, not confirmed by the customer.
        Pending = "PENDING",
        /// Confirmed by the customer.
        Confirmed = "CONFIRMED",
        /// Being packed.
        Preparing = "PREPARING",
        /// Handed to the carrier.
        Shipped = "SHIPPED",
        /// Between two cities.
        InTransit = "IN_TRANSIT",
        /// In the customer's city.
        AtDestination = "AT_DESTINATION",
        /// With the courier who visits the customer.
        OutForDelivery = "OUT_FOR_DELIVERY",
        /// Handed to the customer.
        Delivered = "DELIVERED",
        /// Given back.
        Returned = "RETURNED",
        /// Called off before it was shipped. Final.
        Cancelled = "CANCELLED",
        /// Given back and paid back. Final.
        Refunded = "REFUNDED",
    }
}

impl OrderStatus {
    /// The states that may follow: the only place where that is decided.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Confirmed, Self::Cancelled],
            Self::Confirmed => &[Self::Preparing, Self::Cancelled],
            Self::Preparing => &[Self::Shipped, Self::Cancelled],
            Self::Shipped => &[Self::InTransit, Self::Returned],
            Self::InTransit => &[Self::AtDestination, Self::Returned],
            Self::AtDestination => &[Self::OutForDelivery, Self::Returned],
            Self::OutForDelivery => &[Self::Delivered, Self::Returned],
            Self::Delivered => &[Self::Returned],
            Self::Returned => &[Self::Refunded],
            Self::Cancelled | Self::Refunded => &[],
        }
    }

    /// Whether the change is allowed. Staying in the same state is not a change.
    pub fn can_become(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    /// Whether no state may follow.
    pub const fn is_terminal(self) -> bool {
        self.next().is_empty()
    }
}

text_enum! {
    /// Whether people work on a batch of shipments.
    pub enum BatchStatus("batch status") {
        /// Takes shipments and marks.
        Open = "open",
        /// Stays as it is.
        Closed = "closed",
        /// Closed, and out of the way.
        Archived = "archived",
    }
}

impl BatchStatus {
    /// The states that may follow: the only place where that is decided. Every step can be undone.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Closed => &[Self::Open, Self::Archived],
            Self::Open | Self::Archived => &[Self::Closed],
        }
    }

    /// Whether the change is allowed. Staying in the same state is not a change.
    pub fn can_become(self, to: Self) -> bool {
        self.next().contains(&to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_changes_are_allowed_for_exactly_these_pairs() {
        const ALLOWED: &str = "PENDING>CONFIRMED PENDING>CANCELLED CONFIRMED>PREPARING CONFIRMED>CANCELLED \
            PREPARING>SHIPPED PREPARING>CANCELLED SHIPPED>IN_TRANSIT SHIPPED>RETURNED \
            IN_TRANSIT>AT_DESTINATION IN_TRANSIT>RETURNED AT_DESTINATION>OUT_FOR_DELIVERY \
            AT_DESTINATION>RETURNED OUT_FOR_DELIVERY>DELIVERED OUT_FOR_DELIVERY>RETURNED \
            DELIVERED>RETURNED RETURNED>REFUNDED";
        let allowed: Vec<_> = ALLOWED.split_whitespace().collect();
        let mut seen = 0;
        for &from in OrderStatus::all() {
            for &to in OrderStatus::all() {
                let pair = format!("{from}>{to}");
                assert_eq!(from.can_become(to), allowed.contains(&pair.as_str()), "{pair}");
                seen += usize::from(from.can_become(to));
            }
        }
        assert_eq!(seen, allowed.len());
    }

    #[test]
    fn every_order_status_is_reachable_and_only_two_are_final() {
        let mut reached = vec![OrderStatus::Pending];
        let mut at = 0;
        while let Some(&status) = reached.get(at) {
            for &next in status.next() {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
            at += 1;
        }
        assert_eq!(reached.len(), OrderStatus::all().len());
        let terminal: Vec<_> = OrderStatus::all().iter().filter(|s| s.is_terminal()).collect();
        assert_eq!(terminal, [&OrderStatus::Cancelled, &OrderStatus::Refunded]);
    }

    #[test]
    fn batch_changes_are_allowed_for_exactly_these_pairs() {
        const ALLOWED: [&str; 4] = ["open>closed", "closed>open", "closed>archived", "archived>closed"];
        for &from in BatchStatus::all() {
            for &to in BatchStatus::all() {
                let pair = format!("{from}>{to}");
                assert_eq!(from.can_become(to), ALLOWED.contains(&pair.as_str()), "{pair}");
            }
        }
    }

    #[test]
    fn shipment_steps_back_are_exactly_these_pairs() {
        // One group a line of the way; a step to any earlier group is a step back.
        const WAY: [&[&str]; 6] = [
            &["CREATED"],
            &["PROCESSING"],
            &["SHIPPED"],
            &["IN_TRANSIT"],
            &["OUT_FOR_DELIVERY", "IN_OFFICE"],
            &["DELIVERED"],
        ];
        let place = |s: ShipmentStatus| WAY.iter().position(|group| group.contains(&s.as_str()));
        let mut back = 0;
        for &from in ShipmentStatus::all() {
            for &to in ShipmentStatus::all() {
                let expected = matches!((place(from), place(to)), (Some(here), Some(there)) if there < here);
                assert_eq!(from.moves_back_to(to), expected, "{from} {to}");
                back += usize::from(expected);
            }
        }
        assert_eq!(back, 20);
    }

    #[test]
    fn three_shipment_states_are_terminal() {
        let terminal: Vec<_> =
            ShipmentStatus::all().iter().filter(|s| s.is_terminal()).map(|s| s.as_str()).collect();
        assert_eq!(terminal, ["DELIVERED", "RETURNED", "CANCELLED"]);
        assert_eq!(ShipmentStatus::all().len(), 10);
        assert_eq!(ExceptionReason::all().len(), 16);
    }
}
