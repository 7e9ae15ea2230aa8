//! Failed log-ins make the next one wait.
//!
//! Counted in this process alone: a restart forgets, and several servers count each for itself. What is slow
//! must be guessing, and a few times the limit is as slow.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{SignedDuration, Timestamp};

/// Failures of an account before the next try has to wait.
const FREE_OF_ACCOUNT: u32 = 5;
/// The same for an address, behind which a whole office may sit.
const FREE_OF_ADDRESS: u32 = 20;
/// The first wait; each further failure doubles it.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// Failures older than this are forgotten.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);
/// Accounts and addresses that are remembered; beyond, those that failed longest ago are forgotten.
const MAX_ENTRIES: usize = 20_000;

/// Whose failures are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    /// An account, by the blind index of its e-mail address; whether it exists makes no difference.
    Account(Vec<u8>),
    /// An address; of version 6 the network, because a customer has a whole one.
    Address(IpAddr),
}

impl Subject {
    const fn free(&self) -> u32 {
        match self {
            Self::Account(_) => FREE_OF_ACCOUNT,
            Self::Address(_) => FREE_OF_ADDRESS,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last_at: Timestamp,
    wait_until: Timestamp,
}

/// The failures of late.
#[derive(Default)]
pub(crate) struct Attempts {
    failures: Mutex<HashMap<Subject, Failures>>,
}

/// A try that counts as failed until it succeeds, so that many at once gain nothing.
pub(crate) struct Attempt {
    account: Option<Subject>,
    address: Option<Subject>,
}

impl Attempts {
    /// Begins a try, or answers how long to wait.
    pub(crate) fn begin(
        &self,
        account: Option<Vec<u8>>,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Attempt, SignedDuration> {
        let attempt = Attempt {
            account: account.map(Subject::Account),
            address: address.map(network).map(Subject::Address),
        };
        let mut failures = self.lock();
        let waits = attempt.subjects().filter_map(|subject| {
            let wait = failures.get(subject)?.wait_until.duration_since(now);
            wait.is_positive().then_some(wait)
        });
        if let Some(longest) = waits.max() {
            return Err(longest);
        }
        for subject in attempt.subjects() {
            fail(&mut failures, subject.clone(), now);
        }
        Ok(attempt)
    }

    /// The password was right: the account's failures are forgiven. Those of the address are not, but for this
    /// try, or whoever has an account could try others' for ever.
    pub(crate) fn succeeded(&self, attempt: &Attempt) {
        let mut failures = self.lock();
        if let Some(account) = &attempt.account {
            failures.remove(account);
        }
        if let Some(entry) = attempt.address.as_ref().and_then(|address| failures.get_mut(address)) {
            entry.count = entry.count.saturating_sub(1);
            entry.wait_until = Timestamp::MIN;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.account.iter().chain(&self.address)
    }
}

fn fail(failures: &mut HashMap<Subject, Failures>, subject: Subject, now: Timestamp) {
    if failures.len() >= MAX_ENTRIES && !failures.contains_key(&subject) {
        forget(failures, now);
    }
    let free = subject.free();
    let entry =
        failures.entry(subject).or_insert(Failures { count: 0, last_at: now, wait_until: Timestamp::MIN });
    if now.duration_since(entry.last_at) > MEMORY {
        entry.count = 0;
    }
    entry.count = entry.count.saturating_add(1);
    entry.last_at = now;
    entry.wait_until = match entry.count.checked_sub(free) {
        Some(beyond) => now + wait(beyond),
        None => Timestamp::MIN,
    };
}

/// 15 s, 30 s, 1 min, … 30 min.
fn wait(beyond: u32) -> SignedDuration {
    FIRST_WAIT.checked_mul(1 << beyond.min(10)).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

/// Makes room: first what is old, and if that is nothing, the older half.
fn forget(failures: &mut HashMap<Subject, Failures>, now: Timestamp) {
    failures.retain(|_, entry| now.duration_since(entry.last_at) <= MEMORY);
    if failures.len() < MAX_ENTRIES {
        return;
    }
    let mut moments: Vec<Timestamp> = failures.values().map(|entry| entry.last_at).collect();
    let middle = moments.len() / 2;
    let (_, median, _) = moments.select_nth_unstable(middle);
    let median = *median;
    failures.retain(|_, entry| entry.last_at > median);
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn the_wait_grows_to_half_an_hour() {
        let attempts = Attempts::default();
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..14 {
            assert!(attempts.begin(Some(vec![1]), None, at(now)).is_ok());
            match attempts.begin(Some(vec![1]), None, at(now)) {
                // This look counted as a failure too, while tries were free.
                Ok(_) => {}
                Err(wait) => {
                    waits.push(wait.as_secs());
                    now += wait.as_secs();
                }
            }
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800, 1_800, 1_800]);
        assert!(attempts.begin(Some(vec![2]), None, at(now)).is_ok(), "another account");
        now += MEMORY.as_secs() + 1;
        for _ in 0..4 {
            assert!(attempts.begin(Some(vec![1]), None, at(now)).is_ok(), "a day later all is forgotten");
        }
    }

    #[test]
    fn success_forgives_the_account_and_not_the_address() {
        let attempts = Attempts::default();
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        for _ in 0..10 {
            for _ in 0..2 {
                attempts.begin(Some(vec![1]), Some(address), at(0)).unwrap();
            }
            let attempt = attempts.begin(Some(vec![1]), Some(address), at(0)).map_err(|_| "wait");
            let Ok(attempt) = attempt else { return };
            attempts.succeeded(&attempt);
        }
        panic!("an address may not fail for ever by succeeding in between");
    }

    #[test]
    fn a_customer_has_a_whole_network_of_version_6() {
        let attempts = Attempts::default();
        for last in 0..20_u16 {
            let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 7, 0, 0, 0, last);
            assert!(attempts.begin(None, Some(address.into()), at(0)).is_ok(), "{last}");
        }
        let other = |network| IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, network, 0, 0, 0, 99));
        assert!(attempts.begin(None, Some(other(7)), at(0)).is_err());
        assert!(attempts.begin(None, Some(other(8)), at(0)).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for account in 0..(MAX_ENTRIES as u64 * 2) {
            let key = account.to_be_bytes().to_vec();
            attempts.begin(Some(key), None, at(account.cast_signed())).map_err(drop).unwrap();
        }
        assert!(attempts.lock().len() <= MAX_ENTRIES);
    }
}
