//! What a power cut may not take: an answer leaves only when the disk has what it acknowledges.
//!
//! The kernel's own account says so. The server runs under strace, and between the bytes of a delivery in SQLite's log
//! and the first bytes of its answer stands a finished `fdatasync` of the log.

use std::collections::{BTreeMap, HashMap};

use database::Engine;
use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;

use crate::server::{Server, wait_until};
use crate::shops::{Delivery, SECRET, add_shop, order};

/// Deliveries one after the other, and then as many at once.
const EACH: usize = 12;

/// A system call; its moments are places in the account.
struct Call {
    thread: String,
    began: usize,
    ended: usize,
    does: Does,
}

enum Does {
    /// A connection brought the delivery with this id.
    Receive { connection: String, delivery: String },
    /// The first bytes of a 200 left on a connection.
    Answer { connection: String },
    /// Bytes went into the log; of a page of it, what is text can be read.
    Log { bytes: String },
    /// All of the log is on the disk.
    Sync,
}

/// What the account says of a delivery that was answered.
#[derive(Debug, PartialEq, Eq)]
struct Proof {
    /// It was in the log, and the log was synced after that and before the answer.
    on_disk: bool,
    /// Whatever was in the log before the answer was synced before the answer.
    nothing_open: bool,
}

#[tokio::test]
async fn an_answer_leaves_after_its_delivery_is_on_the_disk() {
    let mut server = Server::on(Engine::Sqlite).await;
    add_shop(&server, "demo", SECRET);
    server.stop();
    let path = server.folder().join("calls.txt");
    let calls =
        "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync";
    // The server stays our child; texts are as long as a page; files and sockets are named. Without workers, what
    // goes into the log are deliveries.
    let strace = ["strace", "-D", "-f", "-y", "-s", "4096", "-e", calls, "-o", path.to_str().unwrap()];
    server.start_under(&strace, "gateway").await;

    let deliveries: Vec<Delivery<'_>> = (1..=2 * EACH as u64)
        .map(|number| Delivery::new("orders/create", order(number, "2026-03-10T08:00:00-05:00")))
        .collect();
    let (alone, together) = deliveries.split_at(EACH);
    let url = server.url("/webhooks/shopify");
    for delivery in alone {
        assert_eq!(delivery.send(&server.client, &url).await.unwrap().status(), StatusCode::OK);
    }
    let mut answers = JoinSet::new();
    for delivery in together {
        let (body, id) = (delivery.body.clone(), delivery.id.clone());
        let (delivery, url) = (Delivery { id, ..Delivery::new("orders/create", body) }, url.clone());
        answers.spawn(async move { delivery.send(&Client::new(), &url).await.unwrap().status() });
    }
    assert!(answers.join_all().await.iter().all(|status| *status == StatusCode::OK));
    let pid = server.pid().to_string();
    server.stop();
    let account = || std::fs::read_to_string(&path).unwrap();
    let ended = |line: &str| {
        line.split_once(' ')
            .is_some_and(|(thread, told)| thread == pid && told.trim().starts_with("+++ exited"))
    };
    wait_until("the account is complete", || async { account().lines().any(ended) }).await;

    let proofs = proofs(&calls_of(&account()));
    assert_eq!(proofs.len(), deliveries.len(), "each delivery is received and answered in the account");
    for delivery in &deliveries {
        assert!(proofs[&delivery.id].on_disk, "{} was answered too early", delivery.id);
    }
    for delivery in alone {
        assert!(proofs[&delivery.id].nothing_open, "{} was answered over an open log", delivery.id);
    }
}

/// Reads strace's account. A call that others interrupt is told in two lines.
fn calls_of(account: &str) -> Vec<Call> {
    let mut begun = HashMap::new();
    let mut calls = Vec::new();
    for (now, line) in account.lines().enumerate() {
        let Some((thread, told)) = line.split_once(' ') else { continue };
        let told = told.trim_start();
        if let Some(beginning) = told.strip_suffix("<unfinished ...>") {
            begun.insert(thread, (now, beginning));
            continue;
        }
        let (began, text) = match told.split_once(" resumed>") {
            Some((_, rest)) if told.starts_with("<... ") => {
                let Some((began, beginning)) = begun.remove(thread) else { continue };
                (began, format!("{beginning}{rest}"))
            }
            _ => (now, told.to_owned()),
        };
        if let Some(does) = does(&text) {
            calls.push(Call { thread: thread.to_owned(), began, ended: now, does });
        }
    }
    calls
}

/// What a whole call does, if it matters here: `fdatasync(9</x/litper.db-wal>) = 0`.
fn does(call: &str) -> Option<Does> {
    let (name, arguments) = call.split_once('(')?;
    let (descriptor, rest) = arguments.split_once('>')?;
    let connection = || descriptor.to_owned();
    let result = call.rsplit_once(" = ")?.1;
    let of_log = descriptor.ends_with("-wal");
    match name {
        "fsync" | "fdatasync" => (of_log && result == "0").then_some(Does::Sync),
        "read" | "readv" | "recvfrom" | "recvmsg" => {
            // A new connection's first bytes are read alone, to tell which HTTP it speaks.
            let id = rest.split_once("x-shopify-webhook-id: ")?.1;
            Some(Does::Receive { connection: connection(), delivery: id.get(..36)?.to_owned() })
        }
        _ if of_log => Some(Does::Log { bytes: rest.to_owned() }),
        _ => rest.contains("\"HTTP/1.1 200").then(|| Does::Answer { connection: connection() }),
    }
}

/// The proofs by the deliveries' ids.
fn proofs(calls: &[Call]) -> BTreeMap<String, Proof> {
    let mut open = HashMap::new();
    let mut proofs = BTreeMap::new();
    for call in calls {
        match &call.does {
            Does::Receive { connection, delivery } => {
                open.insert(connection.as_str(), (call.ended, delivery.as_str()));
            }
            Does::Answer { connection } => {
                if let Some((received, delivery)) = open.remove(connection.as_str()) {
                    proofs.insert(delivery.to_owned(), proof(calls, delivery, received, call.began));
                }
            }
            Does::Log { .. } | Does::Sync => {}
        }
    }
    proofs
}

fn proof(calls: &[Call], delivery: &str, received: usize, answered: usize) -> Proof {
    let mut logged =
        calls.iter().filter(|call| matches!(call.does, Does::Log { .. }) && call.began < answered);
    // By the thread that wrote: the one that moves the log into the file syncs it too, at moments of its own.
    let synced_after = |write: &Call| {
        calls.iter().any(|call| {
            matches!(call.does, Does::Sync)
                && call.thread == write.thread
                && (write.ended < call.began && call.ended < answered)
        })
    };
    let last = logged.clone().max_by_key(|call| call.ended);
    // Pages are written again later, with what they held before: the first time is the delivery's own.
    let its_own = logged.find(|call| {
        let holds_it = matches!(&call.does, Does::Log { bytes } if bytes.contains(delivery));
        holds_it && received < call.began
    });
    Proof { on_disk: its_own.is_some_and(synced_after), nothing_open: last.is_some_and(synced_after) }
}

#[test]
fn an_account_proves_nothing_without_a_sync_in_its_place() {
    const ID: &str = "01890000-0000-7000-8000-000000000001";
    let received = format!(
        r#"7 recvfrom(15<socket:[9]>, "POST /webhooks/shopify HTTP/1.1\r\nx-shopify-webhook-id: {ID}\r\n", 8192, 0) = 90"#
    );
    let logged = format!(r#"8 pwrite64(9</x/litper.db-wal>, "\r\0shopify{ID}orders"..., 4096, 24) = 4096"#);
    let frame = r#"8 pwrite64(9</x/litper.db-wal>, "\0\0\0\7"..., 24, 4120) = 24"#;
    let synced = "8 fdatasync(9</x/litper.db-wal>) = 0";
    let answered = r#"7 writev(15<socket:[9]>, [{iov_base="HTTP/1.1 200 OK\r\n", iov_len=17}], 1) = 17"#;
    let says = |lines: &[&str]| {
        let mut proofs = proofs(&calls_of(&lines.join("\n")));
        proofs.remove(ID).map(|proof| (proof.on_disk, proof.nothing_open))
    };
    let (received, logged) = (received.as_str(), logged.as_str());
    assert_eq!(says(&[received, logged, synced, answered]), Some((true, true)));
    assert_eq!(says(&[received, logged, answered, synced]), Some((false, false)), "too late");
    assert_eq!(says(&[received, synced, logged, answered]), Some((false, false)), "too early");
    assert_eq!(says(&[received, logged, synced, frame, answered]), Some((true, false)), "more was written");
    assert_eq!(says(&[logged, synced, received, answered]), Some((false, true)), "another request's");
    for other in
        ["8 fdatasync(9</x/litper.db-wal>) = -1 EIO (Input/output error)", "8 fdatasync(9</x/litper.db>) = 0"]
    {
        assert_eq!(says(&[received, logged, other, answered]), Some((false, false)), "{other}");
    }
    let (began, ended) =
        ("8 fdatasync(9</x/litper.db-wal> <unfinished ...>", "8 <... fdatasync resumed>) = 0");
    assert_eq!(says(&[received, logged, began, ended, answered]), Some((true, true)));
    assert_eq!(says(&[received, logged, began, answered, ended]), Some((false, false)), "not finished");
}
