//! Causes inside a readable document of a known sender; some refuse it, others are only remarked.

super::cause::causes! {
    WELL "all-well" Nobody "All went well"
        "The document was understood and taken." "Nothing.";
    HELD "held" Us "Taken, and held for sign-off"
        "The order was taken (201) and waits for a person." "See the requisition.";
    COOKIE "buyer-cookie-missing" Partner "There is no BuyerCookie"
        "A punchout must carry the BuyerCookie, or the cart cannot be matched on its way home."
        "Send BuyerCookie with a value of its own for each session.";
    RETURN_HOST "return-host-not-allowed" Us "The cart may not return to this host"
        "The host of BrowserFormPost (or HOOK_URL) is not registered for the connection."
        "If the host is right, add it to the connection's return hosts.";
    RETURN_ADDRESS "return-address-bad" Partner "The return address cannot be used"
        "BrowserFormPost (or HOOK_URL) is not a readable https address."
        "Send a complete https URL without blanks, & written as &amp;.";
    RETURN_MISSING "return-address-missing" Partner "There is no return address"
        "The call does not say where the cart goes." "Send BrowserFormPost/URL, or HOOK_URL in \
         OCI.";
    UNIT "unit-unknown" Partner "An unknown unit of measure"
        "The unit is neither in UN/ECE Recommendation 20/21 nor mapped for this connection."
        "Send a UN/ECE code such as EA or C62, or add it to the connection's unit map.";
    CURRENCY "currency-unknown" Partner "An unknown currency"
        "The currency is not a code of ISO 4217." "Send three letters such as EUR.";
    CURRENCY_MIXED "currency-mixed" Partner "Several or other currencies"
        "The document mixes currencies, or uses another than its order or organisation."
        "Send one document for each currency, in the currency of the order.";
    PRICE "price-bad" Partner "A price that is no number"
        "An amount is missing or is no plain number." "Write digits with at most one point: \
         1234.50.";
    PRICE_OTHER "price-differs" Partner "The price is not the one agreed"
        "The price differs from the cart or the order by more than the tolerance."
        "Order at the price of the cart, or start a new punchout.";
    QUANTITY "quantity-bad" Partner "A quantity that is no number"
        "A quantity is missing, zero, negative or no plain number." "Send a number such as 3 or \
         2.5.";
    QUANTITY_OVER "quantity-over" Partner "More than was ordered"
        "The quantity is larger than what is left of the order line."
        "Confirm, ship and bill no more than was ordered.";
    LINE_UNKNOWN "line-unknown" Partner "The order has no such line"
        "A lineNumber refers to no line of the order."
        "Send the lineNumber of the OrderRequest unchanged.";
    LINE_TWICE "line-twice" Partner "A line stands twice"
        "Two lines bear the same number." "Give each line its own number.";
    LINES_MANY "lines-too-many" Partner "Too many lines"
        "The document has more than 5,000 lines." "Split it.";
    LINES_NONE "lines-none" Partner "There are no lines"
        "The document has no line where at least one must be." "Send at least one line.";
    ORDER_UNKNOWN "order-unknown" Partner "The order is not known here"
        "The reference leads to no order of this partner."
        "Send payloadID and orderID of the OrderRequest unchanged.";
    ORDER_TWICE "order-number-reused" Partner "The order number was used before"
        "Another order came under this orderID." "Send a change as type update, or a new number.";
    ORDER_STATE "order-state" Partner "The order is past this step"
        "The order's state forbids it: it was answered, shipped, cancelled or closed."
        "Look at the order; agree on what to do by phone.";
    ORDER_ID "order-id-missing" Partner "The order has no usable number"
        "orderID is missing or too long." "Send an orderID.";
    INVOICE_TWICE "invoice-number-reused" Partner "The invoice number was used before"
        "An invoice of this number came already." "Give each invoice its own number.";
    ARTICLE "article-unknown" Partner "An article that is not known"
        "SupplierPartID (or the OCI product) names no article of this catalogue."
        "Send SupplierPartID as the cart had it.";
    AUXILIARY "auxiliary-id-lost" Partner "SupplierPartAuxiliaryID was lost"
        "The cart carried a SupplierPartAuxiliaryID that the order does not bring back unchanged."
        "Keep the field in your system with its full length, and send it back byte for byte.";
    REQUESTER "requester-unknown" Us "The requester is not known"
        "The person named is not one of the organisation's." "Check the e-mail address, or add \
         the person.";
    MISSING "element-missing" Partner "Something is missing"
        "A part that the document must have is not there." "Add it where the place shows.";
    ATTRIBUTE_MISSING "attribute-missing" Partner "An attribute is missing"
        "An attribute that must be there is not, or is empty." "Add it where the place shows.";
    TWICE "element-twice" Partner "An element stands twice"
        "What may stand once stands twice, so nobody knows which one counts." "Send it once.";
    ORDER_OF_ELEMENTS "element-order" Partner "Elements in the wrong order"
        "The elements are there, but not in the order of the DTD. It is read all the same here."
        "Write them in the order of the DTD; stricter partners refuse it.";
    UNKNOWN "element-unknown" Partner "An unknown element"
        "The DTD has no such element here. It was kept and not looked at."
        "Leave it out, mend its name, or send it as an Extrinsic.";
    ATTRIBUTE_UNKNOWN "attribute-unknown" Partner "An unknown attribute"
        "The DTD has no such attribute here." "Leave it out, or mend its name.";
    VALUE "value-bad" Partner "A value that does not fit"
        "A value is not what its place asks for." "See what was expected there.";
    PAYLOAD_MISSING "payload-id-missing" Partner "There is no payloadID"
        "The document has no payloadID. It was taken; its content stands in for it, so the same \
         content sent \
         twice counts once."
        "Send a fresh payloadID with every document.";
    TIMESTAMP "timestamp-bad" Partner "The timestamp cannot be read"
        "The timestamp is missing or not ISO 8601. It was taken all the same."
        "Send a timestamp such as 2026-11-21T09:00:00+01:00.";
    CLOCK "timestamp-far-off" Partner "The timestamp is more than a day off"
        "The partner's clock, or its time zone, differs from ours by more than a day."
        "Compare both clocks; give the offset in the timestamp.";
    DOCTYPE "doctype-missing" Partner "There is no DOCTYPE"
        "The document has no DOCTYPE. It was taken all the same." "Stricter partners ask for it.";
    CART_FAULT "cart-cannot-return" Us "The cart does not fit the partner's system"
        "A line breaks a limit of the partner's profile, so the cart was not sent."
        "See which field; shorten it, or correct the profile.";
    OCI_MISSING "oci-field-missing" Partner "An OCI field is missing"
        "A field that the call must have is not there or is empty." "Send it with a value.";
    OCI_TWICE "oci-field-twice" Partner "An OCI field stands twice"
        "A field that may stand once stands twice." "Send it once.";
    OCI_ORPHAN "oci-field-orphan" Partner "An OCI field without its line"
        "A field belongs to a line that has no other field: the numbers in brackets have a gap."
        "Number the fields of each line alike, from 1 on.";
    OCI_UNREADABLE "oci-field-unreadable" Partner "An OCI field cannot be read"
        "A value is not what the field asks for." "See what was expected.";
    OCI_MUCH "oci-too-much" Partner "Too many OCI fields"
        "The call has more fields than are read at once." "Send fewer.";
    OCI_FUNCTION "oci-unsupported" Partner "This OCI function is not supported"
        "The call asks for a function that is not known here." "Use another function.";
    OCI_LOGIN "oci-login-wrong" Partner "User or password of the OCI call is wrong"
        "The user is not registered, or the password is not its own."
        "Check the call settings of the catalogue in the procurement system.";
    RULE "refused-by-rule" Partner "A rule said no"
        "The document was understood and refused; the words of the refusal stand below."
        "Do as they say.";
}
