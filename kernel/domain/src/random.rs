//! Random bytes of the operating system, fetched many at a time.

use std::cell::RefCell;

/// Bytes fetched at once: a system call for each nonce and each id would cost more than using them.
const FETCH: usize = 1024;

struct Fetched {
    bytes: [u8; FETCH],
    used: usize,
}

thread_local! {
    static FETCHED: RefCell<Fetched> = const { RefCell::new(Fetched { bytes: [0; FETCH], used: FETCH }) };
}

/// Random bytes for ids and nonces, which are public once used. Keys and tokens come straight from the operating
/// system: none of their bytes may have lain in memory before.
///
/// # Panics
/// When the operating system gives no random bytes: predictable ones would be worse.
#[must_use]
pub fn public_random<const N: usize>() -> [u8; N] {
    const { assert!(N <= FETCH, "more than is fetched at once") };
    FETCHED.with_borrow_mut(|fetched| {
        if fetched.used + N > FETCH {
            fill(&mut fetched.bytes);
            fetched.used = 0;
        }
        let mut taken = [0; N];
        taken.copy_from_slice(&fetched.bytes[fetched.used..fetched.used + N]);
        fetched.used += N;
        taken
    })
}

#[expect(clippy::expect_used, reason = "without randomness nothing may be sealed or named")]
#[expect(clippy::disallowed_methods, reason = "this is where the randomness of ids and nonces comes in")]
fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_given_twice() {
        let taken: HashSet<[u8; 12]> = (0..10_000).map(|_| public_random()).collect();
        let elsewhere =
            std::thread::spawn(|| (0..10_000).map(|_| public_random()).collect::<HashSet<[u8; 12]>>());
        assert_eq!((taken.len(), taken.intersection(&elsewhere.join().unwrap()).count()), (10_000, 0));
    }
}
