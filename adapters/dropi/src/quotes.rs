//! Quotes that open a cell and belong to no cell: nothing closes them, or only a quote of a later row.
//!
//! Taken at its word, such a quote makes one cell of all the rows up to the next quote. So a cell that runs over
//! the end of its line is looked at before it is given out: when the lines it would swallow are rows, its quote
//! becomes a blank, the lines stay rows, and the place is remembered.

use std::collections::VecDeque;
use std::io::{self, Read};

const CHUNK: usize = 64 * 1024;

/// A quote that was made a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stray {
    /// Its place in the text, in bytes.
    at: u64,
    /// The cell it opens, from 0.
    pub(crate) cell: usize,
}

/// Text of cells in UTF-8, with stray quotes made blanks.
pub(crate) struct Quotes<R> {
    inner: R,
    delimiter: u8,
    /// Delimiters of the header. Without it a cell that is closed at all is believed.
    width: Option<usize>,
    /// A cell that is longer, in bytes, is no cell: nothing further is waited for.
    most: usize,
    buffer: Vec<u8>,
    /// Where the buffer begins in the text.
    before: u64,
    /// The buffer up to here was given out; what follows may be up to `sure`; and `seen` is how far it was read.
    given: usize,
    sure: usize,
    seen: usize,
    state: State,
    /// Cells of the record before the one at `seen`.
    cells: usize,
    /// The quote of the cell at `seen`.
    open: usize,
    /// The cell at `seen` holds the end of a line.
    broken: bool,
    /// The cell at `seen` is longer than any and is no longer held back.
    endless: bool,
    ended: bool,
    strays: VecDeque<Stray>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Start,
    Plain,
    Quoted,
    /// Behind a quote that closes its cell, unless another follows.
    Closed,
}

impl<R: Read> Quotes<R> {
    pub(crate) fn new(inner: R, delimiter: u8, width: Option<usize>, most: usize) -> Self {
        Self {
            inner,
            delimiter,
            width: width.filter(|&width| width > 0),
            most,
            buffer: Vec::new(),
            before: 0,
            given: 0,
            sure: 0,
            seen: 0,
            state: State::Start,
            cells: 0,
            open: 0,
            broken: false,
            endless: false,
            ended: false,
            strays: VecDeque::new(),
        }
    }

    /// The first stray quote before `end` (in bytes of the text); those before it are forgotten.
    pub(crate) fn stray_before(&mut self, end: u64) -> Option<Stray> {
        let mut first = None;
        while let Some(stray) = self.strays.pop_front_if(|stray| stray.at < end) {
            first.get_or_insert(stray);
        }
        first
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.given);
        self.before += self.given as u64;
        self.sure -= self.given;
        self.seen -= self.given;
        self.open = self.open.saturating_sub(self.given);
        self.given = 0;
        let held = self.buffer.len();
        self.buffer.resize(held + CHUNK, 0);
        let read = self.inner.read(&mut self.buffer[held..]);
        self.buffer.truncate(held + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        self.scan();
        Ok(())
    }

    /// Reads on as far as it is certain what the bytes are.
    fn scan(&mut self) {
        while self.seen < self.buffer.len() {
            let byte = self.buffer[self.seen];
            match self.state {
                State::Start if byte == b'"' => {
                    (self.state, self.open) = (State::Quoted, self.seen);
                    (self.broken, self.endless) = (false, false);
                }
                State::Quoted if !self.endless && self.seen - self.open >= self.most => {
                    if self.broken && self.holds_a_row() {
                        self.make_blank();
                    } else {
                        self.endless = true;
                    }
                    continue;
                }
                State::Quoted if byte == b'"' => self.state = State::Closed,
                State::Quoted => self.broken |= is_line_end(byte),
                State::Closed if byte == b'"' => self.state = State::Quoted,
                State::Closed if self.broken && !self.endless => match self.verdict() {
                    None => break,
                    Some(true) => {
                        self.make_blank();
                        continue;
                    }
                    Some(false) => self.pass(byte),
                },
                State::Start | State::Plain | State::Closed => self.pass(byte),
            }
            self.seen += 1;
        }
        self.settle();
    }

    /// A byte outside quotes.
    fn pass(&mut self, byte: u8) {
        self.state = State::Start;
        self.broken = false;
        if byte == self.delimiter {
            self.cells += 1;
        } else if is_line_end(byte) {
            self.cells = 0;
        } else {
            self.state = State::Plain;
        }
    }

    /// Says how much may be given out, once all there is was read.
    fn settle(&mut self) {
        let held = matches!(self.state, State::Quoted | State::Closed) && !self.endless;
        self.sure = if held && !self.ended { self.open } else { self.seen };
        if !held || !self.ended {
            return;
        }
        if self.state == State::Quoted || (self.broken && self.verdict() == Some(true)) {
            self.make_blank();
            self.scan();
        }
    }

    fn make_blank(&mut self) {
        self.buffer[self.open] = b' ';
        self.strays.push_back(Stray { at: self.before + self.open as u64, cell: self.cells });
        (self.state, self.seen) = (State::Plain, self.open + 1);
    }

    /// Whether the cell that was closed just before `seen` swallowed rows; none until its line is there.
    fn verdict(&self) -> Option<bool> {
        let Some(width) = self.width else { return Some(false) };
        let end = self.buffer.len().min(self.open + 2 * self.most);
        let rest = &self.buffer[self.seen..end.max(self.seen)];
        let line = rest.iter().position(|&byte| is_line_end(byte));
        if line.is_none() && !self.ended && end == self.buffer.len() {
            return None;
        }
        let rest = &rest[..line.unwrap_or(rest.len())];
        let proper = rest.first().is_none_or(|&byte| byte == self.delimiter);
        let joined = self.cells + self.delimiters(rest);
        let mut lines = self.lines(self.seen + rest.len());
        // What makes a record as it stands must be all rows to be taken for rows.
        Some(if proper && joined >= width {
            lines.all(|count| count >= width)
        } else {
            lines.skip(1).any(|count| count >= width)
        })
    }

    /// Whether a line of the open cell, after its first, is a row.
    fn holds_a_row(&self) -> bool {
        self.width.is_none_or(|width| self.lines(self.seen).skip(1).any(|count| count >= width))
    }

    /// Delimiters of each line from the open cell's quote on, were the quote none. Empty lines say nothing.
    fn lines(&self, end: usize) -> impl Iterator<Item = usize> {
        let lines = self.buffer[self.open + 1..end].split(|&byte| is_line_end(byte));
        let counts = lines.enumerate().filter(|(at, line)| *at == 0 || !line.is_empty());
        counts.map(|(at, line)| if at == 0 { self.cells } else { 0 } + self.delimiters(line))
    }

    /// Delimiters of a line that stand outside quotes; all of them when it leaves a quote open.
    fn delimiters(&self, line: &[u8]) -> usize {
        let mut state = State::Start;
        let (mut outside, mut all) = (0, 0);
        for &byte in line {
            let delimits = byte == self.delimiter;
            all += usize::from(delimits);
            state = match state {
                State::Start | State::Closed if byte == b'"' => State::Quoted,
                State::Quoted if byte == b'"' => State::Closed,
                State::Quoted => State::Quoted,
                State::Start | State::Plain | State::Closed => {
                    outside += usize::from(delimits);
                    if delimits { State::Start } else { State::Plain }
                }
            };
        }
        if state == State::Quoted { all } else { outside }
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.sure && !self.ended {
            self.fill()?;
        }
        let rest = &self.buffer[self.given..self.sure];
        let len = rest.len().min(out.len());
        out[..len].copy_from_slice(&rest[..len]);
        self.given += len;
        Ok(len)
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One byte at a time, the worst that a file can do.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Some((&first, rest)) = self.0.split_first() else { return Ok(0) };
            (out[0], self.0) = (first, rest);
            Ok(1)
        }
    }

    fn mended(text: &str, width: Option<usize>, most: usize) -> (String, Vec<(u64, usize)>) {
        let through = |reader: &mut dyn Read| {
            let mut quotes = Quotes::new(reader, b',', width, most);
            let mut out = String::new();
            quotes.read_to_string(&mut out).unwrap();
            let strays: Vec<(u64, usize)> = std::iter::from_fn(|| quotes.strays.pop_front())
                .map(|stray| (stray.at, stray.cell))
                .collect();
            (out, strays)
        };
        let whole = through(&mut text.as_bytes());
        assert_eq!(through(&mut Drip(text.as_bytes())), whole);
        whole
    }

    #[test]
    fn a_quote_that_swallows_rows_becomes_a_blank() {
        for (text, at) in [
            // Up to the end of the file.
            ("1,\"a,x,y\n2,b,x,y\n3,c,x,y\n", 2),
            ("1,\"a,x,y", 2),
            // Up to a quote of a later row, which opens a cell or stands in one.
            ("1,\"a,x,y\n2,b,x,y\n3,\"bien\",x,y\n", 2),
            ("1,\"a,x,y\r\n2,b,x,y\r\n3,\"bien, y\",x,y\r\n", 2),
            ("1,\"a,x,y\n2,TV 32\",x,y\n", 2),
            ("1,\"a,x,y\n2,b\n3,\"bien\",x,y\n", 2),
        ] {
            let blank = text.replacen('"', " ", 1);
            assert_eq!(mended(text, Some(3), 1000), (blank, vec![(at, 1)]), "{text}");
        }
    }

    #[test]
    fn each_stray_quote_is_found() {
        let (text, strays) = mended("1,\"a,x,y\n2,\"b,x,y\n3,c,x,y\n4,d,\"x\n", Some(3), 1000);
        assert_eq!(text, "1, a,x,y\n2, b,x,y\n3,c,x,y\n4,d, x\n");
        assert_eq!(strays, [(2, 1), (11, 1), (30, 2)]);
    }

    #[test]
    fn cells_of_several_lines_stay_as_they_are() {
        for text in [
            "1,\"CALLE 1\nAPTO 2\",x,y\n2,b,x,y\n",
            "1,\"CALLE 1, TORRE 2\nAPTO 2, CALI\",x,y\n2,b,x,y\n",
            "1,\"a\nb\",\"c\r\n\r\nd\",y\n",
            "1,2,x,\"dijo \"\"no\"\"\notra\"\n2,b,x,y\n",
            "1,\"CALLE\nAPTO \"B\" INT\",x,y\n",
            "\"1\n\",b,x,\"\"\n",
            "1,TV 32\",x,\"y\"\n",
        ] {
            assert_eq!(mended(text, Some(3), 1000), (text.to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn no_more_is_held_back_than_a_cell_may_be_long() {
        let rows = "2,b,x,y\n".repeat(100);
        let (text, strays) = mended(&format!("1,\"a,x,y\n{rows}3,\"bien\",x,y\n"), Some(3), 64);
        assert_eq!((strays, text.matches('"').count()), (vec![(2, 1)], 2));
        // A long cell is left to whoever counts its bytes.
        let long = format!("1,\"{}\",x,y\n2,\"b\nc\",x,y\n", "palabra\n".repeat(100));
        assert_eq!(mended(&long, Some(3), 64), (long, vec![]));
    }

    #[test]
    fn without_a_header_only_what_is_never_closed_is_stray() {
        let text = "1,\"a,x,y\n2,b,x,y\n3,\"bien\",x,y\n";
        assert_eq!(mended(text, None, 1000).1, []);
        assert_eq!(mended("1,\"a,x,y\n2,b,x,y\n", None, 1000).1, [(2, 1)]);
    }

    proptest! {
        #[test]
        fn nothing_but_quotes_is_ever_changed(text in "[a,\"\n\r]{0,60}", width in prop::option::of(0_usize..4), most in 1_usize..40) {
            let (out, strays) = mended(&text, width, most);
            prop_assert_eq!(out.len(), text.len());
            let changed: Vec<u64> = text.bytes().zip(out.bytes()).zip(0..).filter(|((a, b), _)| a != b).map(|(_, at)| at).collect();
            for ((before, after), _) in text.bytes().zip(out.bytes()).zip(0..).filter(|((a, b), _): &((u8, u8), u64)| a != b) {
                prop_assert_eq!((before, after), (b'"', b' '));
            }
            prop_assert_eq!(changed, strays.into_iter().map(|(at, _)| at).collect::<Vec<u64>>());
        }
    }
}
