//! Bytes of a text file: what encoding they are in, and reading them as UTF-8 in bounded pieces.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{Decoder, Encoding, UTF_8, WINDOWS_1252};

const CHUNK: usize = 64 * 1024;

/// What one pass over the bytes learned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    encoding: &'static Encoding,
    bom_len: u64,
    /// Too many bytes that no text holds.
    pub(crate) binary: bool,
    /// Lines end in `\r\n`.
    pub(crate) crlf: bool,
    /// Lines, not counting line ends inside quotes. An estimate: a stray quote upsets it.
    pub(crate) lines: u64,
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
            // Programs leave a zero byte in a text now and then; pictures are full of them.
            binary: !pass.wide && pass.zeros * 1000 > pass.seen,
            crlf: pass.crlf.unwrap_or(false),
            lines: pass.lines + u64::from(pass.last != b'\n'),
        })
    }

    /// Opens the text as UTF-8, after the byte order mark.
    pub(crate) fn open(&self, path: &Path) -> io::Result<TextReader> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.bom_len))?;
        Ok(if self.encoding == UTF_8 {
            TextReader::Utf8(file)
        } else {
            TextReader::Other(Box::new(Transcoder::new(file, self.encoding)))
        })
    }
}

/// The running state of [`Profile::of`].
struct Pass {
    /// UTF-16: zero bytes are expected and UTF-8 is not.
    wide: bool,
    valid_utf8: bool,
    zeros: u64,
    seen: u64,
    quotes: u64,
    crlf: Option<bool>,
    lines: u64,
    last: u8,
}

impl Pass {
    fn new(wide: bool) -> Self {
        Self { wide, valid_utf8: !wide, zeros: 0, seen: 0, quotes: 0, crlf: None, lines: 0, last: b'\n' }
    }

    fn look(&mut self, bytes: &[u8]) {
        self.seen += bytes.len() as u64;
        for &byte in bytes {
            match byte {
                b'"' => self.quotes += 1,
                b'\n' => {
                    self.lines += u64::from(self.quotes.is_multiple_of(2));
                    self.crlf.get_or_insert(self.last == b'\r');
                }
                0 => self.zeros += 1,
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
    /// What of the last chunk has not been given out, as UTF-8.
    output: Vec<u8>,
    given: usize,
    done: bool,
}

impl<R: Read> Transcoder<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { inner, decoder, input: vec![0; CHUNK], output: Vec::new(), given: 0, done: false }
    }

    fn decode_next_chunk(&mut self) -> io::Result<()> {
        let len = self.inner.read(&mut self.input)?;
        self.done = len == 0;
        let most = self.decoder.max_utf8_buffer_length(len).unwrap_or(4 * CHUNK);
        self.output.resize(most, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(&self.input[..len], &mut self.output, self.done);
        self.output.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() && !self.done {
            self.decode_next_chunk()?;
        }
        let rest = &self.output[self.given..];
        let len = rest.len().min(out.len());
        out[..len].copy_from_slice(&rest[..len]);
        self.given += len;
        Ok(len)
    }
}

/// Gives at most `budget` bytes between two calls of [`Self::renew`], so that a parser that collects a whole
/// record cannot collect more than that.
pub(crate) struct Budgeted<R> {
    inner: R,
    budget: u64,
    left: u64,
    ended: bool,
}

impl<R> Budgeted<R> {
    pub(crate) fn new(inner: R, budget: u64) -> Self {
        Self { inner, budget, left: budget, ended: false }
    }

    /// Whether the end of the input was met.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn inner_mut(&mut self) -> &mut R {
        &mut self.inner
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
        self.ended |= read == 0 && !out.is_empty();
        Ok(read)
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
        profile.open(file.path()).unwrap().read_to_string(&mut text).unwrap();
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
        assert!(!through(&[b"a\0b".as_slice(), &b"c,".repeat(1000)].concat()).0.binary);
    }

    #[test]
    fn a_letter_cut_by_the_chunk_border_is_no_latin_1() {
        for shift in 0..3 {
            let text = format!("{}{}", "x".repeat(CHUNK - 1 - shift), "ñé€".repeat(50_000));
            assert!(through(text.as_bytes()).1 == text, "{shift}");
        }
        let cut = through(b"abc\xC3");
        assert_eq!(cut.1, "abcÃ");
    }

    #[test]
    fn long_latin_1_comes_through_whole() {
        let bytes = b"\xE1\xE9 ".repeat(100_000);
        assert!(through(&bytes).1 == "áé ".repeat(100_000));
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
