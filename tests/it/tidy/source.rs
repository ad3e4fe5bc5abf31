//! A source file as the rules see it: its code without comments and texts, its texts, and which
//! lines belong to tests.

/// A text in the code, as it is written between its quotes.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// The line it begins on.
    pub line: usize,
    /// Where it stands in the code, quotes included.
    pub place: std::ops::Range<usize>,
    pub inside: String,
}

/// One file under `src/` or `tests/`, taken apart once for all rules.
pub struct Source {
    /// From the top of the repository: `src/domain/cart.rs`.
    pub path: String,
    pub raw: String,
    /// The raw text with comments and the inside of texts replaced by spaces; same lines.
    pub code: String,
    /// The texts in the code, in order.
    pub texts: Vec<Text>,
    /// For each line (from 1; the first entry is unused) whether it belongs to tests.
    test_lines: Vec<bool>,
}

impl Source {
    pub fn of(path: &str, raw: &str) -> Self {
        Self::read(path, raw, false)
    }

    /// `declared`: a parent names this file's module under `#[cfg(test)]`.
    pub fn read(path: &str, raw: &str, declared: bool) -> Self {
        let (code, texts) = strip(raw);
        let all_tests = path.starts_with("tests/")
            || path.starts_with("benches/")
            || path.ends_with("/tests.rs")
            || path.contains("/tests/")
            || declared;
        let test_lines = test_lines(&code, all_tests);
        Self { path: path.to_owned(), raw: raw.to_owned(), code, texts, test_lines }
    }

    pub fn is_test(&self, line: usize) -> bool {
        self.test_lines.get(line).copied().unwrap_or(false)
    }

    /// The first folder or file below `src/`: `domain`, `config`, `main`.
    pub fn room(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        let first = below.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }

    /// The lines of the code, numbered from 1, with whether each belongs to tests.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        self.code.lines().enumerate().map(|(at, line)| (at + 1, line, self.is_test(at + 1)))
    }

    /// The line of a byte position in `code`.
    pub fn line_at(&self, position: usize) -> usize {
        self.code.as_bytes()[..position].iter().filter(|b| **b == b'\n').count() + 1
    }

    /// Whether the line is inside a text of several lines: markup that no formatter breaks.
    pub fn is_inside_text(&self, line: usize) -> bool {
        let ends = self.texts.iter().map(|text| (text.line, text.inside.matches('\n').count()));
        ends.filter(|(_, more)| *more > 0)
            .any(|(start, more)| (start..=start + more).contains(&line))
    }

    /// The modules this file declares under `#[cfg(test)]`, as paths without their ending.
    pub fn test_modules(&self) -> Vec<String> {
        let base = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let base = base.trim_end_matches("/lib");
        let declared = self.code.match_indices("#[cfg(test)]").filter_map(|(at, found)| {
            let rest = self.code[at + found.len()..].trim_start();
            let name = rest.strip_prefix("mod ")?;
            name.split_once(';').map(|(name, _)| name.trim())
        });
        declared.filter(|name| name.chars().all(is_name)).map(|n| format!("{base}/{n}")).collect()
    }

    /// Where `word` stands in the code as a whole word (or path, or call), as byte positions.
    pub fn find_word(&self, word: &str) -> Vec<usize> {
        find_word(&self.code, word)
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whole-word positions; an end of `word` that is itself no letter asks nothing of its neighbour.
pub fn find_word(text: &str, word: &str) -> Vec<usize> {
    let bounded_left = word.starts_with(is_name);
    let bounded_right = word.ends_with(is_name);
    text.match_indices(word)
        .filter(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !(bounded_left && before.is_some_and(is_name)
                || bounded_right && after.is_some_and(is_name))
        })
        .map(|(at, _)| at)
        .collect()
}

/// Blanks comments and texts; newlines stay, so that lines keep their numbers.
fn strip(raw: &str) -> (String, Vec<Text>) {
    let chars: Vec<char> = raw.chars().collect();
    let mut code = String::with_capacity(raw.len());
    let mut texts = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => comment_end(&chars, at),
            '"' => text_end(&chars, at),
            'r' if raw_hashes(&chars, at).is_some() => {
                raw_end(&chars, at, raw_hashes(&chars, at).unwrap_or(0))
            }
            '\'' => char_end(&chars, at),
            _ => at,
        };
        if end == at {
            line += usize::from(chars[at] == '\n');
            code.push(chars[at]);
            at += 1;
            continue;
        }
        let piece: String = chars[at..end].iter().collect();
        if matches!(chars[at], '"' | 'r') {
            let inside = piece.trim_start_matches('r').trim_matches('#').trim_matches('"');
            // Every character becomes one blank, so the end is known before it is written.
            let place = code.len()..code.len() + piece.chars().count();
            texts.push(Text { line, place, inside: inside.to_owned() });
        }
        line += piece.matches('\n').count();
        code.extend(piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        at = end;
    }
    (code, texts)
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n)
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut here = at;
    while here < chars.len() {
        match (chars[here], chars.get(here + 1)) {
            ('/', Some('*')) => (depth, here) = (depth + 1, here + 2),
            ('*', Some('/')) => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
        if depth == 0 {
            return here;
        }
    }
    chars.len()
}

fn text_end(chars: &[char], at: usize) -> usize {
    let mut here = at + 1;
    while here < chars.len() {
        match chars[here] {
            '\\' => here += 2,
            '"' => return here + 1,
            _ => here += 1,
        }
    }
    chars.len()
}

/// How many `#` a raw text that begins here has; `None` when none begins.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    if at > 0 && (is_name(chars[at - 1]) && chars[at - 1] != 'b') {
        return None;
    }
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn raw_end(chars: &[char], at: usize, hashes: usize) -> usize {
    let mut here = at + hashes + 2;
    while here < chars.len() {
        let closes = chars[here] == '"'
            && chars[here + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
        if closes {
            return here + 1 + hashes;
        }
        here += 1;
    }
    chars.len()
}

/// The end of a character literal; a lifetime is left as code.
fn char_end(chars: &[char], at: usize) -> usize {
    match chars.get(at + 1) {
        Some('\\') => {
            let close = chars.iter().skip(at + 3).position(|c| *c == '\'');
            close.map_or(at, |n| at + 3 + n + 1)
        }
        Some(_) if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

/// Marks what stands under `#[cfg(test)]`: a module or an item, up to its closing brace.
fn test_lines(code: &str, all: bool) -> Vec<bool> {
    let mut marks = vec![all; code.lines().count() + 2];
    let bytes = code.as_bytes();
    for (start, found) in code.match_indices("#[cfg(test)]") {
        let mut depth = 0_usize;
        let mut end = start + found.len();
        while end < bytes.len() {
            match bytes[end] {
                b'{' => depth += 1,
                b'}' if depth <= 1 => break,
                b'}' => depth -= 1,
                b';' if depth == 0 => break,
                _ => {}
            }
            end += 1;
        }
        let line_of = |at: usize| bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
        let (first, last) = (line_of(start), line_of(end.min(bytes.len())));
        marks[first..=last].fill(true);
    }
    marks
}

#[test]
fn comments_and_texts_are_no_code() {
    let raw = concat!(
        "let a = \"tokio\"; // tokio\n/* tokio /* x */ */ let b = r#\"sq\"lx\"#;\n",
        "let c = '\"';\nfn f<'a>() {}\n"
    );
    let source = Source::of("src/domain/x.rs", raw);
    assert!(source.find_word("tokio").is_empty() && source.find_word("sqlx").is_empty());
    let texts: Vec<_> = source.texts.iter().map(|t| (t.line, t.inside.as_str())).collect();
    assert_eq!(texts, [(1, "tokio"), (2, "sq\"lx")]);
    assert_eq!(source.texts[0].place, 8..15);
    assert_eq!(source.code.lines().count(), raw.lines().count());
    assert_eq!(source.find_word("let").len(), 3);
    assert!(source.code.contains("fn f<'a>() {}"));
}

#[test]
fn words_are_found_whole() {
    assert_eq!(find_word("async asynchronous my_async", "async"), [0]);
    assert_eq!(find_word("x.unwrap() y.unwrap_or(1)", ".unwrap("), [1]);
}

#[test]
fn lines_under_cfg_test_belong_to_tests() {
    let raw = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
    let source = Source::of("src/domain/x.rs", raw);
    let marks: Vec<bool> = source.lines().map(|(_, _, test)| test).collect();
    assert_eq!(marks, [false, true, true, true, true, false]);
    assert!(Source::of("src/domain/x/tests.rs", "fn a() {}").is_test(1));
}

#[test]
fn modules_declared_for_tests_are_tests() {
    let parent = Source::of("src/http/part/mod.rs", "#[cfg(test)]\nmod gallery;\nmod list;\n");
    assert_eq!(parent.test_modules(), ["src/http/part/gallery"]);
    let file = Source::of("src/config.rs", "#[cfg(test)]\nmod samples;\n");
    assert_eq!(file.test_modules(), ["src/config/samples"]);
}
