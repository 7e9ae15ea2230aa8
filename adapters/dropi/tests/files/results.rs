//! What carriers did in cities, from the lists that tell it.

use ports::files::{FileFormat, RowFailureReason as Reason, RowOutcome};
use ports::told::RouteResults;
use rust_xlsxwriter::Workbook;

use crate::support::{Reading, read, read_csv};

fn book(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (at, row) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*row) {
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(at, column, number).unwrap(),
                    Err(_) => sheet.write_string(at, column, *cell).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

type Line<'a> = (&'a str, &'a str, i64, i64, Option<i64>);

fn lines(reading: &Reading) -> Vec<Line<'_>> {
    reading
        .rows()
        .into_iter()
        .map(|row| {
            let RouteResults { delivered, returned, minutes } = row.results.unwrap();
            (row.city.as_deref().unwrap(), row.carrier.as_deref().unwrap(), delivered, returned, minutes)
        })
        .collect()
}

#[test]
fn a_workbook_gives_what_was_delivered_and_how_long_it_took() {
    let rates: &[&[&str]] = &[
        &["Informe de entregas"],
        &["CIUDAD", "TRANSPORTADORA", "DEVOLUCIONES", "ENTREGAS", "TOTAL"],
        &["BOGOTA", "COORDINADORA", "120", "480", "600"],
        &["PASTO", "ENVIA", "9", "11", "21"],
        &["CALI", "", "1", "9", "10"],
        &["Total general", "", "129", "491", "620"],
    ];
    let times: &[&[&str]] = &[
        &["TRANSPORTADORA", "CIUDAD", "DIAS"],
        &["COORDINADORA", "BOGOTA", "2.5"],
        &["ENVIA", "PASTO", "siete"],
        &["TCC", "PASTO", ""],
    ];
    for sheets in
        [[("Tasa_Entregas", rates), ("Tiempo_Promedio", times)], [("Tiempos", times), ("Tasas", rates)]]
    {
        let reading = read(&book(&sheets), "historico.xlsx").unwrap();
        assert_eq!(reading.header.format, FileFormat::RouteHistory);
        assert_eq!(
            reading.header.titles,
            ["CIUDAD", "TRANSPORTADORA", "DEVOLUCIONES", "ENTREGAS", "TOTAL", "DIAS"]
        );
        assert_eq!(
            lines(&reading),
            [("BOGOTA", "COORDINADORA", 480, 120, None), ("BOGOTA", "COORDINADORA", 0, 0, Some(3_600))]
        );
        assert_eq!(
            reading.complaints(),
            [
                (4, "TOTAL".to_owned(), Reason::NotTheSum),
                (5, "TRANSPORTADORA".to_owned(), Reason::MissingValue),
                (3, "DIAS".to_owned(), Reason::BadNumber),
                (4, "DIAS".to_owned(), Reason::MissingValue),
            ]
        );
        assert_eq!(reading.rows_read, 7);
        // Rows of either sheet come back under one row of titles.
        let given: Vec<&[String]> = reading
            .outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                RowOutcome::Failed { given, .. } => Some(given[0].cells.as_slice()),
                RowOutcome::Row(_) | RowOutcome::Skipped { .. } => None,
            })
            .collect();
        assert_eq!(given[0], ["PASTO", "ENVIA", "9", "11", "21"]);
        assert_eq!(given[2], ["PASTO", "ENVIA", "", "", "", "siete"]);
    }
}

#[test]
fn a_list_alone_and_rows_that_came_back_are_read() {
    let reading = read_csv(
        "Ciudad Destino;Transportadora;Devolución;ENTREGADOS;Total;Días;Motivo del rechazo\n\
         PASTO;ENVIA;9;1.011;1.020;;TOTAL: el total no es la suma\n\
         PASTO;ENVIA;;;;7;\n\
         CALI;TCC;3;;;2;\n\
         CALI;TCC;;;;;\n",
    );
    assert_eq!(reading.header.format, FileFormat::RouteHistory);
    assert_eq!(reading.header.warnings, []);
    assert_eq!(lines(&reading), [("PASTO", "ENVIA", 1_011, 9, None), ("PASTO", "ENVIA", 0, 0, Some(10_080))]);
    let missing = |row, title: &str| (row, title.to_owned(), Reason::MissingValue);
    assert_eq!(
        reading.complaints(),
        [missing(4, "ENTREGADOS"), missing(5, "ENTREGADOS"), missing(5, "Devolución")]
    );
}

#[test]
fn a_list_of_shipments_is_none_of_results() {
    let text =
        "guia,ciudad,transportadora,estatus,devoluciones,entregas\n50012345678,CALI,TCC,EN REPARTO,0,1\n";
    assert_eq!(read_csv(text).header.format, FileFormat::DropiEventLog);
}
