//! Reading free text by the words it contains.

use domain::status::ShipmentStatus;

use super::StatusReading;

/// Rules in the order in which they are tried.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) ordered: Vec<Rule>,
    /// Words that take back a terminal or positive reading behind them.
    pub(super) denials: Vec<String>,
    /// Words that take back a delivery wherever they stand.
    pub(super) delivery_denials: Vec<String>,
    /// Words that may stand around a delivery; each pattern is one run.
    pub(super) delivery_context: Vec<Pattern>,
    /// Words that say nothing and are left out before reading; each pattern is one run.
    pub(super) neutral: Vec<Pattern>,
}

/// A text that contains the pattern has the reading.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) reading: StatusReading,
    /// Tells progress, not a problem.
    pub(super) positive: bool,
}

/// Runs of words that follow each other in a text, with any or no words between two runs.
#[derive(Debug)]
pub(super) struct Pattern {
    runs: Vec<Vec<Term>>,
    length: usize,
    /// The initials of its words: a text without all of them cannot match, which spares most comparisons.
    initials: u32,
}

#[derive(Debug)]
struct Term {
    word: String,
    /// Matches every word that begins like this.
    prefix: bool,
}

impl Rules {
    /// The reading of the first rule that fits and is not taken back by the text itself.
    pub(super) fn read(&self, folded: &str) -> Option<StatusReading> {
        let mut words: Vec<&str> = folded.split_ascii_whitespace().collect();
        leave_out(&self.neutral, &mut words);
        let first_denial = words.iter().position(|word| is_one_of(&self.denials, word));
        let undelivered = words.iter().any(|word| is_one_of(&self.delivery_denials, word));
        let initials = initials(words.iter().copied());
        for rule in self.ordered.iter().filter(|rule| rule.pattern.initials & !initials == 0) {
            let Some(at) = rule.pattern.find(&words) else { continue };
            let delivery = rule.reading.status == ShipmentStatus::Delivered;
            let denied = first_denial.is_some_and(|denial| denial < at) || (delivery && undelivered);
            if delivery && denied {
                return Some(StatusReading::NOT_DELIVERED);
            }
            if delivery && !self.is_sure(&words[..at], &words[at + rule.pattern.words()..]) {
                return Some(StatusReading::UNKNOWN);
            }
            if !denied || !(rule.positive || rule.reading.status.is_terminal()) {
                return Some(rule.reading);
            }
        }
        None
    }

    /// Whether nothing is said before and behind a delivery but what may stand around one.
    fn is_sure(&self, before: &[&str], behind: &[&str]) -> bool {
        [before, behind].into_iter().all(|around| {
            let mut words = around.to_vec();
            leave_out(&self.delivery_context, &mut words);
            words.is_empty()
        })
    }
}

fn leave_out(runs: &[Pattern], words: &mut Vec<&str>) {
    for run in runs {
        while let Some(at) = run.find(words) {
            words.drain(at..at + run.words());
        }
    }
}

impl Pattern {
    /// Reads `WORD BEGIN* ... WORD`; `None` if there is no word in it or a run between dots is empty.
    pub(super) fn parse(text: &str, fold: impl Fn(&str) -> String) -> Option<Self> {
        let mut runs = Vec::new();
        for part in text.split("...") {
            let run: Vec<Term> =
                part.split_whitespace().map(|word| Term::parse(word, &fold)).collect::<Option<_>>()?;
            if run.is_empty() {
                return None;
            }
            runs.push(run);
        }
        let length = runs.iter().flatten().map(|term| term.word.chars().count() + 1).sum();
        let initials = initials(runs.iter().flatten().map(|term| term.word.as_str()));
        Some(Self { runs, length, initials })
    }

    /// How much text the pattern fixes; the longer of two fitting patterns is the more exact one.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// One spelling for equal patterns.
    pub(super) fn key(&self) -> String {
        let run = |run: &Vec<Term>| {
            let term = |term: &Term| format!("{}{}", term.word, if term.prefix { "*" } else { "" });
            run.iter().map(term).collect::<Vec<_>>().join(" ")
        };
        self.runs.iter().map(run).collect::<Vec<_>>().join(" ... ")
    }

    /// Whether the words must all follow each other.
    pub(super) fn is_one_run(&self) -> bool {
        self.runs.len() == 1
    }

    fn words(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// The index of the first matching word.
    fn find(&self, words: &[&str]) -> Option<usize> {
        let mut start = None;
        let mut from = 0;
        for run in &self.runs {
            let at = from + words.get(from..)?.windows(run.len()).position(|window| fits(run, window))?;
            start = start.or(Some(at));
            from = at + run.len();
        }
        start
    }
}

impl Term {
    fn parse(word: &str, fold: impl Fn(&str) -> String) -> Option<Self> {
        let (word, prefix) = match word.strip_suffix('*') {
            Some(beginning) => (fold(beginning), true),
            None => (fold(word), false),
        };
        let single = !word.is_empty() && !word.contains(' ');
        single.then_some(Self { word, prefix })
    }

    fn matches(&self, word: &str) -> bool {
        if self.prefix { word.starts_with(&self.word) } else { word == self.word }
    }
}

fn fits(run: &[Term], words: &[&str]) -> bool {
    run.iter().zip(words).all(|(term, word)| term.matches(word))
}

/// One bit for each first byte; several share a bit.
fn initials<'a>(words: impl Iterator<Item = &'a str>) -> u32 {
    words.filter_map(|word| word.bytes().next()).fold(0, |bits, byte| bits | 1 << (byte & 31))
}

fn is_one_of(list: &[String], word: &str) -> bool {
    list.iter().any(|entry| entry == word)
}
