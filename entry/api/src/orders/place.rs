//! `POST /v1/orders`

use ::orders::{Item, NewOrder, OrderSource, PlaceError};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{City, Country, Money, Phone, Timestamp};
use identity::Actor;
use serde::Deserialize;
use utoipa::ToSchema;

use super::describe;
use crate::auth::{Authorized, OrdersWrite};
use crate::body::Body;
use crate::problem::FieldError;
use crate::{Api, Problem};

/// Longest text of a field, in characters.
const MAX_TEXT: usize = 300;
/// Most lines of an order.
const MAX_ITEMS: usize = 100;
/// Largest quantity of a line.
const MAX_QUANTITY: i64 = 10_000;
/// Largest amount, in minor units: far above any parcel, far below what adds up to an overflow.
const MAX_AMOUNT: i64 = 1_000_000_000_000;

/// An order to be placed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrderBody {
    /// The caller's own reference. The same one again is refused, so a request may be repeated safely.
    reference: Option<String>,
    customer: Customer,
    /// Street address.
    address: String,
    /// Name or DIVIPOLA code of the municipality.
    city: String,
    /// Needed where several municipalities bear the name.
    department: Option<String>,
    /// In minor units of the country's currency; Colombian pesos have none, so these are whole pesos. Must
    /// be there and above 0 for `cod`.
    total: Option<i64>,
    /// cod (the default) or prepaid.
    payment_method: Option<String>,
    items: Vec<NewItem>,
    /// Which shop.
    store: Option<String>,
    /// Now if absent; RFC 3339.
    #[schema(format = DateTime)]
    placed_at: Option<String>,
}

/// Who gets the order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrderCustomer)]
struct Customer {
    name: String,
    /// As people write it in the organisation's country, or with `+` and a country's code.
    phone: String,
    email: Option<String>,
}

/// A line of the order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrderItem)]
struct NewItem {
    name: String,
    variation: Option<String>,
    sku: Option<String>,
    /// 1 to 10,000.
    quantity: i64,
}

/// Places an order, pending.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", operation_id = "place_order", request_body = NewOrderBody,
    responses(
        (status = 201, body = super::Order), (status = 409, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<OrdersWrite>,
    Body(body): Body<NewOrderBody>,
) -> Result<Response, Problem> {
    let caller = &allowed.caller;
    let (source, test) = match caller.actor {
        Actor::User { .. } => (OrderSource::Manual, false),
        Actor::ApiKey { live, .. } => (OrderSource::Api, !live),
    };
    let order = NewOrder { test, ..check(body, caller.tenant.country, api.clock.now())? };
    let tenant = caller.tenant.id;
    let id = api.orders.place(tenant, source, order).await.map_err(refused)?;
    let order = api.orders.order(tenant, id).await?.ok_or_else(Problem::not_found)?;
    let keys = api.db.keyring().tenant(&api.db, tenant).await?;
    let location = [(header::LOCATION, format!("/v1/orders/{id}"))];
    let pauses = api.tracking.active_pauses(tenant).await?;
    let shown = describe(order, &keys, caller.sees_masked(), &pauses)?;
    Ok((StatusCode::CREATED, location, Json(shown)).into_response())
}

fn refused(error: PlaceError) -> Problem {
    match error {
        PlaceError::Exists(id) => Problem::new(
            StatusCode::CONFLICT,
            "order-exists",
            "There is an order with this reference already",
        )
        .with("order_id", id.to_string()),
        PlaceError::Database(error) => error.into(),
    }
}

/// Checks all fields and names all that cannot be used.
fn check(body: NewOrderBody, country: Country, now: Timestamp) -> Result<NewOrder, Problem> {
    let mut errors = Vec::new();
    let recipient_name = text(&mut errors, "customer.name", &body.customer.name);
    let address = text(&mut errors, "address", &body.address);
    let city = text(&mut errors, "city", &body.city);
    let reference = optional(&mut errors, "reference", body.reference);
    let email = optional(&mut errors, "customer.email", body.customer.email);
    if email.as_deref().is_some_and(|email| !email.contains('@')) {
        errors.push(FieldError::new("customer.email", "invalid", "this is no e-mail address"));
    }
    let phone = match Phone::parse(&body.customer.phone, country) {
        Ok(phone) => Some(phone),
        Err(error) => {
            errors.push(FieldError::new("customer.phone", "invalid", error));
            None
        }
    };
    let payment_method = payment_method(&mut errors, body.payment_method.as_deref(), body.total);
    let placed_at = moment(&mut errors, body.placed_at.as_deref(), now);
    let items = items(&mut errors, body.items);
    let department = optional(&mut errors, "department", body.department);
    let store = optional(&mut errors, "store", body.store);
    match phone {
        Some(phone) if errors.is_empty() => Ok(NewOrder {
            reference,
            recipient_name,
            phone,
            email,
            address,
            city: resolved(&city, department.as_deref()),
            total: body.total.map(|amount| Money { amount, currency: country.currency() }),
            payment_method,
            items,
            store,
            test: false,
            placed_at,
        }),
        Some(_) | None => Err(Problem::invalid_fields(errors)),
    }
}

fn resolved(city: &str, department: Option<&str>) -> City {
    match domain::city::by_code(city) {
        Some(known) => City::resolve(known.name, Some(known.department)),
        None => City::resolve(city, department),
    }
}

fn text(errors: &mut Vec<FieldError>, field: &str, value: &str) -> String {
    let value = value.trim();
    if value.is_empty() {
        errors.push(FieldError::new(field, "required", "this must not be empty"));
    } else if value.chars().count() > MAX_TEXT || value.chars().any(char::is_control) {
        errors.push(FieldError::new(field, "invalid", format!("at most {MAX_TEXT} printable characters")));
    }
    value.to_owned()
}

fn optional(errors: &mut Vec<FieldError>, field: &str, value: Option<String>) -> Option<String> {
    let value = value.filter(|value| !value.trim().is_empty())?;
    Some(text(errors, field, &value))
}

fn payment_method(errors: &mut Vec<FieldError>, wanted: Option<&str>, total: Option<i64>) -> String {
    let wanted = wanted.unwrap_or("cod");
    let least = match wanted {
        "cod" => 1,
        "prepaid" => 0,
        _ => {
            errors.push(FieldError::new("payment_method", "unknown", "cod or prepaid"));
            0
        }
    };
    let total = total.unwrap_or(0);
    if total < least || total > MAX_AMOUNT {
        errors.push(FieldError::new("total", "out_of_range", format!("{least} to {MAX_AMOUNT}")));
    }
    wanted.to_owned()
}

fn moment(errors: &mut Vec<FieldError>, wanted: Option<&str>, now: Timestamp) -> Option<Timestamp> {
    let wanted = wanted?;
    match wanted.parse::<Timestamp>() {
        Ok(at) if at <= now => Some(at),
        Ok(_) => {
            errors.push(FieldError::new("placed_at", "in_the_future", "this is in the future"));
            None
        }
        Err(_) => {
            errors.push(FieldError::new("placed_at", "invalid", "a moment as in 2026-03-10T08:00:00-05:00"));
            None
        }
    }
}

fn items(errors: &mut Vec<FieldError>, wanted: Vec<NewItem>) -> Vec<Item> {
    if wanted.is_empty() || wanted.len() > MAX_ITEMS {
        errors.push(FieldError::new("items", "out_of_range", format!("1 to {MAX_ITEMS} lines")));
        return Vec::new();
    }
    let mut items = Vec::with_capacity(wanted.len());
    for (index, item) in wanted.into_iter().enumerate() {
        if !(1..=MAX_QUANTITY).contains(&item.quantity) {
            let field = format!("items[{index}].quantity");
            errors.push(FieldError::new(&field, "out_of_range", format!("1 to {MAX_QUANTITY}")));
        }
        items.push(Item {
            name: text(errors, &format!("items[{index}].name"), &item.name),
            variation: optional(errors, &format!("items[{index}].variation"), item.variation),
            sku: optional(errors, &format!("items[{index}].sku"), item.sku),
            quantity: item.quantity,
        });
    }
    items
}
