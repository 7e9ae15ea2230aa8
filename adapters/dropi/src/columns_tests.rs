use super::*;

fn read(titles: &[&str]) -> Columns {
    Columns::read(&titles.iter().map(|&title| title.to_owned()).collect::<Vec<_>>())
}

const EVENT_LOG: [&str; 10] = [
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
];

#[test]
fn titles_are_compared_without_dress() {
    let same = [
        "fecha_de_ultimo_movimiento",
        "Fecha de Último Movimiento",
        "FECHA ÚLTIMO MOVIMIENTO",
        "fecha ultimo  movimiento",
        "Fecha del último movimiento:",
        "FechaUltimoMovimiento",
    ];
    for title in same {
        assert_eq!(read(&[title]).field_at(0), Some(Field::LastMovementAt), "{title}");
    }
    for title in [
        "NÃšMERO GUIA",
        "NÃºmero de GuÃ\u{AD}a",
        "Número de Guía",
        "N° GUIA",
        "Guía",
        "GUIA",
        "tracking_number",
    ] {
        assert_eq!(read(&[title]).field_at(0), Some(Field::TrackingNumber), "{title}");
    }
    for title in ["TelÃ©fono", "celular", "PHONE"] {
        assert_eq!(read(&[title]).field_at(0), Some(Field::Phone), "{title}");
    }
}

#[test]
fn the_event_log_needs_four_columns_and_names_the_missing() {
    let columns = read(&EVENT_LOG);
    assert_eq!(columns.format, FileFormat::DropiEventLog);
    assert!(columns.missing().is_empty() && columns.describe().warnings.is_empty());
    for (at, title) in EVENT_LOG.iter().enumerate() {
        let mut titles = EVENT_LOG.to_vec();
        titles.remove(at);
        let missing = read(&titles).missing();
        let needed = ["numero_de_guia", "estatus", "ciudad_de_destino", "transportadora"].contains(title);
        assert_eq!(missing, if needed { vec![(*title).to_owned()] } else { Vec::new() }, "{title}");
    }
}

#[test]
fn fecha_means_what_the_layout_means() {
    assert_eq!(read(&EVENT_LOG).field_at(0), Some(Field::ReportedAt));
    let history = read(&["Fecha", "ID Orden", "Cliente", "Guía"]);
    assert_eq!((history.format, history.field_at(0)), (FileFormat::DropiHistory, Some(Field::OrderedAt)));
    let claims = read(&["FECHA", "ID", "PRODUCTO", "OBSERVACIONES"]);
    assert_eq!((claims.format, claims.field_at(0)), (FileFormat::DropiOfficeClaims, Some(Field::OrderedAt)));
    assert_eq!(claims.field_at(3), Some(Field::Notes));
    assert_eq!(read(&["guia", "observacion"]).field_at(1), Some(Field::Novelty));
}

#[test]
fn layouts_are_recognised_by_their_own_columns() {
    let table: [(&[&str], FileFormat); 6] = [
        (&["guia", "estado", "ciudad", "carrier"], FileFormat::DropiEventLog),
        // One borrowed column does not loosen a file that passes as an event log.
        (&["guia", "estado", "ciudad", "carrier", "Tienda"], FileFormat::DropiEventLog),
        (&["guia", "estado", "ciudad", "Cliente"], FileFormat::DropiHistory),
        (&["guia", "estado", "ciudad", "carrier", "Cliente", "Valor Facturado"], FileFormat::DropiHistory),
        (&["ID", "NÚMERO GUIA", "TOTAL DE LA ORDEN"], FileFormat::DropiOfficeClaims),
        (&["ID", "Cliente", "Valor Facturado", "SKU", "PRECIO PROVEEDOR"], FileFormat::DropiOfficeClaims),
    ];
    for (titles, format) in table {
        assert_eq!(read(titles).format, format, "{titles:?}");
    }
}

#[test]
fn the_other_layouts_need_little() {
    assert_eq!(read(&["ID Orden", "Cliente", "Estatus"]).missing(), ["Número de Guía"]);
    assert_eq!(read(&["PRODUCTO", "CANTIDAD", "CIUDAD"]).missing(), ["ID", "NÚMERO GUIA"]);
    assert!(read(&["ID", "PRODUCTO"]).missing().is_empty());
    assert!(read(&["NÚMERO GUIA", "PRODUCTO"]).missing().is_empty());
}

#[test]
fn what_no_field_answers_to_is_named() {
    let mut titles = EVENT_LOG.to_vec();
    titles.extend(["Color favorito", "", "  "]);
    let header = read(&titles).describe();
    assert_eq!(header.unmatched_columns, ["Color favorito"]);
    assert_eq!(header.warnings[0].code, "unmatched_columns");
}

#[test]
fn a_wide_export_is_understood_whole() {
    let titles = "FECHA DE REPORTE|ID|HORA|FECHA|NOMBRE CLIENTE|TELÉFONO|EMAIL|TIPO DE IDENTIFICACION|NRO DE IDENTIFICACION|\
        NÚMERO GUIA|ESTATUS|TIPO DE ENVIO|DEPARTAMENTO DESTINO|CIUDAD DESTINO|DIRECCION|NOTAS|TRANSPORTADORA|\
        NUMERO DE FACTURA|VALOR FACTURADO|VALOR DE COMPRA EN PRODUCTOS|GANANCIA|PRECIO FLETE|COSTO DEVOLUCION FLETE|\
        COMISION|% COMISION DE LA PLATAFORMA|PRECIO PROVEEDOR|PRECIO PROVEEDOR X CANTIDAD|TOTAL DE LA ORDEN|PRODUCTO ID|\
        SKU|VARIACION ID|PRODUCTO|VARIACION|CANTIDAD|NOVEDAD|FUE SOLUCIONADA LA NOVEDAD|HORA DE NOVEDAD|\
        FECHA DE NOVEDAD|SOLUCIÓN|HORA DE SOLUCIÓN|FECHA DE SOLUCIÓN|OBSERVACIÓN|HORA DE ÚLTIMO MOVIMIENTO|\
        FECHA DE ÚLTIMO MOVIMIENTO|ÚLTIMO MOVIMIENTO|CONCEPTO ÚLTIMO MOVIMIENTO|UBICACIÓN DE ÚLTIMO MOVIMIENTO|\
        VENDEDOR|TIPO DE TIENDA|TIENDA|ID DE ORDEN DE TIENDA|NUMERO DE PEDIDO DE TIENDA|TAGS|FECHA GUIA GENERADA|\
        CONTADOR DE INDEMNIZACIONES|CATEGORÍAS";
    let titles: Vec<&str> = titles.split('|').collect();
    let columns = read(&titles);
    assert_eq!(columns.format, FileFormat::DropiOfficeClaims);
    assert_eq!((columns.describe().warnings, columns.matched()), (Vec::new(), titles.len()));
}

#[test]
fn of_two_titles_for_one_field_the_better_one_wins() {
    for (titles, expected) in [(["Guía", "Número de Guía"], 1), (["Número de Guía", "Guía"], 0)] {
        let columns = read(&titles);
        let used: Vec<usize> = columns.used().iter().map(|&(at, _)| at).collect();
        assert_eq!(used, [expected]);
        assert_eq!(columns.title(Field::TrackingNumber), "Número de Guía");
        assert_eq!(columns.describe().warnings[0].detail, "Guía");
    }
}

#[test]
fn a_supplier_price_is_never_a_collection() {
    let columns = read(&["ID", "PRODUCTO", "PRECIO PROVEEDOR", "VALOR FACTURADO"]);
    assert!(!columns.has(Field::Collect));
    assert_eq!(columns.describe().warnings[0].code, "supplier_price_without_total");
    assert_eq!(read(&["ID", "PRODUCTO"]).describe().warnings[0].code, "no_total_column");
    assert!(read(&["ID", "PRODUCTO", "RECAUDO"]).describe().warnings.is_empty());
}

#[test]
fn the_header_may_stand_below_titles() {
    let row = |cells: &[&str]| cells.iter().map(|&c| c.to_owned()).collect::<Vec<_>>();
    let mut rows = vec![row(&["Reporte de guías", "Fecha: 05/03/2026"]), row(&["Fecha", "Cliente"])];
    rows.push(row(&EVENT_LOG));
    assert_eq!(find_header(&rows).map(|found| found.at), Some(2));
    let mut deep = vec![row(&["título"]); MAX_TITLE_ROWS];
    deep.push(row(&EVENT_LOG));
    assert_eq!(find_header(&deep).map(|found| found.at), Some(MAX_TITLE_ROWS));
    deep.insert(0, row(&["título"]));
    assert!(find_header(&deep).is_none());
}

#[test]
fn every_alias_of_the_table_means_one_field() {
    for format in FileFormat::ALL {
        assert!(TABLES[format].len() > 80, "{format}");
    }
    let marks = TABLES.history_marks.iter().filter(|mark| !TABLES.history.contains_key(mark.as_str()));
    assert_eq!(marks.count(), 0, "a mark that nothing reads");
    let marks = TABLES.claims_marks.iter().filter(|mark| !TABLES.office_claims.contains_key(mark.as_str()));
    assert_eq!(marks.count(), 0, "a mark that nothing reads");
}

#[test]
fn a_row_of_values_that_was_taken_for_titles_names_no_column() {
    let layout = Layout {
        columns: [(0, Field::OrderRef), (1, Field::CustomerName)].into(),
        first_row: 2,
        ..Layout::default()
    };
    let named = |row: &[&str]| {
        let row: Vec<String> = row.iter().map(|&cell| cell.to_owned()).collect();
        let columns = Columns::of_layout(&layout, &row);
        (columns.title(Field::CustomerName).to_owned(), columns.describe())
    };
    // A phone tells a row of values, and so does a digit where orders stand.
    for row in [["pedido", "Ana Prueba", "3001112233"], ["7", "Ana Prueba", "Luz Prueba"]] {
        let (title, header) = named(&row);
        assert_eq!((title.as_str(), header.warnings[0].detail.as_str()), ("B", "C"));
        assert_eq!(header.unmatched_columns, ["C"]);
    }
    let (title, header) = named(&["Pedido", "Quién", "Nota mía"]);
    assert_eq!((title.as_str(), header.warnings[0].detail.as_str()), ("Quién", "Nota mía"));
}

#[test]
fn blanks_alone_are_given_back_as_nothing() {
    let columns = read(&EVENT_LOG);
    let mut cells: Cells<'_> = std::array::from_fn(|_| Cell::Empty);
    cells[Field::Status.index()] = Cell::Text(" ".into());
    assert!(columns.given(2, &cells).cells.iter().all(String::is_empty));
}

#[test]
fn too_many_columns_are_refused() {
    let limits = Limits { max_columns: 9, ..Limits::default() };
    let titles: Vec<String> = EVENT_LOG.iter().map(|&title| title.to_owned()).collect();
    let refused = check(&Columns::read(&titles), &limits);
    assert_eq!(refused, Err(FileError::LimitExceeded { detail: "columns:9".into() }));
}
