//! Files that we know and that hold no shipments: said so, instead of asking for a column they cannot have.

use std::collections::HashSet;
use std::sync::LazyLock;

use domain::text::repair_mojibake;
use ports::files::{FileFormat, ForeignFile};
use serde::Deserialize;

use crate::columns::{Columns, key};
use crate::place::TopRow;

/// `data/foreign.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    file: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    kind: ForeignFile,
    sheets: Vec<String>,
    titles: Vec<Vec<String>>,
}

/// A known file, ready for look-up.
struct Ready {
    kind: ForeignFile,
    sheets: HashSet<String>,
    titles: Vec<HashSet<String>>,
}

static KNOWN: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is compiled in; the first test to run reads it")]
    let table: Table =
        toml::from_str(include_str!("../data/foreign.toml")).expect("data/foreign.toml is valid");
    let keys = |texts: &Vec<String>| texts.iter().map(|text| key(text)).collect::<HashSet<_>>();
    let ready = |file: Known| Ready {
        kind: file.kind,
        sheets: keys(&file.sheets),
        titles: file.titles.iter().map(keys).collect(),
    };
    table.file.into_iter().map(ready).collect()
});

/// What a file without shipments is, by the first rows of a sheet and its name.
pub(crate) fn recognise(sheet: Option<&str>, rows: &[TopRow]) -> Option<ForeignFile> {
    let sheet = sheet.map(key);
    let finance = rows.iter().any(|(_, row)| Columns::read(row).format == FileFormat::DropiFinance);
    let rows: Vec<HashSet<String>> = rows
        .iter()
        .map(|(_, row)| row.iter().map(|title| key(&repair_mojibake(title.trim()))).collect())
        .collect();
    let by_titles = |titles: &[HashSet<String>]| {
        !titles.is_empty() && rows.iter().any(|row| titles.iter().all(|wanted| !wanted.is_disjoint(row)))
    };
    let found = KNOWN.iter().find(|file| {
        sheet.as_ref().is_some_and(|sheet| file.sheets.contains(sheet)) || by_titles(&file.titles)
    });
    found.map(|file| file.kind).or_else(|| finance.then_some(ForeignFile::FinanceReport))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Vec<TopRow> {
        vec![(1, vec!["Informe".to_owned()]), (2, text.split(',').map(str::to_owned).collect())]
    }

    #[test]
    fn each_is_known_by_its_titles_in_any_spelling() {
        let table = [
            // A list of what carriers did is read.
            ("CIUDAD,TRANSPORTADORA,DEVOLUCIONES,ENTREGAS,TOTAL", None),
            // So are rounds.
            ("Usuario,Fecha,Ronda,Hora_Inicio,Hora Fin,Iniciales,Realizadas", None),
            ("VALOR FACTURADO,Utilidad,Costo Flete,COMISIÃ“N,Estado", Some(ForeignFile::FinanceReport)),
            // With a recipient it is a report of orders that lacks the number.
            ("VALOR FACTURADO,Utilidad,Costo Flete,Cliente", None),
            ("CIUDAD,TRANSPORTADORA,ESTATUS", None),
            ("nombre,fecha,inicio,telefono", None),
            ("", None),
        ];
        for (titles, expected) in table {
            assert_eq!(recognise(None, &row(titles)), expected, "{titles}");
        }
    }

    #[test]
    fn a_sheet_is_known_by_its_name() {
        let pivot = row("Etiquetas de fila,,DEVOLUCION");
        for name in ["Tasa_Entregas", "TASA DE ENTREGAS", "tasa entregas", "Tiempo_Promedio"] {
            assert_eq!(recognise(Some(name), &pivot), Some(ForeignFile::RouteHistory), "{name}");
        }
        assert_eq!(recognise(Some("Guias"), &pivot), None);
    }
}
