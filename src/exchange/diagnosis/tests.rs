use std::collections::HashSet;

use super::*;
use crate::{base::time::Time, cxml, domain::party::Identity};

const SETUP: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\">\n\
<cXML payloadID=\"1@x\" timestamp=\"2026-11-21T09:00:00+00:00\" xml:lang=\"en-US\"><Header>\n\
<From><Credential domain=\"NetworkId\"><Identity>AN1</Identity></Credential></From>\n\
<To><Credential domain=\"DUNS\"><Identity>999</Identity></Credential></To>\n\
<Sender><Credential domain=\"NetworkId\"><Identity>AN1</Identity><SharedSecret>s3cret-x</SharedSecret>\
</Credential><UserAgent>T</UserAgent></Sender></Header>\n\
<Request><PunchOutSetupRequest operation=\"create\"><BuyerCookie>c</BuyerCookie>\
<BrowserFormPost><URL>https://x/</URL></BrowserFormPost></PunchOutSetupRequest></Request></cXML>";

fn at() -> Time {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn seen(bytes: &[u8], kind: Option<&str>, refusal: Option<&Refusal>, known: bool) -> Vec<Finding> {
    let own = Identity::new("DUNS", "999");
    let is_registered = known;
    arrived(&Arrived { bytes, content_type: kind, refusal, at: at(), own: &own, is_registered })
}

fn unreadable(bytes: &[u8]) -> String {
    seen(bytes, None, None, false)[0].code.clone()
}

fn changed(from: &str, to: &str) -> String {
    assert!(SETUP.contains(from), "{from}");
    SETUP.replacen(from, to, 1)
}

#[test]
fn every_cause_has_a_code_of_its_own_and_says_what_to_do() {
    let mut codes = HashSet::new();
    for cause in all() {
        assert!(codes.insert(cause.code), "{} twice", cause.code);
        let plain =
            cause.code.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit());
        assert!(plain, "{}", cause.code);
        assert!(!cause.title.ends_with('.') && cause.because.ends_with('.'), "{}", cause.code);
        assert!(cause.mend.ends_with('.'), "{}", cause.code);
        assert_eq!(Finding::of(cause).cause(), cause);
    }
    assert!(codes.len() > 100, "{}", codes.len());
}

#[test]
fn what_is_no_readable_document_is_told_by_its_kind() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let marked = |mark: &[u8], body: &[u8]| [mark, body].concat();
    let faults: Vec<(&str, Vec<u8>)> = vec![
        ("body-empty", Vec::new()),
        ("body-empty", b" \r\n".to_vec()),
        ("body-compressed", vec![0x1F, 0x8B, 8, 0, 0, 0]),
        ("body-html", b"<!DOCTYPE html><html><body>Sign in</body></html>".to_vec()),
        ("body-json", b"{\"order\": 1}".to_vec()),
        ("body-form", b"cXML-urlencoded=%3C%3Fxml%20version".to_vec()),
        ("body-not-xml", b"hello".to_vec()),
        ("body-soap", b"<s:Envelope xmlns:s='http://s'><s:Body/></s:Envelope>".to_vec()),
        ("root-not-cxml", b"<Order/>".to_vec()),
        ("document-cut", SETUP.as_bytes()[..SETUP.len() - 30].to_vec()),
        ("document-cut", changed("</cXML>", "").into_bytes()),
        ("document-cut", SETUP.as_bytes()[..SETUP.find("AN1").unwrap() - 20].to_vec()),
        ("two-roots", format!("{SETUP}<cXML/>").into_bytes()),
        ("tags-mismatched", changed("</BuyerCookie>", "</Buyercookie>").into_bytes()),
        ("ampersand-unescaped", changed("https://x/", "https://x/?a=1&b=2").into_bytes()),
        ("less-than-unescaped", changed(">c<", ">a < b<").into_bytes()),
        ("entity-undefined", changed(">c<", ">&nbsp;<").into_bytes()),
        ("internal-subset", changed("cXML.dtd\">", "cXML.dtd\" [<!ENTITY a \"b\">]>").into_bytes()),
        ("doctype-broken", changed("<!DOCTYPE", "<!doctype").into_bytes()),
        ("xml-declaration", format!("\n{SETUP}").into_bytes()),
        ("bom-contradicts", marked(&[0xFF, 0xFE], &utf16(SETUP))),
        ("bom-twice", marked(b"\xEF\xBB\xBF\xEF\xBB\xBF", SETUP.as_bytes())),
        ("encoding-mismatch", SETUP.bytes().map(|b| if b == b'/' { 0xFC } else { b }).collect()),
        ("encoding-mismatch", changed("UTF-8", "UTF-16").into_bytes()),
        ("encoding-unknown", changed("UTF-8", "EBCDIC").into_bytes()),
        ("control-character", changed(">c<", ">\u{1}<").into_bytes()),
        ("attribute-broken", changed("operation=\"create\"", "operation=create").into_bytes()),
        ("attribute-broken", changed("operation=", "operation=\"x\" operation=").into_bytes()),
    ];
    for (code, bytes) in faults {
        assert_eq!(unreadable(&bytes), code, "{}", String::from_utf8_lossy(&bytes));
    }
    let latin = "<?xml version='1.0' encoding='ISO-8859-1'?><cXML>\u{fc}</cXML>";
    let bytes: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    let found = seen(&bytes, Some("text/xml; charset=utf-8"), None, false);
    assert_eq!(found[0].code, "charset-header-mismatch");
    let deep = "<a>".repeat(70);
    assert_eq!(unreadable(deep.as_bytes()), "document-too-large");
}

#[test]
fn a_secret_with_a_fault_in_it_is_not_repeated() {
    let broken = changed("s3cret-x", "s3cret&quux;hidden");
    let found = seen(broken.as_bytes(), None, None, true);
    assert_eq!(
        (found[0].code.as_str(), found[0].path.as_str()),
        ("entity-undefined", "inside a secret")
    );
    assert!(!format!("{found:?}").contains("quux") && found[0].line == 6, "{found:?}");
}

fn unproven(document: &str, known: bool) -> String {
    let refusal = Refusal::unauthenticated("sender-unknown", "No.");
    let found = seen(document.as_bytes(), None, Some(&refusal), known);
    assert!(!format!("{found:?}").contains("s3cret-x"));
    assert!(found[0].line > 0, "{found:?}");
    found[0].code.clone()
}

#[test]
fn what_proves_the_sender_is_looked_at_closely() {
    let secret = "<SharedSecret>s3cret-x</SharedSecret>";
    let bare = SETUP.replace(secret, "");
    let in_from =
        bare.replacen("<Identity>AN1</Identity>", &format!("<Identity>AN1</Identity>{secret}"), 1);
    let mac = |from: &str, until: &str| {
        let mac = format!(
            "<CredentialMac type=\"FromSenderCredentials\" algorithm=\"HMAC-SHA1-96\" \
            creationDate=\"{from}\" expirationDate=\"{until}\">AAAAAAAAAAAAAAAA</CredentialMac>"
        );
        SETUP.replace(secret, &mac)
    };
    let (early, late) = ("2026-11-21T08:00:00+00:00", "2026-11-21T10:00:00+00:00");
    let swapped = SETUP
        .replace("AN1", "~")
        .replacen("999", "AN1", 1)
        .replacen('~', "999", 1)
        .replacen("NetworkId", "DUNS", 1);
    for (code, document, known) in [
        ("secret-wrong", SETUP.to_owned(), true),
        ("identity-unknown", SETUP.to_owned(), false),
        ("secret-missing", bare, true),
        ("secret-in-from", in_from, true),
        ("from-to-swapped", swapped, false),
        ("mac-wrong", mac(early, late), true),
        ("mac-out-of-date", mac(early, early), true),
        ("mac-not-yet-good", mac(late, late), true),
        ("mac-kind-unknown", mac(early, late).replace("FromSender", "Sender"), true),
        ("mac-kind-unknown", mac(early, "never"), true),
    ] {
        assert_eq!(unproven(&document, known), code, "{document}");
    }
    let refusal = Refusal::forbidden("from-foreign", "No.");
    let found = seen(SETUP.as_bytes(), None, Some(&refusal), true);
    assert_eq!((found[0].code.as_str(), found[0].line), ("from-not-registered", 4));
}

/// The cause that a reader's own fault leads to.
fn read_fault(document: &str) -> Finding {
    let read = cxml::receive(document.as_bytes(), None).unwrap();
    let fault = read.payload.unwrap_err();
    let place = format!("{} (line {}, column {})", fault.path, fault.line, fault.column);
    let refusal = Refusal::invalid("content", "x")
        .field(place)
        .got(&*fault.got)
        .expected(&*fault.expected)
        .mend(&*fault.mend);
    seen(document.as_bytes(), None, Some(&refusal), true).swap_remove(0)
}

const ORDER: &str = include_str!("../../../cxml-samples/out/order-new.xml");

#[test]
fn what_an_element_says_is_named_with_its_place() {
    let order = |from: &str, to: &str| {
        assert!(ORDER.contains(from), "{from} in {ORDER}");
        ORDER.replacen(from, to, 1)
    };
    let no_cookie = changed("<BuyerCookie>c</BuyerCookie>", "");
    let cookies = changed("<BuyerCookie>", "<BuyerCookie>b</BuyerCookie><BuyerCookie>");
    for (code, document) in [
        ("buyer-cookie-missing", no_cookie),
        ("element-twice", cookies),
        ("quantity-bad", order("quantity=\"", "quantity=\"x")),
        ("currency-unknown", order("currency=\"EUR\"", "currency=\"EURO\"")),
        ("order-id-missing", order("orderID=", "order=")),
    ] {
        let found = read_fault(&document);
        assert_eq!(found.code, code, "{found:?}");
        assert!(found.line > 1 && !found.expected.is_empty(), "{found:?}");
    }
}

#[test]
fn refusals_of_rules_are_named_and_others_keep_their_words() {
    for (code, field, expected) in [
        ("payload-id-reused", "", "payload-id-reused"),
        ("return-host", "BrowserFormPost/URL", "return-host-not-allowed"),
        ("unknown-unit", "ItemOut[1]", "unit-unknown"),
        ("unknown-line", "ConfirmationItem", "line-unknown"),
        ("too-many-lines", "OrderRequest", "lines-too-many"),
        ("oci-field-missing", "HOOK_URL", "oci-field-missing"),
        ("brand-new", "x", "refused-by-rule"),
    ] {
        let refusal = Refusal::invalid(code, "No.").field(field).got("a").mend("Do b.");
        let found = seen(SETUP.as_bytes(), None, Some(&refusal), true).swap_remove(0);
        assert_eq!(found.code, expected);
        assert_eq!((found.got.as_str(), found.words.as_str()), ("a", "No. Do b."));
    }
    let refusal = Refusal::not_found("order").field("OrderReference");
    assert_eq!(seen(SETUP.as_bytes(), None, Some(&refusal), true)[0].code, "order-unknown");
}

#[test]
fn oddities_of_a_good_document_are_remarked() {
    let remarks = |document: &str| {
        let found = seen(document.as_bytes(), None, None, true);
        found.into_iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert_eq!(remarks(SETUP), ["all-well"]);
    let doctype = "<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\">\n";
    let contact = "<Contact role='endUser'><Name xml:lang='en'>x</Name></Contact>";
    for (code, document) in [
        ("payload-id-missing", changed("payloadID=\"1@x\" ", "")),
        ("timestamp-bad", changed("2026-11-21T09:00:00+00:00", "yesterday")),
        ("timestamp-far-off", changed("2026-11-21", "2026-11-11")),
        ("doctype-missing", changed(doctype, "")),
        ("element-unknown", changed("<BuyerCookie>", "<Basket/><BuyerCookie>")),
        ("element-order", changed("<BrowserFormPost>", &format!("{contact}<BrowserFormPost>"))),
        ("element-missing", changed("<UserAgent>T</UserAgent>", "")),
        ("attribute-unknown", changed("operation=", "colour=\"red\" operation=")),
        ("value-bad", changed("\"create\"", "\"make\"")),
    ] {
        assert_eq!(remarks(&document), [code], "{document}");
    }
}

fn answered(http: u16, body: &[u8]) -> String {
    let content_type = Some("text/xml");
    sent(&Sent { trouble: None, http, content_type, answer: body })[0].code.clone()
}

#[test]
fn what_became_of_a_document_of_ours_is_named() {
    for (trouble, words, code) in [
        (Trouble::Dns, "", "dns-failed"),
        (Trouble::Refused, "", "connection-refused"),
        (Trouble::Timeout, "", "timeout"),
        (Trouble::Reset, "", "connection-cut"),
        (Trouble::Tls, "invalid peer certificate: Expired", "tls-certificate-expired"),
        (Trouble::Tls, "invalid peer certificate: UnknownIssuer", "tls-issuer-unknown"),
        (Trouble::Tls, "certificate not valid for name \"x\"", "tls-wrong-name"),
        (Trouble::Tls, "received corrupt message of type InvalidContentType", "tls-not-spoken"),
        (Trouble::Tls, "handshake failure", "tls-failed"),
        (Trouble::NotAllowed, "", "address-not-allowed"),
        (Trouble::TooLarge, "", "answer-too-large"),
    ] {
        let seen =
            Sent { trouble: Some((trouble, words)), http: 0, content_type: None, answer: b"" };
        assert_eq!(sent(&seen)[0].code, code);
    }
    for (http, code) in [
        (302, "http-redirect"),
        (400, "http-400"),
        (401, "http-401"),
        (403, "http-403"),
        (404, "http-404"),
        (405, "http-405"),
        (413, "http-413"),
        (415, "http-415"),
        (429, "http-429"),
        (500, "http-500"),
        (502, "http-502"),
        (503, "http-503"),
        (504, "http-504"),
        (418, "http-error"),
    ] {
        assert_eq!(answered(http, b"<html>x</html>"), code);
    }
    let response = |code: u16| {
        let status = cxml::Status::new(code, "because");
        let envelope = cxml::Envelope::response("1@x", at(), status);
        cxml::encode(&cxml::Document::new(envelope, cxml::Payload::None))
    };
    for code in [400, 401, 402, 403, 406, 409, 412, 417, 450, 499, 500, 550, 551, 560] {
        assert_eq!(answered(200, &response(code)), format!("status-{code}"));
    }
    assert_eq!(answered(500, &response(476)), "status-signature");
    let whole = response(200);
    let cut = &whole[..whole.len() - 20];
    let broken = String::from_utf8(whole.clone()).unwrap().replace("</Response>", "</Respons>");
    for (body, code) in [
        (&b""[..], "answer-empty"),
        (b"<html>Sign in", "answer-html"),
        (b"OK", "answer-no-xml"),
        (b"\x1F\x8B\x08", "answer-compressed"),
        (cut, "answer-cut"),
        (broken.as_bytes(), "answer-not-well-formed"),
        (SETUP.as_bytes(), "answer-no-response"),
        (b"<?xml version='1.0' encoding='UTF-8'?><a>\xFC</a>", "answer-charset"),
        (&whole, "all-well"),
    ] {
        assert_eq!(answered(200, body), code);
    }
}
