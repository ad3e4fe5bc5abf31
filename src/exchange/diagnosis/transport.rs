//! Causes of documents that we sent: the way there, and what came back.

super::cause::causes! {
    DNS "dns-failed" Network "The host's name is unknown"
        "The name of the partner's host could not be resolved, so nothing was sent."
        "Check the host in the address for a slip; if it is right, ask your network people about \
         DNS.";
    REFUSED "connection-refused" Partner "The connection was refused"
        "The partner's machine answers, but nothing listens at this port."
        "Ask the partner whether the service runs and whether host and port are right.";
    TIMEOUT "timeout" Partner "No answer in time"
        "The connection or the answer took longer than 30 seconds. The partner may have the \
         document."
        "Ask the partner what slows it down. It is sent again under the same payloadID.";
    RESET "connection-cut" Network "The answer was cut off"
        "The connection was closed before the answer was complete."
        "Ask the partner what closes it: a crash, a proxy, a limit of size or time.";
    TLS_EXPIRED "tls-certificate-expired" Partner "The certificate is out of date"
        "The partner's certificate has expired or is not good yet."
        "Ask the partner to renew it, and check the clock of this server.";
    TLS_ISSUER "tls-issuer-unknown" Partner "The certificate is not trusted"
        "The partner's certificate was not issued by an authority known here, or its chain is \
         incomplete."
        "Ask the partner to install the whole chain of a public authority.";
    TLS_NAME "tls-wrong-name" Partner "The certificate is for another host"
        "The certificate does not name the host of the address."
        "Use the host that the certificate names, or ask the partner for one that fits.";
    TLS_NONE "tls-not-spoken" Us "There is no TLS at this port"
        "The address says https, but what answers there does not speak TLS."
        "Check scheme and port of the address: often it is http, or another port.";
    TLS "tls-failed" Network "No secure connection"
        "Both sides could not agree on a secure connection."
        "Ask the partner which TLS versions and ciphers are offered; 1.2 and 1.3 are spoken here.";
    ADDRESS_FORBIDDEN "address-not-allowed" Us "The address is not allowed"
        "The settings of this server forbid to send to this address; nothing was sent."
        "Correct the address, or let the operator name the host in the settings.";
    ADDRESS_UNREADABLE "address-unreadable" Us "The address cannot be read"
        "The address of the partner is not a readable http(s) URL; nothing was sent."
        "Correct it in the delivery settings.";
    ANSWER_TOO_LARGE "answer-too-large" Partner "The answer is too large"
        "The answer was longer than 1 MiB and was not read to its end."
        "Ask the partner to answer with a bare cXML Response.";
    REDIRECTED "http-redirect" Us "The address has moved"
        "The partner answered with a redirect. A document is never sent on to another address."
        "Enter the address that the redirect leads to, once the partner has confirmed it.";
    HTTP_BAD_REQUEST "http-400" Partner "HTTP 400: the call is not understood"
        "The partner's web server did not understand the call, before any cXML was read."
        "Ask the partner what its web server misses: path, headers or content type.";
    HTTP_UNAUTHORISED "http-401" Partner "HTTP 401: a web login is asked"
        "The partner's web server wants a login of its own before it reads any cXML."
        "Ask the partner for an address that needs no web login; cXML has its own secret.";
    HTTP_FORBIDDEN "http-403" Partner "HTTP 403: the web server lets nobody in"
        "The partner's web server or firewall turns us away before any cXML is read."
        "Ask the partner to let the address of this server in.";
    HTTP_NOT_FOUND "http-404" Us "HTTP 404: nothing at this address"
        "There is nothing at this path of the partner's web server."
        "Check the path of the address with the partner.";
    HTTP_METHOD "http-405" Us "HTTP 405: no POST at this address"
        "The address exists, but takes no documents."
        "Check the path of the address with the partner.";
    HTTP_TOO_LARGE "http-413" Partner "HTTP 413: the document is too large for the web server"
        "The partner's web server does not take documents of this size."
        "Ask the partner to raise the limit of its web server or proxy.";
    HTTP_MEDIA "http-415" Partner "HTTP 415: the content type is not taken"
        "The partner's web server does not take text/xml."
        "Ask the partner which content type it takes.";
    HTTP_TOO_MANY "http-429" Partner "HTTP 429: too many calls"
        "The partner's web server asks us to slow down. It is sent again later."
        "Nothing, unless it lasts; then ask the partner to raise the limit.";
    HTTP_FAULT "http-500" Partner "HTTP 500: the partner's program failed"
        "The partner's program broke over the document or for a reason of its own."
        "Ask the partner to look into its log at this time.";
    HTTP_GATEWAY "http-502" Partner "HTTP 502: the program behind the proxy is down"
        "The partner's proxy found nothing behind it."
        "Ask the partner to start its program. It is sent again later.";
    HTTP_AWAY "http-503" Partner "HTTP 503: out of service"
        "The partner's service is down, perhaps for maintenance."
        "Wait; it is sent again. Ask the partner when it lasts.";
    HTTP_SLOW "http-504" Partner "HTTP 504: the program behind the proxy is too slow"
        "The partner's proxy waited in vain for the program behind it."
        "Ask the partner what slows it down.";
    HTTP_OTHER "http-error" Partner "An HTTP error without cXML"
        "The partner's web server answered with an error and no cXML."
        "Ask the partner what the status means there.";
    ANSWER_HTML "answer-html" Partner "A web page instead of cXML"
        "The address answers with an HTML page: often a login page, an error page or the wrong \
         path."
        "Ask the partner for the address of its cXML service.";
    ANSWER_EMPTY "answer-empty" Partner "An empty answer"
        "The partner answered with nothing, so nobody knows whether it took the document."
        "Ask the partner to answer every request with a cXML Response.";
    ANSWER_CUT "answer-cut" Partner "The answer ends in the middle"
        "The answer is cXML, but its end is missing."
        "Ask the partner what cuts it: a wrong Content-Length, a crash, a limit.";
    ANSWER_BROKEN "answer-not-well-formed" Partner "The answer is not well-formed"
        "The answer is XML in the main, but breaks its rules at the place shown."
        "Send the partner the place and what was expected there.";
    ANSWER_COMPRESSED "answer-compressed" Partner "A compressed answer"
        "The answer is gzip, though none was asked for."
        "Ask the partner to answer without compression.";
    ANSWER_CHARSET "answer-charset" Partner "The answer's encoding is not the one it declares"
        "The bytes of the answer do not fit the encoding in its header or XML declaration."
        "Ask the partner to declare the encoding that it writes, best UTF-8.";
    ANSWER_NOT_RESPONSE "answer-no-response" Partner "XML, but no cXML Response"
        "The answer is XML, but not a cXML Response: perhaps another interface (SOAP) or an echo."
        "Ask the partner for the address of its cXML service.";
    ANSWER_OTHER "answer-no-xml" Partner "The answer is no XML"
        "The answer is text or data of another kind, such as JSON or a bare word."
        "Ask the partner for the address of its cXML service.";
    MAIL_FAILED "mail-failed" Network "The mail was not taken"
        "The mail server did not take the mail."
        "Look at what it said; check the address and the mail settings.";
    NOT_READY "not-made-ready" Us "The document could not be made ready"
        "This server failed before anything was sent."
        "Look into this server's log at this time.";
    SAID_400 "status-400" Partner "Status 400: content not accepted"
        "The partner read the document and does not accept its content."
        "Its own words stand in the answer. Correct the data, or ask the partner what it misses.";
    SAID_401 "status-401" Us "Status 401: our credentials are not known"
        "The partner does not know our identity, or the secret that we send is not the one agreed \
         on."
        "Compare identity and secret of the connection with the partner.";
    SAID_402 "status-402" Us "Status 402: payment data is wanted"
        "The partner wants a full Payment element." "Agree with the partner how to pay.";
    SAID_403 "status-403" Partner "Status 403: not allowed"
        "The partner knows us, but does not allow this document."
        "Ask the partner to enable this kind of document for us.";
    SAID_406 "status-406" Us "Status 406: our document was not readable there"
        "The partner could not parse the document or holds it against a DTD that it does not fit."
        "Compare the partner's words with the document; report it if the document is valid.";
    SAID_409 "status-409" Partner "Status 409: not in its present state"
        "The partner's data forbid it just now, such as a change of an order already shipped."
        "Look at the state of the order on the partner's side.";
    SAID_412 "status-412" Us "Status 412: something has to come first"
        "A document or step that the partner needs before this one is missing."
        "See what it names, and send that first.";
    SAID_417 "status-417" Us "Status 417: it refers to something unknown there"
        "The partner does not have the order or document that ours refers to."
        "See whether the earlier document arrived; send it again if not.";
    SAID_450 "status-450" Partner "Status 450: not implemented there"
        "The partner's system does not know this request, operation or version."
        "Agree on another way, or switch this document off for the partner.";
    SAID_SIGNATURE "status-signature" Us "Status 475 to 477: a signature is wanted"
        "The partner wants documents signed, or does not accept the signature."
        "Ask the partner to take documents proven by the shared secret.";
    SAID_499 "status-499" Partner "Status 499: the document is too large"
        "The partner does not take documents of this size."
        "Ask the partner to raise its limit, or order in smaller parts.";
    SAID_4XX "status-4xx" Partner "Another status of the 400s"
        "The partner refuses the document for good." "Its own words stand in the answer.";
    SAID_500 "status-500" Partner "Status 500: the partner's system failed"
        "The partner's system failed over the document. It is sent again."
        "Ask the partner to look into its log at this time.";
    SAID_550 "status-550" Partner "Status 550: the next server was not reached"
        "The network or hub could not reach the system behind it. It is sent again."
        "Ask the hub's support about the connection to the final receiver.";
    SAID_551 "status-551" Partner "Status 551: the receiver is misconfigured"
        "The network or hub cannot forward it: the receiver's side is not set up right."
        "Ask the receiver to correct its settings at the hub.";
    SAID_560 "status-560" Partner "Status 560: out of service"
        "The partner's system is down for maintenance. It is sent again." "Wait.";
    SAID_5XX "status-5xx" Partner "Another status of the 500s"
        "The partner's system failed. It is sent again." "Its own words stand in the answer.";
}
