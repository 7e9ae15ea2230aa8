//! What happens belongs to the request or the piece of work that set it going.
//!
//! A trace's id is set where work begins: a request sets its request id, a task the trace it continues. Whatever is
//! written inside, events and tasks alike, takes the id from here, so that one id finds the request, its facts and the
//! work they led to. It follows `.await`, and does not follow a spawned task: whoever spawns sets it again.

use std::future::Future;

tokio::task_local! {
    static CURRENT: Option<String>;
}

/// Runs work under a trace; `None` is work of its own.
pub async fn under<F: Future>(trace: Option<String>, work: F) -> F::Output {
    CURRENT.scope(trace, work).await
}

/// The trace that runs now.
#[must_use]
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_inside_knows_its_trace_and_work_outside_does_not() {
        assert_eq!(current(), None);
        under(Some("a".into()), async {
            assert_eq!(current().as_deref(), Some("a"));
            under(Some("b".into()), async { assert_eq!(current().as_deref(), Some("b")) }).await;
            under(None, async { assert_eq!(current(), None) }).await;
            assert_eq!(current().as_deref(), Some("a"));
        })
        .await;
        assert_eq!(current(), None);
    }
}
