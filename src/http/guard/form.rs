//! Forms and query strings, read strictly: an ordered list of pairs in which nothing is lost.
//!
//! The usual decoders turn broken bytes into U+FFFD, keep the last of two equal names and let NUL
//! through (security.md 1.10). Here a name sent twice is visible, bytes that are no text are
//! refused, and values stay exactly as they were sent.

use crate::{
    base::text::shorten,
    cxml::{encoding, multipart},
    domain::refusal::Refusal,
};

/// Pairs a form may carry (security.md section 6).
pub const MAX_PAIRS: usize = 10_000;

/// How the bytes of a form become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// UTF-8 and nothing else: our own pages.
    #[default]
    Utf8,
    /// UTF-8 when all of it is UTF-8, else windows-1252 (what browsers mean by ISO-8859-1): OCI.
    Utf8OrWestern,
}

/// The pairs of a form in the order in which they were sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    files: Vec<(String, Upload)>,
}

/// A file that was sent with a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Upload {
    /// As the browser says; it proves nothing.
    pub name: String,
    pub content_type: String,
    pub body: Vec<u8>,
}

/// Reads `multipart/form-data`: the fields of a form with files among them. Texts are UTF-8.
pub fn parse_parts(bytes: &[u8], boundary: &str) -> Result<Form, Refusal> {
    let mut form = Form::default();
    for part in multipart::parts(bytes, boundary) {
        let Some(field) = part.field else { continue };
        match part.name {
            Some(name) => {
                let content_type = part.content_type.unwrap_or_default();
                form.files.push((field, Upload { name, content_type, body: part.body }));
            }
            None => form.pairs.push((field, text(part.body, false)?)),
        }
    }
    Ok(form)
}

/// Reads `a=1&b=2`. `+` is a blank, `%XX` a byte; an unfinished escape is refused.
pub fn parse(bytes: &[u8], charset: Charset) -> Result<Form, Refusal> {
    let mut raw = Vec::new();
    for part in bytes.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
        if raw.len() == MAX_PAIRS {
            return Err(Refusal::invalid("form-too-long", "The form carries too many fields.")
                .expected(format!("at most {MAX_PAIRS} fields")));
        }
        let cut = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
        let value = part.get(cut + 1..).unwrap_or_default();
        raw.push((unescape(&part[..cut])?, unescape(value)?));
    }
    // One charset for the whole form: a browser encodes all fields alike.
    let all_utf8 = raw.iter().all(|(name, value)| {
        std::str::from_utf8(name).is_ok() && std::str::from_utf8(value).is_ok()
    });
    let western = charset == Charset::Utf8OrWestern && !all_utf8;
    let pairs = raw
        .into_iter()
        .map(|(name, value)| {
            let name = text(name, western).map_err(|refusal| refusal.field("a field's name"))?;
            let value =
                text(value, western).map_err(|refusal| refusal.field(shorten(&name, 80)))?;
            Ok((name, value))
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(Form { pairs, files: Vec::new() })
}

fn no_text(name: &str) -> Refusal {
    Refusal::invalid("file-no-text", "This is not a text file.")
        .field(shorten(name, 80))
        .expected("an XML or text file")
}

fn unescape(part: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
                let byte = code
                    .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
                    .and_then(|code| u8::from_str_radix(code, 16).ok());
                let Some(byte) = byte else {
                    let got = String::from_utf8_lossy(part).into_owned();
                    return Err(Refusal::invalid(
                        "form-escape",
                        "An escape in the form is broken.",
                    )
                    .got(shorten(&got, 80))
                    .expected("% and two hexadecimal digits; a percent sign itself as %25"));
                };
                bytes.push(byte);
                rest = &after[2..];
            }
            byte => bytes.push(*byte),
        }
    }
    Ok(bytes)
}

fn text(bytes: Vec<u8>, western: bool) -> Result<String, Refusal> {
    let text = if western {
        encoding_rs::WINDOWS_1252
            .decode_without_bom_handling_and_without_replacement(&bytes)
            .map(std::borrow::Cow::into_owned)
    } else {
        String::from_utf8(bytes).ok()
    };
    let text = text.ok_or_else(|| {
        Refusal::invalid("form-charset", "The form is not text in the expected charset.")
            .expected("UTF-8")
            .mend("Send the form from a page that declares UTF-8.")
    })?;
    if text.contains('\0') {
        return Err(Refusal::invalid("form-nul", "The form contains a NUL character.")
            .expected("text without control character 0"));
    }
    Ok(text)
}

impl Form {
    /// All pairs in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }

    /// The file of a control, when one was chosen.
    pub fn file(&self, name: &str) -> Option<&Upload> {
        self.files.iter().find(|(own, file)| own == name && !file.name.is_empty()).map(|(_, f)| f)
    }

    /// The file of a name as text, in the charset that it says; nothing when none was chosen.
    pub fn text_file(&self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(file) = self.file(name).filter(|file| !file.body.is_empty()) else {
            return Ok(None);
        };
        let decoded = encoding::decode(&file.body, None)
            .map_err(|fault| no_text(name).got(shorten(&fault.to_string(), 200)))?;
        if decoded.text.contains('\0') {
            return Err(no_text(name).got("a NUL character"));
        }
        Ok(Some(decoded.text.into_owned()))
    }

    /// Every value of a name, in order: for controls that may be sent several times.
    pub fn all<'form>(&'form self, name: &str) -> impl Iterator<Item = &'form str> {
        self.pairs.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value of a name that may be missing; a name sent twice is refused.
    pub fn maybe(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Refusal::invalid("field-doubled", "A field was sent twice.")
                .field(shorten(name, 80))
                .got(format!("{} values", values.count() + 2))
                .expected("one value"));
        }
        Ok(first)
    }

    /// The value of a name that must be there once; it may be empty.
    pub fn one(&self, name: &str) -> Result<&str, Refusal> {
        self.maybe(name)?.ok_or_else(|| {
            Refusal::invalid("field-missing", "A field is missing.")
                .field(shorten(name, 80))
                .expected("one value")
        })
    }

    /// The trimmed value, or nothing when it is missing or blank.
    pub fn filled(&self, name: &str) -> Result<Option<&str>, Refusal> {
        Ok(self.maybe(name)?.map(str::trim).filter(|value| !value.is_empty()))
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.filled(name)?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Form, Refusal> {
        parse(bytes, Charset::Utf8)
    }

    #[test]
    fn pairs_keep_their_order_and_doubles_are_seen() {
        let form = read(b"b=2&a=1&b=3&&c&d=x=y").unwrap();
        let names: Vec<_> = form.pairs().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a", "b", "c", "d"]);
        assert_eq!(form.one("d"), Ok("x=y"));
        assert_eq!(form.one("c"), Ok(""));
        assert_eq!(form.one("b").unwrap_err().code, "field-doubled");
        assert_eq!(form.one("z").unwrap_err().code, "field-missing");
        assert_eq!(form.maybe("z"), Ok(None));
        assert_eq!(form.all("b").collect::<Vec<_>>(), ["2", "3"]);
    }

    #[test]
    fn a_file_is_read_in_its_own_charset_and_must_be_text() {
        let read = |body: &[u8]| {
            let head = b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n";
            let whole = [head, body, b"\r\n--b--\r\n"].concat();
            parse_parts(&whole, "b").unwrap().text_file("f")
        };
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xFC</a>";
        assert!(read(latin).unwrap().unwrap().ends_with("<a>\u{fc}</a>"));
        assert_eq!(read(b"\x89PNG\0").unwrap_err().code, "file-no-text");
        assert_eq!(read(b""), Ok(None));
    }

    #[test]
    fn names_are_compared_after_decoding() {
        let form = read(b"NEW_ITEM-PRICE%5B1%5D=1&NEW_ITEM-PRICE[1]=2").unwrap();
        assert_eq!(form.one("NEW_ITEM-PRICE[1]").unwrap_err().code, "field-doubled");
        assert_eq!(read(b"a=1;b=2").unwrap().one("a"), Ok("1;b=2"));
    }

    #[test]
    fn a_form_with_a_file_is_read_with_its_fields() {
        let sent = b"--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nt\r\n\
            --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
            Content-Type: application/pdf\r\n\r\n\x00\r\n\xFF\r\n--b--\r\n";
        let form = parse_parts(sent, "b").unwrap();
        assert_eq!(form.one("csrf"), Ok("t"));
        let file = form.file("file").unwrap();
        assert_eq!((&*file.name, &*file.content_type), ("a.pdf", "application/pdf"));
        assert_eq!(file.body, b"\x00\r\n\xFF");
        assert_eq!(form.file("csrf"), None);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_not_replaced() {
        assert_eq!(read(b"a=%FC").unwrap_err().code, "form-charset");
        assert_eq!(read(b"a=%00").unwrap_err().code, "form-nul");
        assert_eq!(read(b"a=%4").unwrap_err().code, "form-escape");
        assert_eq!(read(b"a=%+1").unwrap_err().code, "form-escape");
        assert_eq!(read(b"a=%C3%BC+%2B").unwrap().one("a"), Ok("\u{fc} +"));
    }

    #[test]
    fn western_forms_are_read_whole_in_one_charset() {
        let western = |bytes: &[u8]| parse(bytes, Charset::Utf8OrWestern).unwrap();
        assert_eq!(western(b"a=%FC&b=%80").one("b"), Ok("\u{20ac}"));
        assert_eq!(western(b"a=%FC&b=%C3%BC").one("b"), Ok("\u{c3}\u{bc}"));
        assert_eq!(western(b"a=%C3%BC").one("a"), Ok("\u{fc}"));
    }

    #[test]
    fn the_most_pairs_are_read_and_one_more_is_refused() {
        let most = vec![b"a=1".as_slice(); MAX_PAIRS].join(&b'&');
        assert_eq!(read(&most).unwrap().pairs().len(), MAX_PAIRS);
        let more = [most, b"&a=1".to_vec()].concat();
        assert_eq!(read(&more).unwrap_err().code, "form-too-long");
    }
}
