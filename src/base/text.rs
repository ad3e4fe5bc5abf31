//! Small rules about text that every floor needs.

/// The text cut to at most `most` characters, with `..` where something was cut. For messages.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(2)).collect();
    format!("{head}..")
}

/// Case folded and trimmed: the form in which cXML domains and e-mail addresses are compared.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// One line without control or bidirectional-override characters: safe in a mail header, a log
/// line or a table cell. Runs of white space become one blank.
pub fn one_line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() || is_bidi_mark(c) { ' ' } else { c });
    let mut line = String::with_capacity(text.len());
    for c in clean {
        let blank = c.is_whitespace();
        if !(blank && (line.is_empty() || line.ends_with(' '))) {
            line.push(if blank { ' ' } else { c });
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Whether the character changes the writing direction (and so can disguise a text).
pub fn is_bidi_mark(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Lower-case words of letters and digits, with the common Latin accents folded (`Schlüssel` gives
/// `schlussel`): what search compares.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().flat_map(char::to_lowercase).flat_map(unaccent).collect())
}

fn unaccent(c: char) -> impl Iterator<Item = char> {
    let plain: &str = match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => "",
    };
    let kept = if plain.is_empty() { Some(c) } else { None };
    plain.chars().chain(kept)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// SHA-256 of the bytes, as lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_cannot_carry_a_second_header() {
        assert_eq!(one_line("Bob\r\nBcc: all"), "Bob Bcc: all");
        assert_eq!(one_line(" a\u{202E}b\0 "), "a b");
    }

    #[test]
    fn words_fold_case_and_accents() {
        let found: Vec<_> = words("Schlüssel M8x40, Größe-2").collect();
        assert_eq!(found, ["schlussel", "m8x40", "grosse", "2"]);
    }

    #[test]
    fn shortened_texts_say_so() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdefg", 6), "abcd..");
    }
}
