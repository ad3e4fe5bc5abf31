//! Documents without their secrets: what the inbox, the outbox, logs and pages may see.
//!
//! The text of every `SharedSecret` and `CredentialMac` is cut out and a fixed mark put in its
//! place; every other byte stays, whatever the encoding. A document that is not well-formed is
//! searched as text, and rather loses too much than too little.

use std::collections::HashSet;
use std::ops::Range;

use super::encoding::{self, Charset};
use super::tree;
use crate::base::secret::Secret;

/// What stands in place of a secret.
pub const SECRET_MARK: &str = "[secret-removed]";
/// What stands in place of a live token in a frozen answer; see [`fill_token`].
pub const TOKEN_MARK: &str = "[token-removed]";

/// Element names whose text is secret, in lower case; a name that starts so counts too.
const SECRET_NAMES: [&str; 2] = ["sharedsecret", "credentialmac"];

/// The document with every secret replaced by [`SECRET_MARK`].
pub fn redact(bytes: &[u8]) -> Vec<u8> {
    let Ok(decoded) = encoding::decode(bytes, None) else { return redact_undecodable(bytes) };
    let ranges = secret_ranges(&decoded.text);
    splice(bytes, &decoded.text, decoded.charset, decoded.mark_bytes, &ranges)
}

/// The text with every secret replaced by [`SECRET_MARK`].
pub fn redact_text(text: &str) -> String {
    let spliced = splice(text.as_bytes(), text, Charset::Utf8, 0, &secret_ranges(text));
    String::from_utf8_lossy(&spliced).into_owned()
}

/// Puts the secret where the mark stands in a `SharedSecret` of a document that we wrote (UTF-8).
pub fn fill_secret(bytes: &[u8], secret: &Secret) -> Vec<u8> {
    let mark = format!("<SharedSecret>{SECRET_MARK}</SharedSecret>");
    let filled = format!("<SharedSecret>{}</SharedSecret>", super::write::escape(secret.expose()));
    replace(bytes, &mark, &filled)
}

/// Puts the token where the mark stands in the address of a document that we wrote: of the start
/// page, or of the way back. Only there: a mark that a partner wrote into another text stays as it
/// is.
pub fn fill_token(bytes: &[u8], token: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let place = |name: &str| {
        let start = text.find(&format!("<{name}>"))?;
        let end = start + text[start..].find(&format!("</{name}>"))?;
        let mark = start + text[start..end].find(TOKEN_MARK)?;
        Some(mark..mark + TOKEN_MARK.len())
    };
    match place("StartPage").or_else(|| place("BrowserFormPost")) {
        Some(place) => {
            let mut filled = text.into_owned();
            filled.replace_range(place, &super::write::escape(token));
            filled.into_bytes()
        }
        None => bytes.to_vec(),
    }
}

fn replace(bytes: &[u8], mark: &str, with: &str) -> Vec<u8> {
    String::from_utf8_lossy(bytes).replace(mark, with).into_bytes()
}

/// Where secrets stand in the text, in order and not overlapping.
fn secret_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = scanned_ranges(text);
    if let Ok(tree) = tree::parse(text) {
        let named: Vec<_> = tree
            .elements()
            .flat_map(|element| {
                let own = is_secret_name(element.local()).then_some(element);
                // What proves a party under a name that nobody knows is a secret too.
                let is_credential = element.local() == "Credential";
                let beside = element.children().filter(move |child| {
                    is_credential && child.local() != "Identity" && !is_secret_name(child.local())
                });
                own.into_iter().chain(beside)
            })
            .map(|element| element.inner_range())
            .collect();
        // The scan adds what the tree does not see: comments and CDATA sections.
        let ends: HashSet<usize> = named.iter().map(|range| range.end).collect();
        ranges.retain(|found| !ends.contains(&found.end));
        ranges.extend(named);
    }
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.starts_with(secret))
}

/// What looks like the text of a secret element: from the `>` of its tag to the next `</`.
fn scanned_ranges(text: &str) -> Vec<Range<usize>> {
    let folded = text.to_ascii_lowercase();
    let mut ranges = Vec::new();
    for name in SECRET_NAMES {
        // What was passed is not looked at again, so the search stays linear on hostile texts.
        let mut passed = 0;
        for (at, _) in folded.match_indices(name) {
            if at < passed {
                continue;
            }
            let before = folded[..at].trim_end().as_bytes().last().copied();
            if !matches!(before, Some(b'<' | b':')) || closes(&folded[..at]) {
                continue;
            }
            // A tag that is never closed holds the secret itself.
            let behind = at + name.len();
            let tag = folded[behind..].find(['>', '<']).map(|length| behind + length);
            let closed = tag.filter(|end| folded[*end..].starts_with('>'));
            let start = closed.map_or(behind, |end| end + 1);
            passed = start;
            if folded[..start].ends_with("/>") {
                continue;
            }
            let end = folded[start..].find("</").map_or(folded.len(), |length| start + length);
            passed = end;
            ranges.push(start..end);
        }
    }
    ranges
}

/// Bytes in front of a name in which its `<` is looked for: a prefix is not longer.
const LOOK_BACK_BYTES: usize = 256;

/// Whether what stands before a name is the `</` (and prefix) of an end tag.
fn closes(before: &str) -> bool {
    let near = &before.as_bytes()[before.len().saturating_sub(LOOK_BACK_BYTES)..];
    let open = near.iter().rposition(|byte| *byte == b'<');
    open.is_some_and(|open| near.get(open + 1) == Some(&b'/'))
}

/// Cuts ranges of the text out of the bytes that it was decoded from.
fn splice(
    bytes: &[u8],
    text: &str,
    charset: Charset,
    mark_bytes: usize,
    ranges: &[Range<usize>],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let width = |piece: &str| piece.chars().map(|c| charset.width(c)).sum::<usize>();
    let (mut text_at, mut byte_at) = (0, mark_bytes);
    out.extend_from_slice(&bytes[..mark_bytes]);
    for range in ranges {
        let start = byte_at + width(&text[text_at..range.start]);
        out.extend_from_slice(bytes.get(byte_at..start).unwrap_or_default());
        out.extend_from_slice(&charset.encode(SECRET_MARK));
        byte_at = start + width(&text[range.clone()]);
        text_at = range.end;
    }
    out.extend_from_slice(bytes.get(byte_at..).unwrap_or_default());
    out
}

/// Bytes that are no text of any encoding we read. With one byte a character they can still be
/// searched; with NULs between the letters nothing is kept.
fn redact_undecodable(bytes: &[u8]) -> Vec<u8> {
    if bytes.contains(&0) {
        return SECRET_MARK.as_bytes().to_vec();
    }
    let text: String = bytes.iter().copied().map(char::from).collect();
    splice(bytes, &text, Charset::Latin1, 0, &secret_ranges(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str) -> String {
        String::from_utf8(redact(text.as_bytes())).unwrap()
    }

    #[test]
    fn only_the_secrets_go_and_every_other_byte_stays() {
        let text = "<?xml version='1.0'?>\r\n<cXML  a = 'ü'><SharedSecret >pä&amp;ss</SharedSecret>\
                    <CredentialMac type='x'>mac</CredentialMac><SharedSecret/></cXML>";
        let expected =
            text.replace("pä&amp;ss", SECRET_MARK).replace(">mac<", &format!(">{SECRET_MARK}<"));
        assert_eq!(redacted(text), expected);
    }

    #[test]
    fn utf16_and_latin1_keep_their_bytes() {
        let text = "<a>ü<SharedSecret>geheimü</SharedSecret>ü€😀</a>";
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let decoded = encoding::decode(&redact(&bytes), None).unwrap().text.into_owned();
        assert_eq!(decoded, text.replace("geheimü", SECRET_MARK));
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xFC<SharedSecret>\xFCx</SharedSecret>\xFC</a>";
        let out = redact(latin);
        assert!(out.ends_with(b"</SharedSecret>\xFC</a>"));
        assert!(!out.windows(2).any(|pair| pair == b"\xFCx"));
    }

    #[test]
    fn broken_documents_lose_too_much_rather_than_too_little() {
        for broken in [
            "<cXML><SharedSecret>marker",
            "<cXML><SharedSecret>marker</Identity></cXML>",
            "<cXML><sharedsecret>marker</sharedsecret></cXML>",
            "<cXML><x:SharedSecret>marker</x:SharedSecret></cXML>",
            "<cXML><SharedSecret1>marker</SharedSecret1></cXML>",
            "<cXML><!-- <SharedSecret>marker</SharedSecret> --></cXML>",
            "<cXML><SharedSecret><![CDATA[marker]]></SharedSecret></cXML>",
            "<cXML><SharedSecret><b>marker</b>marker</SharedSecret></cXML>",
            "<cXML>&x;<SharedSecret\n>marker</SharedSecret></cXML>",
            "<cXML><SharedSecret marker</SharedSecret></cXML>",
            "<cXML><Credential><Identity>1</Identity><Password>marker</Password></Credential></cXML>",
        ] {
            assert!(!redacted(broken).contains("marker"), "{broken} -> {}", redacted(broken));
        }
        let undecodable = b"<a>\xFF<SharedSecret>marker</SharedSecret></a>";
        assert!(!redact(undecodable).windows(6).any(|w| w == b"marker"));
    }

    #[test]
    fn hostile_texts_are_searched_in_one_pass() {
        let many = 60_000;
        for part in [":sharedsecret", "<sharedsecret", "<SharedSecret>x</SharedSecret>"] {
            let text = part.repeat(many);
            assert!(redact(text.as_bytes()).len() < text.len() * 2);
            let sound = format!("<a>{}</a>", "<SharedSecret>x</SharedSecret>".repeat(many));
            assert!(!redacted(&sound).contains(">x<"));
            assert_eq!(
                redacted(&format!("{}/>", ":sharedsecret ".repeat(many))).len(),
                many * 14 + 2
            );
        }
    }

    #[test]
    fn marks_are_filled_only_where_we_put_them() {
        let text = format!(
            "<a><SharedSecret>{SECRET_MARK}</SharedSecret><URL>{TOKEN_MARK}</URL>\
             <StartPage><URL>http://x/{TOKEN_MARK}</URL></StartPage>{SECRET_MARK}</a>"
        );
        let filled = fill_secret(text.as_bytes(), &Secret::new("a&b"));
        let filled = String::from_utf8(fill_token(&filled, "tok")).unwrap();
        assert!(filled.contains("<SharedSecret>a&amp;b</SharedSecret>"));
        assert!(filled.contains("http://x/tok</URL>"));
        assert!(filled.contains(&format!("<URL>{TOKEN_MARK}</URL>")));
        assert!(filled.ends_with(&format!("{SECRET_MARK}</a>")));
    }
}
