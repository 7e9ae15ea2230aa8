//! Whatever comes in: an answer, never a panic; and nothing depends on the order of columns.

use dropi::DropiFiles;
use ports::files::{FileReader, Limits, RowOutcome};
use ports::layouts::{Known, Look};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::old_workbook::{Value, xls};
use crate::support::{Reading, csv, raw, read, read_known, read_with, table, xlsx};

const SAMPLE: [[&str; 8]; 3] = [
    ["fecha", "telefono", "guia", "estatus", "ciudad", "transportadora", "novedad", "ultimo movimiento"],
    ["05/03/2026", "3001112233", "014152004123", "EN REPARTO", "Bogotá", "TCC", "", "En ruta"],
    [
        "06/03/2026",
        "3109998877",
        "240001234567",
        "NOVEDAD",
        "Cali",
        "ENVIA",
        "No hay quien reciba",
        "Intento",
    ],
];

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a.csv", "a.xlsx", "a.xls", "a", "a.pdf"])
}

/// Cells as people and programs mistype them.
fn cells() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9./: -]{0,20}",
        "[0-9]{1,4}[/-][0-9]{1,4}[/-][0-9]{1,4}( [0-9]{1,2}:[0-9]{1,2})? ?([apAP]\\.? ?[mM]\\.?)?",
        "[$ (-]{0,3}[0-9.,]{0,12}[)]?",
        "[0-9]\\.[0-9]{1,5}[eE]\\+?[0-9]{1,3}",
        "[ÃÂâ€ï»¿¡©³ña-z]{0,12}",
        Just("#REF!".to_owned()),
        Just("=\"0141\"".to_owned()),
    ]
}

fn titles() -> impl Strategy<Value = String> {
    let known = [
        "fecha",
        "telefono",
        "guia",
        "estatus",
        "ciudad",
        "transportadora",
        "novedad",
        "ID",
        "PRODUCTO",
        "CANTIDAD",
        "TOTAL DE LA ORDEN",
        "Valor Facturado",
        "Cliente",
        "fecha ultimo movimiento",
        "hora ultimo movimiento",
        "Notas",
        "SKU",
        "Ganancia",
        "Documento",
        "",
    ];
    prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

fn check(reading: &Reading) -> Result<(), TestCaseError> {
    for outcome in &reading.outcomes {
        match outcome {
            RowOutcome::Row(row) => {
                prop_assert!(row.row >= 2 && row.source_rows >= 1);
                prop_assert!(row.tracking_number.is_some() || row.order_ref.is_some());
                prop_assert!(row.issues.iter().all(|issue| issue.value.chars().count() <= 120));
            }
            RowOutcome::Skipped { row } => prop_assert!(*row >= 2),
            RowOutcome::Failed { failures, .. } => prop_assert!(!failures.is_empty()),
        }
    }
    prop_assert!(reading.outcomes.len() as u64 <= reading.rows_read);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..2000), name in names()) {
        let _ = read(&bytes, name);
    }

    #[test]
    fn arbitrary_bytes_below_a_header(bytes in vec(any::<u8>(), 0..2000)) {
        let mut file = b"guia;estado;ciudad;transportadora\n".to_vec();
        file.extend(bytes);
        if let Ok(reading) = read(&file, "a.csv") {
            check(&reading)?;
        }
    }

    #[test]
    fn arbitrary_bytes_after_a_zip_mark(bytes in vec(any::<u8>(), 0..500)) {
        let file = [b"PK\x03\x04".as_slice(), &bytes].concat();
        prop_assert!(read(&file, "a.xlsx").is_err());
    }

    #[test]
    fn a_damaged_workbook(places in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>()) {
        let sample: Vec<&[&str]> = SAMPLE.iter().map(<[&str; 8]>::as_slice).collect();
        let mut file = xlsx(&table(&sample));
        for (at, byte) in places {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = read(&file, "a.xlsx");
        file.truncate(cut.index(file.len()));
        let _ = read(&file, "a.xlsx");
    }

    #[test]
    fn a_damaged_old_workbook(places in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>()) {
        let cell = |text| Some(Value::Text(text));
        let rows = [SAMPLE[0].map(cell).to_vec(), SAMPLE[1].map(cell).to_vec()];
        let mut file = xls(&[("Hoja1", &rows)]);
        // The file's second half is padding.
        let used = file.len() / 2;
        for (at, byte) in places {
            let at = 8 + at.index(used);
            file[at] = byte;
        }
        let _ = read(&file, "a.xls");
        file.truncate(cut.index(file.len()));
        let _ = read(&file, "a.xls");
    }

    #[test]
    fn the_top_of_arbitrary_text(text in "[a-zA-Z0-9 ,;\"\n/:$@.-]{0,400}", header_row in prop::option::of(0_u32..5)) {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("upload");
        std::fs::write(&path, &text).unwrap();
        let look = Look { sheet: None, header_row };
        let found = DropiFiles.inspect(&path, "a.csv", &Limits::default(), &Known::default(), &look);
        if let Ok(found) = found && found.proposal.check().is_ok() {
            let known = Known { layout: Some(found.proposal), saved: Vec::new(), ..Known::default() };
            if let Ok(reading) = read_known(text.as_bytes(), "a.csv", &known) {
                prop_assert!(reading.outcomes.len() as u64 <= reading.rows_read);
            }
        }
    }

    #[test]
    fn arbitrary_sheet_xml(rows in "(<(/?(row|c|v|is|t|f|r)( r=\"[A-C]?[0-9]{0,8}\"| t=\"(s|n|b|e|d|str|inlineStr|x)\"| s=\"[0-9]\")*/?)>|[0-9#a-z!]{0,6}|&[a-z]{2};){0,40}") {
        let limits = Limits::default();
        if let Ok(reading) = read_with(&raw(&["guia", "estado", "ciudad", "carrier"], &rows).bytes(), "a.xlsx", &limits) {
            check(&reading)?;
        }
    }

    #[test]
    fn arbitrary_cells_under_arbitrary_titles(titles in vec(titles(), 1..12), rows in vec(vec(cells(), 0..14), 0..8)) {
        let mut file = vec![titles];
        file.extend(rows);
        if let Ok(reading) = read(&csv(&file, b','), "a.csv") {
            check(&reading)?;
        }
    }

    #[test]
    fn any_order_of_columns_gives_the_same_rows(order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(), delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|'])) {
        let sample: Vec<&[&str]> = SAMPLE.iter().map(<[&str; 8]>::as_slice).collect();
        let straight = read(&csv(&table(&sample), b','), "a.csv").unwrap();
        let mixed: Vec<Vec<String>> =
            SAMPLE.iter().map(|row| order.iter().map(|&at| row[at].to_owned()).collect()).collect();
        prop_assert_eq!(&read(&csv(&mixed, delimiter), "a.csv").unwrap().outcomes, &straight.outcomes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn text_cells_read_the_same_from_both_kinds_of_file(rows in vec(vec("[ -~áéñÁ]{0,12}", 8), 1..6)) {
        let mut file: Vec<Vec<String>> = vec![SAMPLE[0].map(str::to_owned).to_vec()];
        file.extend(rows);
        let from_text = read(&csv(&file, b','), "a.csv").map(|reading| reading.outcomes);
        let from_sheet = read(&xlsx(&file), "a.xlsx").map(|reading| reading.outcomes);
        prop_assert_eq!(from_text, from_sheet);
    }
}
