//! Form bytes to an ordered list of pairs, strictly once; and pairs to bytes of a charset.
//!
//! OCI forms carry no charset, and repeated names matter (LONGTEXT), so neither a lossy UTF-8
//! decoding nor a map will do (protocols.md 1.7, security.md finding 10). A byte is never replaced.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::fault::{Fault, FaultKind};

/// Most pairs of one form: twenty lines fill a thousand, five hundred lines this.
pub const MAX_PAIRS: usize = 10_000;

/// Names and values in the order in which they were sent.
pub type Pairs = Vec<(String, String)>;

/// Reads `application/x-www-form-urlencoded` bytes (a query or a body). Each text is UTF-8 when it
/// is valid UTF-8, else windows-1252 (of which ISO-8859-1 is a part). `;` does not separate.
pub fn parse(bytes: &[u8]) -> Result<Pairs, Fault> {
    let mut pairs = Pairs::new();
    for piece in bytes.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
        if pairs.len() == MAX_PAIRS {
            return Err(Fault::new(FaultKind::TooMuch, "form", "")
                .expected(format!("at most {MAX_PAIRS} fields"))
                .mend("Send fewer lines at once."));
        }
        let cut = piece.iter().position(|byte| *byte == b'=').unwrap_or(piece.len());
        let name = decode(&piece[..cut]);
        let value = decode(piece.get(cut + 1..).unwrap_or_default());
        if name.contains('\0') || value.contains('\0') {
            return Err(Fault::new(FaultKind::Unreadable, &name, "a NUL character")
                .expected("text")
                .mend("Send the field without control characters."));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn decode(text: &[u8]) -> String {
    let spaced: Vec<u8> = text.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let bytes: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(other) => WINDOWS_1252.decode_without_bom_handling(other.as_bytes()).0.into_owned(),
    }
}

/// The charset in which a return page is written, and so the return form encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset {
    encoding: &'static Encoding,
    /// Whether only the characters of ISO-8859-1 proper may be used: a procurement system that
    /// asks for it reads byte 0x80 as a control character, while browsers write the euro sign.
    latin1: bool,
}

impl Charset {
    pub const UTF_8: Self = Self { encoding: UTF_8, latin1: false };
    /// ISO-8859-1, the default of OCI itself.
    pub const LATIN_1: Self = Self { encoding: WINDOWS_1252, latin1: true };

    /// The charset of a label such as `utf-8`, `ISO-8859-1`, `windows-1252`, `Shift_JIS`; `None`
    /// when no browser knows it. UTF-16 cannot encode a form and becomes UTF-8, as in browsers.
    pub fn of_label(label: &str) -> Option<Self> {
        let encoding = Encoding::for_label(label.trim().as_bytes())?.output_encoding();
        let lower = label.trim().to_ascii_lowercase();
        let says_windows = lower.contains("1252") || lower.contains("ansi");
        Some(Self { encoding, latin1: encoding == WINDOWS_1252 && !says_windows })
    }

    /// The label for `<meta charset>`, `accept-charset` and storage; read by [`Charset::of_label`].
    pub fn label(self) -> &'static str {
        if self.latin1 { "iso-8859-1" } else { self.encoding.name() }
    }

    /// The text with every character that the charset lacks replaced by its nearest spelling, or
    /// by `?` when there is none. A browser would write numeric references, which no procurement
    /// system reads.
    pub fn transliterate(self, text: &str) -> String {
        text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
            if self.holds(c) {
                out.push(c);
            } else {
                match nearest(c) {
                    // `“` is `"` everywhere, but `ñ` for `ń` only where it can be written.
                    Some(plain) if plain.chars().all(|p| self.holds(p)) => out.push_str(plain),
                    _ => out.push('?'),
                }
            }
            out
        })
    }

    /// Whether the charset can write the character.
    pub fn holds(self, c: char) -> bool {
        if c.is_ascii() || self.encoding == UTF_8 {
            return true;
        }
        if self.latin1 {
            return ('\u{A0}'..='\u{FF}').contains(&c);
        }
        let mut buffer = [0_u8; 4];
        !self.encoding.encode(c.encode_utf8(&mut buffer)).2
    }

    /// The bytes of a whole page in this charset; a character it lacks becomes a numeric
    /// reference, which is right in HTML text.
    pub fn encode_page(self, html: &str) -> Vec<u8> {
        self.encoding.encode(html).0.into_owned()
    }

    /// The bytes of a field as a browser would send them; what the charset lacks is transliterated.
    fn encode_field(self, text: &str) -> Vec<u8> {
        self.encoding.encode(&self.transliterate(text)).0.into_owned()
    }
}

/// Writes pairs as a browser would: `application/x-www-form-urlencoded` in the charset.
pub fn encode(pairs: &[(String, String)], charset: Charset) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in pairs {
        if !bytes.is_empty() {
            bytes.push(b'&');
        }
        push_encoded(&mut bytes, &charset.encode_field(name));
        bytes.push(b'=');
        push_encoded(&mut bytes, &charset.encode_field(value));
    }
    bytes
}

fn push_encoded(out: &mut Vec<u8>, text: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(*byte),
            b' ' => out.push(b'+'),
            _ => out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]),
        }
    }
}

/// The nearest spelling of a character that Western charsets lack.
fn nearest(c: char) -> Option<&'static str> {
    let plain = match c {
        '€' => "EUR",
        '‘' | '’' | '‚' | '‛' | '′' => "'",
        '“' | '”' | '„' | '‟' | '″' => "\"",
        '‹' => "<",
        '›' => ">",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '…' => "...",
        '•' | '‣' => "*",
        '™' => "(TM)",
        'Œ' => "OE",
        'œ' => "oe",
        'Ÿ' => "Y",
        '\u{2000}'..='\u{200A}' | '\u{202F}' => " ",
        '\u{200B}'..='\u{200F}' | '\u{FEFF}' => "",
        '\u{3A9}' | '\u{2126}' => "Ohm",
        '\u{3BC}' => "\u{B5}",
        '⌀' => "Ø",
        '≤' => "<=",
        '≥' => ">=",
        '≈' => "~",
        '→' => "->",
        '←' => "<-",
        'Ą' | 'Ă' | 'Ā' => "A",
        'ą' | 'ă' | 'ā' => "a",
        'Ć' | 'Č' => "C",
        'ć' | 'č' => "c",
        'Ď' | 'Đ' => "D",
        'ď' | 'đ' => "d",
        'Ę' | 'Ě' | 'Ė' | 'Ē' => "E",
        'ę' | 'ě' | 'ė' | 'ē' => "e",
        'Ğ' => "G",
        'ğ' => "g",
        'İ' | 'Ī' | 'Į' => "I",
        'ı' | 'ī' | 'į' => "i",
        'Ł' => "L",
        'ł' => "l",
        'Ń' | 'Ň' => "N",
        'ń' | 'ň' => "n",
        'Ő' => "O",
        'ő' => "o",
        'Ř' => "R",
        'ř' => "r",
        'Ś' | 'Š' | 'Ş' | 'Ș' => "S",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'Ť' | 'Ţ' | 'Ț' => "T",
        'ť' | 'ţ' | 'ț' => "t",
        'Ů' | 'Ű' | 'Ū' => "U",
        'ů' | 'ű' | 'ū' => "u",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        'ẞ' => "SS",
        _ => return None,
    };
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn latin_bytes_are_read_and_never_replaced() {
        let pairs = parse(b"a=Schl%FCssel&b=Schl%C3%BCssel&c=%80+1").unwrap();
        assert_eq!(pairs, [pair("a", "Schlüssel"), pair("b", "Schlüssel"), pair("c", "€ 1")]);
    }

    #[test]
    fn repeated_names_and_their_order_stay() {
        let pairs = parse(b"x%5B%5D=1&&x%5B%5D=2&flag&y=a=b;c").unwrap();
        let expected = [pair("x[]", "1"), pair("x[]", "2"), pair("flag", ""), pair("y", "a=b;c")];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn nul_and_too_many_pairs_are_refused() {
        assert_eq!(parse(b"a=%00").map_err(|f| f.kind), Err(FaultKind::Unreadable));
        let most = vec!["a=1"; MAX_PAIRS].join("&");
        assert_eq!(parse(most.as_bytes()).map(|pairs| pairs.len()), Ok(MAX_PAIRS));
        let more = format!("{most}&a=1");
        assert_eq!(parse(more.as_bytes()).map_err(|f| f.kind), Err(FaultKind::TooMuch));
    }

    #[test]
    fn charsets_are_named_as_browsers_do_and_latin_1_stays_strict() {
        assert_eq!(Charset::of_label(" UTF-8 "), Some(Charset::UTF_8));
        assert_eq!(Charset::of_label("ISO-8859-1"), Some(Charset::LATIN_1));
        let windows = Charset::of_label("windows-1252").unwrap();
        assert_eq!((windows.label(), windows.holds('€')), ("windows-1252", true));
        assert!(!Charset::LATIN_1.holds('€'));
        assert_eq!(Charset::of_label(Charset::LATIN_1.label()), Some(Charset::LATIN_1));
        assert_eq!(Charset::of_label("utf-16"), Some(Charset::UTF_8));
        assert_eq!(Charset::of_label("8859/1"), None);
    }

    #[test]
    fn what_a_charset_lacks_gets_its_nearest_spelling() {
        let latin = |text: &str| Charset::LATIN_1.transliterate(text);
        assert_eq!(latin("5 € – „Größe“ ≥ 3 µm…"), "5 EUR - \"Größe\" >= 3 µm...");
        assert_eq!(latin("Łódź 你"), "Lódz ?");
        assert_eq!(Charset::UTF_8.transliterate("你€"), "你€");
        let greek = Charset::of_label("iso-8859-7").unwrap();
        assert_eq!(greek.transliterate("Ωñ™"), "Ω?(TM)");
    }

    #[test]
    fn forms_are_written_in_the_charset_and_read_back() {
        let pairs = [pair("NEW_ITEM-DESCRIPTION[1]", "Größe 19\" & €")];
        let latin = encode(&pairs, Charset::LATIN_1);
        assert_eq!(latin, b"NEW_ITEM-DESCRIPTION%5B1%5D=Gr%F6%DFe+19%22+%26+EUR");
        assert_eq!(parse(&encode(&pairs, Charset::UTF_8)), Ok(pairs.to_vec()));
        assert_eq!(parse(&latin).unwrap()[0].1, "Größe 19\" & EUR");
    }
}
