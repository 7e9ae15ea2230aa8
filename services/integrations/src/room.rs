//! Memory for bodies that are on their way and prove nothing yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of bodies that may be on their way at once, from their first byte to their commit.
pub const ROOM: usize = 64 * 1024 * 1024;
/// What one account's may take of it. Whoever knows a shop's name can begin bodies for it: others keep their room.
pub const SHARE: usize = ROOM / 8;
/// Room is given in pieces of this many bytes.
const PIECE: usize = 1024;

type Held = Mutex<HashMap<(&'static str, String), usize>>;

/// The room of a process.
pub(crate) struct Rooms {
    free: Arc<Semaphore>,
    /// Bytes that accounts of sources hold; one that holds none has no entry.
    held: Arc<Held>,
}

/// Room for one body, given back when the delivery is stored or refused.
#[derive(Debug)]
pub struct Room {
    _pieces: OwnedSemaphorePermit,
    account: (&'static str, String),
    bytes: usize,
    held: Arc<Held>,
}

impl Rooms {
    pub(crate) fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(ROOM / PIECE)), held: Arc::default() }
    }

    /// Room for a body of an account's; none when too many are on their way.
    pub(crate) fn take(&self, source: &'static str, account: &str, bytes: usize) -> Option<Room> {
        let pieces = u32::try_from(bytes.div_ceil(PIECE).max(1)).ok()?;
        let pieces = Arc::clone(&self.free).try_acquire_many_owned(pieces).ok()?;
        let account = (source, account.to_owned());
        let mut held = self.held.lock().ok()?;
        let of_account = held.get(&account).copied().unwrap_or(0);
        if of_account + bytes > SHARE {
            return None;
        }
        held.insert(account.clone(), of_account + bytes);
        drop(held);
        Some(Room { _pieces: pieces, account, bytes, held: Arc::clone(&self.held) })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let Ok(mut held) = self.held.lock() else { return };
        let left = held.get(&self.account).map_or(0, |bytes| bytes.saturating_sub(self.bytes));
        if left == 0 {
            held.remove(&self.account);
        } else {
            held.insert(self.account.clone(), left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_takes_its_share_and_gives_it_back() {
        let rooms = Rooms::new();
        let mut taken: Vec<Room> = std::iter::from_fn(|| rooms.take("toy", "a", 1_000_000)).collect();
        assert_eq!(taken.len(), SHARE / 1_000_000);
        assert!(rooms.take("toy", "b", 1_000_000).is_some(), "others have room");
        assert!(rooms.take("other", "a", 1_000_000).is_some(), "another system's account is another");
        taken.pop();
        assert!(rooms.take("toy", "a", 1_000_000).is_some());
        taken.clear();
        assert!(rooms.held.lock().unwrap().is_empty());
        assert_eq!(rooms.free.available_permits(), ROOM / PIECE);
    }

    #[test]
    fn all_accounts_together_have_a_limit() {
        let rooms = Rooms::new();
        let take = |n: usize| rooms.take("toy", &n.to_string(), 1_000_000);
        let taken: Vec<Room> = (0..100).map_while(|n| take(n % 50)).collect();
        assert_eq!(taken.len(), ROOM / (1_000_000_usize.div_ceil(PIECE) * PIECE));
    }
}
