//! What a workbook may cost, checked before anything of it is kept.
//!
//! The workbook reader (calamine) offers no limits: it trusts the archive, collects every shared string and
//! keeps one XML item (a tag, a text, a cell) in memory however long it is. So each entry is first inflated
//! into nothing, in pieces, while this module counts. What it makes sure of:
//! - all entries inflated, and each entry against its compressed size, by bytes really seen;
//! - no tag, text, comment or cell longer than [`ITEM_PER_CELL`] times the cell limit;
//! - shared strings: at most [`MAX_STRINGS`] and [`MAX_STRING_BYTES`], and no claim to hold more;
//! - every other part of the workbook (styles, relations): at most [`MAX_PART_BYTES`] and [`MAX_PART_TAGS`].
//!
//! Left to the total alone: a part that quick-xml and this scanner would cut into items differently.

use std::fs::File;
use std::io::{BufReader, Read};

use ports::files::{FileError, Limits};
use zip::ZipArchive;
use zip::read::ZipFile;

const MAX_ENTRIES: usize = 4096;
/// Small entries compress as they like.
const RATIO_COUNTS_FROM: u64 = 1024 * 1024;
/// An item of XML may be this many times as long as a cell's text: escapes and formatting runs take room.
const ITEM_PER_CELL: u64 = 16;
/// The same for entries that are no XML and that nobody should read as such.
const MAX_BINARY_ITEM: u64 = 8 * 1024 * 1024;
const MAX_STRINGS: u64 = 3_000_000;
const MAX_STRING_BYTES: u64 = 256 * 1024 * 1024;
const MAX_PART_BYTES: u64 = 16 * 1024 * 1024;
const MAX_PART_TAGS: u64 = 1_000_000;

/// Inflates every entry once and refuses the archive if it goes beyond a limit; answers how large it is inflated, in
/// bytes.
pub(crate) fn check(file: File, limits: &Limits) -> Result<u64, FileError> {
    let size = file.metadata().map_err(|error| unreadable(&format!("io:{}", error.kind())))?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| unreadable("zip"))?;
    if archive.len() > MAX_ENTRIES {
        return Err(exceeded("zip_entries", MAX_ENTRIES as u64));
    }
    let mut workbook = false;
    let mut left = limits.max_unzipped_bytes;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| unreadable("zip_entry"))?;
        let name = entry.name().map_err(|_| unreadable("zip_entry"))?.to_ascii_lowercase();
        workbook |= name == "[content_types].xml";
        left = check_entry(entry, &name, size, left, limits)?;
    }
    if workbook { Ok(limits.max_unzipped_bytes - left) } else { Err(unreadable("zip_without_workbook")) }
}

/// Returns what is left of the total.
fn check_entry(
    mut entry: ZipFile<'_, BufReader<File>>,
    name: &str,
    file_size: u64,
    left: u64,
    limits: &Limits,
) -> Result<u64, FileError> {
    // The directory may lie about both sizes; an honest one saves the inflating.
    let most = entry.compressed_size().min(file_size).max(1).saturating_mul(limits.max_zip_ratio);
    let within = |inflated: u64| {
        if inflated > left {
            return Err(exceeded("unzipped_bytes", limits.max_unzipped_bytes));
        }
        if inflated > RATIO_COUNTS_FROM && inflated > most {
            return Err(exceeded("zip_ratio", limits.max_zip_ratio));
        }
        Ok(())
    };
    within(entry.size())?;
    let is_xml = matches!(name.rsplit_once('.'), Some((_, "xml" | "rels")));
    let item = limits.max_cell_bytes as u64 * ITEM_PER_CELL;
    let mut scanner = Scanner::new(if is_xml { item } else { MAX_BINARY_ITEM }, is_xml);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = entry.read(&mut buffer).map_err(|_| unreadable("zip_entry"))?;
        if read == 0 {
            return Ok(left - scanner.at);
        }
        within(scanner.at + read as u64)?;
        scanner.feed(&buffer[..read])?;
    }
}

/// Where in the XML the scanner stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Text,
    /// `<` and the name so far.
    Name,
    /// In a tag, after its name; the quote that an attribute's value began with.
    Tag(Option<u8>),
    /// `<!` and what follows: a comment, CDATA or a declaration, told apart by their ends.
    Bang,
    Comment,
    Cdata,
    /// `<?`.
    Instruction,
}

/// Cuts XML into items as quick-xml does, keeping only their lengths.
struct Scanner {
    state: State,
    /// Bytes seen.
    at: u64,
    item_start: u64,
    item_limit: u64,
    /// Start of the cell or shared string that is open.
    value_start: Option<u64>,
    /// The last bytes of what matters now: the name, or the end of a comment.
    recent: Vec<u8>,
    /// The opening tag of the shared strings, which says how many there are.
    strings_tag: Option<Vec<u8>>,
    root: Root,
    is_xml: bool,
    tags: u64,
    strings: u64,
}

/// What kind of part the first tag announces.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Root {
    Unknown,
    Worksheet,
    Strings,
    Other,
}

impl Scanner {
    fn new(item_limit: u64, is_xml: bool) -> Self {
        Self {
            state: State::Text,
            at: 0,
            item_start: 0,
            item_limit,
            value_start: None,
            recent: Vec::with_capacity(32),
            strings_tag: None,
            root: Root::Unknown,
            is_xml,
            tags: 0,
            strings: 0,
        }
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        if self.at == 0
            && self.is_xml
            && (bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]))
        {
            return Err(unreadable("xml_encoding"));
        }
        let mut rest = bytes;
        while let Some(&byte) = rest.first() {
            // Most bytes are inside a text or a tag: pass over them at once.
            let skip = match self.state {
                State::Text => rest.iter().position(|&b| b == b'<'),
                State::Tag(None) if self.strings_tag.is_none() => {
                    rest.iter().position(|&b| matches!(b, b'>' | b'"' | b'\''))
                }
                State::Tag(Some(quote)) if self.strings_tag.is_none() => {
                    rest.iter().position(|&b| b == quote)
                }
                State::Name
                | State::Tag(_)
                | State::Bang
                | State::Comment
                | State::Cdata
                | State::Instruction => Some(0),
            };
            let skip = skip.unwrap_or(rest.len());
            if skip > 0 {
                self.at += skip as u64;
                rest = &rest[skip..];
            } else {
                self.step(byte)?;
                self.at += 1;
                rest = &rest[1..];
            }
            if self.at - self.item_start > self.item_limit {
                return Err(exceeded("xml_item", self.item_limit));
            }
        }
        self.check_part()
    }

    fn step(&mut self, byte: u8) -> Result<(), FileError> {
        if let Some(tag) = &mut self.strings_tag {
            tag.push(byte);
        }
        match self.state {
            State::Text => self.begin(State::Name),
            State::Name => return self.name(byte),
            State::Tag(None) if byte == b'>' => return self.end_tag(),
            State::Tag(None) => {
                if matches!(byte, b'"' | b'\'') {
                    self.state = State::Tag(Some(byte));
                }
            }
            State::Tag(Some(quote)) => {
                if byte == quote {
                    self.state = State::Tag(None);
                }
            }
            State::Bang => {
                self.recent.push(byte);
                match self.recent.as_slice() {
                    b"--" => self.begin_long(State::Comment),
                    b"[CDATA[" => self.begin_long(State::Cdata),
                    prefix if b"--".starts_with(prefix) || b"[CDATA[".starts_with(prefix) => {}
                    // Two bytes of a picture, say.
                    _ if !self.is_xml => self.begin(State::Text),
                    // A declaration: no program that writes workbooks needs one.
                    _ => return Err(unreadable("xml_declaration")),
                }
            }
            State::Comment => self.until(byte, b"-->"),
            State::Cdata => self.until(byte, b"]]>"),
            State::Instruction => self.until(byte, b"?>"),
        }
        Ok(())
    }

    /// A byte of a tag's name, or the one after it.
    fn name(&mut self, byte: u8) -> Result<(), FileError> {
        match (byte, self.recent.is_empty()) {
            (b'!', true) => self.state = State::Bang,
            (b'?', true) => self.begin_long(State::Instruction),
            (b'>', _) => {
                self.named();
                return self.end_tag();
            }
            (b' ' | b'\t' | b'\r' | b'\n', _) => {
                self.named();
                self.state = State::Tag(None);
            }
            // A prefix says nothing, and names longer than any we know need not be kept.
            (b':', _) => self.recent.retain(|&b| b == b'/'),
            _ if self.recent.len() < 16 => self.recent.push(byte),
            _ => {}
        }
        Ok(())
    }

    /// The tag's name is complete.
    fn named(&mut self) {
        self.tags += 1;
        let name = self.recent.strip_suffix(b"/").unwrap_or(&self.recent);
        match name {
            b"c" => self.value_start = Some(self.at),
            b"si" => {
                self.value_start = Some(self.at);
                self.strings += 1;
            }
            b"/c" | b"/si" | b"row" | b"/row" | b"/sheetData" | b"/sst" => self.value_start = None,
            b"sst" => self.strings_tag = Some(Vec::new()),
            _ => {}
        }
        if self.root == Root::Unknown {
            self.root = match name {
                b"worksheet" => Root::Worksheet,
                b"sst" => Root::Strings,
                _ => Root::Other,
            };
        }
    }

    fn end_tag(&mut self) -> Result<(), FileError> {
        if let Some(tag) = self.strings_tag.take()
            && claimed_strings(&tag).is_none_or(|count| count > MAX_STRINGS)
        {
            return Err(exceeded("shared_strings", MAX_STRINGS));
        }
        if self.value_start.is_some_and(|start| self.at - start > self.item_limit) {
            return Err(exceeded("cell", self.item_limit));
        }
        self.begin(State::Text);
        // The next item starts after this byte.
        self.item_start += 1;
        Ok(())
    }

    fn begin(&mut self, state: State) {
        self.state = state;
        self.item_start = self.at;
        self.recent.clear();
    }

    fn begin_long(&mut self, state: State) {
        self.state = state;
        self.recent.clear();
    }

    fn until(&mut self, byte: u8, end: &[u8]) {
        self.recent.push(byte);
        if self.recent.ends_with(end) {
            self.begin(State::Text);
        } else if self.recent.len() >= end.len() {
            self.recent.remove(0);
        }
    }

    fn check_part(&self) -> Result<(), FileError> {
        if self.strings > MAX_STRINGS {
            return Err(exceeded("shared_strings", MAX_STRINGS));
        }
        let (bytes, tags) = match self.root {
            Root::Strings => (MAX_STRING_BYTES, u64::MAX),
            Root::Other | Root::Unknown if self.is_xml => (MAX_PART_BYTES, MAX_PART_TAGS),
            Root::Worksheet | Root::Other | Root::Unknown => (u64::MAX, u64::MAX),
        };
        if self.at > bytes {
            return Err(exceeded("xml_part", bytes));
        }
        if self.tags > tags { Err(exceeded("xml_tags", tags)) } else { Ok(()) }
    }
}

/// The number behind `uniqueCount` in the rest of the `<sst …>` tag; 0 without one, `None` if absurd.
fn claimed_strings(tag: &[u8]) -> Option<u64> {
    const WORD: &[u8] = b"uniqueCount";
    let Some(at) = tag.windows(WORD.len()).position(|window| window == WORD) else { return Some(0) };
    let value = tag[at + WORD.len()..].iter().skip_while(|b| !b.is_ascii_digit());
    let digits: Vec<u8> = value.take_while(|b| b.is_ascii_digit()).copied().take(20).collect();
    if digits.is_empty() {
        return Some(0);
    }
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

fn unreadable(detail: &str) -> FileError {
    FileError::Unreadable { detail: detail.to_owned() }
}

fn exceeded(what: &str, limit: u64) -> FileError {
    FileError::LimitExceeded { detail: format!("{what}:{limit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: u64 = 100;

    /// Fed whole and byte by byte: both must agree.
    fn scan(xml: &str) -> Result<(), String> {
        let feed = |piece: usize| {
            let mut scanner = Scanner::new(ITEM, true);
            xml.as_bytes().chunks(piece).try_for_each(|bytes| scanner.feed(bytes))
        };
        let (whole, bytewise) = (feed(xml.len().max(1)), feed(1));
        assert_eq!(whole, bytewise, "{xml}");
        whole.map_err(|error| error.to_string())
    }

    fn long(len: usize) -> String {
        "x".repeat(len)
    }

    #[test]
    fn ordinary_parts_pass() {
        let cell = format!("<c r=\"A1\" t='s'><v>{}</v></c>", long(40));
        let sheet = format!("<?xml version=\"1.0\"?>\n<worksheet><sheetData>{}</sheetData>", cell.repeat(50));
        assert_eq!(scan(&sheet), Ok(()));
        assert_eq!(scan("<x:sst uniqueCount=\"2\"><x:si><x:t>a</x:t></x:si><x:si/></x:sst>"), Ok(()));
        assert_eq!(scan("<a b=\"1 > 2\"/><!-- <c> --><t><![CDATA[a<b]]></t>"), Ok(()));
    }

    #[test]
    fn long_items_of_every_kind_are_refused() {
        let item = Err("limit exceeded: xml_item:100".to_owned());
        let x = long(120);
        for xml in [
            format!("<t>{x}</t>"),
            format!("<t a=\"{x}\">"),
            format!("<t a=\"{}\">", "<>".repeat(60)),
            format!("<!--{}-->", "<>".repeat(60)),
            format!("<t><![CDATA[{}]]></t>", "<c>".repeat(50)),
            format!("<?{}?>", "<>".repeat(60)),
            format!("<{x}>"),
        ] {
            assert_eq!(scan(&xml), item, "{xml}");
        }
    }

    #[test]
    fn a_cell_of_many_runs_is_one_value() {
        let runs = "<r><t>xx</t></r>".repeat(20);
        let cell = Err("limit exceeded: cell:100".to_owned());
        assert_eq!(scan(&format!("<worksheet><c t=\"inlineStr\"><is>{runs}</is></c>")), cell);
        assert_eq!(scan(&format!("<sst><si>{runs}</si></sst>")), cell);
        // After the last cell of a sheet anything may follow.
        let after = format!("<worksheet><sheetData><row><c/></row></sheetData>{}", "<merge/>".repeat(50));
        assert_eq!(scan(&after), Ok(()));
    }

    #[test]
    fn promises_and_declarations() {
        assert!(scan("<sst uniqueCount=\"99999999999999\">").is_err());
        assert!(scan("<sst uniqueCount = '3000001'>").is_err());
        assert!(scan("<sst count=\"5\" uniqueCount=\"3000000\">").is_ok());
        assert!(scan("<sst uniqueCount=\"\">").is_ok());
        assert!(scan("<!DOCTYPE a [<!ENTITY b \"c\">]>").is_err());
    }

    #[test]
    fn other_parts_are_small() {
        let mut scanner = Scanner::new(ITEM, true);
        let tags = b"<xf/>".repeat(100_000);
        let refused = (0..20).find_map(|_| scanner.feed(&tags).err());
        assert_eq!(refused, Some(exceeded("xml_tags", MAX_PART_TAGS)));
    }
}
