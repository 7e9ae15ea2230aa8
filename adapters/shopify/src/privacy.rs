//! The three topics by which people and shops ask for their data, or ask us to forget it.

use domain::country::Country;
use domain::phone::Phone;
use ports::webhooks::{PhoneSource, PrivacyRequest};

use crate::claim;
use crate::issues::Issues;
use crate::payload::Privacy;

/// Reads a request. Nothing in it is required: a person looks at what cannot be carried out by itself.
pub(crate) fn read(sent: &Privacy<'_>) -> PrivacyRequest {
    let mut issues = Issues::default();
    let domain = issues.line("shop_domain", &sent.shop_domain);
    let account = domain.as_deref().and_then(claim::shop_domain);
    if account.is_none() {
        issues.note(if domain.is_some() { "bad_domain" } else { "missing" }, "shop_domain");
    }
    let mut request = PrivacyRequest {
        account,
        account_id: issues.id("shop_id", &sent.shop_id),
        ..PrivacyRequest::default()
    };
    if let Some(customer) = issues.get("customer", &sent.customer) {
        request.customer_id = issues.id("customer.id", &customer.id);
        request.email = issues.line("customer.email", &customer.email);
        request.phone = issues
            .line("customer.phone", &customer.phone)
            .and_then(|text| Phone::parse(&text, Country::Co).ok().or_else(|| bad_phone(&mut issues)));
    }
    for (member, ids) in
        [("orders_requested", &sent.orders_requested), ("orders_to_redact", &sent.orders_to_redact)]
    {
        request.order_ids.extend(issues.entries(member, ids).iter().map(|id| id.0.to_string()));
    }
    let asked = issues.get("data_request", &sent.data_request);
    request.request_id = asked.and_then(|asked| issues.id("data_request.id", &asked.id));
    request.issues = issues.into_tokens();
    request
}

fn bad_phone(issues: &mut Issues) -> Option<Phone> {
    issues.note("bad_phone", PhoneSource::Customer.as_str());
    None
}
