//! Causes of documents that came here: whether they could be read at all, and who sent them.

super::cause::causes! {
    EMPTY "body-empty" Partner "Nothing was sent"
        "The body of the call is empty." "Send the document as the body of the POST.";
    COMPRESSED "body-compressed" Partner "A compressed document"
        "The body is gzip or zip; compressed documents are not taken."
        "Switch compression of requests off for this server.";
    HTML "body-html" Partner "A web page instead of cXML"
        "The body is an HTML page, not a cXML document." "Send the cXML document itself.";
    JSON "body-json" Partner "JSON instead of cXML"
        "The body is JSON. This address takes cXML." "Send cXML here; the JSON API is at /api/v1.";
    FORM "body-form" Partner "A browser form instead of cXML"
        "The body is a web form (cxml-urlencoded or cxml-base64), as a cart returns by a browser."
        "Post the bare cXML document with content type text/xml.";
    SOAP "body-soap" Partner "A SOAP envelope"
        "The document is wrapped in a SOAP envelope." "Send the cXML element as the root.";
    NOT_XML "body-not-xml" Partner "No XML at all"
        "The body does not begin like XML." "Send the cXML document as the body.";
    NOT_CXML "root-not-cxml" Partner "XML, but not cXML"
        "The root element is not cXML." "Wrap the document in cXML, with Header and Request.";
    CUT "document-cut" Partner "The document ends in the middle"
        "The end of the document is missing: some element was never closed."
        "See what cuts it: a Content-Length in characters instead of bytes, a limit, a crash.";
    TWO_ROOTS "two-roots" Partner "Two documents in one body"
        "Behind the end of the document there is another element or text."
        "Send one document for each call.";
    TAGS_CROSS "tags-mismatched" Partner "An element is closed by another name"
        "A closing tag does not fit the element that is open." "Close elements in their order.";
    AMPERSAND "ampersand-unescaped" Partner "An & stands as it is"
        "A plain & must be written &amp;. Addresses with several parameters are the usual place."
        "Write &amp; for &, best by an XML library instead of gluing texts.";
    LESS_THAN "less-than-unescaped" Partner "A < stands as it is"
        "A plain < in text or in an attribute must be written &lt;." "Write &lt; for <.";
    ENTITY "entity-undefined" Partner "An unknown entity"
        "A reference such as &nbsp; or &uuml; is HTML, not XML. Only five entities are known."
        "Write the character itself, or its number such as &#252;.";
    SUBSET "internal-subset" Partner "Declarations inside the DOCTYPE"
        "The DOCTYPE has a part in [..] (an internal subset). It is refused: entities are an \
         attack."
        "Leave out the part in brackets.";
    DOCTYPE_BROKEN "doctype-broken" Partner "The DOCTYPE cannot be read"
        "The DOCTYPE is misspelt, stands twice or in the wrong place."
        "Write <!DOCTYPE cXML SYSTEM \"..\"> once, before the root element.";
    DECLARATION "xml-declaration" Partner "The XML declaration is wrong"
        "The line <?xml ..?> is not first or is misspelt; often a blank or an empty line is \
         before it."
        "Begin the document with <?xml version=\"1.0\" encoding=\"UTF-8\"?>, or leave it out.";
    BOM "bom-contradicts" Partner "The byte order mark contradicts the declaration"
        "The mark at the start of the file says another encoding than the XML declaration."
        "Leave the mark out, or declare the encoding that the file has.";
    BOM_TWICE "bom-twice" Partner "Two byte order marks"
        "A second mark stands behind the first; often two programs added one each."
        "Leave both out.";
    ENCODING "encoding-mismatch" Partner "The bytes do not fit the declared encoding"
        "The document declares an encoding, but at the place shown there is a byte that cannot be \
         in it."
        "Write the document in the encoding that it declares, best UTF-8.";
    HEADER_CHARSET "charset-header-mismatch" Partner "The Content-Type header names another \
    encoding"
        "The charset of the Content-Type header outranks the XML declaration, and the bytes do \
         not fit it."
        "Leave charset out of the header, or let it say what the document says.";
    ENCODING_UNKNOWN "encoding-unknown" Partner "An encoding that is not read here"
        "The declared encoding is not among UTF-8, UTF-16, ISO-8859-1, ISO-8859-15, windows-1252, \
         US-ASCII."
        "Send UTF-8.";
    CONTROL "control-character" Partner "A character that XML does not allow"
        "The document holds a control character, often from a copied text."
        "Take control characters out before the document is written.";
    ATTRIBUTE "attribute-broken" Partner "A broken attribute"
        "An attribute stands twice, or lacks its quotes or its blank."
        "Write attributes as name=\"value\", each once.";
    NOT_WELL_FORMED "not-well-formed" Partner "Not well-formed"
        "The document breaks the rules of XML at the place shown."
        "Mend it there; any XML tool shows the same place.";
    TOO_LARGE "document-too-large" Partner "The document is too large"
        "The document is larger than this server takes: 8 MiB, 5,000 lines, 64 elements deep."
        "Send attachments as parts of a multipart body, and split what is larger.";
    CID "attachment-missing" Partner "An attachment is named that did not come"
        "A cid: address names a part of the multipart body that is not there."
        "Send the file as a part whose Content-ID is what stands behind cid:.";
    SECRET_MISSING "secret-missing" Partner "There is no SharedSecret"
        "Neither a SharedSecret nor a CredentialMac stands in the Sender's Credential, and no client \
         certificate came by a trusted proxy."
        "Put the agreed secret into Header/Sender/Credential/SharedSecret.";
    SECRET_IN_FROM "secret-in-from" Partner "The SharedSecret stands in From"
        "The secret was sent in From or To. It counts only in Sender."
        "Move SharedSecret into Header/Sender/Credential.";
    SECRET_WRONG "secret-wrong" Partner "The SharedSecret is wrong"
        "The identity is registered here, but the secret fits neither of its two slots."
        "Compare the secret on both sides; look for blanks, a test secret, a rotation half done.";
    CERTIFICATE_UNKNOWN "certificate-unknown" Us "The client certificate is not registered"
        "The identity is registered here, but not with the certificate of this connection."
        "Compare the fingerprint with the connection's; register the new one beside the old one.";
    IDENTITY_UNKNOWN "identity-unknown" Us "The Sender's identity is not registered"
        "No connection here has the domain and identity of the Sender."
        "Compare domain and identity with the connection; register it if it is right.";
    MAC_EXPIRED "mac-out-of-date" Partner "The CredentialMac is out of date"
        "Its expirationDate has passed when it came here." "Make a fresh one; compare both clocks.";
    MAC_EARLY "mac-not-yet-good" Partner "The CredentialMac is not good yet"
        "Its creationDate lies in the future here." "Compare the clocks of both sides.";
    MAC_KIND "mac-kind-unknown" Partner "A CredentialMac of another kind"
        "Only type FromSenderCredentials with algorithm HMAC-SHA1-96 and both dates is known."
        "Make the MAC as the cXML guide says.";
    MAC_WRONG "mac-wrong" Partner "The CredentialMac is wrong"
        "It was made with another secret, or over other names or dates than the document has."
        "Compare the secret; make it over From, Sender and both dates as the cXML guide says.";
    SWAPPED "from-to-swapped" Partner "From and To are swapped"
        "From names this server and To names you." "Put your own identity into From, ours into To.";
    FROM_FOREIGN "from-not-registered" Us "The Sender may not speak for this From"
        "The Sender is proven, but the identity in From does not belong to its connection."
        "Correct From, or register it for the connection.";
    TO_FOREIGN "to-unclear" Partner "To does not say which organisation"
        "The supplier serves several organisations here, and neither To nor an order says which."
        "Name the buyer organisation in To, as its orders name it in From.";
    NOT_ALLOWED "kind-not-allowed" Us "Not a document for this kind of partner"
        "A procurement system sent what only suppliers send, or the reverse."
        "See whether the connection is of the right kind.";
    NOT_IMPLEMENTED "request-unknown" Partner "This request is not taken here"
        "The request is not among those that this server takes (see ProfileResponse)."
        "Send one of the requests in the ProfileResponse.";
    PAYLOAD_REUSED "payload-id-reused" Partner "The payloadID was used before"
        "Another document came under this payloadID. Only the very same may come again."
        "Give every new document a payloadID of its own.";
    DISABLED "unavailable" Us "This server could not decide"
        "Something that the decision needs was missing or broken here."
        "Look into this server's log at this time; the partner may send it again.";
}
