//! Users: people with a password and a role.

use database::{Scope, Statement, bind, sql};
use domain::{Role, TenantId, UserId};
use secrecy::SecretString;

use crate::{Identity, PasswordError};

const INSERT: Statement = sql!("insert_user.sql");

pub(crate) const EMAIL: &str = "users.email";
pub(crate) const NAME: &str = "users.name";

/// A person to be added.
#[derive(Debug)]
pub struct NewUser {
    /// Name for people.
    pub name: String,
    /// E-mail address; it is the log-in name.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Password.
    pub password: SecretString,
}

/// Why a user was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// The name is empty or long.
    #[error("a name has 1 to 120 characters")]
    BadName,
    /// The e-mail address cannot be one.
    #[error("that is not an e-mail address")]
    BadEmail,
    /// The role is for machines.
    #[error("a user is admin, operator or viewer")]
    BadRole,
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The e-mail address has an account already.
    #[error("this e-mail address has an account already")]
    Exists,
    /// The store failed.
    #[error(transparent)]
    Database(database::Error),
}

impl From<database::Error> for CreateUserError {
    fn from(error: database::Error) -> Self {
        if error.is_duplicate() { Self::Exists } else { Self::Database(error) }
    }
}

impl Identity {
    /// Adds a user to a tenant.
    pub async fn create_user(&self, tenant: TenantId, user: NewUser) -> Result<UserId, CreateUserError> {
        let user = self.prepare_user(user).await?;
        let mut tx = self.db.write(Scope::Tenant(tenant)).await?;
        let id = self.insert_user(&mut tx, tenant, user).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Checks a new user and hashes the password, before any transaction is open.
    pub(crate) async fn prepare_user(&self, user: NewUser) -> Result<PreparedUser, CreateUserError> {
        let name = user.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 120 {
            return Err(CreateUserError::BadName);
        }
        let email = normalise_email(&user.email).ok_or(CreateUserError::BadEmail)?;
        if matches!(user.role, Role::ApiClient | Role::Agent) {
            return Err(CreateUserError::BadRole);
        }
        let password_hash = self.passwords.hash(user.password).await?;
        Ok(PreparedUser { name, email, role: user.role, password_hash })
    }

    pub(crate) async fn insert_user(
        &self,
        tx: &mut database::Tx,
        tenant: TenantId,
        user: PreparedUser,
    ) -> Result<UserId, CreateUserError> {
        let keys = self.db.keyring().tenant(&self.db, tenant).await?;
        let blind = self.login_blind(&user.email).await?;
        let id = UserId::from(self.ids.next());
        let seal = |field, value: &str| keys.seal(field, value.as_bytes()).map_err(database::Error::from);
        tx.execute(
            &INSERT,
            bind![
                id,
                blind,
                seal(EMAIL, &user.email)?,
                seal(NAME, &user.name)?,
                user.role.as_str(),
                user.password_hash,
                true,
                self.clock.now(),
            ],
        )
        .await?;
        Ok(id)
    }

    /// The index by which a log-in finds its user.
    pub(crate) async fn login_blind(&self, email: &str) -> database::Result<Vec<u8>> {
        Ok(self.db.keyring().system(&self.db).await?.blind(EMAIL, email))
    }
}

pub(crate) struct PreparedUser {
    name: String,
    pub(crate) email: String,
    role: Role,
    password_hash: String,
}

/// Lower-cased and trimmed; none when it cannot be an address.
pub(crate) fn normalise_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (local, host) = email.split_once('@')?;
    let plausible = !local.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !host.contains('@')
        && email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    plausible.then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(normalise_email(" Ana@Tienda.CO "), Some("ana@tienda.co".into()));
        for bad in ["", "ana", "ana@", "@tienda.co", "ana@tienda", "a b@c.co", "a@b@c.co", "a@.co", "a@c."] {
            assert_eq!(normalise_email(bad), None, "{bad}");
        }
    }
}
