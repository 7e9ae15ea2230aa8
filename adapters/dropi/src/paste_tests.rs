use proptest::prelude::*;

use super::*;

const REPORT: &str = "Número: 50012345678\nEstatus del paquete: Entregado (3 Días)\nPaís: Colombia -> Colombia\n\
    Coordinadora:\n$ 85.000\n2026-03-04 22:05 GIRARDOTA ANT COL Salida de centro\n\
    2026-03-05 08:10 BOGOTA CUND COL En reparto #ERROR!\n\n\
    NÃºmero: 240001234567\n2026-03-06 14:25 Disponible en punto\n3005550101\n\n\
    Número: 50012345678\n2026-03-01 10:00 CALI VALLE Admitido\n\n\
    Número: 500123\u{20}\nCoordinadora\n";

const SUMMARY: &str = "Número\tPaís\tCarrier\tÚltimo\tEstado\tDías\n\
    240001234567\tCO\tServientrega\t2026-03-06 14:25 Disponible en punto\tDisponible\t(5 Días)\n\
    700012345678\tCO\tTCC\t2026-03-06 09:00 EN TRANSPORTE\tTransporte\t(2 Días)\nPowered by 17TRACK\nroto\n";

fn paste() -> Paste {
    Paste {
        phones:
            "guia\tcelular\n50012345678\t3001112233\n3109998877;9912345678\n700012345\t3201112233\nnada 1\n"
                .into(),
        report: REPORT.into(),
        summary: SUMMARY.into(),
        ..Paste::default()
    }
}

fn of(paste: &Paste) -> PasteReading {
    read(paste, Country::Co)
}

fn codes(reading: &PasteReading) -> Vec<(PastePart, u32, Code)> {
    reading.problems.iter().map(|problem| (problem.part, problem.line, problem.code)).collect()
}

#[test]
fn three_steps_join_by_the_tracking_number() {
    let reading = of(&paste());
    let numbers: Vec<&str> = reading.shipments.iter().map(|s| s.tracking_number.as_str()).collect();
    assert_eq!(numbers, ["50012345678", "240001234567", "700012345678"]);

    let first = &reading.shipments[0];
    assert_eq!((first.carrier.as_deref(), first.collect), (Some("Coordinadora"), Some(Money::cop(85_000))));
    assert_eq!(
        (first.phone_by, first.phone.as_ref().map(Phone::e164)),
        (Some(PhoneBy::Exact), Some("+573001112233"))
    );
    // The newest event first, whatever the order of the text, and never the head's word.
    let events: Vec<_> = first.events.iter().map(|e| (e.text.as_str(), e.place.as_deref())).collect();
    assert_eq!(events, [("En reparto", Some("BOGOTA")), ("Salida de centro", Some("GIRARDOTA"))]);

    assert_eq!(reading.shipments[1].phone_by, Some(PhoneBy::Report));
    // A number that merely resembles is proposed and not used.
    let last = &reading.shipments[2];
    assert_eq!((last.phone.as_ref(), last.suggestions[0].0.as_str()), (None, "700012345"));
    assert_eq!(last.carrier.as_deref(), Some("TCC"));
    let unused: Vec<&str> = reading.unused.iter().map(TrackingNumber::as_str).collect();
    assert_eq!(unused, ["9912345678", "700012345"]);
    assert_eq!(
        codes(&reading),
        [
            (PastePart::Phones, 5, Code::ParseError),
            (PastePart::Report, 13, Code::DuplicateGuide),
            (PastePart::Report, 16, Code::DataIncomplete),
            (PastePart::Summary, 5, Code::ParseError),
            (PastePart::Report, 9, Code::CarrierNotDetected),
            (PastePart::Summary, 3, Code::PhoneNotFound),
        ]
    );
}

#[test]
fn amounts_phones_and_places_are_the_countrys() {
    let text = |amount: &str, phone: &str, mark: &str| Paste {
        report: format!(
            "Número: 50012345678\n{amount}\n{phone}\n2026-03-05 08:10 LA UNION {mark} En reparto\n"
        ),
        ..Paste::default()
    };
    let table = [
        (Country::Ec, "$ 12,50", "0991234567", "ECU", Money::new(1_250, Currency::Usd), "+593991234567"),
        (
            Country::Ec,
            "USD 1,234.50",
            "0991234567",
            "ECU",
            Money::new(123_450, Currency::Usd),
            "+593991234567",
        ),
        (Country::Ec, "US$12.5", "0991234567", "ECU", Money::new(1_250, Currency::Usd), "+593991234567"),
        (Country::Cl, "$ 19.990", "912345678", "CHL", Money::new(19_990, Currency::Clp), "+56912345678"),
        (Country::Co, "$ 120.000", "3005550101", "CUND COL", Money::cop(120_000), "+573005550101"),
        (Country::Co, "COP 120.000", "3005550101", "COL", Money::cop(120_000), "+573005550101"),
    ];
    for (country, amount, phone, mark, expected, e164) in table {
        let reading = read(&text(amount, phone, mark), country);
        let shipment = &reading.shipments[0];
        assert_eq!(shipment.collect, Some(expected), "{amount}");
        assert_eq!(shipment.phone.as_ref().map(Phone::e164), Some(e164), "{amount}");
        let event = &shipment.events[0];
        assert_eq!((event.place.as_deref(), event.text.as_str()), (Some("LA UNION"), "En reparto"));
    }
    // A number without its currency may be anything.
    assert_eq!(read(&text("12,50", "x", "ECU"), Country::Ec).shipments[0].collect, None);
}

#[test]
fn what_a_person_says_wins() {
    let links = [("700012345678".to_owned(), "3201112233".to_owned())].into();
    let reading = of(&Paste { carrier: Some("Envía".into()), links, ..paste() });
    assert!(reading.shipments.iter().all(|shipment| shipment.carrier.as_deref() == Some("Envía")));
    assert_eq!(reading.shipments[2].phone_by, Some(PhoneBy::Confirmed));
    assert!(reading.shipments[2].suggestions.is_empty());
}

#[test]
fn either_column_may_hold_the_phone_and_gaps_part_them() {
    for line in ["50012345678\t3001112233", "3001112233, 50012345678", "50012345678   300 111 2233"] {
        let phones = phones(line, Country::Co, &mut Problems::default());
        assert_eq!(phones.order.len(), 1, "{line}");
        assert_eq!(phones.order[0].as_str(), "50012345678");
    }
}

#[test]
fn a_text_that_holds_no_phones_is_a_problem() {
    let reading = of(&Paste { phones: "guía  celular\nno entendí nada\n".into(), ..paste() });
    assert_eq!(codes(&reading)[0], (PastePart::Phones, 2, Code::ParseError));
    let reading = of(&Paste { phones: "hola".into(), ..paste() });
    assert_eq!(codes(&reading)[0], (PastePart::Phones, 1, Code::ParseError));
}

#[test]
fn of_endless_problems_the_first_are_told_and_the_rest_counted() {
    let reading = of(&Paste { summary: "roto\n".repeat(MAX_PROBLEMS + 7), ..paste() });
    assert_eq!((reading.problems.len(), reading.problems[0].line), (MAX_PROBLEMS, 5));
    // Four stand in the other parts.
    assert_eq!(reading.more_problems, 4 + 7);
    assert_eq!(of(&paste()).more_problems, 0);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(phones in ".{0,200}", report in "(Número: [0-9A]{4,12}|[0-9: $-]{0,20}|[A-Z ]{0,20}|\n){0,20}", summary in ".{0,200}") {
        let reading = of(&Paste { phones, report, summary, ..Paste::default() });
        prop_assert!(reading.shipments.iter().all(|shipment| !shipment.events.is_empty()));
    }
}
