//! Sealing of personal data at rest.
//!
//! Each tenant has a 256-bit data key and a 256-bit index key, made at random and stored wrapped by the
//! master key. A sealed value is `version (1) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag`, bound to
//! its tenant and its field: moved to another row of another tenant or to another column it does not
//! open. Long values are packed first (LZ4, their length in front), which version 2 says. A blind index is
//! HMAC-SHA-256 over field and value, cut to 16 bytes: equal values meet, and without the key nothing can be
//! learnt by trying phones one by one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{AeadInOut, Aes256Gcm, Nonce};
use domain::TenantId;
use hmac::{Hmac, Mac};
use lz4_flex::block::{
    CompressTable, compress_into_with_table, decompress_size_prepended, get_maximum_output_size,
};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::{Db, Result, Scope, Statement, SystemReason, Tx, bind, system_sql};

const VERSION: u8 = 1;
/// Of a value that was packed before it was sealed.
const PACKED: u8 = 2;
/// Bytes of the length in front of a packed value.
const LENGTH: usize = size_of::<u32>();
const NONCE: usize = 12;
const TAG: usize = 16;
const KEY: usize = 32;
/// Tenant id of the keys that belong to no tenant, such as the index of log-in e-mails.
const SYSTEM: Uuid = Uuid::nil();

const FIND_KEYS: Statement = system_sql!("system/find_keys.sql");
const INSERT_KEYS: Statement = system_sql!("system/insert_keys.sql");

thread_local! {
    /// Where the packer remembers positions of the value at hand; it begins each value without any.
    static TABLE: RefCell<CompressTable> = RefCell::new(CompressTable::small());
}

/// A sealed value that does not open, or a key that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The master key is not 32 bytes of base64.
    #[error("the master key must be 32 bytes in base64")]
    MasterKeyShape,
    /// The keys were wrapped with another master key.
    #[error("the tenant's keys were sealed with another master key")]
    WrongMasterKey,
    /// The value was not sealed by this tenant for this field, or was changed.
    #[error("a sealed value does not open")]
    DoesNotOpen,
    /// The value is longer than can be sealed.
    #[error("a value is too long to be sealed")]
    TooLong,
    /// The tenant has no keys: it does not exist.
    #[error("the tenant has no keys")]
    NoKeys,
}

/// The key that wraps all others. Lost, it takes all sealed data with it.
pub struct MasterKey(SecretBox<[u8; KEY]>);

impl MasterKey {
    /// Reads a key from base64, as the configuration holds it.
    pub fn from_base64(text: &SecretString) -> Result<Self, SealError> {
        use base64::Engine as _;
        let mut bytes = base64::engine::general_purpose::STANDARD
            .decode(text.expose_secret().trim())
            .map_err(|_| SealError::MasterKeyShape)?;
        let key = <[u8; KEY]>::try_from(bytes.as_slice()).map_err(|_| SealError::MasterKeyShape);
        bytes.zeroize();
        key.map(|key| Self(SecretBox::new(Box::new(key))))
    }

    /// Makes a new key at random, in base64.
    #[must_use]
    pub fn generate_base64() -> SecretString {
        use base64::Engine as _;
        let key = Zeroizing::new(random::<KEY>());
        base64::engine::general_purpose::STANDARD.encode(*key).into()
    }

    /// Tells one master key from another without revealing it.
    fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.0.expose_secret());
        domain::text::hex(&digest[..4])
    }

    fn wrap(&self, tenant: Uuid, material: &[u8; 2 * KEY]) -> Result<Vec<u8>, SealError> {
        seal(&cipher(self.0.expose_secret()), &wrap_context(tenant), material)
    }

    fn unwrap(&self, tenant: Uuid, wrapped: &[u8]) -> Result<TenantKeys, SealError> {
        let material = open(&cipher(self.0.expose_secret()), &wrap_context(tenant), wrapped)
            .map_err(|_| SealError::WrongMasterKey)?;
        TenantKeys::from_material(tenant, &Zeroizing::new(material))
    }
}

/// One tenant's keys.
pub struct TenantKeys {
    tenant: Uuid,
    cipher: Aes256Gcm,
    index: Hmac<Sha256>,
}

impl TenantKeys {
    /// Seals a value for a field, such as `customers.phone`.
    pub fn seal(&self, field: &str, value: &[u8]) -> Result<Vec<u8>, SealError> {
        seal(&self.cipher, &self.context(field), value)
    }

    /// Seals a long value, such as a body in JSON, packed: what is stored, and written to the log before that, is
    /// less than half. [`Self::open`] gives it back as it was.
    pub fn seal_packed(&self, field: &str, value: &[u8]) -> Result<Vec<u8>, SealError> {
        let length = u32::try_from(value.len()).map_err(|_| SealError::TooLong)?;
        let start = 1 + NONCE + LENGTH;
        let most = get_maximum_output_size(value.len());
        let mut out = Vec::with_capacity(start + most + TAG);
        out.resize(start + most, 0);
        out[start - LENGTH..start].copy_from_slice(&length.to_le_bytes());
        let packed = TABLE
            .with_borrow_mut(|table| compress_into_with_table(value, &mut out[start..], table))
            .map_err(|_| SealError::TooLong)?;
        out.truncate(start + packed);
        seal_in_place(&self.cipher, &packed_context(&self.context(field)), PACKED, out)
    }

    /// Seals text that may be absent; empty text counts as absent.
    pub fn seal_text(&self, field: &str, value: Option<&str>) -> Result<Option<Vec<u8>>, SealError> {
        value.filter(|value| !value.is_empty()).map(|value| self.seal(field, value.as_bytes())).transpose()
    }

    /// Opens a sealed value.
    pub fn open(&self, field: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let context = self.context(field);
        if sealed.first() != Some(&PACKED) {
            return open(&self.cipher, &context, sealed);
        }
        let packed = open_version(&self.cipher, &packed_context(&context), PACKED, sealed)?;
        decompress_size_prepended(&packed).map_err(|_| SealError::DoesNotOpen)
    }

    /// Opens sealed text.
    pub fn open_text(&self, field: &str, sealed: &[u8]) -> Result<String, SealError> {
        String::from_utf8(self.open(field, sealed)?).map_err(|_| SealError::DoesNotOpen)
    }

    /// The blind index of a value: 16 bytes, equal for equal values of the same field.
    #[must_use]
    pub fn blind(&self, field: &str, value: &str) -> Vec<u8> {
        let mut mac = self.index.clone();
        mac.update(field.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        mac.finalize().into_bytes()[..16].to_vec()
    }

    fn context(&self, field: &str) -> Vec<u8> {
        [self.tenant.as_bytes(), field.as_bytes()].concat()
    }

    fn from_material(tenant: Uuid, material: &[u8]) -> Result<Self, SealError> {
        let (data, index) = material.split_at_checked(KEY).ok_or(SealError::WrongMasterKey)?;
        let data = <&[u8; KEY]>::try_from(data).map_err(|_| SealError::WrongMasterKey)?;
        let index = Hmac::new_from_slice(index).map_err(|_| SealError::WrongMasterKey)?;
        Ok(Self { tenant, cipher: cipher(data), index })
    }
}

impl std::fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantKeys").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// The keys of all tenants, unwrapped on first use and kept in memory.
pub struct Keyring {
    master: MasterKey,
    known: RwLock<HashMap<Uuid, Arc<TenantKeys>>>,
}

impl Keyring {
    pub(crate) fn new(master: MasterKey) -> Self {
        Self { master, known: RwLock::new(HashMap::new()) }
    }

    /// A tenant's keys.
    ///
    /// # Errors
    /// [`SealError::NoKeys`] when the tenant does not exist, [`SealError::WrongMasterKey`] when the
    /// configured master key is not the one that wrapped them.
    pub async fn tenant(&self, db: &Db, tenant: TenantId) -> Result<Arc<TenantKeys>> {
        self.keys(db, tenant.as_uuid()).await
    }

    /// Keys of what belongs to no tenant, such as the index of log-in e-mails.
    pub async fn system(&self, db: &Db) -> Result<Arc<TenantKeys>> {
        self.keys(db, SYSTEM).await
    }

    /// Makes a tenant's keys, in the transaction that creates the tenant.
    pub async fn create(&self, tx: &mut Tx, tenant: TenantId, at: domain::Timestamp) -> Result<()> {
        self.insert(tx, tenant.as_uuid(), domain::micros(at)).await
    }

    pub(crate) async fn ensure_system_keys(&self, db: &Db) -> Result<()> {
        let mut tx = db.write(Scope::System(SystemReason::Keys)).await?;
        if tx.fetch_optional(&FIND_KEYS, bind![SYSTEM]).await?.is_none() {
            self.insert(&mut tx, SYSTEM, 0).await?;
        }
        tx.commit().await?;
        // Read back at once: a wrong master key stops the start instead of the first log-in.
        self.system(db).await.map(drop)
    }

    async fn insert(&self, tx: &mut Tx, tenant: Uuid, at: i64) -> Result<()> {
        let material = Zeroizing::new(random::<{ 2 * KEY }>());
        let wrapped = self.master.wrap(tenant, &material)?;
        tx.execute(&INSERT_KEYS, bind![tenant, self.master.fingerprint(), wrapped, at]).await?;
        Ok(())
    }

    async fn keys(&self, db: &Db, tenant: Uuid) -> Result<Arc<TenantKeys>> {
        if let Some(keys) = self.cached(tenant) {
            return Ok(keys);
        }
        let mut tx = db.read_keys().await?;
        let row = tx.fetch_optional(&FIND_KEYS, bind![tenant]).await?.ok_or(SealError::NoKeys)?;
        let keys = Arc::new(self.master.unwrap(tenant, &row.get::<Vec<u8>>(0)?)?);
        tx.commit().await?;
        if let Ok(mut known) = self.known.write() {
            known.insert(tenant, Arc::clone(&keys));
        }
        Ok(keys)
    }

    fn cached(&self, tenant: Uuid) -> Option<Arc<TenantKeys>> {
        self.known.read().ok()?.get(&tenant).map(Arc::clone)
    }
}

fn cipher(key: &[u8; KEY]) -> Aes256Gcm {
    Aes256Gcm::new(key.into())
}

fn wrap_context(tenant: Uuid) -> Vec<u8> {
    [b"litper tenant keys".as_slice(), tenant.as_bytes()].concat()
}

/// The version is part of what is authenticated: a packed value cannot be passed off as another.
fn packed_context(context: &[u8]) -> Vec<u8> {
    [context, b"\0packed"].concat()
}

fn seal(cipher: &Aes256Gcm, context: &[u8], value: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut out = Vec::with_capacity(1 + NONCE + value.len() + TAG);
    out.resize(1 + NONCE, 0);
    out.extend_from_slice(value);
    seal_in_place(cipher, context, VERSION, out)
}

/// Seals the value that stands in `out` behind the room for version and nonce.
fn seal_in_place(
    cipher: &Aes256Gcm,
    context: &[u8],
    version: u8,
    mut out: Vec<u8>,
) -> Result<Vec<u8>, SealError> {
    let nonce = domain::public_random::<NONCE>();
    out[0] = version;
    out[1..=NONCE].copy_from_slice(&nonce);
    let tag = cipher
        .encrypt_inout_detached(&Nonce::from(nonce), context, out[1 + NONCE..].as_mut().into())
        .map_err(|_| SealError::TooLong)?;
    out.extend_from_slice(&tag);
    Ok(out)
}

fn open(cipher: &Aes256Gcm, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    open_version(cipher, context, VERSION, sealed)
}

fn open_version(
    cipher: &Aes256Gcm,
    context: &[u8],
    version: u8,
    sealed: &[u8],
) -> Result<Vec<u8>, SealError> {
    let rest = match sealed.split_first() {
        Some((first, rest)) if *first == version => rest,
        Some(_) | None => return Err(SealError::DoesNotOpen),
    };
    let (nonce, body) = rest.split_at_checked(NONCE).ok_or(SealError::DoesNotOpen)?;
    let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| SealError::DoesNotOpen)?;
    cipher
        .decrypt(&Nonce::from(nonce), Payload { msg: body, aad: context })
        .map_err(|_| SealError::DoesNotOpen)
}

/// Random bytes for keys, straight from the operating system. They must not be predictable, so they do not come
/// from the injected [`domain::Ids`]; no business fact depends on them.
#[expect(clippy::expect_used, reason = "without randomness from the kernel nothing may be sealed")]
#[expect(clippy::disallowed_methods, reason = "keys must not be predictable")]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(tenant: Uuid) -> TenantKeys {
        TenantKeys::from_material(tenant, &[7; 64]).unwrap()
    }

    #[test]
    fn a_value_opens_only_for_its_tenant_and_field() {
        let sealed = keys(Uuid::max()).seal("customers.phone", b"+573001112233").unwrap();
        assert_eq!(keys(Uuid::max()).open_text("customers.phone", &sealed).unwrap(), "+573001112233");
        assert!(keys(Uuid::max()).open("customers.name", &sealed).is_err());
        assert!(keys(Uuid::nil()).open("customers.phone", &sealed).is_err());
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let keys = keys(Uuid::max());
        for sealed in [keys.seal("f", b"value").unwrap(), keys.seal_packed("f", b"value").unwrap()] {
            for index in 0..sealed.len() {
                for bit in 0..8 {
                    let mut changed = sealed.clone();
                    changed[index] ^= 1 << bit;
                    assert_eq!(keys.open("f", &changed), Err(SealError::DoesNotOpen), "byte {index}");
                }
            }
            for length in 0..sealed.len() {
                assert!(keys.open("f", &sealed[..length]).is_err());
            }
        }
    }

    #[test]
    fn a_long_value_is_packed_and_comes_back() {
        let keys = keys(Uuid::max());
        let order = br#"{"name":"Ana","amount":"85000.00","currency":"COP"}"#;
        let noise: Vec<u8> = (0..4_096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for value in [Vec::new(), b"x".to_vec(), order.repeat(100), noise] {
            let sealed = keys.seal_packed("f", &value).unwrap();
            assert_eq!(keys.open("f", &sealed).unwrap(), value);
            assert!(keys.open("g", &sealed).is_err());
        }
        let sealed = keys.seal_packed("f", &order.repeat(100)).unwrap();
        assert!(sealed.len() < 500, "{}", sealed.len());
    }

    #[test]
    fn equal_values_seal_differently_and_index_equally() {
        let keys = keys(Uuid::max());
        assert_ne!(keys.seal("f", b"value").unwrap(), keys.seal("f", b"value").unwrap());
        assert_eq!(keys.blind("f", "value"), keys.blind("f", "value"));
        assert_ne!(keys.blind("f", "value"), keys.blind("g", "value"));
        assert_eq!(keys.blind("f", "value").len(), 16);
    }

    #[test]
    fn keys_unwrap_only_with_their_master_key() {
        let master = || MasterKey::from_base64(&MasterKey::generate_base64()).unwrap();
        let (ours, theirs) = (master(), master());
        let wrapped = ours.wrap(Uuid::max(), &[7; 64]).unwrap();
        let sealed = keys(Uuid::max()).seal("f", b"value").unwrap();
        assert_eq!(ours.unwrap(Uuid::max(), &wrapped).unwrap().open("f", &sealed).unwrap(), b"value");
        assert_eq!(theirs.unwrap(Uuid::max(), &wrapped).unwrap_err(), SealError::WrongMasterKey);
        assert_eq!(ours.unwrap(Uuid::nil(), &wrapped).unwrap_err(), SealError::WrongMasterKey);
    }

    #[test]
    fn a_master_key_has_32_bytes() {
        for text in ["", "abc", "!!!", "AAAAAAAAAAAAAAAAAAAAAA=="] {
            let error = MasterKey::from_base64(&text.to_owned().into()).err();
            assert_eq!(error, Some(SealError::MasterKeyShape), "{text}");
        }
    }
}
