//! Counting tests from what the runners print.

use std::io::{BufRead, BufReader, Read};

/// How many tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

/// Which runner's summary to look for: nextest shows cargo test's inside the output of failing tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    Nextest,
    CargoTest,
}

impl Runner {
    /// The counts in a summary line.
    fn summary(self, line: &str) -> Option<&str> {
        let (start, before_counts) = match self {
            Self::Nextest => ("Summary [", " run: "),
            Self::CargoTest => ("test result: ", ". "),
        };
        let (_, counts) = line.strip_prefix(start)?.split_once(before_counts)?;
        Some(counts)
    }
}

impl Tally {
    /// Adds what a line of output reports, if it is a summary.
    pub(crate) fn read_line(&mut self, runner: Runner, line: &str) {
        let line = without_colours(line);
        for part in runner.summary(line.trim()).unwrap_or_default().split([',', ';']) {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what.split(" (").next().unwrap_or(what) {
                "passed" => self.passed += number,
                "failed" | "timed out" | "exec failed" => self.failed += number,
                _ => {}
            }
        }
    }

    /// Lets a runner's output through, line by line, and counts.
    pub(crate) fn copy(&mut self, runner: Runner, output: impl Read, mut to: impl FnMut(&str)) {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line);
            self.read_line(runner, &text);
            to(&text);
            line.clear();
        }
    }
}

/// The text without terminal escape sequences.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(runner: Runner, text: &str) -> Tally {
        let mut tally = Tally::default();
        let mut copied = String::new();
        tally.copy(runner, text.as_bytes(), |line| copied.push_str(line));
        assert_eq!(copied, text);
        tally
    }

    #[test]
    fn reads_nextest() {
        let text = "    PASS [   0.004s] orders place::tests::twice\n\
                    test result: FAILED. 0 passed; 1 failed; 0 ignored\n\
                    ────────────\n\
                    \u{1b}[32;1m     Summary\u{1b}[0m [   4.091s] \u{1b}[1m12\u{1b}[0m tests run: 9 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 4 skipped\n";
        assert_eq!(tally(Runner::Nextest, text), Tally { passed: 9, failed: 3 });
    }

    #[test]
    fn reads_a_single_and_a_cancelled_nextest_run() {
        let text = "     Summary [   0.1s] 1 test run: 1 passed, 0 skipped\n";
        assert_eq!(tally(Runner::Nextest, text), Tally { passed: 1, failed: 0 });
        let text = "     Summary [   0.1s] 3/10 tests run: 2 passed, 1 exec failed, 0 skipped";
        assert_eq!(tally(Runner::Nextest, text), Tally { passed: 2, failed: 1 });
    }

    #[test]
    fn sums_every_binary_of_cargo_test() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
                    test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(tally(Runner::CargoTest, text), Tally { passed: 7, failed: 2 });
    }
}
