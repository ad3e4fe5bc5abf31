//! The part of a long list of lines that one page shows, so that no page weighs more than a phone
//! carries.

use std::ops::Range;

use crate::http::part::{Pager, Shell};

/// Lines on one page.
pub(super) const LINES_SHOWN: usize = 100;

/// Which of the lines a page shows.
pub(super) struct Shown {
    range: Range<usize>,
    all: usize,
    /// Where this page starts: the position that came before; empty on the first page.
    pub after: String,
    pub pager: Pager,
}

impl Shown {
    /// `path` is the page's own, without prefix; `after` the position after which it starts.
    pub(super) fn new(
        shell: &Shell,
        path: &str,
        positions: impl Iterator<Item = i64>,
        after: Option<&str>,
    ) -> Self {
        let positions: Vec<i64> = positions.collect();
        let start = after.and_then(|after| after.parse::<i64>().ok()).unwrap_or_default();
        let before = positions.iter().filter(|position| **position <= start).count();
        // Lines that are gone leave nothing to show after them: then from the beginning.
        let from = if before < positions.len() { before } else { 0 };
        let to = positions.len().min(from + LINES_SHOWN);
        let after = after.filter(|_| from > 0);
        let last = positions.get(..to).and_then(<[i64]>::last);
        let next = last.filter(|_| to < positions.len()).map(i64::to_string);
        Self {
            range: from..to,
            all: positions.len(),
            after: after.unwrap_or_default().to_owned(),
            pager: Pager::new(&shell.href(path), after, next.as_deref()),
        }
    }

    pub(super) fn of<'l, T>(&self, lines: &'l [T]) -> &'l [T] {
        lines.get(self.range.clone()).unwrap_or_default()
    }

    /// `101 to 200 of 1,000`; nothing when all are there.
    pub(super) fn words(&self, shell: &Shell) -> Option<String> {
        let count = |number: usize| shell.locale.number(&number.to_string());
        (self.range.len() < self.all).then(|| {
            let (from, to) = (count(self.range.start + 1), count(self.range.end));
            format!("{from} to {to} of {}", count(self.all))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::locale::Locale;

    #[test]
    fn a_thousand_lines_come_a_hundred_at_a_time_and_none_is_left_out() {
        let shell = Shell::new("Decide", Locale::default());
        let lines: Vec<i64> = (1..=1_000).collect();
        let (mut seen, mut after) = (Vec::new(), None);
        for _ in 0..10 {
            let page = Shown::new(&shell, "/x", lines.iter().copied(), after.as_deref());
            seen.extend_from_slice(page.of(&lines));
            after = seen.last().map(i64::to_string);
            assert_eq!(page.pager.to_string().contains("after="), seen.len() < 1_000);
        }
        assert_eq!(seen, lines);
        let second = Shown::new(&shell, "/x", lines.iter().copied(), Some("100"));
        assert_eq!(second.words(&shell).as_deref(), Some("101 to 200 of 1,000"));
        let gone = Shown::new(&shell, "/x", lines.iter().copied(), Some("1000"));
        assert_eq!((gone.of(&lines).first(), &*gone.after), (Some(&1), ""));
        let few = Shown::new(&shell, "/x", [1, 2].into_iter(), None);
        assert_eq!(few.words(&shell), None);
    }
}
