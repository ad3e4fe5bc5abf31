//! What differs between two documents, line by line: the last that went well and the one that did
//! not. Of long equal stretches only the ends are shown.

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// In both.
    Same(String),
    /// In the good one alone.
    Gone(String),
    /// In the new one alone.
    New(String),
    /// So many equal lines are left out here.
    Left(usize),
}

/// Lines round a change that are shown.
const ROUND: usize = 2;
/// Pairs of lines that are compared at most: beyond, the whole middle counts as changed.
const PAIRS: usize = 4_000_000;
/// Lines shown at most.
const SHOWN: usize = 400;

/// How the new text differs from the good one; empty when it does not.
pub fn difference(good: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (good.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (left, right) = (&old[head..], &new[head..]);
    let tail = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[..left.len() - tail], &right[..right.len() - tail]);
    if left.is_empty() && right.is_empty() {
        return Vec::new();
    }
    let same = |lines: &[&str]| lines.iter().map(|line| Line::Same((*line).to_owned())).collect();
    let mut lines: Vec<Line> = same(&old[..head]);
    lines.extend(middle(left, right));
    lines.extend::<Vec<Line>>(same(&old[old.len() - tail..]));
    let mut shown = folded(lines);
    if shown.len() > SHOWN {
        let left = shown.len() - SHOWN;
        shown.truncate(SHOWN);
        shown.push(Line::Left(left));
    }
    shown
}

/// The longest common lines stay, by the table that everybody knows.
fn middle(old: &[&str], new: &[&str]) -> Vec<Line> {
    let gone = |line: &&str| Line::Gone((*line).to_owned());
    let fresh = |line: &&str| Line::New((*line).to_owned());
    if old.len().saturating_mul(new.len()) > PAIRS {
        return old.iter().map(gone).chain(new.iter().map(fresh)).collect();
    }
    let width = new.len() + 1;
    // Common lines from here to both ends.
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for (i, left) in old.iter().enumerate().rev() {
        for (j, right) in new.iter().enumerate().rev() {
            common[i * width + j] = if left == right {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::with_capacity(old.len() + new.len());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            lines.push(Line::Same(old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
            lines.push(gone(&old[i]));
            i += 1;
        } else {
            lines.push(fresh(&new[j]));
            j += 1;
        }
    }
    lines.extend(old[i..].iter().map(gone));
    lines.extend(new[j..].iter().map(fresh));
    lines
}

/// Long equal stretches become a number.
fn folded(lines: Vec<Line>) -> Vec<Line> {
    let changed: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !matches!(line, Line::Same(_)))
        .map(|(at, _)| at)
        .collect();
    let near = |at: usize| {
        let next = changed.partition_point(|change| *change < at);
        let before = next.checked_sub(1).and_then(|before| changed.get(before));
        changed.get(next).is_some_and(|change| change - at <= ROUND)
            || before.is_some_and(|change| at - change <= ROUND)
    };
    let mut shown: Vec<Line> = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        match (near(at), shown.last_mut()) {
            (true, _) => shown.push(line),
            (false, Some(Line::Left(many))) => *many += 1,
            (false, _) => shown.push(Line::Left(1)),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(good: &str, new: &str) -> String {
        let shown = difference(good, new).into_iter().map(|line| match line {
            Line::Same(text) => format!(" {text}"),
            Line::Gone(text) => format!("-{text}"),
            Line::New(text) => format!("+{text}"),
            Line::Left(many) => format!("..{many}"),
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_was_added_taken_away_and_changed_is_shown_with_its_neighbours() {
        assert_eq!(told("a\nb\nc", "a\nb\nc"), "");
        assert_eq!(told("a\nb\nc", "a\nx\nc"), " a\n-b\n+x\n c");
        assert_eq!(
            told("1\n2\n3\n4\n5\n6\n7\n8", "1\n2\n3\n4\n4b\n5\n6\n7\n8"),
            "..2\n 3\n 4\n+4b\n 5\n 6\n..2"
        );
        assert_eq!(told("", "a"), "+a");
        assert_eq!(told("a\nb\nc\nd", "b\nc\ne\nd"), "-a\n b\n c\n+e\n d");
    }

    #[test]
    fn long_documents_are_compared_in_bounded_time_and_space() {
        let many =
            |start: u32| (start..start + 5_000).map(|n| format!("{n}\n")).collect::<String>();
        assert_eq!(difference(&many(0), &many(10_000)).len(), SHOWN + 1);
    }
}
