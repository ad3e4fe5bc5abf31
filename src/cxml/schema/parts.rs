//! A content model of elements: reading it, and following it through a row of children.
//!
//! The models of a DTD are deterministic, so a match never has to turn back: what fits first is
//! right. Where nothing fits, the names that were tried at that place are what was expected.

/// A piece of a model.
#[derive(Debug)]
pub(super) enum Part {
    One(&'static str),
    All(Vec<Part>),
    Choice(Vec<Part>),
    /// Whether it must come once, and whether it may come again.
    Times(Box<Part>, bool, bool),
}

/// Names with their mark, brackets with theirs, and `|`.
pub(super) fn tokens(text: &'static str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let name = rest.find([' ', '(', ')', '|', '?', '*', '+']).unwrap_or(rest.len());
        let mut end = name.max(1);
        if !rest.starts_with(['(', '|']) && rest[end..].starts_with(['?', '*', '+']) {
            end += 1;
        }
        found.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    found
}

impl Part {
    /// Reads tokens up to the closing bracket.
    pub(super) fn read(tokens: &mut &[&'static str]) -> Self {
        let mut parts = Vec::new();
        let mut choice = false;
        while let Some((first, rest)) = tokens.split_first() {
            if first.starts_with(')') {
                break;
            }
            *tokens = rest;
            if *first == "|" {
                choice = true;
            } else if *first == "(" {
                let inner = Self::read(tokens);
                let close = tokens.first().copied().unwrap_or(")");
                *tokens = tokens.get(1..).unwrap_or_default();
                parts.push(inner.times(&close[1..]));
            } else {
                let name = first.trim_end_matches(['?', '*', '+']);
                parts.push(Self::One(name).times(&first[name.len()..]));
            }
        }
        if choice { Self::Choice(parts) } else { Self::All(parts) }
    }

    fn times(self, mark: &str) -> Self {
        match mark {
            "?" => Self::Times(Box::new(self), false, false),
            "*" => Self::Times(Box::new(self), false, true),
            "+" => Self::Times(Box::new(self), true, true),
            _ => self,
        }
    }

    /// Every name in it, in order.
    pub(super) fn names(&self) -> Vec<&'static str> {
        match self {
            Self::One(name) => vec![name],
            Self::All(parts) | Self::Choice(parts) => parts.iter().flat_map(Self::names).collect(),
            Self::Times(part, ..) => part.names(),
        }
    }
}

/// Follows a model through a row of names.
pub(super) struct Walk<'n> {
    names: &'n [&'n str],
    /// The place at which names that were tried are noted; a sound row is never noted.
    noted: Option<usize>,
    furthest: usize,
    tried: Vec<&'static str>,
}

/// Where a row of names leaves its model.
pub(super) struct Misfit {
    /// The place of the first name that does not fit; behind the last one when some are missing.
    pub(super) at: usize,
    /// What would have fitted there; none when the row should have ended.
    pub(super) expected: Vec<&'static str>,
}

impl<'n> Walk<'n> {
    /// Where the names leave the model, if they do.
    pub(super) fn misfit(part: &Part, names: &'n [&'n str]) -> Option<Misfit> {
        let mut walk = Self { names, noted: None, furthest: 0, tried: Vec::new() };
        let end = walk.fit(part, 0);
        if end == Some(names.len()) {
            return None;
        }
        // Once more, now that the place to look at is known.
        let at = walk.furthest;
        walk.noted = Some(at);
        walk.fit(part, 0);
        Some(Misfit { at, expected: walk.tried })
    }

    /// Where the part ends when it starts at `at`; `None` when it does not fit.
    fn fit(&mut self, part: &Part, at: usize) -> Option<usize> {
        match part {
            Part::One(name) => {
                if self.names.get(at) == Some(name) {
                    self.furthest = self.furthest.max(at + 1);
                    return Some(at + 1);
                }
                if self.noted == Some(at) && !self.tried.contains(name) {
                    self.tried.push(name);
                }
                None
            }
            Part::All(parts) => parts.iter().try_fold(at, |at, part| self.fit(part, at)),
            Part::Choice(parts) => {
                let mut nothing = None;
                for part in parts {
                    match self.fit(part, at) {
                        Some(end) if end > at => return Some(end),
                        Some(end) => nothing = Some(end),
                        None => {}
                    }
                }
                nothing
            }
            Part::Times(part, once, again) => {
                let mut end = match self.fit(part, at) {
                    Some(end) => end,
                    None => return (!once).then_some(at),
                };
                while *again && let Some(next) = self.fit(part, end).filter(|next| *next > end) {
                    end = next;
                }
                Some(end)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misfit(model: &'static str, names: &[&str]) -> Option<(usize, String)> {
        let tokens = tokens(model);
        let part = Part::read(&mut tokens.as_slice());
        Walk::misfit(&part, names).map(|misfit| (misfit.at, misfit.expected.join(" ")))
    }

    #[test]
    fn rows_that_fit_have_no_misfit() {
        assert_eq!(misfit("A B? (C | D)* E+", &["A", "D", "C", "E", "E"]), None);
        assert_eq!(misfit("(A* | B*) C?", &["B", "B"]), None);
        assert_eq!(misfit("(A* | B*) C?", &[]), None);
        assert_eq!(misfit("(A (B | C)?) | (D A?)", &["D", "A"]), None);
    }

    #[test]
    fn a_misfit_names_its_place_and_what_was_expected() {
        assert_eq!(misfit("A B? C", &["A", "D"]), Some((1, "B C".to_owned())));
        assert_eq!(misfit("A B? C", &["A", "C", "B"]), Some((2, String::new())));
        assert_eq!(misfit("A (B C)? D*", &["A", "B"]), Some((2, "C".to_owned())));
        assert_eq!(misfit("A+ B", &[]), Some((0, "A".to_owned())));
    }
}
