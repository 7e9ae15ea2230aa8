//! Shipments whose sources contradict themselves.

pub(crate) mod counts;
pub(crate) mod list;
pub(crate) mod review;

use identity::Caller;
use serde::Serialize;
use tracking::{ChangedBy, Disputed, Who};
use utoipa::ToSchema;

use crate::batches::{Author, People};
use crate::shipments::sources::{SourceOddity, SourceSide};
use crate::shipments::{Shipment, describe};
use crate::view::moment;
use crate::{Api, Problem};

/// A shipment whose sources contradict themselves, and what each one says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Discrepancy)]
pub(crate) struct DiscrepancyView {
    shipment: Shipment,
    /// delivery_disputed (one source says delivered, another one that it was not), after_the_end (it moved after it was
    /// delivered or cancelled), delivered_unseen (delivered, and nobody saw it with a courier or at an office),
    /// status_mismatch (sources say different things) or moved_back. Of several the gravest, in this order.
    #[schema(value_type = String, example = "delivery_disputed")]
    kind: &'static str,
    /// The moment of the word that made it so.
    #[schema(format = DateTime)]
    since: String,
    /// The source whose word the status is.
    told_by: String,
    /// The last word of each source, the surest about the parcel first.
    sources: Vec<SourceSide>,
    /// In the order of time.
    oddities: Vec<SourceOddity>,
    /// Null while nobody looked at it as it is.
    review: Option<DiscrepancyReview>,
}

/// Somebody looked at a discrepancy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiscrepancyReview {
    #[schema(format = DateTime)]
    reviewed_at: String,
    reviewed_by: Option<Author>,
}

/// Discrepancies as this caller may see them.
async fn shown(api: &Api, caller: &Caller, found: Vec<Disputed>) -> Result<Vec<DiscrepancyView>, Problem> {
    let keys = api.db.keyring().tenant(&api.db, caller.tenant.id).await?;
    let doers: Vec<ChangedBy> =
        found.iter().filter_map(|one| one.review).filter_map(|(_, who)| doer(who)).collect();
    let people = People::of(api, caller, doers).await?;
    let mut views = Vec::with_capacity(found.len());
    for one in found {
        views.push(DiscrepancyView {
            shipment: describe(&one.shipment, &keys, caller.sees_masked())?,
            kind: one.concern.kind.as_str(),
            since: moment(one.concern.since),
            told_by: one.truth.told_by,
            sources: one.truth.sides.into_iter().map(SourceSide::from).collect(),
            oddities: one.truth.oddities.into_iter().map(SourceOddity::from).collect(),
            review: one.review.map(|(at, who)| DiscrepancyReview {
                reviewed_at: moment(at),
                reviewed_by: doer(who).map(|by| people.author(by)),
            }),
        });
    }
    Ok(views)
}

fn doer(who: Who) -> Option<ChangedBy> {
    who.user.map(ChangedBy::User).or_else(|| who.api_key.map(ChangedBy::ApiKey))
}
