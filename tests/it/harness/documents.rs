//! The documents a partner sends, written out as that partner would.

/// One partner's identity and secret, as the demo world has them.
#[derive(Clone, Copy)]
pub struct Partner {
    pub domain: &'static str,
    pub identity: &'static str,
    pub secret: &'static str,
}

pub const ACME: Partner =
    Partner { domain: "NetworkId", identity: "AN01000000001", secret: "acme-secret" };
pub const GLOBEX: Partner =
    Partner { domain: "NetworkId", identity: "AN01000000002", secret: "globex-secret" };
pub const INITECH: Partner =
    Partner { domain: "DUNS", identity: "123456789", secret: "initech-secret" };
pub const OFFICE_ONE: Partner =
    Partner { domain: "DUNS", identity: "111111111", secret: "office-one-secret" };

const DOCTYPE: &str =
    "<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd\">";

/// A whole document around a request.
pub fn envelope(partner: Partner, payload: &str, request: &str) -> String {
    let Partner { domain, identity, secret } = partner;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{DOCTYPE}\n\
         <cXML payloadID=\"{payload}\" timestamp=\"2026-11-21T09:00:00+00:00\" xml:lang=\"en-US\">\
         <Header><From><Credential domain=\"{domain}\"><Identity>{identity}</Identity></Credential>\
         </From><To><Credential domain=\"DUNS\"><Identity>999999999</Identity></Credential></To>\
         <Sender><Credential domain=\"{domain}\"><Identity>{identity}</Identity>\
         <SharedSecret>{secret}</SharedSecret></Credential><UserAgent>Test 1.0</UserAgent></Sender>\
         </Header><Request deploymentMode=\"production\">{request}</Request></cXML>"
    )
}

/// A punchout start for one person, with the address the cart goes back to.
pub fn setup(partner: Partner, payload: &str, mail: &str, cookie: &str, back: &str) -> String {
    envelope(
        partner,
        payload,
        &format!(
            "<PunchOutSetupRequest operation=\"create\"><BuyerCookie>{cookie}</BuyerCookie>\
             <Extrinsic name=\"UserEmail\">{mail}</Extrinsic>\
             <BrowserFormPost><URL>{back}</URL></BrowserFormPost>\
             <Contact role=\"endUser\"><Name xml:lang=\"en\">{mail}</Name><Email>{mail}</Email>\
             </Contact></PunchOutSetupRequest>"
        ),
    )
}

/// The code of a cXML answer's Status.
pub fn status(answer: &str) -> Option<u16> {
    between(answer, "<Status code=\"", "\"").and_then(|code| code.parse().ok())
}

/// The start page's address in a setup response.
pub fn start_page(answer: &str) -> Option<String> {
    let page = between(answer, "<StartPage>", "</StartPage>")?;
    between(page, "<URL>", "</URL>").map(|url| url.trim().replace("&amp;", "&"))
}

/// What stands between two marks, the first time.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inside, _)| inside)
}

#[test]
fn answers_are_read() {
    let answer = "<Response><Status code=\"200\" text=\"OK\"/><PunchOutSetupResponse><StartPage>\
                  <URL>http://x/start/1?a=1&amp;b</URL></StartPage></PunchOutSetupResponse>";
    assert_eq!(status(answer), Some(200));
    assert_eq!(start_page(answer).as_deref(), Some("http://x/start/1?a=1&b"));
    assert!(setup(ACME, "1@x", "ed@acme.example", "c", "http://x/").contains("acme-secret"));
}
