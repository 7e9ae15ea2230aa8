//! What a file is: by its first bytes, with its name as a hint.

use std::fs::File;
use std::path::Path;

use ports::files::{FileError, Limits};

use crate::text_file::read_full;

/// A kind of file we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Delimited text.
    Text,
    /// Text that a person pasted, as it is stored.
    Paste,
    /// An archive; whether it holds a workbook is for its reader to find out.
    Workbook(Container),
}

/// What a workbook is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// `.xlsx`, `.xlsm`.
    Zip,
    /// `.xls`.
    Ole,
}

/// Looks at the size, the first bytes and the name.
pub(crate) fn kind(path: &Path, file_name: &str, limits: &Limits) -> Result<Kind, FileError> {
    let failed = |error: std::io::Error| unreadable(&format!("io:{}", error.kind()));
    let mut file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size > limits.max_bytes {
        return Err(FileError::LimitExceeded { detail: format!("bytes:{}", limits.max_bytes) });
    }
    let mut start = [0; 1024];
    let len = read_full(&mut file, &mut start).map_err(failed)?;
    by_content(&start[..len], file_name)
}

fn by_content(start: &[u8], file_name: &str) -> Result<Kind, FileError> {
    if start.is_empty() {
        return Err(FileError::Empty);
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Workbook(Container::Zip));
    }
    if start.starts_with(b"{\"litper_paste\":") {
        return Ok(Kind::Paste);
    }
    if start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        // The same container holds new workbooks under a password: what is inside tells them apart.
        return Ok(Kind::Workbook(Container::Ole));
    }
    if start.starts_with(b"%PDF") {
        return Err(unreadable("pdf"));
    }
    if looks_like_markup(start) {
        return Err(unreadable("html"));
    }
    match extension(file_name).as_str() {
        // Text under a spreadsheet's name is common: other programs export tabs as ".xls".
        "" | "csv" | "txt" | "tsv" | "xls" | "xlsx" | "xlsm" => Ok(Kind::Text),
        other => Err(unreadable(&format!("extension:{other}"))),
    }
}

fn looks_like_markup(start: &[u8]) -> bool {
    const OPENINGS: [&str; 9] =
        ["<html", "<!doctype", "<table", "<?xml", "<head", "<meta", "<style", "<body", "<!--"];
    let text = String::from_utf8_lossy(start).replace('\0', "").to_ascii_lowercase();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{fffd}'));
    OPENINGS.iter().any(|opening| text.starts_with(opening))
}

fn extension(file_name: &str) -> String {
    let extension = Path::new(file_name).extension().and_then(|extension| extension.to_str()).unwrap_or("");
    extension.chars().filter(char::is_ascii_alphanumeric).take(10).collect::<String>().to_ascii_lowercase()
}

fn unreadable(detail: &str) -> FileError {
    FileError::Unreadable { detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(start: &[u8], name: &str) -> String {
        match by_content(start, name) {
            Err(FileError::Unreadable { detail }) => detail,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn content_decides_and_the_name_helps() {
        let ole = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0];
        assert_eq!(by_content(b"PK\x03\x04...", "datos.csv"), Ok(Kind::Workbook(Container::Zip)));
        assert_eq!(by_content(b"guia;estado", "datos.CSV"), Ok(Kind::Text));
        assert_eq!(by_content(b"guia\testado", "datos.xls"), Ok(Kind::Text));
        assert_eq!(by_content(b"guia;estado", "datos"), Ok(Kind::Text));
        assert_eq!(by_content(b"", "datos.csv"), Err(FileError::Empty));
        assert_eq!(by_content(&ole, "datos.xls"), Ok(Kind::Workbook(Container::Ole)));
        assert_eq!(by_content(&ole, "datos.xlsx"), Ok(Kind::Workbook(Container::Ole)));
        assert_eq!(detail(b"\xEF\xBB\xBF \r\n<HTML><table>", "datos.xls"), "html");
        assert_eq!(detail(b"\xFF\xFE<\0t\0a\0b\0l\0e\0>\0", "datos.xls"), "html");
        assert_eq!(detail(b"<?xml version=\"1.0\"?><Workbook>", "datos.xls"), "html");
        assert_eq!(detail(b"%PDF-1.7", "datos.csv"), "pdf");
        assert_eq!(detail(b"{}", "datos.json"), "extension:json");
    }
}
