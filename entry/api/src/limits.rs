//! Limits of callers, which can only be kept once it is known who asks.

use std::sync::Arc;

use async_trait::async_trait;
use identity::Caller;

use crate::Problem;

/// Decides whether a caller may go on with one request.
#[async_trait]
pub trait CallerLimits: Send + Sync {
    /// Counts the request as the caller's, or says why it must wait.
    async fn admit(&self, caller: &Caller) -> Result<(), Problem>;
}

/// The limits that a request brings along among its extensions.
#[derive(Clone)]
pub struct Limits(pub Arc<dyn CallerLimits>);
