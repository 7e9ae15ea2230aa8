//! The members of Shopify's objects that we read. Their names are Shopify's.
//!
//! None of them has `Debug`: they hold people's names and phones.

use crate::lenient::{Field, Flag, List, Pairs, Text, Whole, object};

/// Ids in a privacy request. The body's size is what bounds them: none may be left out.
pub(crate) type Ids = List<Whole, { crate::MAX_BODY_BYTES }>;

#[derive(Default)]
#[expect(clippy::struct_field_names, reason = "order_number is Shopify's name for it")]
pub(crate) struct Order<'a> {
    pub(crate) id: Field<Whole>,
    pub(crate) name: Field<Text<'a>>,
    pub(crate) order_number: Field<Text<'a>>,
    pub(crate) created_at: Field<Text<'a>>,
    pub(crate) updated_at: Field<Text<'a>>,
    pub(crate) cancelled_at: Field<Text<'a>>,
    pub(crate) cancel_reason: Field<Text<'a>>,
    pub(crate) test: Field<Flag>,
    pub(crate) currency: Field<Text<'a>>,
    pub(crate) total_price: Field<Text<'a>>,
    pub(crate) current_total_price: Field<Text<'a>>,
    pub(crate) total_outstanding: Field<Text<'a>>,
    pub(crate) payment_gateway_names: Field<List<Text<'a>>>,
    pub(crate) gateway: Field<Text<'a>>,
    pub(crate) financial_status: Field<Text<'a>>,
    pub(crate) email: Field<Text<'a>>,
    pub(crate) contact_email: Field<Text<'a>>,
    pub(crate) phone: Field<Text<'a>>,
    pub(crate) customer: Field<Customer<'a>>,
    pub(crate) shipping_address: Field<Address<'a>>,
    pub(crate) billing_address: Field<Address<'a>>,
    pub(crate) note_attributes: Field<Pairs<'a>>,
    pub(crate) line_items: Field<List<LineItem<'a>>>,
    pub(crate) note: Field<Text<'a>>,
    pub(crate) tags: Field<Text<'a>>,
}

object!(
    'de, Order<'de>: id, name, order_number, created_at, updated_at, cancelled_at, cancel_reason, test, currency,
    total_price, current_total_price, total_outstanding, payment_gateway_names, gateway, financial_status,
    email, contact_email, phone, customer, shipping_address, billing_address, note_attributes, line_items,
    note, tags,
);

#[derive(Default)]
pub(crate) struct Address<'a> {
    pub(crate) name: Field<Text<'a>>,
    pub(crate) first_name: Field<Text<'a>>,
    pub(crate) last_name: Field<Text<'a>>,
    pub(crate) address1: Field<Text<'a>>,
    pub(crate) address2: Field<Text<'a>>,
    pub(crate) city: Field<Text<'a>>,
    pub(crate) province: Field<Text<'a>>,
    pub(crate) country: Field<Text<'a>>,
    pub(crate) country_code: Field<Text<'a>>,
    pub(crate) phone: Field<Text<'a>>,
}

object!(
    'de, Address<'de>: name, first_name, last_name, address1, address2, city, province, country, country_code, phone
);

#[derive(Default)]
pub(crate) struct Customer<'a> {
    pub(crate) id: Field<Whole>,
    pub(crate) email: Field<Text<'a>>,
    pub(crate) phone: Field<Text<'a>>,
    pub(crate) first_name: Field<Text<'a>>,
    pub(crate) last_name: Field<Text<'a>>,
}

object!('de, Customer<'de>: id, email, phone, first_name, last_name);

#[derive(Default)]
pub(crate) struct LineItem<'a> {
    pub(crate) title: Field<Text<'a>>,
    pub(crate) name: Field<Text<'a>>,
    pub(crate) variant_title: Field<Text<'a>>,
    pub(crate) sku: Field<Text<'a>>,
    pub(crate) quantity: Field<Whole>,
    pub(crate) current_quantity: Field<Whole>,
    pub(crate) product_id: Field<Whole>,
    pub(crate) properties: Field<Pairs<'a>>,
}

object!(
    'de, LineItem<'de>: title, name, variant_title, sku, quantity, current_quantity, product_id, properties
);

/// The body of each of the three privacy topics.
#[derive(Default)]
pub(crate) struct Privacy<'a> {
    pub(crate) shop_id: Field<Whole>,
    pub(crate) shop_domain: Field<Text<'a>>,
    pub(crate) customer: Field<Customer<'a>>,
    pub(crate) orders_requested: Field<Ids>,
    pub(crate) orders_to_redact: Field<Ids>,
    pub(crate) data_request: Field<DataRequest>,
}

object!('de, Privacy<'de>: shop_id, shop_domain, customer, orders_requested, orders_to_redact, data_request);

#[derive(Default)]
pub(crate) struct DataRequest {
    pub(crate) id: Field<Whole>,
}

object!('de, DataRequest: id);
