//! Who gets an order and where: Shopify's own members first, then what forms add.

use domain::country::Country;
use domain::phone::Phone;
use domain::text::fold;
use ports::webhooks::{PhoneSource, ShopOrder};

use crate::attributes::{Attributes, Meaning};
use crate::issues::Issues;
use crate::lenient::{Field, Text};
use crate::payload::{Address, Customer, Order};

/// Everything in an order that may name a person or a place.
struct Sent<'a> {
    order: &'a Order<'a>,
    shipping: Option<&'a Address<'a>>,
    billing: Option<&'a Address<'a>>,
    customer: Option<&'a Customer<'a>>,
    attributes: Attributes<'a>,
}

/// Fills in everything about the recipient.
pub(crate) fn read<'a>(order: &mut ShopOrder, sent: &'a Order<'a>, issues: &mut Issues) {
    let pairs = issues.get("note_attributes", &sent.note_attributes);
    let pairs = pairs.map_or(&[][..], |pairs| issues.of_list("note_attributes", &pairs.0));
    let sent = Sent {
        order: sent,
        shipping: issues.get("shipping_address", &sent.shipping_address),
        billing: issues.get("billing_address", &sent.billing_address),
        customer: issues.get("customer", &sent.customer),
        attributes: Attributes::read(pairs),
    };
    sent.place(order, issues);
    order.name = sent.name(issues);
    order.email = sent.email(issues);
    let country = sent.country(order).unwrap_or(Country::Co);
    let found = sent.phone(country, issues);
    if found.is_none() {
        issues.note("missing", "phone");
    }
    (order.phone, order.phone_source) = found.unzip();
}

impl Sent<'_> {
    /// The destination: the shipping address with its gaps filled from the form, else the billing address.
    /// Shipping and billing address are never mixed, they may be in different cities.
    fn place(&self, order: &mut ShopOrder, issues: &mut Issues) {
        if let Some(shipping) = self.shipping {
            shipping_place(order, shipping, issues);
        }
        let in_form = |member, meaning, issues: &mut Issues| {
            self.attributes.first(meaning).and_then(|text| issues.keep(member, text))
        };
        if order.address.is_none() {
            let street = in_form("address", Meaning::Address, issues);
            let detail = in_form("address", Meaning::AddressDetail, issues);
            order.address = issues.joined("address", street, ", ", detail);
        }
        order.city = order.city.take().or_else(|| in_form("city", Meaning::City, issues));
        let department = order.department.take();
        order.department = department.or_else(|| in_form("department", Meaning::Department, issues));
        if let (None, None, Some(billing)) = (&order.address, &order.city, self.billing) {
            billing_place(order, billing, issues);
        }
        if order.address.is_none() {
            issues.note("missing", "address");
        }
        if order.city.is_none() {
            issues.note("missing", "city");
        }
    }

    /// The country whose way of writing phones is to be expected.
    fn country(&self, order: &ShopOrder) -> Option<Country> {
        let billing = self.billing.and_then(|address| address.country_code.get());
        let shipping = order.country.as_deref().and_then(country_named);
        shipping.or_else(|| country_named(&billing?.0))
    }

    fn name(&self, issues: &mut Issues) -> Option<String> {
        let of_address = |address: &Address<'_>, member, issues: &mut Issues| {
            let whole = issues.line(member, &address.name);
            whole.or_else(|| full_name(member, &address.first_name, &address.last_name, issues))
        };
        let name = self
            .shipping
            .and_then(|address| of_address(address, "shipping_address.name", issues))
            .or_else(|| self.name_in_form(issues))
            .or_else(|| {
                let customer = self.customer?;
                full_name("customer.name", &customer.first_name, &customer.last_name, issues)
            })
            .or_else(|| of_address(self.billing?, "billing_address.name", issues));
        if name.is_none() {
            issues.note("missing", "name");
        }
        name
    }

    fn name_in_form(&self, issues: &mut Issues) -> Option<String> {
        const MEMBER: &str = "note_attributes.name";
        let mut take = |meaning| issues.keep(MEMBER, self.attributes.first(meaning)?);
        if let Some(whole) = take(Meaning::FullName) {
            return Some(whole);
        }
        let (first, last) = (take(Meaning::FirstName), take(Meaning::LastName));
        issues.joined(MEMBER, first, " ", last)
    }

    fn email(&self, issues: &mut Issues) -> Option<String> {
        let order = self.order;
        let written = issues
            .line("email", &order.email)
            .or_else(|| issues.line("contact_email", &order.contact_email))
            .or_else(|| issues.line("customer.email", &self.customer?.email))
            .or_else(|| issues.keep("note_attributes.email", self.attributes.first(Meaning::Email)?))?;
        let looks_right =
            written.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if looks_right && !written.contains(char::is_whitespace) {
            return Some(written);
        }
        issues.note("bad_email", "email");
        None
    }

    /// The first mobile, else the first landline. What is not a phone is noted and passed over.
    fn phone(&self, country: Country, issues: &mut Issues) -> Option<(Phone, PhoneSource)> {
        let own = [
            (PhoneSource::Order, Some(&self.order.phone)),
            (PhoneSource::ShippingAddress, self.shipping.map(|address| &address.phone)),
            (PhoneSource::Customer, self.customer.map(|customer| &customer.phone)),
            (PhoneSource::BillingAddress, self.billing.map(|address| &address.phone)),
        ];
        let mut search = PhoneSearch { country, landline: None };
        for (source, field) in own.into_iter().filter_map(|(source, field)| Some((source, field?))) {
            if let Some(mobile) = search.look_at(source, field_text(field, source, issues), issues) {
                return Some(mobile);
            }
        }
        for text in self.attributes.all(Meaning::Phone) {
            if let Some(mobile) = search.look_at(PhoneSource::NoteAttribute, Some(text), issues) {
                return Some(mobile);
            }
        }
        let items = self.order.line_items.get().map_or(&[][..], |list| &list.entries);
        let properties = items.iter().filter_map(|item| item.properties.get());
        let properties = Attributes::read(properties.flat_map(|pairs| &pairs.0.entries));
        for text in properties.all(Meaning::Phone) {
            if let Some(mobile) = search.look_at(PhoneSource::ItemProperty, Some(text), issues) {
                return Some(mobile);
            }
        }
        search.landline
    }
}

fn field_text<'a>(field: &'a Field<Text<'a>>, source: PhoneSource, issues: &mut Issues) -> Option<&'a str> {
    if matches!(field, Field::WrongType) {
        issues.note("bad_phone", source.as_str());
    }
    field.get().map(|text| text.0.as_ref())
}

struct PhoneSearch {
    country: Country,
    landline: Option<(Phone, PhoneSource)>,
}

impl PhoneSearch {
    /// Answers a mobile, keeps the first landline, notes what is neither; "no tengo" is no mistyped phone.
    fn look_at(
        &mut self,
        source: PhoneSource,
        text: Option<&str>,
        issues: &mut Issues,
    ) -> Option<(Phone, PhoneSource)> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        match Phone::parse(text, self.country) {
            Ok(phone) if phone.is_mobile() => Some((phone, source)),
            Ok(landline) => {
                self.landline.get_or_insert((landline, source));
                None
            }
            Err(_) => {
                if text.contains(|c: char| c.is_ascii_digit()) {
                    issues.note("bad_phone", source.as_str());
                }
                None
            }
        }
    }
}

/// A country's code, or its name as Shopify writes it in Spanish and English.
fn country_named(text: &str) -> Option<Country> {
    match fold(text).as_str() {
        "COLOMBIA" => Some(Country::Co),
        "ECUADOR" => Some(Country::Ec),
        "CHILE" => Some(Country::Cl),
        "MEXICO" => Some(Country::Mx),
        code => code.parse().ok(),
    }
}

fn shipping_place(order: &mut ShopOrder, address: &Address<'_>, issues: &mut Issues) {
    let street = issues.line("shipping_address.address1", &address.address1);
    let detail = issues.line("shipping_address.address2", &address.address2);
    order.address = issues.joined("address", street, ", ", detail);
    order.city = issues.line("shipping_address.city", &address.city);
    order.department = issues.line("shipping_address.province", &address.province);
    order.country = country(address, issues);
}

fn billing_place(order: &mut ShopOrder, address: &Address<'_>, issues: &mut Issues) {
    let street = issues.line("billing_address.address1", &address.address1);
    let detail = issues.line("billing_address.address2", &address.address2);
    let street = issues.joined("address", street, ", ", detail);
    let city = issues.line("billing_address.city", &address.city);
    if street.is_some() || city.is_some() {
        order.address = street;
        order.city = city;
        order.department = issues.line("billing_address.province", &address.province);
        order.country = country(address, issues);
    }
}

fn country(address: &Address<'_>, issues: &mut Issues) -> Option<String> {
    let code = issues.line("country_code", &address.country_code).map(|code| code.to_ascii_uppercase());
    code.or_else(|| {
        let name = issues.line("country", &address.country)?;
        Some(country_named(&name).map_or(name, |country| country.as_str().to_owned()))
    })
}

fn full_name(
    member: &'static str,
    first: &Field<Text<'_>>,
    last: &Field<Text<'_>>,
    issues: &mut Issues,
) -> Option<String> {
    let (first, last) = (issues.line(member, first), issues.line(member, last));
    issues.joined(member, first, " ", last)
}
