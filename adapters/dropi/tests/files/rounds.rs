//! Rounds of operators.

use ports::files::{FileFormat, RowFailureReason as Reason};
use ports::told::ImportedRound;

use crate::support::{csv, read, read_csv, table, xlsx};

#[test]
fn rounds_of_parcels_and_of_incidents_are_told_apart() {
    let rows = table(&[
        &[
            "Usuario",
            "Fecha",
            "Ronda",
            "Hora_Inicio",
            "Hora Fin",
            "Tiempo(min)",
            "Iniciales",
            "Realizadas",
            "Canceladas",
            "Agendadas",
            "Difíciles",
            "Pendientes",
            "Revisadas",
            "Solucionadas",
            "Devoluciones",
        ],
        &["Ana Demo", "2026-03-05", "1", "08:00", "08:30", "", "12", "9", "1", "1", "0", "1", "", "", ""],
        &["Ana Demo", "05/03/2026", "1", "9:00", "9:25", "20", "", "", "", "", "", "", "7", "5", "2"],
        &["Luz Demo", "05/03/2026", "2", "23:50", "0:20", "", "3", "3", "", "", "", "", "", "", ""],
    ]);
    for reading in
        [read(&csv(&rows, b';'), "rondas.csv").unwrap(), read(&xlsx(&rows), "rondas.xlsx").unwrap()]
    {
        assert_eq!(reading.header.format, FileFormat::Rounds);
        assert_eq!((reading.header.warnings.len(), reading.complaints().len()), (0, 0));
        let rounds: Vec<&ImportedRound> =
            reading.rows().iter().map(|row| row.round.as_deref().unwrap()).collect();
        let first = ImportedRound {
            operator: "Ana Demo".into(),
            day: 20_260_305,
            number: Some(1),
            started: Some(480),
            ended: Some(510),
            minutes: Some(30),
            initial: 12,
            done: 9,
            cancelled: 1,
            scheduled: 1,
            pending: 1,
            ..ImportedRound::default()
        };
        assert!(*rounds[0] == first);
        let second = rounds[1];
        assert_eq!((second.of_incidents, second.minutes), (true, Some(20)));
        assert_eq!((second.reviewed, second.solved, second.gone_back), (7, 5, 2));
        assert_eq!(
            (rounds[2].minutes, rounds[2].of_incidents),
            (None, false),
            "over midnight nobody can tell"
        );
        assert!(!format!("{second:?}").contains("Ana"));
    }
}

#[test]
fn what_a_round_cannot_do_without_is_asked_for() {
    let reading = read_csv(
        "operador,fecha,inicio,fin,realizadas,minutos\n\
         ,2026-03-05,08:00,08:30,9,30\n\
         Ana Demo,31/02/2026,08:00,08:30,9,30\n\
         Ana Demo,2026-03-05,ocho,08:30,9,30\n\
         Ana Demo,2026-03-05,,08:30,9,30\n\
         Ana Demo,2026-03-05,08:00,,nueve,30\n\
         Ana Demo,2026-03-05,08:00,,,30\n",
    );
    let expected = [
        (2, "operador", Reason::MissingValue),
        (3, "fecha", Reason::BadDate),
        (4, "inicio", Reason::BadTime),
        (5, "inicio", Reason::MissingValue),
        (6, "realizadas", Reason::BadNumber),
        (7, "realizadas", Reason::MissingValue),
    ];
    assert_eq!(reading.complaints(), expected.map(|(row, title, reason)| (row, title.to_owned(), reason)));
}

#[test]
fn a_list_of_people_is_none_of_rounds() {
    let text = "nombre,fecha,inicio,guia,estatus\nAna,2026-03-05,08:00,50012345678,EN REPARTO\n";
    assert_ne!(read_csv(text).header.format, FileFormat::Rounds);
}
