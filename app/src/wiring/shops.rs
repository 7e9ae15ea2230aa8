//! What a shop states becomes an order.

use async_trait::async_trait;
use database::Tx;
use domain::{City, OrderStatus, TenantId};
use integrations::{ShopStatement, TakeShopOrders};
use orders::{Item, OrderSource, Orders, StatedOrder};
use ports::webhooks::ShopOrder;

/// The owner of orders, and the source that one shop system is to it.
pub(crate) struct ShopOrders {
    pub(crate) orders: Orders,
    pub(crate) source: OrderSource,
}

#[async_trait]
impl TakeShopOrders for ShopOrders {
    async fn take(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        statements: Vec<ShopStatement>,
    ) -> database::Result<()> {
        let stated: Vec<StatedOrder> =
            statements.into_iter().map(|statement| stated(self.source, statement)).collect();
        self.orders.take_in(tx, tenant, &stated).await.map(drop)
    }

    async fn unknown<'a>(&self, tx: &mut Tx, references: &[&'a str]) -> database::Result<Vec<&'a str>> {
        self.orders.unknown(tx, self.source, references).await
    }
}

fn stated(source: OrderSource, statement: ShopStatement) -> StatedOrder {
    let ShopStatement { account, order, as_of, trace } = statement;
    StatedOrder {
        source,
        status: order.cancelled_at.map(|_| OrderStatus::Cancelled),
        payment_method: payment_method(&order),
        city: City::resolve(order.city.as_deref().unwrap_or_default(), order.department.as_deref()),
        external_ref: order.external_id,
        number: Some(order.number),
        recipient_name: order.name,
        phone: order.phone,
        email: order.email,
        address: order.address,
        total: order.total,
        carrier: None,
        tracking_number: None,
        items: order
            .items
            .into_iter()
            .map(|item| Item {
                name: item.name,
                variation: item.variation,
                sku: item.sku,
                quantity: item.quantity,
            })
            .collect(),
        seller: None,
        store: Some(account),
        test: order.test,
        placed_at: Some(order.created_at),
        as_of,
        trace: Some(trace),
    }
}

/// A shop without a word about payment leaves it open.
fn payment_method(order: &ShopOrder) -> Option<String> {
    match (order.cash_on_delivery, order.gateways.is_empty()) {
        (true, _) => Some("cod".to_owned()),
        (false, false) => Some("prepaid".to_owned()),
        (false, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    fn order() -> ShopOrder {
        ShopOrder { external_id: "1".into(), number: "#1001".into(), ..ShopOrder::default() }
    }

    fn of(order: ShopOrder) -> StatedOrder {
        let as_of = order.updated_at;
        let account = "prueba.myshopify.com".to_owned();
        stated(OrderSource::Shopify, ShopStatement { account, order, as_of, trace: "webhook-1".into() })
    }

    #[test]
    fn a_shop_decides_about_cancellation_alone() {
        assert_eq!(of(order()).status, None);
        let cancelled = ShopOrder { cancelled_at: Some(Timestamp::UNIX_EPOCH), ..order() };
        assert_eq!(of(cancelled).status, Some(OrderStatus::Cancelled));
    }

    #[test]
    fn payment_is_cash_prepaid_or_open() {
        let gateways = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let cash = ShopOrder { cash_on_delivery: true, gateways: gateways(&["Contra entrega"]), ..order() };
        assert_eq!(of(cash).payment_method.as_deref(), Some("cod"));
        let card = ShopOrder { gateways: gateways(&["shopify_payments"]), ..order() };
        assert_eq!(of(card).payment_method.as_deref(), Some("prepaid"));
        assert_eq!(of(order()).payment_method, None);
    }

    #[test]
    fn a_city_nobody_named_is_no_city() {
        assert!(of(order()).city.raw.is_empty());
        let known = ShopOrder { city: Some("cali".into()), department: Some("Valle".into()), ..order() };
        assert_eq!(of(known).city.name(), "Cali");
    }
}
