//! Where one service's question meets another's use case.

pub(crate) mod homes;
pub(crate) mod imports;
pub(crate) mod live;
pub(crate) mod parcels;
pub(crate) mod shops;
