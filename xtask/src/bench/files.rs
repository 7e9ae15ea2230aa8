//! Files as Dropi exports them, large and with believable values, the same on every run.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rust_xlsxwriter::Workbook;

use super::moments::{date, time};

/// Columns of every layout here.
const COLUMNS: usize = 20;

/// Which of Dropi's exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One row a movement, no orders.
    EventLog,
    /// One row an order, with its customer.
    History,
}

impl Layout {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::EventLog => "event log",
            Self::History => "history",
        }
    }

    /// Number of the column with the guías, from 0.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::EventLog => "3",
            Self::History => "1",
        }
    }

    const fn titles(self) -> [&'static str; COLUMNS] {
        match self {
            Self::EventLog => [
                "fecha",
                "hora",
                "telefono",
                "numero_de_guia",
                "estatus",
                "ciudad_de_destino",
                "transportadora",
                "novedad",
                "fecha_de_ultimo_movimiento",
                "ultimo_movimiento",
                "fecha_de_generacion_de_guia",
                "valor_a_recaudar",
                "tipo_de_envio",
                "numero_de_identificacion",
                "direccion",
                "concepto_ultimo_movimiento",
                "ubicacion_ultimo_movimiento",
                "comision",
                "numero_pedido_tienda",
                "tags",
            ],
            Self::History => [
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
        }
    }

    fn cells(self, parcel: &Parcel) -> [String; COLUMNS] {
        let p = parcel;
        match self {
            Self::EventLog => [
                date(p.reported),
                time(p.reported),
                p.phone.clone(),
                p.guia.clone(),
                p.status.into(),
                p.city.into(),
                p.carrier.into(),
                p.incident.into(),
                format!("{} {}", date(p.moved), time(p.moved)),
                p.movement.into(),
                date(p.made),
                p.collect.to_string(),
                if p.collect == 0 { "SIN RECAUDO" } else { "CON RECAUDO" }.into(),
                p.document.to_string(),
                p.address.clone(),
                p.movement.into(),
                p.city.into(),
                (p.collect / 50).to_string(),
                format!("#{}", 1_000 + p.at),
                "contraentrega".into(),
            ],
            Self::History => [
                format!("D-{}", 9_000_000 + p.at),
                p.guia.clone(),
                date(p.made),
                p.name.clone(),
                p.phone.clone(),
                p.department.into(),
                p.city.into(),
                p.address.clone(),
                p.status.into(),
                p.carrier.into(),
                p.movement.into(),
                format!("{} {}", date(p.moved), time(p.moved)),
                p.incident.into(),
                p.collect.to_string(),
                (p.collect / 4).to_string(),
                (9_000 + p.at % 9 * 1_250).to_string(),
                (p.at % 5 * 4_000).to_string(),
                format!("V{:02}", p.at % 40),
                format!("Tienda {}", p.at % 7),
                format!("cliente{}@correo.example", p.at),
            ],
        }
    }
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Xlsx,
    Csv,
}

impl Form {
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
}

/// A file to be written: rows `first..first + rows` of the endless sequence of parcels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) first: u64,
    pub(crate) rows: u32,
    /// Seconds since 1970; movements lie in the weeks before.
    pub(crate) now: i64,
}

/// Writes the file into a folder; answers where it is.
pub(crate) fn write(dir: &Path, wanted: &Wanted) -> Result<PathBuf> {
    let kind = wanted.layout.name().replace(' ', "-");
    let name = format!("{kind}-{}-{}.{}", wanted.first, wanted.rows, wanted.form.extension());
    let path = dir.join(name);
    match wanted.form {
        Form::Csv => csv(&path, wanted),
        Form::Xlsx => xlsx(&path, wanted),
    }
    .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn csv(path: &Path, wanted: &Wanted) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", wanted.layout.titles().join(","))?;
    for parcel in parcels(wanted) {
        // No value of ours holds a comma or a quote.
        writeln!(file, "{}", wanted.layout.cells(&parcel).join(","))?;
    }
    file.flush()?;
    Ok(())
}

fn xlsx(path: &Path, wanted: &Wanted) -> Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, wanted.layout.titles())?;
    for (row, parcel) in (1..).zip(parcels(wanted)) {
        for (column, text) in (0..).zip(wanted.layout.cells(&parcel)) {
            match text.parse::<u32>() {
                // Amounts are numbers; phones and guías are texts, with their zeros.
                Ok(number) if text.len() <= 7 => sheet.write_number(row, column, number)?,
                Ok(_) | Err(_) => sheet.write_string(row, column, text)?,
            };
        }
    }
    workbook.save(path)?;
    Ok(())
}

struct Parcel {
    at: u64,
    guia: String,
    phone: String,
    name: String,
    address: String,
    document: u64,
    city: &'static str,
    department: &'static str,
    carrier: &'static str,
    status: &'static str,
    incident: &'static str,
    movement: &'static str,
    reported: i64,
    moved: i64,
    made: i64,
    collect: u64,
}

fn parcels(wanted: &Wanted) -> impl Iterator<Item = Parcel> + use<> {
    let now = wanted.now;
    (wanted.first..wanted.first + u64::from(wanted.rows)).map(move |at| parcel(at, now))
}

fn parcel(at: u64, now: i64) -> Parcel {
    let mut dice = Dice(at.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (city, department) = *dice.weighted(&CITIES);
    let (carrier, first_digits) = *dice.weighted(&CARRIERS);
    let (status, incident, movement) = *dice.weighted(&SITUATIONS);
    let moved = now - dice.below(14 * 24 * 60) as i64 * 60;
    Parcel {
        at,
        guia: format!("{first_digits}{at:09}"),
        phone: phone(at),
        name: format!("{} {} {}", dice.one(&NAMES), dice.one(&SURNAMES), dice.one(&SURNAMES)),
        address: format!(
            "{} {} # {}-{} {}",
            dice.one(&["Calle", "Carrera", "Transversal", "Diagonal"]),
            1 + dice.below(180),
            1 + dice.below(120),
            1 + dice.below(99),
            dice.one(&["", "Apto 301", "Torre 2 Apto 504", "Local 12", "Barrio Centro"]),
        ),
        document: 10_000_000 + dice.below(1_100_000_000),
        city,
        department,
        carrier,
        status,
        incident,
        movement,
        reported: now,
        moved,
        made: moved - (1 + dice.below(6) as i64) * 86_400,
        collect: (50 + dice.below(250)) * 1_000 + 900,
    }
}

/// The phone of a parcel: each its own.
pub(crate) fn phone(at: u64) -> String {
    format!("3{:02}{:07}", at / 10_000_000 % 50, at % 10_000_000)
}

/// The guía of a parcel.
pub(crate) fn guia(at: u64) -> String {
    parcel(at, 0).guia
}

/// Numbers that look random and are the same on every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn weighted<'a, T>(&mut self, of: &'a [(u64, T)]) -> &'a T {
        let mut rest = self.below(of.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in of {
            if rest < *weight {
                return item;
            }
            rest -= weight;
        }
        &of[0].1
    }
}

const NAMES: [&str; 12] = [
    "Ana",
    "Luis",
    "María José",
    "Carlos",
    "Sofía",
    "Andrés",
    "Valentina",
    "Óscar",
    "Paola",
    "Iván",
    "Lucía",
    "Nicolás",
];
const SURNAMES: [&str; 10] =
    ["Gómez", "Rodríguez", "Muñoz", "Pérez", "Martínez", "Peña", "Castaño", "Ríos", "Zuluaga", "Núñez"];

/// With the first digits of its numbers.
const CARRIERS: [(u64, (&str, &str)); 6] = [
    (34, ("COORDINADORA", "50")),
    (24, ("INTERRAPIDISIMO", "240")),
    (18, ("SERVIENTREGA", "218")),
    (14, ("ENVIA", "014")),
    (6, ("TCC", "7")),
    (4, ("VELOCES", "V")),
];

const CITIES: [(u64, (&str, &str)); 24] = [
    (220, ("BOGOTA", "CUNDINAMARCA")),
    (110, ("MEDELLIN", "ANTIOQUIA")),
    (85, ("CALI", "VALLE")),
    (60, ("BARRANQUILLA", "ATLANTICO")),
    (45, ("CARTAGENA", "BOLIVAR")),
    (40, ("SOACHA", "CUNDINAMARCA")),
    (38, ("CUCUTA", "NORTE DE SANTANDER")),
    (36, ("BUCARAMANGA", "SANTANDER")),
    (34, ("PEREIRA", "RISARALDA")),
    (30, ("SANTA MARTA", "MAGDALENA")),
    (28, ("IBAGUE", "TOLIMA")),
    (26, ("VILLAVICENCIO", "META")),
    (25, ("BELLO", "ANTIOQUIA")),
    (24, ("MANIZALES", "CALDAS")),
    (22, ("PASTO", "NARIÑO")),
    (20, ("NEIVA", "HUILA")),
    (18, ("MONTERIA", "CORDOBA")),
    (17, ("ARMENIA (Q)", "QUINDIO")),
    (16, ("POPAYAN", "CAUCA")),
    (14, ("SINCELEJO", "SUCRE")),
    (12, ("VALLEDUPAR", "CESAR")),
    (10, ("TUNJA", "BOYACA")),
    (6, ("QUIBDO", "CHOCO")),
    (4, ("LETICIA", "AMAZONAS")),
];

/// Status, incident and last movement, worded as carriers word them.
const SITUATIONS: [(u64, (&str, &str, &str)); 14] = [
    (420, ("ENTREGADO", "", "Entregado a satisfacción")),
    (130, ("EN TRANSITO", "", "Salida del centro de distribución")),
    (90, ("EN REPARTO", "", "En reparto")),
    (70, ("NOVEDAD", "Dirección errada", "Novedad reportada")),
    (60, ("NOVEDAD", "Cliente no contesta", "Intento de entrega fallido")),
    (55, ("DISPONIBLE EN PUNTO", "No hay quien reciba", "Disponible en punto")),
    (45, ("DEVUELTO", "", "Devuelto al remitente")),
    (30, ("EN DEVOLUCION", "Rehusado por el cliente", "Inicio de devolución")),
    (30, ("DESPACHADO", "", "Despachado")),
    (25, ("DISPONIBLE EN PUNTO", "", "Llegada a oficina de destino")),
    (20, ("RECOGIDO", "", "Recogido en origen")),
    (15, ("ADMITIDO", "", "Guía generada")),
    (8, ("CANCELADO", "", "Cancelada por el remitente")),
    (2, ("SINIESTRO", "Mercancía extraviada", "Siniestro en investigación")),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn wanted() -> Wanted {
        Wanted { layout: Layout::EventLog, form: Form::Csv, first: 500, rows: 2_000, now: 1_700_000_000 }
    }

    #[test]
    fn parcels_are_distinct_and_the_same_every_time() {
        let all: Vec<Parcel> = parcels(&wanted()).collect();
        let guias: HashSet<&str> = all.iter().map(|parcel| parcel.guia.as_str()).collect();
        let phones: HashSet<&str> = all.iter().map(|parcel| parcel.phone.as_str()).collect();
        assert_eq!((guias.len(), phones.len()), (2_000, 2_000));
        assert_eq!(all[7].guia, guia(507));
        assert_eq!(all[7].address, parcel(507, 1_700_000_000).address);
        assert!(all.iter().any(|parcel| parcel.city == "LETICIA"), "rare values occur too");
    }

    #[test]
    fn no_cell_breaks_the_csv() {
        for layout in [Layout::EventLog, Layout::History] {
            for parcel in parcels(&wanted()) {
                assert!(!layout.cells(&parcel).iter().any(|cell| cell.contains([',', '"', '\n'])));
            }
        }
    }
}
