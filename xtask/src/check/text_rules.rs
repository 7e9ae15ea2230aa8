//! Rules for every text file.

use super::{Finding, Source, line_at};

/// Longer files hold more than one idea.
const MOST_LINES: usize = 600;

/// Folders of somebody's machine. Joined here so that this file does not contain them.
const PLACES: [&str; 3] = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("../sha", "red")];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().flat_map(|source| long_file(source).into_iter().chain(places(source))).collect()
}

fn long_file(source: &Source) -> Option<Finding> {
    let generated = source.path.ends_with(".d.ts") || source.path.contains(".gen.");
    let lines = source.text.lines().count();
    (source.has_extension(&["rs", "ts", "tsx"]) && !generated && lines > MOST_LINES).then(|| {
        Finding::new(&source.path, MOST_LINES + 1, format!("{lines} lines: split it ({MOST_LINES} at most)"))
    })
}

fn places(source: &Source) -> Vec<Finding> {
    PLACES
        .iter()
        .flat_map(|place| source.text.match_indices(place))
        .filter(|(offset, place)| !place.starts_with('/') || !continues_a_path(&source.text[..*offset]))
        .map(|(offset, place)| {
            Finding::new(
                &source.path,
                line_at(&source.text, offset),
                format!("{place} exists on one machine only"),
            )
        })
        .collect()
}

/// True when the text ends inside a path or an address, so that a following `/` is not the root.
fn continues_a_path(before: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source;

    #[test]
    fn long_files() {
        let long = "a\n".repeat(MOST_LINES + 1);
        let at = |path: &str| check(&[source(path, &long)]).len();
        assert_eq!((at("app/src/a.rs"), at("console/src/a.tsx")), (1, 1));
        assert_eq!((at("console/src/api/openapi.d.ts"), at("docs/long.md")), (0, 0));
        assert!(check(&[source("a.rs", &"a\n".repeat(MOST_LINES))]).is_empty());
    }

    #[test]
    fn places_of_one_machine() {
        let text = format!("a\ncd {}x\nhttps://example.com{}\n{}/x", PLACES[0], PLACES[1], PLACES[2]);
        let lines: Vec<usize> =
            check(&[source("docs/a.md", &text)]).iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [2, 4]);
    }
}
