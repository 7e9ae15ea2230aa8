//! Bytes of a text file: what encoding they are in, and reading them as UTF-8 in bounded pieces.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, WINDOWS_1252};

const CHUNK: usize = 64 * 1024;

/// What one pass over the bytes learned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    encoding: &'static Encoding,
    bom_len: u64,
    /// Holds a byte that no text holds.
    pub(crate) binary: bool,
    /// Lines end in `\r\n`.
    pub(crate) crlf: bool,
    /// Lines, not counting line ends inside quotes. An estimate: a stray quote upsets it.
    pub(crate) lines: u64,
    /// The last line is not ended.
    open_end: bool,
}

impl Profile {
    /// Reads the file once, without keeping it.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut start = [0; 4];
        let len = read_full(&mut file, &mut start)?;
        let (encoding, bom_len) = Encoding::for_bom(&start[..len]).unwrap_or((UTF_8, 0));
        file.seek(SeekFrom::Start(bom_len as u64))?;
        let mut pass = Pass::new(encoding != UTF_8);
        let mut buffer = vec![0; CHUNK];
        let mut kept = 0;
        loop {
            let read = file.read(&mut buffer[kept..])?;
            if read == 0 {
                pass.valid_utf8 &= kept == 0;
                break;
            }
            pass.look(&buffer[kept..kept + read]);
            kept = pass.keep_broken_tail(&mut buffer, kept + read);
        }
        // Bytes that are no UTF-8 are Latin-1 in its Windows form, the only other one seen in the field.
        let encoding = if encoding == UTF_8 && !pass.valid_utf8 { WINDOWS_1252 } else { encoding };
        Ok(Self {
            encoding,
            bom_len: bom_len as u64,
            binary: pass.binary,
            crlf: pass.crlf.unwrap_or(false),
            lines: pass.lines + u64::from(pass.last != b'\n'),
            open_end: pass.last != b'\n',
        })
    }

    /// Opens the text as UTF-8, after the byte order mark.
    pub(crate) fn open(&self, path: &Path, budget: u64) -> io::Result<Budgeted<TextReader>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.bom_len))?;
        let reader = if self.encoding == UTF_8 {
            TextReader::Utf8(file)
        } else {
            TextReader::Other(Box::new(Transcoder::new(file, self.encoding)))
        };
        Ok(Budgeted::new(reader, budget))
    }

    /// Whether the file ends inside a line.
    pub(crate) fn open_end(&self) -> bool {
        self.open_end
    }
}

/// The running state of [`Profile::of`].
struct Pass {
    /// UTF-16: zero bytes are expected and UTF-8 is not.
    wide: bool,
    valid_utf8: bool,
    binary: bool,
    quoted: bool,
    crlf: Option<bool>,
    lines: u64,
    last: u8,
}

impl Pass {
    fn new(wide: bool) -> Self {
        Self { wide, valid_utf8: !wide, binary: false, quoted: false, crlf: None, lines: 0, last: b'\n' }
    }

    fn look(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'"' => self.quoted = !self.quoted,
                b'\n' => {
                    self.lines += u64::from(!self.quoted);
                    self.crlf.get_or_insert(self.last == b'\r');
                }
                0 if !self.wide => self.binary = true,
                _ => {}
            }
            if byte != 0 {
                self.last = byte;
            }
        }
    }

    /// Checks the first `len` bytes as UTF-8 and moves a letter cut in two to the front.
    fn keep_broken_tail(&mut self, buffer: &mut [u8], len: usize) -> usize {
        if !self.valid_utf8 {
            return 0;
        }
        match std::str::from_utf8(&buffer[..len]) {
            Ok(_) => 0,
            Err(error) if error.error_len().is_none() => {
                let valid = error.valid_up_to();
                buffer.copy_within(valid..len, 0);
                len - valid
            }
            Err(_) => {
                self.valid_utf8 = false;
                0
            }
        }
    }
}

/// The file's text as UTF-8.
pub(crate) enum TextReader {
    Utf8(File),
    Other(Box<Transcoder<File>>),
}

impl Read for TextReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(file) => file.read(out),
            Self::Other(transcoder) => transcoder.read(out),
        }
    }
}

/// Turns another encoding into UTF-8 while reading.
pub(crate) struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    start: usize,
    end: usize,
    done: bool,
}

impl<R: Read> Transcoder<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { inner, decoder, input: vec![0; CHUNK], start: 0, end: 0, done: false }
    }
}

impl<R: Read> Read for Transcoder<R> {
    /// `out` must hold at least one letter (4 bytes); the CSV reader gives far more.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.start == self.end && !self.done {
                self.start = 0;
                self.end = self.inner.read(&mut self.input)?;
                self.done = self.end == 0;
            }
            let source = &self.input[self.start..self.end];
            let (result, read, written, _) = self.decoder.decode_to_utf8(source, out, self.done);
            self.start += read;
            let finished = self.done && result == CoderResult::InputEmpty;
            if written > 0 || finished || out.len() < 4 {
                return Ok(written);
            }
        }
    }
}

/// Gives at most `budget` bytes between two calls of [`Self::renew`], so that a parser that collects a whole
/// record cannot collect more than that.
pub(crate) struct Budgeted<R> {
    inner: R,
    budget: u64,
    left: u64,
}

impl<R> Budgeted<R> {
    pub(crate) fn new(inner: R, budget: u64) -> Self {
        Self { inner, budget, left: budget }
    }

    pub(crate) fn renew(&mut self) {
        self.left = self.budget;
    }
}

impl<R: Read> Read for Budgeted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "budget"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let read = self.inner.read(&mut out[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Budgeted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Fills `buffer` as far as the input goes.
pub(crate) fn read_full(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read(&mut buffer[len..])? {
            0 => break,
            read => len += read,
        }
    }
    Ok(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(bytes: &[u8]) -> (Profile, String) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let profile = Profile::of(file.path()).unwrap();
        let mut text = String::new();
        profile.open(file.path(), u64::MAX).unwrap().read_to_string(&mut text).unwrap();
        (profile, text)
    }

    #[test]
    fn encodings() {
        let utf16 = |little: bool| -> Vec<u8> {
            let units = "\u{feff}guía;ñ\n".encode_utf16();
            units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
        };
        assert_eq!(through("guía;ñ\n".as_bytes()).1, "guía;ñ\n");
        assert_eq!(through("\u{feff}guía;ñ\n".as_bytes()).1, "guía;ñ\n");
        assert_eq!(through(b"gu\xEDa;\xF1 \x80\n").1, "guía;ñ €\n");
        assert_eq!(through(&utf16(true)).1, "guía;ñ\n");
        assert_eq!(through(&utf16(false)).1, "guía;ñ\n");
        assert!(!through(&utf16(true)).0.binary);
        assert!(through(b"a\0b").0.binary);
    }

    #[test]
    fn a_letter_cut_by_the_chunk_border_is_no_latin_1() {
        for shift in 0..3 {
            let text = format!("{}{}", "x".repeat(CHUNK - 1 - shift), "ñé€".repeat(50_000));
            assert_eq!(through(text.as_bytes()).1, text);
        }
        let cut = through(b"abc\xC3");
        assert_eq!(cut.1, "abcÃ");
    }

    #[test]
    fn long_latin_1_comes_through_whole() {
        let bytes = b"\xE1\xE9 ".repeat(100_000);
        assert_eq!(through(&bytes).1, "áé ".repeat(100_000));
    }

    #[test]
    fn lines() {
        let lines = |text: &str| through(text.as_bytes()).0.lines;
        assert_eq!(lines("a\nb\n"), 2);
        assert_eq!(lines("a\nb"), 2);
        assert_eq!(lines("a\r\n\"b\nb\"\r\n"), 2);
        assert_eq!(lines(""), 0);
        assert!(through(b"a\r\nb").0.crlf && !through(b"a\nb\r\n").0.crlf);
    }

    #[test]
    fn the_budget_ends_a_long_record() {
        let mut reader = Budgeted::new(io::repeat(b'x'), 10);
        let mut buffer = [0; 8];
        assert_eq!(reader.read(&mut buffer).unwrap(), 8);
        assert_eq!(reader.read(&mut buffer).unwrap(), 2);
        assert!(reader.read(&mut buffer).is_err());
        reader.renew();
        assert_eq!(reader.read(&mut buffer).unwrap(), 8);
    }
}
