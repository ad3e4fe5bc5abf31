//! Reading mails: the forms our mailer writes and the ones others do.

use super::*;

const WHOLE: &str = "From: =?utf-8?b?QsO8cm8=?= <buy@acme.example>\r\n\
Subject: =?utf-8?q?PO=2D1_f=C3=BCr?=\r\n =?utf-8?b?IDEyLDUwIOKCrA==?= today\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n\
preamble\r\n--outer\r\n\
Content-Type: multipart/alternative; boundary=inner\r\n\r\n\
--inner\r\nContent-Type: text/plain; charset=utf-8\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\n\
Approve: http://x/decide/abc=3D=\r\n1\r\ncaf=C3=A9\r\n\
--inner\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
<p>caf\u{e9}</p>\r\n--inner--\r\n\
--outer\r\nContent-Type: text/xml; name=a.xml\r\n\
Content-Disposition: attachment; filename*0*=utf-8''B%C3%BC; filename*1*=ro.xml\r\n\
Content-Transfer-Encoding: base64\r\n\r\nPGEv\r\nPg==\r\n--outer--\r\nepilogue\r\n";

#[test]
fn a_mail_with_two_texts_and_a_file_is_read_whole() {
    // The HTML part above is Latin-1 on the wire.
    let wire: Vec<u8> = WHOLE.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let body = read(&wire);
    assert_eq!(body.subject, "PO-1 für 12,50 € today");
    assert_eq!(body.from, "Büro <buy@acme.example>");
    assert_eq!(body.text.as_deref(), Some("Approve: http://x/decide/abc=1\r\ncafé"));
    assert_eq!(body.html.as_deref(), Some("<p>café</p>"));
    let [file] = body.attachments.as_slice() else { panic!("{:?}", body.attachments) };
    assert_eq!((file.name.as_str(), file.media_type.as_str()), ("Büro.xml", "text/xml"));
    assert_eq!(file.bytes, b"<a/>");
    assert_eq!(body.header("mime-version"), Some("1.0"));
}

#[test]
fn a_plain_mail_needs_no_mime() {
    let body = read(b"Subject: hi\n\nline 1\n=?utf-8?b?eA==?= stays\n");
    assert_eq!((body.subject.as_str(), body.html), ("hi", None));
    assert_eq!(body.text.as_deref(), Some("line 1\n=?utf-8?b?eA==?= stays\n"));
}

#[test]
fn broken_mails_are_shown_and_never_fail() {
    for raw in [
        "",
        "\r\n",
        "Subject",
        "Subject: =?utf-8?b?***?= =?x",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n--b",
        "Content-Type: multipart/mixed\r\n\r\nx",
        "Content-Transfer-Encoding: base64\r\n\r\n***",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n=4\r\n=zz=",
    ] {
        let _ = read(raw.as_bytes());
    }
    assert_eq!(read(b"Subject: =?utf-8?b?***?= x\n\n").subject, "=?utf-8?b?***?= x");
    let kept = read(b"Content-Transfer-Encoding: quoted-printable\n\na=4\n=zz=");
    assert_eq!(kept.text.as_deref(), Some("a=4\n=zz="));
}

#[test]
fn nesting_and_parts_are_bounded() {
    let mut raw = String::new();
    for depth in 0..50 {
        raw += &format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
    }
    let _ = read(raw.as_bytes());
    let many = "Content-Type: multipart/mixed; boundary=b\n\n".to_owned()
        + "--b\nContent-Type: application/x\n\nx\n".repeat(200).as_str()
        + "--b--\n";
    assert_eq!(read(many.as_bytes()).attachments.len(), PARTS);
}

#[test]
fn parameters_are_read_in_every_form() {
    assert_eq!(param("a/b; Name=\"x;\\\"y\"; z=1", "name").as_deref(), Some("x;\"y"));
    assert_eq!(param("a/b; name*=iso-8859-1'en'%E9", "name").as_deref(), Some("é"));
    assert_eq!(param("a/b; name*0=ab; name*1=cd", "name").as_deref(), Some("abcd"));
    assert_eq!(param("a/b; other=1", "name"), None);
}
