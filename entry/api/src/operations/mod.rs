//! Work and facts that failed, and having them done again.

pub(crate) mod dead_tasks;
pub(crate) mod parked_events;
pub(crate) mod retry_event;
pub(crate) mod retry_task;
pub(crate) mod retry_webhook;
pub(crate) mod webhook_failures;
