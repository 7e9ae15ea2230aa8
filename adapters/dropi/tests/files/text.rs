//! Text files: encodings, delimiters, lines, limits.

use ports::files::{FileError, FileFormat, Limits, RowFailureReason, RowOutcome};

use crate::old_workbook::{Value, xls};
use crate::support::{csv, read, read_csv, read_csv_at, read_with, table};

const HEAD: &str = "guia,estado,ciudad,transportadora";

fn rows_of(text: &str) -> Vec<u32> {
    let outcomes = read_csv(text).outcomes;
    let row = |outcome: RowOutcome| match outcome {
        RowOutcome::Row(row) => row.row,
        RowOutcome::Skipped { row } => row,
        RowOutcome::Failed { failures, .. } => failures[0].row,
    };
    outcomes.into_iter().map(row).collect()
}

#[test]
fn broken_titles_and_latin_1_text_load_with_their_accents() {
    let mut bytes =
        "TelÃ©fono;NÃšMERO GUIA;Estatus;Ciudad;Transportadora\n".chars().map(latin_1).collect::<Vec<u8>>();
    bytes.extend("3001112233;014152004123;EN REPARTO;Bogotá;ENVÍA\n".chars().map(latin_1));
    let reading = read(&bytes, "datos.csv").unwrap();
    let row = reading.only();
    assert_eq!(row.city.as_deref(), Some("Bogotá"));
    assert_eq!(row.carrier.as_deref(), Some("ENVÍA"));
    assert_eq!(row.tracking_number.as_ref().unwrap().as_str(), "014152004123");
    assert_eq!(row.phone.as_ref().unwrap().e164(), "+573001112233");
    assert!(reading.header.unmatched_columns.is_empty());
}

fn latin_1(c: char) -> u8 {
    match c {
        'š' | 'Š' => 0x9A,
        c => u8::try_from(u32::from(c)).unwrap(),
    }
}

#[test]
fn one_bad_byte_does_not_spoil_the_accents_of_the_rest() {
    let mut bytes = format!("{HEAD}\n500123456,EN REPARTO,Medellín,TCC\n500123457,").into_bytes();
    bytes.extend(b"Est\xE1,Popay\xE1n,TCC\n");
    let reading = read(&bytes, "datos.csv").unwrap();
    let cities: Vec<_> = reading.rows().iter().map(|row| row.city.clone().unwrap()).collect();
    assert_eq!(cities, ["Medellín", "Popayán"]);
}

#[test]
fn every_delimiter_and_encoding_gives_the_same_rows() {
    let table = table(&[
        &["Guía", "Estado", "Ciudad", "Transportadora"],
        &["500123456", "En camino, hoy; mañana", "Bogotá\tD.C.", "ENVÍA | COLVANES"],
    ]);
    let expected = read(&csv(&table, b','), "datos.csv").unwrap();
    for delimiter in [b';', b'\t', b'|'] {
        assert_eq!(read(&csv(&table, delimiter), "datos.csv").unwrap(), expected);
    }
    let text = String::from_utf8(csv(&table, b';')).unwrap();
    let with_mark = format!("\u{feff}{text}");
    assert_eq!(read(with_mark.as_bytes(), "datos.csv").unwrap(), expected);
    let wide: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = read(&wide, "datos.txt").unwrap();
    assert_eq!((wide.outcomes, wide.header), (expected.outcomes, expected.header));
}

#[test]
fn titles_above_the_header_are_passed_over() {
    let reading =
        read_csv(&format!("sep=,\nReporte de guías\n\nFecha: 05/03/2026\n{HEAD}\n500123456,X,CALI,TCC\n"));
    assert_eq!(reading.only().row, 6);
    assert_eq!(reading.rows_read, 1);
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    let lf =
        format!("{HEAD}\n500123451,X,\"CALI\nVALLE\",TCC\n\n,,,\n500123452,X,CALI,TCC\n\n\n500123453,X,C,T");
    assert_eq!(rows_of(&lf), [2, 5, 8]);
    assert_eq!(rows_of(&format!("{lf}\n")), [2, 5, 8]);
    assert_eq!(rows_of(&lf.replace('\n', "\r\n")), [2, 5, 8]);
    assert_eq!(rows_of(&format!("\r\n\r\n{}\r\n", lf.replace('\n', "\r\n"))), [4, 7, 10]);
    assert_eq!(rows_of(&format!("\n\n{lf}")), [4, 7, 10]);
    assert_eq!(rows_of(&format!("{HEAD}\n500123451,X,C,T\n\n500123452,X,C,T")), [2, 4]);
    assert_eq!(rows_of(&format!("{HEAD}\r\n500123451,X,C,T\r\n\r\n500123452,X,C,T")), [2, 4]);
}

#[test]
fn a_line_break_inside_a_cell_is_a_space() {
    let reading = read_csv(&format!("{HEAD}\n500123451,\"EN\r\nREPARTO\",CALI,TCC\n"));
    assert_eq!(reading.only().status.as_deref(), Some("EN REPARTO"));
}

#[test]
fn short_and_long_rows_are_read_as_far_as_they_go() {
    let reading = read_csv(&format!("{HEAD}\n500123451,X\n500123452,X,CALI,TCC,más,y más\n"));
    assert_eq!(reading.rows().len(), 2);
    assert_eq!(reading.rows()[0].warnings, ["missing_city", "missing_carrier"]);
}

#[test]
fn files_without_rows_or_columns_are_refused() {
    assert_eq!(read(b"", "datos.csv"), Err(FileError::Empty));
    assert_eq!(read(b"\n\n , ,\n", "datos.csv"), Err(FileError::Empty));
    assert_eq!(read(format!("{HEAD}\n,,,\n").as_bytes(), "datos.csv"), Err(FileError::Empty));
    let missing = |columns: &[&str]| {
        Err(FileError::MissingColumns { columns: columns.iter().map(|&c| c.to_owned()).collect() })
    };
    assert_eq!(read(b"estado,ciudad,transportadora\nX,Y,Z\n", "a.csv"), missing(&["numero_de_guia"]));
    assert_eq!(
        read(b"hola\nmundo\n", "a.csv"),
        missing(&["numero_de_guia", "estatus", "ciudad_de_destino", "transportadora"])
    );
}

#[test]
fn the_wrong_kinds_of_file_say_what_they_are() {
    let detail = |bytes: &[u8], name: &str| match read(bytes, name) {
        Err(FileError::Unreadable { detail }) => detail,
        other => format!("{other:?}"),
    };
    assert_eq!(detail(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", "ordenes.xls"), "workbook");
    assert_eq!(detail(b"<html><table><tr><td>guia</td></tr></table>", "ordenes.xls"), "html");
    assert_eq!(detail(b"PK\x03\x04 not really", "ordenes.xlsx"), "zip");
    assert_eq!(detail(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "ordenes.csv"), "binary");
}

#[test]
fn limits_of_size() {
    let limits = Limits { max_rows: 2, max_cell_bytes: 64, max_bytes: 10_000, ..Limits::default() };
    let row = "500123451,X,CALI,TCC\n";
    let with_rows =
        |count: usize| read_with(format!("{HEAD}\n{}", row.repeat(count)).as_bytes(), "a.csv", &limits);
    assert_eq!(with_rows(2).unwrap().rows_read, 2);
    assert_eq!(with_rows(3), Err(FileError::TooManyRows { limit: 2 }));
    let claims = format!("ID,PRODUCTO\n{}", "1,A\n".repeat(3));
    assert_eq!(read_with(claims.as_bytes(), "a.csv", &limits), Err(FileError::TooManyRows { limit: 2 }));
    assert_eq!(with_rows(1000), Err(FileError::LimitExceeded { detail: "bytes:10000".into() }));

    let long = format!("{HEAD},novedad,otra\n500123451,X,CALI,TCC,{0},{0}\n", "x".repeat(65));
    let reading = read_with(long.as_bytes(), "a.csv", &limits).unwrap();
    assert_eq!(reading.complaints(), [(2, "novedad".to_owned(), RowFailureReason::TooLong)]);
}

#[test]
fn a_quote_left_open_costs_no_row_and_no_memory() {
    let limits = Limits { max_cell_bytes: 1024, ..Limits::default() };
    let text = format!("{HEAD}\n500123451,\"X,CALI,TCC\n{}", "500123452,X,CALI,TCC\n".repeat(50_000));
    let reading = read_with(text.as_bytes(), "a.csv", &limits).unwrap();
    assert_eq!((reading.rows_read, reading.rows().len()), (50_001, 50_001));
    assert_eq!(reading.rows()[0].status.as_deref(), Some("X"));
    assert_eq!(reading.complaints(), [(2, "estado".to_owned(), RowFailureReason::OpenQuote)]);
    // Lines that are no rows are one cell, however long.
    let long = format!("{HEAD}\n500123451,\"{}", "X\n".repeat(100_000));
    let refused = read_with(long.as_bytes(), "a.csv", &limits);
    assert_eq!(refused, Err(FileError::LimitExceeded { detail: "row_bytes:32768".into() }));
}

#[test]
fn a_quote_that_a_later_one_closes_swallows_no_row() {
    let rows =
        "500123451,X,\"abierta,TCC\n500123452,X,CALI,TCC\n500123453,X,\"bien\",TCC\n500123454,X,CALI,TCC\n";
    let reading = read_csv(&format!("{HEAD}\n{rows}"));
    let cities: Vec<_> = reading.rows().iter().map(|row| row.city.clone().unwrap()).collect();
    assert_eq!(cities, ["abierta", "CALI", "bien", "CALI"]);
    assert_eq!(reading.complaints(), [(2, "ciudad".to_owned(), RowFailureReason::OpenQuote)]);
    assert_eq!(rows_of(&format!("{HEAD}\r\n{}", rows.replace('\n', "\r\n"))), [2, 3, 4, 5]);
}

#[test]
fn a_row_whose_open_quote_moved_its_cells_is_given_back() {
    let reading = read_csv(&format!("{HEAD}\n500123451,X,\"CALI, VALLE,TCC\n500123452,X,CALI,TCC\n"));
    assert_eq!(reading.rows().len(), 1);
    assert_eq!(reading.complaints(), [(2, "ciudad".to_owned(), RowFailureReason::OpenQuote)]);
    let claims = "ID,PRODUCTO,TOTAL\n1,\"Termo,10\n1,Taza,10\n2,Vaso,\"20\n";
    let reading = read_csv(claims);
    let sums: Vec<_> = reading.rows().iter().map(|row| row.collect.unwrap().amount).collect();
    assert_eq!(sums, [10, 20]);
    assert_eq!(reading.complaints().len(), 2);
}

#[test]
fn history_and_claims_are_told_apart_in_text_too() {
    let format = |text: &str| read_csv(text).header.format;
    assert_eq!(format("ID Orden,Guía,Cliente\n1,500123451,Ana\n"), FileFormat::DropiHistory);
    assert_eq!(format("ID\tNÚMERO GUIA\tPRODUCTO\n1\t500123451\tTermo\n"), FileFormat::DropiOfficeClaims);
}

#[test]
fn what_cannot_have_been_yet_is_left_out() {
    let text = format!(
        "{HEAD},fecha,fecha ultimo movimiento\n500123451,X,CALI,TCC,05/03/2026,05/03/2027\n\
         500123452,X,CALI,TCC,07/03/2026 09:00,06/03/2026 08:00\n"
    );
    let reading = read_csv_at(&text, "2026-03-05T15:00:00Z".parse().unwrap());
    let rows = reading.rows();
    assert_eq!((rows[0].last_movement_at, rows[0].status.as_deref()), (None, Some("X")));
    assert!(
        rows[0].reported_at.is_some() && rows[1].last_movement_at.is_some() && rows[1].reported_at.is_none()
    );
    assert_eq!(
        reading.complaints(),
        [
            (2, "fecha ultimo movimiento".to_owned(), RowFailureReason::BadDate),
            (3, "fecha".to_owned(), RowFailureReason::BadDate)
        ]
    );
}

#[test]
fn an_amount_below_nothing_is_none_unless_it_is_a_loss() {
    let reading = read_csv(
        "ID Orden,Guía,Ciudad,Estatus,Valor Facturado,Ganancia\n1,500123451,CALI,X,-5,-2.000\n2,500123452,CALI,X,8.5000,0\n",
    );
    let row = reading.rows()[0];
    assert_eq!((row.collect, row.profit.map(|profit| profit.amount)), (None, Some(-2_000)));
    let bad = |row| (row, "Valor Facturado".to_owned(), RowFailureReason::BadMoney);
    assert_eq!(reading.complaints(), [bad(2), bad(3)]);
}

#[test]
fn the_guia_alone_is_enough_and_few_columns_are_told() {
    let told = |text: &str| {
        let reading = read_csv(text);
        let warnings =
            reading.header.warnings.iter().map(|warning| (warning.code.clone(), warning.detail.clone()));
        (reading.header.format, reading.rows().len(), warnings.collect::<Vec<_>>())
    };
    let (history, none) = (FileFormat::DropiHistory, Vec::new());
    assert_eq!(told("Guia,Ciudad,Transportadora\n500123451,CALI,TCC\n"), (history, 1, none.clone()));
    let few = "Ciudad, Transportadora, Estatus, Fecha Generación Guía".to_owned();
    let expected = (history, 1, vec![("few_columns".to_owned(), few)]);
    assert_eq!(told("Número de Guía,Cliente\n500123451,Ana\n"), expected);
    // The short list of shipments says the city in another word.
    let short =
        "GUIA,ESTADO,TELEFONO,TRANSPORTADORA,DESTINO,DIAS,VALOR\n500123451,X,3001112233,TCC,CALI,3,85.000\n";
    assert_eq!(told(short), (FileFormat::DropiEventLog, 1, none));
    let row = read_csv(short);
    assert_eq!((row.only().city.as_deref(), row.only().collect.unwrap().amount), (Some("CALI"), 85_000));
    // An event log without one of its columns names it.
    let missing = read(b"numero_de_guia,ciudad_de_destino,transportadora\n500123451,CALI,TCC\n", "a.csv");
    assert_eq!(missing, Err(FileError::MissingColumns { columns: vec!["estatus".to_owned()] }));
}

#[test]
fn orders_without_a_total_or_a_known_carrier_say_so() {
    let reading = read_csv(
        "NÚMERO GUIA,PRODUCTO,TRANSPORTADORA,TOTAL DE LA ORDEN\n500123451,A,TCC,85000\n500123452,B,Mula Veloz,\n500123453,C,,10\n",
    );
    let warnings: Vec<_> = reading.rows().iter().map(|row| row.warnings.join(" ")).collect();
    assert_eq!(warnings, ["", "missing_total unknown_carrier", "unknown_carrier"]);
}

#[test]
fn an_old_workbook_is_one_under_any_name_and_a_locked_one_says_so() {
    let cell = |text| Some(Value::Text(text));
    let head = HEAD.split(',').map(cell).collect::<Vec<_>>();
    let row = ["500123451", "X", "CALI", "TCC"].map(cell).to_vec();
    let old = xls(&[("Hoja1", &[head, row])]);
    let reading = read(&old, "ordenes.xlsx").unwrap();
    assert_eq!(reading.only().tracking_number.as_ref().unwrap().as_str(), "500123451");
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let (from, to) = (wide("Workbook"), wide("EncryptedPackage"));
    let at = old.windows(from.len()).position(|bytes| bytes == from).unwrap();
    let mut locked = old;
    locked[at..at + to.len()].copy_from_slice(&to);
    for name in ["ordenes.xlsx", "ordenes.xls"] {
        assert_eq!(read(&locked, name), Err(FileError::Unreadable { detail: "encrypted".to_owned() }));
    }
}
