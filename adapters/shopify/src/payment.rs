//! How an order is paid, and how much.

use std::sync::LazyLock;

use domain::money::{Currency, Money};
use domain::text::fold;
use ports::webhooks::ShopOrder;

use crate::issues::Issues;
use crate::lenient::{Field, Text};
use crate::payload;

/// Phrases that mean cash on delivery, folded, with a space on both sides.
static COD_PHRASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let lines = include_str!("../data/cod-gateways.txt").lines();
    lines.filter(|line| !line.starts_with('#') && !line.is_empty()).map(spaced).collect()
});

/// Fills in everything about money.
pub(crate) fn read(order: &mut ShopOrder, sent: &payload::Order<'_>, issues: &mut Issues) {
    order.currency = issues.line("currency", &sent.currency).unwrap_or_default().to_ascii_uppercase();
    order.financial_status = issues.line("financial_status", &sent.financial_status);
    let currency = order.currency.parse().ok();
    if currency.is_none() {
        issues.note(if order.currency.is_empty() { "missing" } else { "unknown" }, "currency");
    }
    let mut read = |member, field| amount(member, field, currency, issues);
    // Cancelling takes everything out of the order, and with it out of the current total.
    let now = order.cancelled_at.is_none().then(|| read("current_total_price", &sent.current_total_price));
    order.total = now.flatten().or_else(|| read("total_price", &sent.total_price));
    order.outstanding = read("total_outstanding", &sent.total_outstanding);
    if order.total.is_none() {
        issues.note("missing", "total_price");
    }
    gateways(order, sent, issues);
}

fn gateways(order: &mut ShopOrder, sent: &payload::Order<'_>, issues: &mut Issues) {
    let names = issues.entries("payment_gateway_names", &sent.payment_gateway_names);
    order.gateways = names.iter().filter_map(|name| issues.keep("payment_gateway_names", &name.0)).collect();
    if order.gateways.is_empty() {
        // The one gateway of versions before 2020-01.
        order.gateways.extend(issues.line("gateway", &sent.gateway));
    }
    order.cash_on_delivery = order.gateways.iter().any(|name| means_cash_on_delivery(name));
    let pending = order.financial_status.as_deref() == Some("pending");
    if pending && order.gateways.is_empty() {
        // Likely cash on delivery, but it may as well be a draft or a transfer: a person decides.
        issues.note("unknown", "payment_method");
    }
}

fn means_cash_on_delivery(gateway: &str) -> bool {
    let name = spaced(gateway);
    COD_PHRASES.iter().any(|phrase| name.contains(phrase.as_str()))
}

/// Folded, and with spaces around it, so that searching for one finds whole words only.
fn spaced(text: &str) -> String {
    format!(" {} ", fold(text))
}

fn amount(
    member: &'static str,
    field: &Field<Text<'_>>,
    currency: Option<Currency>,
    issues: &mut Issues,
) -> Option<Money> {
    let text = issues.get(member, field)?.0.trim();
    let currency = currency.filter(|_| !text.is_empty())?;
    let money = parse_decimal(text, currency);
    if money.is_none() {
        issues.note("bad_amount", member);
    }
    money
}

/// Digits with a decimal point, which is how Shopify writes every amount in every currency. What is finer
/// than the minor unit is rounded, half up.
fn parse_decimal(text: &str, currency: Currency) -> Option<Money> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut amount: i64 = whole.parse().ok()?;
    let mut decimals = fraction.bytes().map(|b| i64::from(b - b'0'));
    for _ in 0..currency.exponent() {
        amount = amount.checked_mul(10)?.checked_add(decimals.next().unwrap_or(0))?;
    }
    let round_up = decimals.next().is_some_and(|digit| digit >= 5);
    Some(Money::new(amount.checked_add(i64::from(round_up))?, currency))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn gateways_that_collect_at_the_door() {
        for name in [
            "Cash on Delivery (COD)",
            "cash_on_delivery",
            "COD",
            "cod - efectivo",
            "Pago contra entrega",
            "PAGO CONTRAENTREGA 🚚",
            "Contra Entrega",
            "contra-entrega",
            "Pago al recibir",
            "Pagar al recibir tu pedido",
            "Págalo: pago a la entrega",
            "Releasit COD Form",
            "EasySell COD Form",
            "EasySell",
        ] {
            assert!(means_cash_on_delivery(name), "{name}");
        }
    }

    #[test]
    fn gateways_that_do_not() {
        for name in [
            "",
            "Código promocional",
            "codigo",
            "Barcode",
            "shopify_payments",
            "Mercado Pago",
            "Wompi",
            "Addi",
            "PayU - Contra",
            "entrega contra factura",
            "bogus",
            "manual",
            "gift_card",
            "Transferencia",
            "Bacod",
        ] {
            assert!(!means_cash_on_delivery(name), "{name}");
        }
    }

    #[test]
    fn the_list_holds_phrases() {
        assert!(COD_PHRASES.len() > 10);
        assert!(COD_PHRASES.iter().all(|phrase| phrase.trim().len() >= 3), "{:?}", *COD_PHRASES);
    }

    #[test]
    fn amounts_exactly() {
        use Currency::{Cop, Usd};
        for (text, currency, amount) in [
            ("398.00", Usd, 39_800),
            ("398.00", Cop, 398),
            ("89900", Cop, 89_900),
            ("89900", Usd, 8_990_000),
            ("89900.50", Cop, 89_901),
            ("89900.49", Cop, 89_900),
            ("0.00", Cop, 0),
            ("12.345", Usd, 1_235),
            ("12.344999", Usd, 1_234),
            ("12.3", Usd, 1_230),
            ("9223372036854775807", Cop, i64::MAX),
        ] {
            assert_eq!(parse_decimal(text, currency), Some(Money::new(amount, currency)), "{text}");
        }
        for text in [
            "",
            ".",
            "5.",
            ".5",
            "-1.00",
            "+1",
            "1,000.00",
            "89.900,00",
            "1e3",
            "$5",
            "9223372036854775808",
            "9223372036854775807.5",
            "٣",
        ] {
            assert_eq!(parse_decimal(text, Cop), None, "{text}");
        }
        assert_eq!(parse_decimal("92233720368547758.08", Usd), None);
    }

    proptest! {
        #[test]
        fn an_amount_in_cents_comes_back(cents in 0..i64::MAX) {
            let text = format!("{}.{:02}", cents / 100, cents % 100);
            prop_assert_eq!(parse_decimal(&text, Currency::Usd), Some(Money::new(cents, Currency::Usd)));
        }
    }
}
