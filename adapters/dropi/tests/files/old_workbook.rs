//! Old workbooks for tests: just enough of the format for one that any reader takes.

/// A cell to write.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(&'static str),
    Number(f64),
    /// A day number, shown as a date.
    Date(f64),
}

/// An `.xls` of these sheets; rows of cells, none for an empty one.
pub(crate) fn xls(sheets: &[(&str, &[Vec<Option<Value>>])]) -> Vec<u8> {
    let bodies: Vec<Vec<u8>> = sheets.iter().map(|(_, rows)| sheet(rows)).collect();
    // Where each sheet begins depends on the length of the first part, which does not depend on it.
    let length = globals(sheets, &vec![0; sheets.len()]).len();
    let mut starts = Vec::new();
    let mut at = length;
    for body in &bodies {
        starts.push(at as u32);
        at += body.len();
    }
    let mut stream = globals(sheets, &starts);
    stream.extend(bodies.concat());
    // Streams below this size would go into smaller sectors.
    stream.resize(stream.len().max(4096), 0);
    container(&stream)
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn begin(kind: u16) -> Vec<u8> {
    record(0x0809, &[&[0x00, 0x06][..], &kind.to_le_bytes(), &[0; 12]].concat())
}

fn globals(sheets: &[(&str, &[Vec<Option<Value>>])], starts: &[u32]) -> Vec<u8> {
    let mut stream = begin(0x0005);
    stream.extend(record(0x0042, &1200_u16.to_le_bytes()));
    // Two cell formats: plain, and the built-in date format 14.
    for format in [0_u16, 14] {
        stream.extend(record(0x00E0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat()));
    }
    for ((name, _), start) in sheets.iter().zip(starts) {
        let data = [&start.to_le_bytes()[..], &[0, 0, name.len() as u8, 0], name.as_bytes()].concat();
        stream.extend(record(0x0085, &data));
    }
    stream.extend(record(0x000A, &[]));
    stream
}

fn sheet(rows: &[Vec<Option<Value>>]) -> Vec<u8> {
    let mut stream = begin(0x0010);
    for (row, cells) in rows.iter().enumerate() {
        for (column, value) in cells.iter().enumerate() {
            let Some(value) = value else { continue };
            let format = u16::from(matches!(value, Value::Date(_)));
            let mut data = Vec::new();
            for part in [row as u16, column as u16, format] {
                data.extend(part.to_le_bytes());
            }
            stream.extend(match value {
                Value::Text(text) => {
                    let units: Vec<u16> = text.encode_utf16().collect();
                    data.extend((units.len() as u16).to_le_bytes());
                    data.push(1);
                    data.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
                    record(0x0204, &data)
                }
                Value::Number(number) | Value::Date(number) => {
                    data.extend(number.to_le_bytes());
                    record(0x0203, &data)
                }
            });
        }
    }
    stream.extend(record(0x000A, &[]));
    stream
}

/// Packs one stream, named Workbook, into a compound file.
fn container(stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xFFFF_FFFE;
    const FREE: u32 = 0xFFFF_FFFF;
    let data_sectors = stream.len().div_ceil(SECTOR);
    let table_sectors = (data_sectors + 2).div_ceil(SECTOR / 4 - 1);
    // The table first, then the directory, then the stream.
    let mut table = vec![0xFFFF_FFFD_u32; table_sectors];
    table.push(END);
    let first = table.len() as u32;
    table.extend((1..data_sectors as u32).map(|next| first + next));
    table.push(END);
    table.resize(table_sectors * SECTOR / 4, FREE);

    let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    header.resize(24, 0);
    for part in [0x3E_u16, 3, 0xFFFE, 9, 6, 0, 0, 0] {
        header.extend(part.to_le_bytes());
    }
    header.extend(0_u32.to_le_bytes());
    for part in [table_sectors as u32, table_sectors as u32, 0, 4096, END, 0, END, 0] {
        header.extend(part.to_le_bytes());
    }
    header.extend((0..table_sectors as u32).flat_map(u32::to_le_bytes));
    while header.len() < SECTOR {
        header.extend(FREE.to_le_bytes());
    }
    let entries = [entry("Root Entry", 5, END, 0), entry("Workbook", 2, first, stream.len() as u32)];
    let mut directory = entries.concat();
    directory.resize(SECTOR, 0);
    let mut stream = stream.to_vec();
    stream.resize(data_sectors * SECTOR, 0);
    let table: Vec<u8> = table.iter().flat_map(|word| word.to_le_bytes()).collect();
    [header, table, directory, stream].concat()
}

fn entry(name: &str, kind: u8, start: u32, length: u32) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.resize(64, 0);
    entry.extend((name.len() as u16 * 2 + 2).to_le_bytes());
    entry.extend([kind, 1]);
    entry.extend([0xFF; 12]);
    entry.resize(116, 0);
    entry.extend(start.to_le_bytes());
    entry.extend(length.to_le_bytes());
    entry.extend([0; 4]);
    entry
}
