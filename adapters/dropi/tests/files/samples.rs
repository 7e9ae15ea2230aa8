//! Each layout, in both kinds of file, with equal results.

use domain::money::Money;
use ports::files::RowFailureReason::{
    BadDate, BadMoney, BadPhone, BadTrackingNumber, FormulaError, InconsistentTotal, MissingValue,
    ScientificNumber,
};
use ports::files::{FileFormat, ImportedRow, RowOutcome};

use crate::support::{Reading, csv, read, read_csv, table, xlsx};

const EVENT_LOG: &[&[&str]] = &[
    &[
        "fecha",
        "telefono",
        "numero_de_guia",
        "estatus",
        "ciudad_de_destino",
        "transportadora",
        "novedad",
        "fecha_de_ultimo_movimiento",
        "ultimo_movimiento",
        "fecha_de_generacion_de_guia",
    ],
    &[
        "07/04/2026",
        "3004441122",
        "014152004123",
        "EN REPARTO",
        "Bogotá",
        "COORDINADORA",
        "",
        "07/04/2026 09:15",
        "En reparto",
        "03/04/2026",
    ],
    &[
        "07/04/2026",
        "310 555 66 77",
        "240009876543",
        "NOVEDAD",
        "MEDELLIN",
        "ENVIA",
        "No hay quien reciba",
        "2026-04-06T16:40:00",
        "Intento de entrega",
        "02/04/2026",
    ],
    &["07/04/2026", "3001234567", "", "PENDIENTE", "CALI", "TCC", "", "", "", ""],
];

const HISTORY: &[&[&str]] = &[
    &[
        "ID Orden",
        "Número de Guía",
        "Fecha Generación Guía",
        "Cliente",
        "Teléfono",
        "Departamento",
        "Ciudad",
        "Dirección",
        "Estatus",
        "Transportadora",
        "Último Movimiento",
        "Fecha Último Movimiento",
        "Novedad",
        "Valor Facturado",
        "Ganancia",
        "Precio Flete",
        "Costo Devolución",
        "Vendedor",
        "Tienda",
        "Email",
    ],
    &[
        "D-1001",
        "50012340001",
        "01/04/2026",
        "Luz Ensayo",
        "3005550111",
        "Cundinamarca",
        "BogotÃ¡",
        "Calle 10 # 5-20",
        "NOVEDAD",
        "COORDINADORA",
        "DirecciÃ³n errada",
        "04/04/2026",
        "DIRECCION ERRADA",
        "$ 89,900",
        "$ 21.000",
        "12500",
        "0",
        "V01",
        "Tienda Uno",
        "luz@example.com",
    ],
    &[
        "D-1002",
        "50012340002",
        "31/02/2026",
        "Iván Ensayo",
        "123",
        "Antioquia",
        "Medellín",
        "",
        "ENTREGADO",
        "TCC",
        "",
        "",
        "",
        "gratis",
        "",
        "",
        "",
        "",
        "",
        "",
    ],
    &["D-1003", "", "", "Sin Guía", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""],
];

const CLAIMS: &[&[&str]] = &[
    &[
        "ID",
        "FECHA",
        "NOMBRE CLIENTE",
        "TELÉFONO",
        "NÚMERO GUIA",
        "ESTATUS",
        "CIUDAD DESTINO",
        "NOTAS",
        "TRANSPORTADORA",
        "TOTAL DE LA ORDEN",
        "PRECIO PROVEEDOR",
        "PRODUCTO",
        "VARIACION",
        "SKU",
        "CANTIDAD",
        "TIPO DE ENVIO",
    ],
    &[
        "7001",
        "05/04/2026",
        "Rosa Ensayo",
        "3005550122",
        "240050000001",
        "RECLAMAR EN OFICINA",
        "CALI",
        "Casa azul",
        "INTERRAPIDISIMO",
        "150.000",
        "30.000",
        "Faja",
        "Talla M",
        "FA-M",
        "1",
        "CON RECAUDO",
    ],
    &[
        "7002",
        "05/04/2026",
        "Pedro Ensayo",
        "3005550133",
        "240050000002",
        "RECLAMAR EN OFICINA",
        "PASTO",
        "",
        "INTERRAPIDISIMO",
        "85000",
        "20.000",
        "Termo",
        "",
        "TE-1",
        "2",
        "CON RECAUDO",
    ],
    &[
        "7001",
        "05/04/2026",
        "Rosa Ensayo",
        "3005550122",
        "240050000001",
        "RECLAMAR EN OFICINA",
        "CALI",
        "Casa azul",
        "INTERRAPIDISIMO",
        "$ 150.000,00",
        "10.000",
        "Crema",
        "",
        "CR-1",
        "1",
        "CON RECAUDO",
    ],
    &[
        "",
        "05/04/2026",
        "Rosa Ensayo",
        "3005550122",
        "240050000001",
        "RECLAMAR EN OFICINA",
        "CALI",
        "Casa azul",
        "INTERRAPIDISIMO",
        "150,000",
        "10.000",
        "Gorra",
        "Negra",
        "GO-N",
        "1",
        "CON RECAUDO",
    ],
];

/// As CSV and as a workbook: the same, but for what the file kinds know about their length.
fn both(rows: &[&[&str]]) -> Reading {
    let table = table(rows);
    let text = read(&csv(&table, b';'), "datos.csv").unwrap();
    let sheet = read(&xlsx(&table), "datos.xlsx").unwrap();
    assert_eq!(text, sheet);
    assert_eq!(text.rows_total, Some(rows.len() as u64 - 1));
    assert_eq!(text.rows_read, rows.len() as u64 - 1);
    text
}

fn utc(at: Option<domain::time::Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

#[test]
fn the_event_log() {
    let reading = both(EVENT_LOG);
    assert_eq!(reading.header.format, FileFormat::DropiEventLog);
    assert!(reading.header.warnings.is_empty());
    let rows = reading.rows();
    let first = rows[0];
    assert_eq!((first.row, first.source_rows), (2, 1));
    assert_eq!(first.tracking_number.as_ref().unwrap().as_str(), "014152004123");
    assert_eq!(first.phone.as_ref().unwrap().e164(), "+573004441122");
    assert_eq!(first.city.as_deref(), Some("Bogotá"));
    assert_eq!(first.novelty, None);
    assert_eq!(utc(first.reported_at).as_deref(), Some("2026-04-07T05:00:00Z"));
    assert_eq!(utc(first.last_movement_at).as_deref(), Some("2026-04-07T14:15:00Z"));
    assert_eq!(utc(first.guide_created_at).as_deref(), Some("2026-04-03T05:00:00Z"));
    assert_eq!(utc(rows[1].last_movement_at).as_deref(), Some("2026-04-06T21:40:00Z"));
    assert_eq!(rows[1].novelty.as_deref(), Some("No hay quien reciba"));
    assert_eq!(reading.outcomes[2], RowOutcome::Skipped { row: 4 });
}

#[test]
fn the_history() {
    let reading = both(HISTORY);
    assert_eq!(reading.header.format, FileFormat::DropiHistory);
    let rows = reading.rows();
    let first = rows[0];
    assert_eq!(first.order_ref.as_deref(), Some("D-1001"));
    assert_eq!((first.city.as_deref(), first.department.as_deref()), (Some("Bogotá"), Some("Cundinamarca")));
    assert_eq!(first.last_movement_text.as_deref(), Some("Dirección errada"));
    assert_eq!(first.collect, Some(Money::cop(89_900)));
    assert_eq!((first.profit, first.freight), (Some(Money::cop(21_000)), Some(Money::cop(12_500))));
    assert_eq!((first.return_cost, first.product_cost), (Some(Money::cop(0)), None));
    assert_eq!((first.seller.as_deref(), first.email.as_deref()), (Some("V01"), Some("luz@example.com")));
    assert!(first.issues.is_empty());
    let expected = [
        (3, "Teléfono", BadPhone),
        (3, "Fecha Generación Guía", BadDate),
        (3, "Valor Facturado", BadMoney),
        (4, "Número de Guía", MissingValue),
    ];
    assert_eq!(reading.complaints(), expected.map(|(row, column, reason)| (row, column.to_owned(), reason)));
    assert_eq!((rows[1].phone.as_ref(), rows[1].guide_created_at, rows[1].collect), (None, None, None));
}

#[test]
fn four_rows_of_claims_are_two_orders() {
    let reading = both(CLAIMS);
    assert_eq!(reading.header.format, FileFormat::DropiOfficeClaims);
    let mut rows: Vec<&ImportedRow> = reading.rows();
    rows.sort_by_key(|row| row.row);
    assert_eq!(rows.len(), 2);
    let total: i64 = rows.iter().filter_map(|row| row.collect).map(|money| money.amount).sum();
    assert_eq!(total, 235_000);
    let combo = rows[0];
    assert_eq!((combo.order_ref.as_deref(), combo.source_rows, combo.row), (Some("7001"), 3, 2));
    let names: Vec<&str> = combo.items.iter().filter_map(|item| item.name.as_deref()).collect();
    assert_eq!(names, ["Faja", "Crema", "Gorra"]);
    assert_eq!(combo.items[2].variation.as_deref(), Some("Negra"));
    assert_eq!(combo.address.as_deref(), Some("Casa azul"));
    assert_eq!(combo.payment_type.as_deref(), Some("CON RECAUDO"));
    assert_eq!((rows[1].items.len(), rows[1].items[0].quantity), (1, Some(2)));
    assert!(reading.complaints().is_empty());
}

#[test]
fn claims_without_an_id_column_are_grouped_by_tracking_number() {
    let without_id: Vec<&[&str]> = CLAIMS.iter().map(|row| &row[1..]).collect();
    let reading = both(&without_id);
    let total: i64 = reading.rows().iter().filter_map(|row| row.collect).map(|money| money.amount).sum();
    assert_eq!((reading.rows().len(), total), (2, 235_000));
}

#[test]
fn totals_that_disagree_are_reported() {
    let reading = read_csv(
        "ID,NUMERO GUIA,PRODUCTO,TOTAL DE LA ORDEN\n1,500123456,A,50000\n1,500123456,B,60000\n2,500123457,C,\n,,D,1\n",
    );
    let expected = [(3, "TOTAL DE LA ORDEN", InconsistentTotal), (5, "ID", MissingValue)];
    assert_eq!(reading.complaints(), expected.map(|(row, column, reason)| (row, column.to_owned(), reason)));
    let rows = reading.rows();
    assert_eq!(rows[0].collect, Some(Money::cop(50_000)));
    assert_eq!(
        (rows[1].collect, rows[1].warnings.as_slice()),
        (None, ["missing_total".to_owned(), "unknown_carrier".to_owned()].as_slice())
    );
}

#[test]
fn what_fails_a_row_of_the_event_log_and_what_does_not() {
    let reading = read_csv(
        "guia,estado,ciudad,transportadora,fecha ultimo movimiento,telefono,fecha\n\
         2.40041E+11,EN REPARTO,CALI,TCC,,,\n\
         abc,EN REPARTO,CALI,TCC,,,\n\
         500123456,,CALI,TCC,,,\n\
         500123456,EN REPARTO,CALI,TCC,31/02/2026,,\n\
         500123456,#N/A,CALI,TCC,,,\n\
         500123456,EN REPARTO,,,,12,31/04/2026\n",
    );
    let expected = [
        (2, "guia", ScientificNumber),
        (3, "guia", BadTrackingNumber),
        (4, "estado", MissingValue),
        (5, "fecha ultimo movimiento", BadDate),
        (6, "estado", FormulaError),
        (7, "telefono", BadPhone),
        (7, "fecha", BadDate),
    ];
    assert_eq!(reading.complaints(), expected.map(|(row, column, reason)| (row, column.to_owned(), reason)));
    let usable = reading.only();
    assert_eq!(usable.warnings, ["missing_city", "missing_carrier"]);
    assert_eq!(usable.row, 7);
}

#[test]
fn the_hour_of_the_last_movement_may_have_a_column() {
    let reading = read_csv(
        "guia,estado,ciudad,transportadora,FECHA DE ÚLTIMO MOVIMIENTO,HORA DE ÚLTIMO MOVIMIENTO\n\
         500123456,X,CALI,TCC,05/03/2026,2:25 p. m.\n\
         500123457,X,CALI,TCC,05/03/2026 08:10,14:25\n\
         500123458,X,CALI,TCC,05/03/2026,pronto\n",
    );
    let times: Vec<_> = reading.rows().iter().map(|row| utc(row.last_movement_at).unwrap()).collect();
    assert_eq!(times, ["2026-03-05T19:25:00Z", "2026-03-05T13:10:00Z", "2026-03-05T05:00:00Z"]);
}
