//! Words everyone shares: ids, money, phone, city, carriers, statuses, calendar, time.
//!
//! Everything here is pure: no input or output, no clock and no randomness except behind the
//! [`time::Clock`] and [`time::Ids`] traits and in [`random`], for nonces. A value of one of these types is correct by construction, so
//! text is parsed once, where it enters, and never checked again. Tables of facts lie in `data/` and are
//! read once, on first use.

#[macro_use]
mod text_enum;

pub mod calendar;
pub mod carrier;
pub mod city;
pub mod country;
pub mod flaws;
pub mod id;
pub mod money;
pub mod phone;
pub mod random;
pub mod role;
pub mod status;
pub mod text;
pub mod time;
pub mod tracking_number;

pub use crate::carrier::{Carrier, CarrierName, CarrierRules};
pub use crate::city::{City, CityMatch, Municipality};
pub use crate::country::Country;
pub use crate::flaws::{Flaw, Flaws};
pub use crate::id::{
    ApiKeyId, BatchId, CustomerId, EventId, ImportId, ImportProfileId, OfficeExtensionId, OrderId,
    RoutePauseId, SessionId, ShipmentEventId, ShipmentId, TenantId, UserId, WebhookId,
};
pub use crate::money::{Currency, Money, MoneyError};
pub use crate::phone::{Phone, PhoneError};
pub use crate::random::public_random;
pub use crate::role::{Permission, Role};
pub use crate::status::{BatchStatus, ExceptionReason, OrderStatus, ShipmentStatus};
pub use crate::time::{
    Clock, Date, Ids, ManualClock, RandomIds, SeededIds, SignedDuration, SystemClock, Timestamp, bogota,
    bogota_date, from_micros, micros,
};
pub use crate::tracking_number::{TrackingNumber, TrackingNumberError};
