//! Files made to hurt: they end in a clear refusal, in bounded memory and without a panic.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

use domain::time::Timestamp;
use dropi::DropiFiles;
use ports::files::RowFailureReason::TooLong;
use ports::files::{FileError, FileReader, Limits};
use ports::layouts::Known;

use crate::support::{csv, raw, read, read_path, read_with, scratch, table, xlsx, zip_of};

const HEAD: [&str; 4] = ["guia", "estado", "ciudad", "transportadora"];
const MEBIBYTE: usize = 1024 * 1024;

fn exceeded(bytes: &[u8], limits: &Limits) -> String {
    match read_with(bytes, "datos.xlsx", limits) {
        Err(FileError::LimitExceeded { detail }) => detail,
        other => format!("{other:?}"),
    }
}

/// Letters that compress little, so that no ratio gives them away.
fn noise(len: usize) -> String {
    let mut state = 1_u64;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (state >> 33) as u8 % 26)
    };
    (0..len).map(next).collect()
}

#[test]
fn a_zip_bomb_is_refused_by_its_ratio_and_by_its_total() {
    let mut bomb = raw(&HEAD, "");
    bomb.parts.push(("xl/media/zeros.bin".into(), vec![b'<'; 20 * MEBIBYTE]));
    let bytes = bomb.bytes();
    assert!(bytes.len() < 200_000);
    assert_eq!(exceeded(&bytes, &Limits::default()), "zip_ratio:200");
    let patient = Limits { max_zip_ratio: 100_000, max_unzipped_bytes: 10 << 20, ..Limits::default() };
    assert_eq!(exceeded(&bytes, &patient), "unzipped_bytes:10485760");
}

#[test]
fn a_directory_that_lies_about_sizes_is_found_out() {
    let mut bomb = raw(&HEAD, "");
    bomb.parts.push(("xl/media/zeros.bin".into(), vec![b'<'; 20 * MEBIBYTE]));
    let mut bytes = bomb.bytes();
    // Both copies of the inflated size, little endian: say 1 KiB.
    let truth = (20 * MEBIBYTE as u32).to_le_bytes();
    let places: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, window)| *window == truth).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1024_u32.to_le_bytes());
    }
    // Refused by what was counted, or by the archive's own checks; never read.
    assert!(matches!(
        read(&bytes, "datos.xlsx"),
        Err(FileError::LimitExceeded { .. } | FileError::Unreadable { .. })
    ));
}

#[test]
fn a_huge_cell_of_a_text_file_is_never_held() {
    let (_directory, path) = scratch("grande.csv");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    file.write_all(b"guia,estado,ciudad,transportadora\n500123451,\"").unwrap();
    let chunk = vec![b'x'; MEBIBYTE];
    for _ in 0..100 {
        file.write_all(&chunk).unwrap();
    }
    file.write_all(b"\",CALI,TCC\n").unwrap();
    file.flush().unwrap();
    drop(file);
    let start = Instant::now();
    let default = read_path(&path, "grande.csv", &Limits::default());
    assert_eq!(default, Err(FileError::LimitExceeded { detail: "bytes:52428800".into() }));
    let patient = Limits { max_bytes: 1 << 30, ..Limits::default() };
    let refused = read_path(&path, "grande.csv", &patient);
    assert_eq!(refused, Err(FileError::LimitExceeded { detail: "row_bytes:1048576".into() }));
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn a_huge_cell_of_a_workbook_is_refused_before_it_is_read() {
    let limits = Limits { max_zip_ratio: 1_000_000, ..Limits::default() };
    let text = "x".repeat(100 * MEBIBYTE);
    let cell = format!("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>");
    assert_eq!(exceeded(&raw(&HEAD, &cell).bytes(), &limits), "xml_item:524288");

    let mut shared = raw(&HEAD, "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c></row>");
    shared.strings = format!("<sst uniqueCount=\"1\"><si><t>{text}</t></si></sst>");
    assert_eq!(exceeded(&shared.bytes(), &limits), "xml_item:524288");

    let runs = "<r><t>xxxxxxxxxxxxxxxx</t></r>".repeat(MEBIBYTE);
    let cell = format!("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is>{runs}</is></c></row>");
    assert_eq!(exceeded(&raw(&HEAD, &cell).bytes(), &limits), "cell:524288");
}

#[test]
fn a_promise_of_strings_is_not_believed() {
    let mut promise = raw(&HEAD, "");
    promise.strings = "<sst uniqueCount=\"99999999999\"></sst>".into();
    assert_eq!(exceeded(&promise.bytes(), &Limits::default()), "shared_strings:3000000");
    let mut many = raw(&HEAD, "");
    many.strings = format!("<sst>{}</sst>", "<si/>".repeat(3_100_000));
    let limits = Limits { max_zip_ratio: 1_000_000, ..Limits::default() };
    assert_eq!(exceeded(&many.bytes(), &limits), "shared_strings:3000000");
}

#[test]
fn a_cell_over_the_limit_costs_its_value_and_not_the_file() {
    let long = noise(40_000);
    let rows = [&HEAD[..], &["500123451", "X", "CALI", &long], &["500123452", &long, "CALI", "TCC"]];
    for reading in [read(&csv(&table(&rows), b','), "a.csv").unwrap(), {
        // rust_xlsxwriter keeps to Excel's 32,767 characters.
        let limits = Limits { max_cell_bytes: 1000, ..Limits::default() };
        let long = noise(2000);
        let rows = [&HEAD[..], &["500123451", "X", "CALI", &long], &["500123452", &long, "CALI", "TCC"]];
        read_with(&xlsx(&table(&rows)), "a.xlsx", &limits).unwrap()
    }] {
        let expected = [(2, "transportadora".to_owned(), TooLong), (3, "estado".to_owned(), TooLong)];
        assert_eq!(reading.complaints(), expected);
        assert_eq!(reading.rows().len(), 1);
    }
}

#[test]
fn archives_that_are_no_workbook_are_named() {
    let detail = |bytes: &[u8]| match read(bytes, "datos.xlsx") {
        Err(FileError::Unreadable { detail }) => detail,
        other => format!("{other:?}"),
    };
    assert_eq!(detail(&zip_of(&[("hola.txt".into(), b"hola".to_vec())])), "zip_without_workbook");
    let types = ("[Content_Types].xml".to_owned(), b"<Types/>".to_vec());
    assert_eq!(detail(&zip_of(&[types])), "zip_without_workbook");
    let mut entity = raw(&HEAD, "");
    entity.strings = "<!DOCTYPE a [<!ENTITY b \"c\">]><sst></sst>".into();
    assert_eq!(detail(&entity.bytes()), "xml_declaration");
    let many: Vec<(String, Vec<u8>)> = (0..5000).map(|at| (format!("{at}"), Vec::new())).collect();
    assert_eq!(exceeded(&zip_of(&many), &Limits::default()), "zip_entries:4096");
}

#[test]
fn a_reader_dropped_in_the_middle_ends_its_thread() {
    let mut rows = vec![HEAD.to_vec()];
    rows.extend(std::iter::repeat_n(vec!["500123451", "X", "CALI", "TCC"], 5000));
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let (_directory, path) = scratch("datos.xlsx");
    std::fs::write(&path, xlsx(&table(&rows))).unwrap();
    let mut reader =
        DropiFiles.open(&path, "datos.xlsx", Timestamp::MAX, &Limits::default(), &Known::default()).unwrap();
    assert!(reader.next_row().unwrap().is_some());
    assert_eq!(reader.rows_read(), 1);
    // Joins the thread: a hang would be seen here.
    drop(reader);
}
