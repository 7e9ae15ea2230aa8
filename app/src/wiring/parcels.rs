//! What carriers say becomes observations of shipments.

use async_trait::async_trait;
use database::Tx;
use domain::{Carrier, CarrierName, City, TenantId, Timestamp, TrackingNumber};
use integrations::{FollowedParcels, ParcelPage, ParcelReport, Whose};
use ports::carriers::CarrierEvent;
use tracking::{Filter, Observation, Reached, Source, Tracking, Watched};

/// Most observations taken in at once.
const AT_ONCE: usize = 500;

/// The owner of shipments.
pub(crate) struct Parcels(pub(crate) Tracking);

#[async_trait]
impl FollowedParcels for Parcels {
    async fn due(
        &self,
        tenant: TenantId,
        whose: Whose<'_>,
        after: Option<&str>,
    ) -> database::Result<ParcelPage> {
        let watched = match whose {
            Whose::Of(carrier) => Watched::Of(carrier),
            Whose::AllBut(carriers) => Watched::AllBut(carriers),
        };
        // A place that another release wrote is no place: the round begins anew.
        let after = after.and_then(|text| text.parse().ok()).unwrap_or(Reached::START);
        let page = self.0.due_parcels(tenant, watched, after).await?;
        Ok(ParcelPage {
            numbers: page.parcels.into_iter().map(|parcel| parcel.tracking_number).collect(),
            next: page.next.map(|reached| reached.to_string()),
        })
    }

    async fn any_of(&self, tenant: TenantId, carrier: &str) -> database::Result<Option<TrackingNumber>> {
        let carrier = Carrier::from_code(carrier).map(|carrier| carrier.code().to_owned());
        let filter = Filter { open_only: true, carrier, ..Filter::default() };
        let page = self.0.list(tenant, &filter, None, 1).await?;
        Ok(page.items.into_iter().next().map(|shipment| shipment.tracking_number))
    }

    async fn take(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        source: &str,
        reports: &[ParcelReport],
    ) -> database::Result<()> {
        let seen: Vec<Observation> = reports.iter().flat_map(|report| observations(source, report)).collect();
        for some in seen.chunks(AT_ONCE) {
            self.0.observe(tx, tenant, some).await?;
        }
        Ok(())
    }

    async fn answered(&self, tx: &mut Tx, source: &str, numbers: &[TrackingNumber]) -> database::Result<()> {
        self.0.note_looks(tx, source_of(source), numbers).await
    }
}

fn source_of(code: &str) -> Source {
    match code {
        "17track" => Source::SeventeenTrack,
        "aftership" => Source::AfterShip,
        _ => Source::Carrier,
    }
}

/// A parcel's events with the moments that order them, the earliest first.
fn observations(source: &str, report: &ParcelReport) -> Vec<Observation> {
    let carrier = Carrier::from_code(source);
    let name = carrier.map_or("", Carrier::name).to_owned();
    let carrier = CarrierName { carrier, raw: name };
    let mut ordered = dated(report);
    // Of the same moment, what ends the way is last.
    ordered.sort_by_key(|(at, event)| (*at, event.meaning.is_some_and(|(status, _)| status.is_terminal())));
    ordered.into_iter().map(|(at, event)| observation(source_of(source), &carrier, event, at)).collect()
}

/// Each event with its moment. One without happened with the one before it in the answer, else with the next one that
/// has a moment; where none has, when the answer came.
fn dated(report: &ParcelReport) -> Vec<(Timestamp, &CarrierEvent)> {
    let first = report.events.iter().find_map(|event| event.at);
    let mut last = first.unwrap_or(report.received_at);
    let at = |event: &CarrierEvent| {
        last = event.at.unwrap_or(last);
        last
    };
    report.events.iter().map(at).zip(&report.events).collect()
}

fn observation(source: Source, carrier: &CarrierName, event: &CarrierEvent, at: Timestamp) -> Observation {
    Observation {
        tracking_number: event.tracking_number.clone(),
        carrier: carrier.clone(),
        status: event.words.clone(),
        meaning: event.meaning,
        novelty: event.novelty.clone(),
        city: City::resolve("", None),
        place: Some(event.place.clone().unwrap_or_default()),
        // The carrier's own code stays beside its words.
        last_movement_text: Some(movement(event)),
        last_movement_at: event.at,
        guide_created_at: None,
        reported_at: Some(at),
        recipient_name: None,
        phone: None,
        address: None,
        collect: None,
        freight: None,
        return_cost: None,
        order_id: None,
        source,
        import_id: None,
    }
}

fn movement(event: &CarrierEvent) -> String {
    match &event.code {
        Some(code) if *code != event.words => format!("{code} · {}", event.words),
        Some(_) | None => event.words.clone(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{ExceptionReason, ShipmentStatus, SignedDuration};

    use super::*;

    fn event(words: &str, hour: Option<i64>, status: ShipmentStatus) -> CarrierEvent {
        CarrierEvent {
            tracking_number: TrackingNumber::parse("36312345678").unwrap(),
            code: None,
            words: words.to_owned(),
            novelty: None,
            place: None,
            at: hour.map(|hour| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)),
            meaning: Some((status, ExceptionReason::None)),
        }
    }

    fn order(events: Vec<CarrierEvent>) -> Vec<(String, i64)> {
        let received_at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(99);
        observations("coordinadora", &ParcelReport { events, received_at })
            .into_iter()
            .map(|seen| (seen.status, seen.reported_at.unwrap().as_second() / 3_600))
            .collect()
    }

    #[test]
    fn what_has_no_moment_stays_beside_what_has_one() {
        use ShipmentStatus::{Delivered, InTransit, OutForDelivery};
        let found = order(vec![
            event("entregada", Some(9), Delivered),
            event("reparto", Some(9), OutForDelivery),
            event("sin fecha", None, InTransit),
            event("despacho", Some(1), InTransit),
        ]);
        let names: Vec<&str> = found.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(names, ["despacho", "reparto", "sin fecha", "entregada"]);
        assert_eq!(order(vec![event("sola", None, InTransit)]), [("sola".to_owned(), 99)]);
        let late =
            order(vec![event("sin fecha", None, InTransit), event("reparto", Some(5), OutForDelivery)]);
        assert_eq!(late[0], ("sin fecha".to_owned(), 5));
    }

    #[test]
    fn an_aggregator_names_no_carrier() {
        let report = ParcelReport {
            events: vec![event("x", None, ShipmentStatus::InTransit)],
            received_at: Timestamp::UNIX_EPOCH,
        };
        assert!(observations("17track", &report)[0].carrier.raw.is_empty());
        assert_eq!(observations("envia", &report)[0].carrier.code(), "envia");
    }
}
