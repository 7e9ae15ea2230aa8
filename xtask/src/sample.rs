//! A Dropi event log as operators download it, with times relative to now so that some guías are urgent.

use std::time::{SystemTime, UNIX_EPOCH};

const HEADERS: &str = "fecha,telefono,numero_de_guia,estatus,ciudad_de_destino,transportadora,novedad,\
                       fecha_de_ultimo_movimiento,ultimo_movimiento,fecha_de_generacion_de_guia";

/// Status, incident and last movement, worded as carriers word them.
const SITUATIONS: [(&str, &str, &str); 8] = [
    ("EN REPARTO", "", "En reparto"),
    ("DISPONIBLE EN PUNTO", "No hay quien reciba", "Disponible en punto"),
    ("NOVEDAD", "Dirección errada", "Novedad reportada"),
    ("EN TRANSITO", "", "Salida del centro de distribución"),
    ("NOVEDAD", "Cliente no contesta", "Intento de entrega fallido"),
    ("ENTREGADO", "", "Entregado"),
    ("DISPONIBLE EN PUNTO", "", "Disponible en punto"),
    ("EN TRANSITO", "", "Llegada a ciudad de destino"),
];
const CITIES: [&str; 9] = [
    "BOGOTA",
    "MEDELLIN",
    "CALI",
    "BARRANQUILLA",
    "CARTAGENA",
    "BUCARAMANGA",
    "PEREIRA",
    "IBAGUE",
    "ARMENIA (Q)",
];
const CARRIERS: [&str; 5] = ["COORDINADORA", "SERVIENTREGA", "INTERRAPIDISIMO", "ENVIA", "TCC"];
/// Hours since the last movement.
const HOURS_STILL: [i64; 7] = [2, 130, 80, 30, 55, 170, 12];
const ROWS: usize = 40;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Colombia keeps UTC−5 all year.
const BOGOTA: i64 = -5 * HOUR;

/// The file's text. `now` in seconds since 1970, UTC.
pub(crate) fn event_log(now: i64) -> String {
    let mut file = format!("{HEADERS}\n");
    for row in 0..ROWS {
        let (status, incident, movement) = SITUATIONS[row % SITUATIONS.len()];
        let moved = now - HOURS_STILL[row % HOURS_STILL.len()] * HOUR;
        let made = moved - (2 + row as i64 % 4) * DAY;
        let cells = [
            date(moved),
            (3_001_110_000_u64 + row as u64).to_string(),
            (50_012_340_000_u64 + row as u64).to_string(),
            status.to_owned(),
            CITIES[row % CITIES.len()].to_owned(),
            CARRIERS[row % CARRIERS.len()].to_owned(),
            incident.to_owned(),
            format!("{} {}", date(moved), time(moved)),
            movement.to_owned(),
            date(made),
        ];
        file.push_str(&cells.join(","));
        file.push('\n');
    }
    file
}

/// Seconds since 1970, UTC.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Day first, as Colombians write it.
fn date(seconds: i64) -> String {
    let (year, month, day) = civil((seconds + BOGOTA).div_euclid(DAY));
    format!("{day:02}/{month:02}/{year}")
}

fn time(seconds: i64) -> String {
    let of_day = (seconds + BOGOTA).rem_euclid(DAY);
    format!("{:02}:{:02}", of_day / HOUR, of_day % HOUR / 60)
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. The algorithm is Howard Hinnant's
/// `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>): years start in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(19_783), (2024, 3, 1));
        assert_eq!(civil(20_819), (2027, 1, 1));
    }

    #[test]
    fn times_are_bogotas() {
        // 2024-03-01T03:07:00Z is still the 29th of February in Bogotá.
        let moment = 19_783 * DAY + 3 * HOUR + 7 * 60;
        assert_eq!((date(moment), time(moment)), ("29/02/2024".to_owned(), "22:07".to_owned()));
    }

    #[test]
    fn every_row_has_every_column_and_its_own_guia() {
        let file = event_log(1_700_000_000);
        let rows: Vec<Vec<&str>> = file.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), ROWS + 1);
        assert!(rows.iter().all(|row| row.len() == 10));
        let guias: std::collections::BTreeSet<&str> = rows.iter().map(|row| row[2]).collect();
        assert_eq!(guias.len(), ROWS + 1);
    }
}
