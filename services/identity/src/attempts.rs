//! Failed log-ins make the next one wait.
//!
//! Counted in the store, so that it makes no difference which process is asked and a restart forgets nothing. Whose
//! failures they are is a blind index: the store tells neither addresses nor accounts.
//!
//! Five failures lock an account for half an hour. Anybody can fail in somebody's name, so a browser in which its owner
//! logged in before has failures of its own (`device.rs`): strangers lock out strangers.

use std::net::{IpAddr, Ipv6Addr};

use database::{Scope, Statement, SystemReason, bind, system_sql};
use domain::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Identity, LogInError, Visitor, device};

const FIND_FULL: Statement = system_sql!("system/find_login_failures_full.sql");
const COUNT: Statement = system_sql!("system/count_login_failure.sql");
const FIND_WAIT: Statement = system_sql!("system/find_login_wait.sql");
const SET_WAIT: Statement = system_sql!("system/set_login_wait.sql");
const FORGET: Statement = system_sql!("system/forget_login_failures.sql");
const FORGIVE_ONE: Statement = system_sql!("system/forgive_login_failure.sql");
const DELETE_OLD: Statement = system_sql!("system/delete_old_login_failures.sql");

const AUTHENTICATION: Scope = Scope::System(SystemReason::Authentication);
/// Who fails to log in belongs to no tenant yet.
const NO_TENANT: Uuid = Uuid::nil();

/// Failures of an account before it is locked.
const FREE_OF_ACCOUNT: i64 = 5;
/// Failures of an address, behind which a whole office may sit, before the next try has to wait.
const FREE_OF_ADDRESS: i64 = 20;
/// How long an account is locked. Its end is a new beginning: five tries are free again.
const LOCKED: SignedDuration = SignedDuration::from_mins(30);
/// The first wait of an address; each further failure doubles it.
const FIRST_OF_ADDRESS: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_OF_ADDRESS: SignedDuration = SignedDuration::from_mins(30);
/// Rows above which no account gets a new one: whoever invents e-mail addresses from many networks must not fill the
/// disk. Accounts that have a row and all addresses are counted further.
const MOST_ROWS: u32 = 20_000;
/// Failures of an address older than this are forgotten.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);
/// The same of an account: a moment less than it is locked, so that the first try afterwards is the first of five.
const MEMORY_OF_ACCOUNT: SignedDuration = SignedDuration::from_secs(30 * 60 - 1);
/// Rows that are removed in one transaction.
const BATCH: u32 = 500;

/// A try that counts as failed until it succeeds, so that many at once gain nothing.
pub(crate) struct Attempt {
    /// Blind index of an address; of version 6 the network, because a customer has a whole one.
    address: Option<Vec<u8>>,
    /// An account, by the blind index of its e-mail address, whether it exists or not; or a device that it knows.
    account: Option<(Vec<u8>, Rule)>,
}

/// How failures of a kind make wait.
#[derive(Clone, Copy)]
struct Rule {
    /// Failures before the next try has to wait.
    free: i64,
    /// The first wait; each further failure doubles it.
    first: SignedDuration,
    /// What waits grow to.
    longest: SignedDuration,
    /// How long a failure counts.
    memory: SignedDuration,
    /// Whether anybody can invent more of the kind.
    invented: bool,
}

const ADDRESS: Rule = Rule {
    free: FREE_OF_ADDRESS,
    first: FIRST_OF_ADDRESS,
    longest: LONGEST_OF_ADDRESS,
    memory: MEMORY,
    invented: false,
};
const ACCOUNT: Rule =
    Rule { free: FREE_OF_ACCOUNT, first: LOCKED, longest: LOCKED, memory: MEMORY_OF_ACCOUNT, invented: true };
const DEVICE: Rule = Rule { invented: false, ..ACCOUNT };

impl Attempt {
    /// Whose failures are counted. Addresses come first everywhere: two tries never wait for each other in a circle,
    /// and an address that waits counts no account.
    fn subjects(&self) -> impl Iterator<Item = (&Vec<u8>, Rule)> {
        let address = self.address.iter().map(|address| (address, ADDRESS));
        address.chain(self.account.iter().map(|(account, rule)| (account, *rule)))
    }
}

impl Identity {
    /// Begins a try, or answers how long to wait. The password's hash is the account's, if it exists.
    pub(crate) async fn begin_attempt(
        &self,
        account: Option<Vec<u8>>,
        password_hash: Option<&str>,
        visitor: &Visitor,
    ) -> Result<Attempt, LogInError> {
        let keys = self.db.keyring().system(&self.db).await?;
        let address = visitor.address.map(|address| keys.blind("login_failures.address", &network(address)));
        let account = account.map(|account| {
            let device = visitor.device.as_ref().filter(|token| device::is_of(&keys, &account, token));
            match device.zip(password_hash) {
                Some((token, hash)) => (device::subject(&keys, token, hash), DEVICE),
                None => (account, ACCOUNT),
            }
        });
        let attempt = Attempt { address, account };
        let now = self.clock.now();
        // Who has to wait costs a look and no turn to write.
        if let Some(wait) = self.wait_of(&attempt, now).await? {
            return Err(LogInError::TooManyAttempts { wait });
        }
        // A count is no promise to anybody: it need not wait for the disk.
        let mut tx = self.db.write_step(AUTHENTICATION).await?;
        for (subject, rule) in attempt.subjects() {
            let full = bind![NO_TENANT, subject.clone(), MOST_ROWS];
            if rule.invented && tx.fetch_optional(&FIND_FULL, full).await?.is_some() {
                continue;
            }
            let counted =
                tx.fetch_optional(&COUNT, bind![NO_TENANT, subject.clone(), now, now - rule.memory]).await?;
            let Some(row) = counted else {
                // Another try failed since the look.
                tx.rollback().await?;
                let wait = self.wait_of(&attempt, now).await?.unwrap_or(FIRST_OF_ADDRESS);
                return Err(LogInError::TooManyAttempts { wait });
            };
            let beyond = row.get::<i64>(0)? - rule.free;
            if beyond >= 0 {
                let until = now + wait(beyond, rule);
                tx.execute(&SET_WAIT, bind![NO_TENANT, subject.clone(), until]).await?;
            }
        }
        tx.commit().await?;
        Ok(attempt)
    }

    /// The password was right: the failures of the account, or of the device, are forgiven. Those of the address are not, but for this
    /// try, or whoever has an account could try others' for ever.
    pub(crate) async fn succeeded(&self, attempt: &Attempt) -> database::Result<()> {
        let mut tx = self.db.write(AUTHENTICATION).await?;
        if let Some(address) = &attempt.address {
            tx.execute(&FORGIVE_ONE, bind![NO_TENANT, address.clone()]).await?;
        }
        if let Some((account, _)) = &attempt.account {
            tx.execute(&FORGET, bind![NO_TENANT, account.clone()]).await?;
        }
        tx.commit().await
    }

    /// Forgets the failures of an account, by the blind index of its e-mail address: somebody who may has just said
    /// what its password is.
    pub(crate) async fn forget_failures(&self, account: Vec<u8>) -> database::Result<()> {
        let mut tx = self.db.write(AUTHENTICATION).await?;
        tx.execute(&FORGET, bind![NO_TENANT, account]).await?;
        tx.commit().await
    }

    /// Removes a batch of failures that are forgotten; answers whether there were any.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self) -> database::Result<bool> {
        let mut tx = self.db.write(AUTHENTICATION).await?;
        let deleted = tx.execute(&DELETE_OLD, bind![self.clock.now() - MEMORY, BATCH]).await?;
        tx.commit().await?;
        Ok(deleted > 0)
    }

    async fn wait_of(&self, attempt: &Attempt, now: Timestamp) -> database::Result<Option<SignedDuration>> {
        let mut longest = None;
        let mut tx = self.db.read(AUTHENTICATION).await?;
        for (subject, _) in attempt.subjects() {
            let found = tx.fetch_optional(&FIND_WAIT, bind![NO_TENANT, subject.clone(), now]).await?;
            let wait = found.map(|row| row.time(0)).transpose()?.map(|until| until.duration_since(now));
            longest = longest.max(wait);
        }
        tx.commit().await?;
        Ok(longest)
    }
}

/// Of an address 15 s, 30 s, 1 min, … up to the longest.
fn wait(beyond: i64, rule: Rule) -> SignedDuration {
    let doubled = rule.first.checked_mul(1 << beyond.clamp(0, 10));
    doubled.map_or(rule.longest, |wait| wait.min(rule.longest))
}

/// What counts as one address. Of version 6 the first 48 bits, which is what one customer is given at most.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(rule: Rule) -> Vec<i64> {
        (0..9).map(|beyond| wait(beyond, rule).as_secs()).collect()
    }

    #[test]
    fn the_wait_of_an_address_grows_to_half_an_hour() {
        assert_eq!(waits(ADDRESS), [15, 30, 60, 120, 240, 480, 960, 1_800, 1_800]);
        assert_eq!(wait(i64::MAX, ADDRESS), LONGEST_OF_ADDRESS);
    }

    #[test]
    fn an_account_and_a_device_are_locked_for_half_an_hour() {
        for rule in [ACCOUNT, DEVICE] {
            assert_eq!(waits(rule), [1_800; 9]);
            assert!(rule.memory < LOCKED, "or the first try afterwards would lock it again");
        }
    }

    /// A network was 64 bits; a customer with 48 had 65,536 of them, each with failures of its own.
    #[test]
    fn a_customer_has_a_whole_network_of_version_6() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:0:7::1"), of("2001:db8:0:7:ffff::2"));
        assert_eq!(of("2001:db8:0:7::1"), of("2001:db8:0:8::1"));
        assert_ne!(of("2001:db8:0:7::1"), of("2001:db8:1:7::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1", "version 4 in the clothes of version 6");
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
