//! Imported rows become orders and shipments.

use analytics::Analytics;
use async_trait::async_trait;
use database::Tx;
use domain::{City, ImportId, OrderId, TenantId, Timestamp, TrackingNumber};
use integrations::{Applied, ApplyRows, RowOrigin};
use orders::{Item, OrderSource, Orders, StatedOrder};
use ports::files::{FileFormat, ImportedRow};
use tracking::{BatchOrigin, CarrierNames, Observation, Source, Standing, StatusReader, ToldRoute, Tracking};

/// Who gives rows. By default nobody's file, in the words of Dropi.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Teller {
    /// The import, if they are of one.
    pub(crate) import: Option<ImportId>,
    /// What kind of file they are of, or might be.
    pub(crate) format: Option<FileFormat>,
}

/// The owners of what a file's rows change.
pub(crate) struct OrdersAndShipments {
    pub(crate) orders: Orders,
    pub(crate) tracking: Tracking,
}

/// The owners of what files tell, each with its rows.
pub(crate) struct Owners {
    pub(crate) parcels: OrdersAndShipments,
    pub(crate) analytics: Analytics,
}

#[async_trait]
impl ApplyRows for Owners {
    async fn apply(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        origin: &RowOrigin<'_>,
        rows: Vec<ImportedRow>,
    ) -> database::Result<Applied> {
        match origin.format {
            Some(FileFormat::Rounds) => {
                let rounds: Vec<_> =
                    rows.into_iter().filter_map(|row| row.round.map(|round| *round)).collect();
                let (import, told_at) = (origin.import, origin.received_at);
                self.analytics.take_rounds(tx, tenant, import, told_at, &rounds).await?;
                Ok(Applied::default())
            }
            Some(FileFormat::RouteHistory) => self.parcels.take_past(tx, origin, &rows).await,
            Some(
                FileFormat::DropiEventLog
                | FileFormat::DropiHistory
                | FileFormat::DropiOfficeClaims
                | FileFormat::CarrierTracking
                | FileFormat::DropiFinance
                | FileFormat::PastedReport
                | FileFormat::Mapped,
            )
            | None => self.parcels.apply(tx, tenant, origin, rows).await,
        }
    }

    async fn end(&self, tx: &mut Tx, import: ImportId) -> database::Result<()> {
        self.parcels.end(tx, import).await
    }
}

#[async_trait]
impl ApplyRows for OrdersAndShipments {
    async fn apply(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        origin: &RowOrigin<'_>,
        rows: Vec<ImportedRow>,
    ) -> database::Result<Applied> {
        let teller = Teller { import: Some(origin.import), format: origin.format };
        let (applied, standings) = self.take_in(tx, tenant, teller, rows, origin.received_at).await?;
        let batch = BatchOrigin {
            import: origin.import,
            file_name: origin.file_name,
            by: origin.by,
            received_at: origin.received_at,
        };
        self.tracking.fill_batch(tx, &batch, &standings).await?;
        Ok(applied)
    }

    async fn end(&self, tx: &mut Tx, import: ImportId) -> database::Result<()> {
        self.tracking.end_batch(tx, import).await
    }
}

impl OrdersAndShipments {
    /// Lines about the past of routes; no order and no shipment is told of.
    async fn take_past(
        &self,
        tx: &mut Tx,
        origin: &RowOrigin<'_>,
        rows: &[ImportedRow],
    ) -> database::Result<Applied> {
        let names = self.tracking.carrier_names(tx).await?;
        let lines: Vec<ToldRoute> = rows.iter().filter_map(|row| told_route(&names, row)).collect();
        self.tracking.take_route_history(tx, origin.import, origin.received_at, &lines).await?;
        Ok(Applied::default())
    }

    /// Changes orders and shipments by rows that an import or another source of rows gave; answers where the
    /// shipments stand now.
    pub(crate) async fn take_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        teller: Teller,
        rows: Vec<ImportedRow>,
        received_at: Timestamp,
    ) -> database::Result<(Applied, Vec<Standing>)> {
        let rows_count = rows.len();
        let reader = self.tracking.status_reader(tx).await?;
        let names = self.tracking.carrier_names(tx).await?;
        let stated = rows.iter().map(|row| order(&reader, &names, row, teller.format, received_at));
        let (with_order, orders): (Vec<usize>, Vec<StatedOrder>) =
            stated.enumerate().filter_map(|(index, order)| Some((index, order?))).unzip();
        let taken = self.orders.take_in(tx, tenant, &orders).await?;
        let (mut rows, mut order_ids) = (rows, vec![None; rows_count]);
        for ((index, id), number) in with_order.into_iter().zip(taken.ids).zip(taken.numbers) {
            order_ids[index] = Some(id);
            // A finance report may name the order alone; what it says is of that order's guía.
            if teller.format == Some(FileFormat::DropiFinance) && rows[index].tracking_number.is_none() {
                rows[index].tracking_number = number.and_then(|number| TrackingNumber::parse(&number).ok());
            }
        }
        let source = teller.format.map_or(Source::DropiFile, source_of);
        let seen: Vec<Observation> = rows
            .into_iter()
            .zip(order_ids)
            .filter_map(|(row, order)| observation(&names, row, order, source, teller.import))
            .collect();
        let observed = self.tracking.observe(tx, tenant, &seen).await?;
        let applied = Applied {
            orders_created: taken.created,
            orders_updated: taken.updated,
            shipments_created: observed.created,
            shipments_updated: observed.updated,
            events_new: observed.events_new,
            events_duplicate: observed.events_duplicate,
            events_out_of_order: observed.events_out_of_order,
        };
        Ok((applied, observed.standings))
    }
}

/// The order a row is about. Rows of the office claims are orders with and without an id of their own: without one the
/// guía stands for it.
fn order(
    reader: &StatusReader,
    names: &CarrierNames,
    row: &ImportedRow,
    format: Option<FileFormat>,
    received_at: Timestamp,
) -> Option<StatedOrder> {
    let claims = format == Some(FileFormat::DropiOfficeClaims);
    let finance = format == Some(FileFormat::DropiFinance);
    let number = row.tracking_number.as_ref().filter(|_| claims);
    let external_ref = row.order_ref.clone().or_else(|| number.map(|number| number.as_str().to_owned()))?;
    let carrier = names.resolve(row.carrier.as_deref().unwrap_or_default());
    let status = row.status.as_deref().unwrap_or_default();
    let reading = reader.read(&carrier, status);
    let status = match row.tracking_number {
        Some(_) => Some(orders::status_for(reading.status)),
        // It tells how the order's shipment ended, whether or not anybody named its guía.
        None if finance => reading.known.then(|| orders::status_for(reading.status)),
        None => Some(orders::status_without_shipment(status, reading.status)),
    };
    Some(StatedOrder {
        source: OrderSource::Dropi,
        external_ref,
        number: None,
        status,
        recipient_name: row.customer_name.clone(),
        phone: row.phone.clone(),
        email: row.email.clone(),
        address: row.address.clone(),
        city: city(row),
        total: row.collect,
        payment_method: payment_method(row.payment_type.as_deref()),
        carrier: Some(carrier),
        tracking_number: row.tracking_number.clone(),
        items: items(row),
        seller: row.seller.clone(),
        store: row.store.clone(),
        test: false,
        placed_at: row.ordered_at.or(row.guide_created_at),
        as_of: row.last_movement_at.or(row.reported_at).unwrap_or(received_at),
        trace: None,
    })
}

fn payment_method(text: Option<&str>) -> Option<String> {
    match domain::text::fold(text?).as_str() {
        "" => None,
        "CON RECAUDO" => Some("cod".to_owned()),
        "SIN RECAUDO" => Some("prepaid".to_owned()),
        other => Some(other.to_lowercase()),
    }
}

fn city(row: &ImportedRow) -> City {
    City::resolve(row.city.as_deref().unwrap_or_default(), row.department.as_deref())
}

fn items(row: &ImportedRow) -> Vec<Item> {
    row.items
        .iter()
        .map(|item| Item {
            name: item.name.clone().unwrap_or_default(),
            variation: item.variation.clone(),
            sku: item.sku.clone(),
            quantity: item.quantity.unwrap_or(1),
        })
        .collect()
}

/// Who speaks in a file. Whose columns a person had to explain is taken for the shop's own list.
const fn source_of(format: FileFormat) -> Source {
    match format {
        FileFormat::DropiEventLog
        | FileFormat::DropiHistory
        | FileFormat::DropiOfficeClaims
        | FileFormat::DropiFinance
        | FileFormat::Mapped => Source::DropiFile,
        FileFormat::CarrierTracking
        | FileFormat::PastedReport
        | FileFormat::RouteHistory
        | FileFormat::Rounds => Source::TrackingFile,
    }
}

/// What a row says about the past of a route.
fn told_route(names: &CarrierNames, row: &ImportedRow) -> Option<ToldRoute> {
    let results = row.results?;
    Some(ToldRoute {
        city: city(row),
        carrier: names.resolve(row.carrier.as_deref()?),
        delivered: results.delivered,
        returned: results.returned,
        minutes: results.minutes,
    })
}

/// What a row says about its shipment; none when it has no number yet.
fn observation(
    names: &CarrierNames,
    row: ImportedRow,
    order: Option<OrderId>,
    source: Source,
    import: Option<ImportId>,
) -> Option<Observation> {
    let city = city(&row);
    Some(Observation {
        tracking_number: row.tracking_number?,
        carrier: names.resolve(row.carrier.as_deref().unwrap_or_default()),
        status: row.status.unwrap_or_default(),
        meaning: None,
        novelty: row.novelty,
        city,
        place: None,
        last_movement_text: row.last_movement_text,
        last_movement_at: row.last_movement_at,
        guide_created_at: row.guide_created_at,
        reported_at: row.reported_at,
        recipient_name: row.customer_name,
        phone: row.phone,
        address: row.address,
        collect: row.collect,
        freight: row.freight,
        return_cost: row.return_cost,
        order_id: order,
        source,
        import_id: import,
    })
}
