//! Layouts that people describe, and old workbooks.

use domain::money::Money;
use domain::time::Timestamp;
use dropi::DropiFiles;
use ports::files::{FileError, FileFormat, FileReader, Limits, RowOutcome};
use ports::layouts::{Field, Inspection, Known, Layout, Look, Match, RowFilter, SavedLayout, Transform};
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

use crate::old_workbook::{Value, xls};
use crate::support::{Reading, read, read_known};

fn inspect(bytes: &[u8], name: &str, known: &Known, look: &Look) -> Result<Inspection, FileError> {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("upload");
    std::fs::write(&path, bytes).unwrap();
    DropiFiles.inspect(&path, name, &Limits::default(), known, look)
}

fn guesses(found: &Inspection) -> Vec<Option<Field>> {
    found.columns.iter().map(|column| column.guess.map(|guess| guess.field)).collect()
}

const UNKNOWN: &str = "Remesa interna;Contacto;Destino final;Situación;Cobro\n\
    50012345678;3001112233;CALI;EN REPARTO;85.000\n\
    50012345679;3109998877;BogotÃ¡;ENTREGADO;$ 120.000\n";

#[test]
fn an_unknown_layout_is_proposed_by_its_values_and_read_as_confirmed() {
    assert!(matches!(read(UNKNOWN.as_bytes(), "raro.csv"), Err(FileError::MissingColumns { .. })));
    let found = inspect(UNKNOWN.as_bytes(), "raro.csv", &Known::default(), &Look::default()).unwrap();
    assert_eq!((found.format, found.proposal.header_row, found.proposal.first_row), (None, Some(1), 2));
    let fields = [Field::TrackingNumber, Field::Phone, Field::City, Field::Status, Field::Collect];
    assert_eq!(guesses(&found), fields.map(Some));
    assert_eq!(found.columns[0].samples, ["50012345678", "50012345679"]);
    assert_eq!((found.rows.len(), found.rows[0].0), (2, 2));

    let known = Known { layout: Some(found.proposal.clone()), saved: Vec::new(), ..Known::default() };
    let reading = read_known(UNKNOWN.as_bytes(), "raro.csv", &known).unwrap();
    assert_eq!(reading.header.format, FileFormat::Mapped);
    let rows = reading.rows();
    assert_eq!(rows[1].city.as_deref(), Some("Bogotá"));
    assert_eq!(rows[0].collect, Some(Money::cop(85_000)));

    // Saved, it is known again by its titles, whatever else stands above them.
    let layout = found.proposal;
    let known =
        Known { layout: None, saved: vec![SavedLayout { name: "Raro".into(), layout }], ..Known::default() };
    let again = format!("Informe\n\n{UNKNOWN}");
    let reading = read_known(again.as_bytes(), "otro.csv", &known).unwrap();
    assert_eq!((reading.rows().len(), reading.rows()[0].row), (2, 4));
    assert_eq!(reading.header.warnings[0].code, "saved_layout");
}

#[test]
fn columns_by_their_place_need_no_titles() {
    let text = "50012345678;x;3001112233\n50012345679;x;malo\n;x;3001112233\n";
    let found = inspect(text.as_bytes(), "sin.csv", &Known::default(), &Look::default()).unwrap();
    assert_eq!((found.proposal.header_row, found.proposal.first_row), (None, 1));
    let layout = Layout {
        first_row: 1,
        columns: [(0, Field::TrackingNumber), (2, Field::Phone)].into(),
        defaults: [(Field::Carrier, "TCC".to_owned())].into(),
        ..Layout::default()
    };
    let reading = read_known(
        text.as_bytes(),
        "sin.csv",
        &Known { layout: Some(layout), saved: vec![], ..Known::default() },
    )
    .unwrap();
    let rows = reading.rows();
    assert_eq!((rows.len(), rows[0].carrier.as_deref(), rows[0].row), (2, Some("TCC"), 1));
    assert_eq!((rows[1].issues[0].column.as_str(), rows[1].issues[0].row), ("C", 2));
    assert!(matches!(reading.outcomes[2], RowOutcome::Failed { .. }));
}

#[test]
fn rows_of_an_order_are_joined_when_a_column_holds_products() {
    let text = "pedido,rastreo,cosa,plata\n1,500123451,Olla,150000\n1,500123451,Tapa,150000\n2,500123452,Olla,85000\n";
    let layout = Layout {
        header_row: Some(1),
        first_row: 2,
        columns: [
            (0, Field::OrderRef),
            (1, Field::TrackingNumber),
            (2, Field::ItemName),
            (3, Field::Collect),
        ]
        .into(),
        ..Layout::default()
    };
    let reading = read_known(
        text.as_bytes(),
        "x.csv",
        &Known { layout: Some(layout), saved: vec![], ..Known::default() },
    )
    .unwrap();
    let totals: Vec<_> = reading.rows().iter().map(|row| (row.items.len(), row.collect)).collect();
    assert_eq!(totals, [(2, Some(Money::cop(150_000))), (1, Some(Money::cop(85_000)))]);
}

#[test]
fn sheets_are_listed_and_one_is_chosen() {
    let mut book = Workbook::new();
    let notes = book.add_worksheet().set_name("Notas").unwrap();
    notes.write(0, 0, "leer").unwrap();
    for (name, number) in [("Lunes", "50012345678"), ("Martes", "50012345679")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (column, value) in ["rastreo propio", "dónde va", number, "EN REPARTO"].iter().enumerate() {
            sheet.write(column as u32 / 2, column as u16 % 2, *value).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let look = Look { sheet: Some("Martes".into()), header_row: None };
    let found = inspect(&bytes, "libro.xlsm", &Known::default(), &look).unwrap();
    let names: Vec<_> = found.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.rows)).collect();
    assert_eq!(names, [("Notas", Some(1)), ("Lunes", Some(2)), ("Martes", Some(2))]);
    assert_eq!(guesses(&found), [Some(Field::TrackingNumber), Some(Field::Status)]);
    let known = Known { layout: Some(found.proposal), saved: vec![], ..Known::default() };
    let reading = read_known(&bytes, "libro.xlsm", &known).unwrap();
    assert_eq!(reading.only().tracking_number.as_ref().unwrap().as_str(), "50012345679");
    let nowhere = Look { sheet: Some("Jueves".into()), header_row: None };
    assert!(inspect(&bytes, "libro.xlsx", &Known::default(), &nowhere).is_err());
}

#[test]
fn of_countless_sheets_as_many_are_shown_as_are_read() {
    let mut book = Workbook::new();
    for at in 0..70 {
        book.add_worksheet().set_name(format!("Hoja{at}")).unwrap().write(0, 0, "50012345678").unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let found = inspect(&bytes, "libro.xlsx", &Known::default(), &Look::default()).unwrap();
    assert_eq!(found.sheets.len(), 64);
}

#[test]
fn long_titles_are_shown_cut_and_known_again_whole() {
    let long = "Nota ".repeat(40);
    let text = UNKNOWN.replace("Contacto", &format!("{long}A"));
    let found = inspect(text.as_bytes(), "raro.csv", &Known::default(), &Look::default()).unwrap();
    assert_eq!(found.columns[1].title.chars().count(), 80);
    let known = Known {
        layout: None,
        saved: vec![SavedLayout { name: "Raro".into(), layout: found.proposal }],
        ..Known::default()
    };
    let reading = read_known(text.as_bytes(), "otro.csv", &known).unwrap();
    assert_eq!(reading.header.warnings[0].code, "saved_layout");
    // Another one that begins alike is another layout.
    let other = UNKNOWN.replace("Contacto", &format!("{long}B"));
    assert!(matches!(
        read_known(other.as_bytes(), "otro.csv", &known),
        Err(FileError::MissingColumns { .. })
    ));
}

fn old_rows() -> Vec<Vec<Option<Value>>> {
    use Value::{Date, Number, Text};
    let titles = [
        "NÃºmero de GuÃ\u{ad}a",
        "Estatus",
        "Ciudad de destino",
        "Transportadora",
        "Fecha ultimo movimiento",
    ];
    vec![
        titles.map(|title| Some(Text(title))).into(),
        vec![
            Some(Number(50_012_345_678.0)),
            Some(Text("EN REPARTO")),
            Some(Text("BogotÃ¡")),
            Some(Text("COORDINADORA")),
            Some(Date(46_086.5)),
        ],
        vec![],
        vec![
            Some(Text("014152004123")),
            Some(Text("ENTREGADO")),
            Some(Text("CALI")),
            Some(Text("ENVIA")),
            None,
        ],
    ]
}

fn check_old(reading: &Reading) {
    let rows = reading.rows();
    let numbers: Vec<_> = rows.iter().map(|row| row.tracking_number.as_ref().unwrap().as_str()).collect();
    assert_eq!(numbers, ["50012345678", "014152004123"]);
    assert_eq!((rows[0].city.as_deref(), rows[0].row, rows[1].row), (Some("Bogotá"), 2, 4));
    let noon: Timestamp = "2026-03-05T12:00:00-05:00".parse().unwrap();
    assert_eq!(rows[0].last_movement_at, Some(noon));
}

#[test]
fn an_old_workbook_reads_like_a_new_one() {
    let rows = old_rows();
    let reading = read(&xls(&[("Hoja1", &rows)]), "viejo.xls").unwrap();
    assert_eq!(reading.header.format, FileFormat::DropiEventLog);
    assert_eq!((reading.rows_total, reading.rows_read), (Some(3), 2));
    check_old(&reading);
    let reading = read(&xls(&[("Notas", &[vec![Some(Value::Text("leer"))]]), ("Guias", &rows)]), "viejo.xls");
    check_old(&reading.unwrap());
}

#[test]
fn an_old_workbook_costs_no_more_than_allowed() {
    let mut rows = old_rows();
    rows.resize(60_000, Vec::new());
    rows.push(vec![None; 200]);
    rows.last_mut().unwrap()[199] = Some(Value::Number(1.0));
    let refused = read(&xls(&[("Hoja1", &rows)]), "viejo.xls").unwrap_err();
    assert_eq!(refused, FileError::LimitExceeded { detail: "cells:4000000".into() });
    let mut large = xls(&[("Hoja1", &old_rows())]);
    large.resize(20 * 1024 * 1024 + 1, 0);
    let refused = read(&large, "viejo.xls").unwrap_err();
    assert_eq!(refused, FileError::LimitExceeded { detail: "xls_bytes:20971520".into() });
}

#[test]
fn cells_are_changed_and_rows_left_out_as_said() {
    let text = "Guía: 500123451;COORDINADORA - CALI;3/25/2026;EN REPARTO;Olla\n\
        Guía: 500123452;TCC - PASTO;4/1/2026;Anulada;Olla\n\
        Guía: 500123451;COORDINADORA - CALI;3/25/2026;EN REPARTO;Tapa\n\
        Guía: 500123453;TCC - PASTO;13/1/2026;ENTREGADO;Olla\n";
    let mut layout = Layout {
        first_row: 1,
        columns: [
            (0, Field::TrackingNumber),
            (1, Field::Carrier),
            (2, Field::ReportedAt),
            (3, Field::Status),
        ]
        .into(),
        transforms: [
            (Field::TrackingNumber, Transform::Digits),
            (Field::Carrier, Transform::FirstWord),
            (Field::ReportedAt, Transform::MonthFirst),
        ]
        .into(),
        filters: vec![RowFilter { field: Field::Status, rule: Match::IsNot, value: "ANULADA".into() }],
        ..Layout::default()
    };
    assert_eq!(layout.check(), Ok(()));
    let known =
        |layout: &Layout| Known { layout: Some(layout.clone()), saved: Vec::new(), ..Known::default() };
    let reading = read_known(text.as_bytes(), "fijo.csv", &known(&layout)).unwrap();
    let rows = reading.rows();
    let numbers: Vec<&str> = rows.iter().map(|row| row.tracking_number.as_ref().unwrap().as_str()).collect();
    assert_eq!(numbers, ["500123451", "500123451", "500123453"]);
    assert_eq!(rows[0].carrier.as_deref(), Some("COORDINADORA"));
    assert_eq!(rows[0].reported_at.unwrap().to_string(), "2026-03-25T05:00:00Z");
    assert!(matches!(reading.outcomes[1], RowOutcome::Skipped { row: 2 }));
    // The thirteenth month is told with the value as it was compared.
    assert_eq!(reading.complaints(), [(4, "C".to_owned(), ports::files::RowFailureReason::BadDate)]);

    // A row that is left out joins no order.
    layout.columns.insert(4, Field::ItemName);
    let reading = read_known(text.as_bytes(), "fijo.csv", &known(&layout)).unwrap();
    let items: Vec<usize> = reading.rows().iter().map(|row| row.items.len()).collect();
    assert_eq!((items, reading.rows_read), (vec![2, 1], 4));

    // Saved with its titles, the layout is proposed with all it says.
    layout.columns.remove(&4);
    let titled = format!("Remesa;Quién;Cuándo;Qué;Cosa\n{text}");
    layout.header_row = Some(1);
    layout.first_row = 2;
    layout.titles = ["Remesa", "Quién", "Cuándo", "Qué", "Cosa"].map(str::to_owned).to_vec();
    let saved = vec![SavedLayout { name: "Fijo".into(), layout: layout.clone() }];
    let found = inspect(
        titled.as_bytes(),
        "t.csv",
        &Known { layout: None, saved, ..Known::default() },
        &Look::default(),
    )
    .unwrap();
    assert_eq!((&found.proposal.transforms, &found.proposal.filters), (&layout.transforms, &layout.filters));
}
