//! The files of `data/statuses/`: their schema and everything that can be wrong with them.

use std::collections::HashMap;
use std::ops::Range;

use domain::carrier::Carrier;
use domain::status::{ExceptionReason, ShipmentStatus};
use domain::text::fold;
use serde::Deserialize;
use toml::Spanned;

use super::rules::{Pattern, Rule};
use super::{Phrases, StatusReading, StatusTable};

/// The version of the schema that this program reads.
const SCHEMA: u32 = 1;

/// A status file that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct StatusTableError {
    /// The name of the file as given.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: StatusTableProblem,
}

/// What is wrong with a line of a status file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusTableProblem {
    /// Not TOML, or a key is missing, unknown or of the wrong type.
    #[error("{0}")]
    Malformed(String),
    /// Written for another version of the program.
    #[error("schema {0} is not known, only {SCHEMA} is")]
    Schema(u32),
    /// A carrier's list must name a known carrier; the other lists must name none.
    #[error("{0:?} is not the code of a carrier for this list")]
    Carrier(String),
    /// Rules for free text belong in the generic list.
    #[error("rules belong in the generic list")]
    RulesOutsideGeneric,
    /// Nothing is left of the phrase, rule or word when it is folded, or a word is several.
    #[error("{0:?} has no words to compare, or more than fit here")]
    Words(String),
    /// The phrase or rule stands in its list already.
    #[error("{phrase:?} stands twice, first in line {first} of {first_file}")]
    Duplicate {
        /// The phrase as it stands the second time.
        phrase: String,
        /// The file of the first one.
        first_file: String,
        /// The line of the first one.
        first: usize,
    },
    /// Not a canonical status.
    #[error("{phrase:?} has the unknown status {status:?}")]
    Status {
        /// The phrase of the row.
        phrase: String,
        /// The status as written.
        status: String,
    },
    /// An issue needs a known reason; other statuses must have none.
    #[error("{phrase:?} has the wrong reason {reason:?} for its status")]
    Reason {
        /// The phrase of the row.
        phrase: String,
        /// The reason as written, empty if there is none.
        reason: String,
    },
    /// Only a return can be in process.
    #[error("{phrase:?} is not a return and cannot be one in process")]
    ReturnInProcess {
        /// The phrase of the row.
        phrase: String,
    },
    /// A rule that tells of a problem comes after one that tells of progress, or says that all is well.
    #[error("{phrase:?} must not stand in this group: problems come first, and only progress delivers")]
    Order {
        /// The text of the rule.
        phrase: String,
    },
}

/// Collects files until the table is complete.
#[derive(Default)]
pub(super) struct Builder {
    table: StatusTable,
    /// Where each phrase of each list was first seen.
    seen: HashMap<(String, String), (String, usize)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Spanned<u32>,
    list: Spanned<List>,
    carrier: Option<Spanned<String>>,
    #[serde(default)]
    denials: Vec<Spanned<String>>,
    #[serde(default)]
    delivery_denials: Vec<Spanned<String>>,
    #[serde(default)]
    delivery_context: Vec<Spanned<String>>,
    #[serde(default)]
    neutral: Vec<Spanned<String>>,
    phrases: Vec<PhraseRow>,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum List {
    Carrier,
    Dropi,
    Generic,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseRow {
    phrase: Spanned<String>,
    status: String,
    reason: Option<String>,
    #[serde(default)]
    return_in_process: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: Spanned<String>,
    #[serde(default)]
    positive: bool,
    rules: Vec<RuleRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    contains: Spanned<String>,
    status: String,
    reason: Option<String>,
    #[serde(default)]
    return_in_process: bool,
}

/// A file's name and text, to say where something stands.
#[derive(Clone, Copy)]
struct Source<'a> {
    name: &'a str,
    text: &'a str,
}

impl Builder {
    /// Adds one file.
    pub(super) fn add(&mut self, name: &str, text: &str) -> Result<(), StatusTableError> {
        let source = Source { name, text };
        let file: File = toml::from_str(text).map_err(|error| {
            let problem = StatusTableProblem::Malformed(error.message().to_owned());
            source.error(error.span().unwrap_or(0..0), problem)
        })?;
        let schema = *file.schema.get_ref();
        if schema != SCHEMA {
            return Err(source.error(file.schema.span(), StatusTableProblem::Schema(schema)));
        }
        self.add_phrases(source, &file)?;
        self.add_rules(source, &file)
    }

    /// The finished table.
    pub(super) fn build(self) -> StatusTable {
        self.table
    }

    fn add_phrases(&mut self, source: Source<'_>, file: &File) -> Result<(), StatusTableError> {
        let carrier = source.carrier(file)?;
        let list = carrier.map_or(file.list.get_ref().name(), Carrier::code);
        for row in &file.phrases {
            let reading =
                source.reading(&row.phrase, &row.status, row.reason.as_deref(), row.return_in_process)?;
            let folded = fold(row.phrase.get_ref());
            if folded.is_empty() {
                return Err(source.words(&row.phrase));
            }
            self.first_time(source, list, &folded, &row.phrase)?;
            self.phrases(file, carrier).insert(folded.into_boxed_str(), reading);
        }
        Ok(())
    }

    fn phrases(&mut self, file: &File, carrier: Option<Carrier>) -> &mut Phrases {
        match (carrier, file.list.get_ref()) {
            (Some(carrier), _) => self.table.carriers.entry(carrier.code()).or_default(),
            (None, List::Generic) => &mut self.table.generic,
            (None, List::Carrier | List::Dropi) => &mut self.table.dropi,
        }
    }

    fn add_rules(&mut self, source: Source<'_>, file: &File) -> Result<(), StatusTableError> {
        let words = [&file.denials, &file.delivery_denials, &file.delivery_context, &file.neutral];
        let first = words
            .into_iter()
            .flatten()
            .map(Spanned::span)
            .chain(file.groups.iter().map(|g| g.name.span()))
            .next();
        if let (List::Carrier | List::Dropi, Some(span)) = (file.list.get_ref(), first) {
            return Err(source.error(span, StatusTableProblem::RulesOutsideGeneric));
        }
        for word in &file.denials {
            self.table.rules.denials.push(source.word(word)?);
        }
        for word in &file.delivery_denials {
            self.table.rules.delivery_denials.push(source.word(word)?);
        }
        for text in &file.neutral {
            self.table.rules.neutral.push(source.run(text)?);
        }
        for text in &file.delivery_context {
            self.table.rules.delivery_context.push(source.run(text)?);
        }
        // What is part of a longer run is left out with it.
        self.table.rules.delivery_context.sort_by_key(|run| std::cmp::Reverse(run.length()));
        for group in &file.groups {
            self.add_group(source, group)?;
        }
        Ok(())
    }

    fn add_group(&mut self, source: Source<'_>, group: &Group) -> Result<(), StatusTableError> {
        let after_progress = self.table.rules.ordered.last().is_some_and(|rule| rule.positive);
        let mut rules = Vec::with_capacity(group.rules.len());
        for row in &group.rules {
            let reading =
                source.reading(&row.contains, &row.status, row.reason.as_deref(), row.return_in_process)?;
            let delivers = reading.status == ShipmentStatus::Delivered;
            if !group.positive && (after_progress || delivers) {
                let problem = StatusTableProblem::Order { phrase: row.contains.get_ref().clone() };
                return Err(source.error(row.contains.span(), problem));
            }
            let pattern =
                if delivers { source.run(&row.contains)? } else { source.pattern(&row.contains)? };
            self.first_time(source, "rules", &pattern.key(), &row.contains)?;
            rules.push(Rule { pattern, reading, positive: group.positive });
        }
        // Stable: rules of one length keep the order of the file.
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.pattern.length()));
        self.table.rules.ordered.extend(rules);
        Ok(())
    }

    fn first_time(
        &mut self,
        source: Source<'_>,
        list: &str,
        key: &str,
        phrase: &Spanned<String>,
    ) -> Result<(), StatusTableError> {
        let here = (source.name.to_owned(), source.line(phrase.span().start));
        match self.seen.insert((list.to_owned(), key.to_owned()), here) {
            None => Ok(()),
            Some((first_file, first)) => {
                let phrase_text = phrase.get_ref().clone();
                let problem = StatusTableProblem::Duplicate { phrase: phrase_text, first_file, first };
                Err(source.error(phrase.span(), problem))
            }
        }
    }
}

impl List {
    fn name(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Dropi => "dropi",
            Self::Generic => "generic",
        }
    }
}

impl Source<'_> {
    /// The carrier of a carrier's list; no other list has one.
    fn carrier(self, file: &File) -> Result<Option<Carrier>, StatusTableError> {
        match (file.list.get_ref(), &file.carrier) {
            (List::Carrier, Some(code)) => match Carrier::from_code(code.get_ref()) {
                Some(carrier) => Ok(Some(carrier)),
                None => Err(self.error(code.span(), StatusTableProblem::Carrier(code.get_ref().clone()))),
            },
            (List::Dropi | List::Generic, None) => Ok(None),
            (List::Carrier, None) => {
                Err(self.error(file.list.span(), StatusTableProblem::Carrier(String::new())))
            }
            (List::Dropi | List::Generic, Some(code)) => {
                Err(self.error(code.span(), StatusTableProblem::Carrier(code.get_ref().clone())))
            }
        }
    }

    fn reading(
        self,
        phrase: &Spanned<String>,
        status: &str,
        reason: Option<&str>,
        return_in_process: bool,
    ) -> Result<StatusReading, StatusTableError> {
        let text = || phrase.get_ref().clone();
        let fail = |problem| Err(self.error(phrase.span(), problem));
        let unknown = status == "UNKNOWN";
        let status = match status.parse::<ShipmentStatus>() {
            Ok(status) => status,
            Err(_) if unknown => ShipmentStatus::Issue,
            Err(_) => return fail(StatusTableProblem::Status { phrase: text(), status: status.to_owned() }),
        };
        let wanted = status == ShipmentStatus::Issue && !unknown;
        let read = reason.map(str::parse::<ExceptionReason>);
        let reason = match read {
            Some(Ok(read)) if wanted && read != ExceptionReason::None => read,
            None if unknown => ExceptionReason::Other,
            None if !wanted => ExceptionReason::None,
            Some(_) | None => {
                let reason = reason.unwrap_or_default().to_owned();
                return fail(StatusTableProblem::Reason { phrase: text(), reason });
            }
        };
        if return_in_process && status != ShipmentStatus::Returned {
            return fail(StatusTableProblem::ReturnInProcess { phrase: text() });
        }
        Ok(StatusReading { status, reason, known: !unknown, return_in_process })
    }

    fn pattern(self, text: &Spanned<String>) -> Result<Pattern, StatusTableError> {
        Pattern::parse(text.get_ref(), fold).ok_or_else(|| self.words(text))
    }

    /// Words that follow each other.
    fn run(self, text: &Spanned<String>) -> Result<Pattern, StatusTableError> {
        self.pattern(text).and_then(|run| if run.is_one_run() { Ok(run) } else { Err(self.words(text)) })
    }

    fn word(self, text: &Spanned<String>) -> Result<String, StatusTableError> {
        let folded = fold(text.get_ref());
        if folded.is_empty() || folded.contains(' ') { Err(self.words(text)) } else { Ok(folded) }
    }

    fn words(self, text: &Spanned<String>) -> StatusTableError {
        self.error(text.span(), StatusTableProblem::Words(text.get_ref().clone()))
    }

    fn error(self, span: Range<usize>, problem: StatusTableProblem) -> StatusTableError {
        StatusTableError { file: self.name.to_owned(), line: self.line(span.start), problem }
    }

    fn line(self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|&byte| byte == b'\n').count()
    }
}
