//! Pages of a list by the keys of the last item seen: the next page is one range of an index, however far
//! down the list it is.

use std::fmt;
use std::str::FromStr;

use domain::Timestamp;
use uuid::Uuid;

/// Most items of a page.
pub const MAX_PAGE: u32 = 200;

/// A page of a list.
#[derive(Debug)]
pub struct Page<T, C> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// Makes a page of what a query for one item more than `limit` answered.
    pub fn cut(mut items: Vec<T>, limit: u32, cursor: impl FnOnce(&T) -> C) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }
}

/// A page size within bounds.
#[must_use]
pub fn page_size(wanted: u32) -> u32 {
    wanted.clamp(1, MAX_PAGE)
}

/// The cursor was not made by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor cannot be read")]
pub struct CursorError;

/// A place in a list that runs from new to old: the moment and the id of its last item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeCursor {
    /// Moment, in microseconds.
    pub at: i64,
    /// Id, where moments are equal.
    pub id: Uuid,
}

impl TimeCursor {
    /// Before the newest item.
    pub const NEWEST: Self = Self { at: i64::MAX, id: Uuid::max() };

    /// After an item.
    #[must_use]
    pub fn after(at: Timestamp, id: impl Into<Uuid>) -> Self {
        Self { at: domain::micros(at), id: id.into() }
    }
}

impl fmt::Display for TimeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.id)
    }
}

impl FromStr for TimeCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, id) = text.split_once('.').ok_or(CursorError)?;
        let at = at.parse().map_err(|_| CursorError)?;
        Ok(Self { at, id: id.parse().map_err(|_| CursorError)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_more_follows() {
        let page = Page::cut(vec![1, 2, 3], 2, |last| *last);
        assert_eq!((page.items, page.next), (vec![1, 2], Some(2)));
        let page = Page::cut(vec![1, 2], 2, |last| *last);
        assert_eq!((page.items, page.next), (vec![1, 2], None));
    }

    #[test]
    fn a_cursor_reads_back() {
        let cursor = TimeCursor { at: -5, id: Uuid::max() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "5", "5.", "x.ffffffff-ffff-ffff-ffff-ffffffffffff", "5.not-an-id"] {
            assert_eq!(bad.parse::<TimeCursor>(), Err(CursorError), "{bad}");
        }
    }
}
