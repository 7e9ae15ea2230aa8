//! `litper drill`: what is acknowledged survives, and the figures are told.

use std::process::Command;

#[tokio::test]
async fn a_drill_loses_nothing_and_tells_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_litper"));
    command.current_dir(folder.path()).args(["drill", "--messages", "120", "--json"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(said["acknowledged"].as_u64().unwrap() >= 60, "{said}");
    assert_eq!((&said["lost"], &said["lost_in_restored"]), (&0.into(), &0.into()), "{said}");
    assert_eq!(said["sound_after_kill"], true, "{said}");
    for measured in ["restart_ms", "backup_ms", "restore_ms", "restored_start_ms"] {
        assert!(said[measured].as_u64().unwrap() > 0, "{measured}: {said}");
    }
}
