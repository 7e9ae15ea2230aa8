//! What commands print: a sentence for a person, or a JSON object with --json.

use std::io::Write;

use serde_json::Value;

/// Prints text as it is.
pub(crate) fn text(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Prints the outcome of a command.
pub(crate) fn done(json: bool, sentence: &str, object: &Value) -> anyhow::Result<()> {
    if json { text(&format!("{object}\n")) } else { text(&format!("{sentence}\n")) }
}

/// Replaces the current line of a terminal; on anything else it prints nothing.
pub(crate) fn progress(line: &str) {
    use std::io::IsTerminal;
    let mut out = std::io::stderr().lock();
    if out.is_terminal() {
        // A progress line is a courtesy: failing to show it fails nothing.
        let _ = write!(out, "\r\x1b[2K{line}");
        let _ = out.flush();
    }
}
