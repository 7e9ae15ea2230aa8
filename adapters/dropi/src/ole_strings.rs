//! How long the shared strings of an old workbook (`.xls`) are, without reading them.

use crate::ole_guard::{u16_at, u32_at};

/// The length of each string, in characters, told apart just as the reader (calamine) tells them apart; none where it
/// would give up. `data` is the record of the strings, `more` those that continue it.
pub(crate) fn shared_lengths(data: &[u8], more: Vec<&[u8]>) -> Option<Vec<u16>> {
    let mut parts = Parts { data: data.get(8..)?, more: more.into_iter() };
    let mut lengths = Vec::new();
    while !parts.data.is_empty() || parts.turn() {
        lengths.push(parts.string()?);
    }
    Some(lengths)
}

/// A record and those that continue it, from left to right.
struct Parts<'a> {
    data: &'a [u8],
    more: std::vec::IntoIter<&'a [u8]>,
}

impl Parts<'_> {
    fn turn(&mut self) -> bool {
        let next = self.more.next();
        let any = next.is_some();
        self.data = next.unwrap_or(self.data);
        any
    }

    /// Passes over a string and what follows of its looks; answers its length.
    fn string(&mut self) -> Option<u16> {
        if self.data.is_empty() {
            return Some(0);
        }
        let (length, flags) = (u16_at(self.data, 0)?, *self.data.get(2)?);
        self.data = self.data.get(3..)?;
        let mut aside = 0_usize;
        if flags & 8 != 0 {
            aside += usize::from(u16_at(self.data, 0)?) * 4;
            self.data = self.data.get(2..)?;
        }
        if flags & 4 != 0 {
            aside = aside.checked_add(u32_at(self.data, 0)? as usize)?;
            self.data = self.data.get(4..)?;
        }
        self.letters(length.into(), flags & 1 != 0)?;
        self.skip(aside)?;
        Some(length)
    }

    /// A part that continues a string says anew whether its letters have two bytes.
    fn letters(&mut self, mut left: usize, mut wide: bool) -> Option<()> {
        while left > 0 {
            let size = 1 + usize::from(wide);
            let here = left.min(self.data.len() / size);
            self.data = self.data.get(here * size..)?;
            left -= here;
            if left > 0 {
                if !self.turn() {
                    return None;
                }
                wide = self.data.first()? & 1 != 0;
                self.data = self.data.get(1..)?;
            }
        }
        Some(())
    }

    fn skip(&mut self, mut left: usize) -> Option<()> {
        while left > 0 {
            if self.data.is_empty() && !self.turn() {
                return None;
            }
            let here = left.min(self.data.len());
            self.data = self.data.get(here..)?;
            left -= here;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(parts in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..64), 0..6
        )) {
            let mut parts = parts.iter().map(Vec::as_slice);
            let _ = shared_lengths(parts.next().unwrap_or_default(), parts.collect());
        }
    }

    #[test]
    fn strings_with_looks_and_strings_that_go_on_are_told_apart() {
        let head = [0_u8; 8];
        let plain = [3, 0, 0, b'a', b'b', b'c'];
        // One run of four bytes and two bytes more, behind two letters of two bytes.
        let rich = [2, 0, 13, 1, 0, 2, 0, 0, 0, b'a', 0, b'b', 0, 9, 9, 9, 9, 9, 9];
        // Four letters, the last two wide and in the next record.
        let begins = [4, 0, 0, b'a', b'b'];
        let goes_on = [1, b'c', 0, b'd', 0, 1, 0, 0, b'z'];
        let data = [&head[..], &plain, &rich, &begins].concat();
        assert_eq!(shared_lengths(&data, vec![&goes_on]), Some(vec![3, 2, 4, 1]));
        assert_eq!(shared_lengths(&data, Vec::new()), None);
        assert_eq!(shared_lengths(&head, Vec::new()), Some(Vec::new()));
    }
}
