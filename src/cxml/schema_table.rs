//! The content models of the documents we deal in, as data: children in their order, required
//! attributes, and attributes with a closed list of words.
//!
//! Written from cXML 1.2.071 in a notation of our own: `A B? C* D+` one after the other, `(A | B)`
//! one of them, `text` for characters only, `mixed ..` for characters and elements in any order,
//! `empty`, `any`. An element that is not listed is not looked into.

/// Element, content, required attributes, attributes with the words they may say.
pub(super) type Model = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
pub(super) const MODELS: &[Model] = &[
    ("Header", "From To Sender (Path OriginalDocument)?", "", ""),
    ("From", "Credential+ Correspondent?", "", ""),
    ("To", "Credential+ Correspondent?", "", ""),
    ("Sender", "Credential+ UserAgent", "", ""),
    ("Credential",
     "Identity (SharedSecret | DigitalSignature | CredentialMac)?",
     "domain",
     "type=marketplace"),
    ("Status", "text", "code text", ""),
    ("ProfileRequest", "empty", "", ""),
    ("ProfileResponse", "Option* Transaction+", "effectiveDate", ""),
    ("Option", "text", "name", ""),
    ("Transaction", "URL Option*", "requestName", ""),
    ("PunchOutSetupRequest",
     "BuyerCookie Extrinsic* BrowserFormPost? Contact* SupplierSetup? ShipTo? SelectedItem? \
      ItemOut*",
     "operation",
     "operation=create|inspect|edit|source"),
    ("BrowserFormPost", "URL", "", ""),
    ("SupplierSetup", "URL", "", ""),
    ("SelectedItem", "ItemID", "", ""),
    ("PunchOutSetupResponse", "StartPage", "", ""),
    ("StartPage", "URL", "", ""),
    ("PunchOutOrderMessage", "BuyerCookie PunchOutOrderMessageHeader ItemIn*", "", ""),
    ("PunchOutOrderMessageHeader",
     "SourcingStatus? Total ShipTo? Shipping? Tax? SupplierOrderInfo?",
     "operationAllowed",
     "operationAllowed=create|inspect|edit quoteStatus=pending|final"),
    ("SourcingStatus", "text", "xml:lang", "action=approve|cancel|deny"),
    ("ItemIn",
     "ItemID Path? ItemDetail (SupplierID | SupplierList)? ShipTo? Shipping? Tax? SpendDetail? \
      Distribution* Contact* Comments? ScheduleLine* BillTo? Batch? Period? DateInfo* \
      Extrinsic*",
     "quantity",
     "itemType=composite|item|lean compositeItemType=groupLevel|itemLevel \
      itemClassification=material|service"),
    ("ItemOut",
     "ItemID Path? (ItemDetail | BlanketItemDetail)? (SupplierID | SupplierList)? ShipTo? \
      Shipping? Tax? SpendDetail? Distribution* Contact* TermsOfDelivery? Comments* Indicator* \
      Tolerances? ControlKeys? ScheduleLine* (MasterAgreementReference | \
      MasterAgreementIDInfo)? ItemOutIndustry? Packaging* ReleaseInfo? Batch?",
     "quantity",
     "isAdHoc=yes itemType=composite|item|lean requiresServiceEntry=yes \
      compositeItemType=groupLevel|itemLevel itemClassification=material|service \
      subcontractingType=regular|refurbWithoutChange|refurbWithChange|replacement \
      stockTransferType=intra|inter isReturn=yes isDeliveryCompleted=yes unlimitedDelivery=yes \
      isItemChanged=yes isKanban=yes stoDelivery=full|partial stoOrderCombination=yes \
      stoFinalDelivery=yes operation=delete|block"),
    ("ItemID", "SupplierPartID SupplierPartAuxiliaryID? BuyerPartID? IdReference*", "", ""),
    ("ItemDetail",
     "UnitPrice Description+ OverallLimit? ExpectedLimit? UnitOfMeasure PriceBasisQuantity? \
      Classification+ ManufacturerPartID? ManufacturerName? URL? LeadTime? Dimension* \
      ItemDetailIndustry? AttachmentReference* PlannedAcceptanceDays? Extrinsic*",
     "",
     ""),
    ("UnitPrice", "Money Modifications? PricingConditions?", "", ""),
    ("Total", "Money Modifications?", "", ""),
    ("Money", "text", "currency", ""),
    ("ShipTo", "Address CarrierIdentifier* TransportInformation* IdReference*", "", ""),
    ("BillTo", "Address IdReference*", "", ""),
    ("Address", "Name PostalAddress? Email? Phone? Fax? URL?", "", ""),
    ("PostalAddress",
     "DeliverTo* Street+ City Municipality? State? PostalCode? Country Extrinsic*",
     "",
     ""),
    ("Phone", "TelephoneNumber", "", ""),
    ("Fax", "TelephoneNumber | URL | Email", "", ""),
    ("TelephoneNumber", "CountryCode AreaOrCityCode Number Extension?", "", ""),
    ("CountryCode", "text", "isoCountryCode", ""),
    ("Country", "text", "isoCountryCode", ""),
    ("Name", "text", "xml:lang", ""),
    ("Contact", "Name PostalAddress* Email* Phone* Fax* URL* IdReference* Extrinsic*", "", ""),
    ("Shipping", "Money Description Modifications?", "", ""),
    ("Tax", "Money TaxAdjustmentAmount? Description TaxDetail* Distribution* Extrinsic*", "", ""),
    ("TaxDetail",
     "TaxableAmount? TaxAmount TaxLocation? TaxAdjustmentAmount? Description? \
      TriangularTransactionLawReference? TaxRegime? TaxExemption? Extrinsic*",
     "category",
     "isVatRecoverable=yes isTriangularTransaction=yes exemptDetail=zeroRated|exempt \
      isWithholdingTax=yes isIncludedInPrice=yes"),
    ("TaxableAmount", "Money", "", ""),
    ("TaxAmount", "Money", "", ""),
    ("TaxLocation", "text", "xml:lang", ""),
    ("Distribution", "Accounting Charge", "", ""),
    ("Accounting", "Segment+ | AccountingSegment+", "name", ""),
    ("Segment", "empty", "type id description", ""),
    ("AccountingSegment", "Name Description", "id", ""),
    ("Charge", "Money", "", ""),
    ("Comments", "mixed Attachment", "", ""),
    ("Attachment", "URL", "", "visibility=internal"),
    ("Extrinsic", "any", "name", ""),
    ("Description", "mixed ShortName", "xml:lang", ""),
    ("Classification", "text", "domain", ""),
    ("PriceBasisQuantity", "UnitOfMeasure Description?", "quantity conversionFactor", ""),
    ("SupplierID", "text", "domain", ""),
    ("IdReference", "Creator? Description?", "identifier domain", ""),
    ("OrderRequest", "OrderRequestHeader ItemOut+", "", ""),
    ("OrderRequestHeader",
     "Total ShipTo? BillTo BusinessPartner* LegalEntity? OrganizationalUnit* Shipping? Tax? \
      Payment? PaymentTerm* Contact* Comments* Followup? ControlKeys? DocumentReference? \
      SupplierOrderInfo? TermsOfDelivery? DeliveryPeriod? IdReference* \
      OrderRequestHeaderIndustry? Extrinsic*",
     "orderID orderDate",
     "orderType=release|regular|blanket|stockTransport|stockTransportRelease \
      releaseRequired=yes type=new|update|delete isInternalVersion=yes shipComplete=yes \
      isSTOOutbound=yes"),
    ("Followup", "URL", "", ""),
    ("DocumentReference", "empty", "payloadID", ""),
    ("SupplierOrderInfo", "empty", "orderID", ""),
    ("StatusUpdateRequest",
     "DocumentReference? Status ((PaymentStatus | SourcingStatus | InvoiceStatus | \
      DocumentStatus | IntegrationStatus))? Extrinsic*",
     "",
     ""),
    ("DocumentStatus", "DocumentInfo? ItemStatus* Comments*", "type", ""),
    ("DocumentInfo", "empty", "documentID documentType", ""),
    ("InvoiceStatus",
     "InvoiceIDInfo? PartialAmount? Comments*",
     "type",
     "type=processing|canceled|reconciled|rejected|paying|paid"),
    ("ConfirmationRequest",
     "ConfirmationHeader OrderReference (OrderStatusRequestReference | \
      OrderStatusRequestIDInfo)* ConfirmationItem*",
     "",
     ""),
    ("ConfirmationHeader",
     "DocumentReference? Total? Shipping? Tax? Contact* Hazard* Comments* IdReference* \
      Extrinsic*",
     "type noticeDate",
     "operation=new|update \
      type=accept|allDetail|detail|backordered|except|reject|requestToPay|replace"),
    ("ConfirmationItem",
     "UnitOfMeasure Contact* Hazard* ConfirmationStatus+",
     "quantity lineNumber",
     "itemType=composite|item|lean compositeItemType=groupLevel|itemLevel"),
    ("ConfirmationStatus",
     "UnitOfMeasure (ItemIn | (UnitPrice? Tax? Shipping?)) SupplierBatchID? \
      ScheduleLineReference? ComponentConsumptionDetails* Comments* Extrinsic*",
     "quantity type",
     "type=accept|allDetail|detail|backordered|reject|unknown|requestToPay"),
    ("OrderReference", "DocumentReference", "", ""),
    ("ShipNoticeRequest", "ShipNoticeHeader ShipControl* ShipNoticePortion*", "", ""),
    ("ShipNoticeHeader",
     "ServiceLevel* DocumentReference? Contact* LegalEntity? OrganizationalUnit* Hazard* \
      Comments* TermsOfDelivery? TermsOfTransport* Packaging? Extrinsic* IdReference* \
      ReferenceDocumentInfo*",
     "shipmentID noticeDate",
     "operation=new|update|delete shipmentType=actual|planned fulfillmentType=partial|complete \
      reason=return activityStepType=stockTransfer|stockShippingAdvice"),
    ("ShipNoticePortion",
     "OrderReference (MasterAgreementReference | MasterAgreementIDInfo)? Contact* Comments* \
      Extrinsic* ShipNoticeItem* ReferenceDocumentInfo*",
     "",
     ""),
    ("ShipNoticeItem",
     "ItemID? ShipNoticeItemDetail? UnitOfMeasure Packaging* Hazard* (Batch | \
      SupplierBatchID)* AssetInfo* TermsOfDelivery? OrderedQuantity? ShipNoticeItemIndustry? \
      ComponentConsumptionDetails* ReferenceDocumentInfo* Comments* Extrinsic* IUIDInfo?",
     "quantity lineNumber",
     "itemType=composite|item|lean compositeItemType=groupLevel|itemLevel \
      stockTransferType=intra|inter outboundType=stockTransport"),
    ("ShipControl",
     "CarrierIdentifier+ ShipmentIdentifier+ PackageIdentification? (Route | \
      TransportInformation)* Contact* Comments* Extrinsic*",
     "",
     ""),
    ("CarrierIdentifier", "text", "domain", ""),
    ("InvoiceDetailRequest",
     "InvoiceDetailRequestHeader (InvoiceDetailOrder+ | InvoiceDetailHeaderOrder+) \
      InvoiceDetailSummary",
     "",
     ""),
    ("InvoiceDetailRequestHeader",
     "InvoiceDetailHeaderIndicator InvoiceDetailLineIndicator InvoicePartner* \
      DocumentReference? InvoiceIDInfo? PaymentProposalIDInfo? InvoiceDetailShipping? \
      ShipNoticeIDInfo? (InvoiceDetailPaymentTerm* | PaymentTerm*) PaymentInformation? Period? \
      Comments? IdReference* Extrinsic*",
     "invoiceID invoiceDate",
     "isInformationOnly=yes \
      purpose=standard|creditMemo|debitMemo|lineLevelCreditMemo|lineLevelDebitMemo \
      operation=new|delete invoiceOrigin=supplier|buyer isERS=yes"),
    ("InvoiceDetailHeaderIndicator",
     "empty",
     "",
     "isHeaderInvoice=yes isVatRecoverable=yes isPriceBasedLineLevelCreditMemo=yes"),
    ("InvoiceDetailLineIndicator",
     "empty",
     "",
     "isTaxInLine=yes isSpecialHandlingInLine=yes isShippingInLine=yes isDiscountInLine=yes \
      isAccountingInLine=yes isPriceAdjustmentInLine=yes"),
    ("InvoicePartner", "Contact IdReference*", "", ""),
    ("InvoiceDetailOrder",
     "InvoiceDetailOrderInfo InvoiceDetailReceiptInfo? InvoiceDetailShipNoticeInfo? \
      (InvoiceDetailItem | InvoiceDetailServiceItem)+",
     "",
     ""),
    ("InvoiceDetailOrderInfo",
     "(OrderReference (MasterAgreementReference | MasterAgreementIDInfo)? SupplierOrderInfo?) \
      | (MasterAgreementReference OrderIDInfo? SupplierOrderInfo?) | (MasterAgreementIDInfo \
      OrderIDInfo? SupplierOrderInfo?) | (OrderIDInfo SupplierOrderInfo?) | SupplierOrderInfo",
     "",
     ""),
    ("InvoiceDetailItem",
     "UnitOfMeasure UnitPrice PriceBasisQuantity? InvoiceDetailItemReference \
      ReceiptLineItemReference? ShipNoticeLineItemReference? (ServiceEntryItemReference | \
      ServiceEntryItemIDInfo)? ProductMovementItemIDInfo? SubtotalAmount? Tax? \
      InvoiceDetailLineSpecialHandling? InvoiceDetailLineShipping? ShipNoticeIDInfo? \
      GrossAmount? InvoiceDetailDiscount? InvoiceItemModifications? TotalCharges? \
      TotalAllowances? TotalAmountWithoutTax? NetAmount? Distribution* Packaging* \
      InvoiceDetailItemIndustry? Comments? CustomsInfo? Extrinsic*",
     "invoiceLineNumber quantity",
     "itemType=composite|item|lean compositeItemType=groupLevel|itemLevel reason=return \
      isAdHoc=yes"),
    ("InvoiceDetailServiceItem",
     "InvoiceDetailServiceItemReference (ServiceEntryItemReference | ServiceEntryItemIDInfo)? \
      SubtotalAmount Period? (UnitRate | (UnitOfMeasure UnitPrice PriceBasisQuantity?))? Tax? \
      GrossAmount? InvoiceDetailDiscount? InvoiceItemModifications? TotalCharges? \
      TotalAllowances? TotalAmountWithoutTax? NetAmount? Distribution* Comments? \
      (InvoiceLaborDetail)? Extrinsic*",
     "invoiceLineNumber",
     "itemType=composite|item|lean isAdHoc=yes"),
    ("InvoiceDetailItemReference",
     "ItemID? Description? Classification* (ManufacturerPartID ManufacturerName)? Country? \
      SerialNumber* SupplierBatchID? InvoiceDetailItemReferenceIndustry?",
     "lineNumber",
     ""),
    ("InvoiceDetailServiceItemReference", "Classification* ItemID? Description?", "", ""),
    ("InvoiceDetailHeaderOrder", "InvoiceDetailOrderInfo InvoiceDetailOrderSummary", "", ""),
    ("InvoiceDetailOrderSummary",
     "SubtotalAmount Period? Tax? InvoiceDetailLineSpecialHandling? InvoiceDetailLineShipping? \
      GrossAmount? InvoiceDetailDiscount? NetAmount? Comments? Extrinsic*",
     "invoiceLineNumber",
     ""),
    ("InvoiceDetailSummary",
     "SubtotalAmount Tax SpecialHandlingAmount? ShippingAmount? GrossAmount? \
      InvoiceDetailDiscount? InvoiceHeaderModifications? \
      InvoiceDetailSummaryLineItemModifications? TotalCharges? TotalAllowances? \
      TotalAmountWithoutTax? NetAmount DepositAmount? DueAmount? InvoiceDetailSummaryIndustry?",
     "",
     ""),
    ("OrderIDInfo", "IdReference*", "orderID", ""),
    ("InvoiceIDInfo", "empty", "invoiceID", ""),
    ("PaymentTerm", "Discount? Extrinsic*", "payInNumberOfDays", ""),
    ("InvoiceDetailPaymentTerm", "empty", "payInNumberOfDays percentageRate", ""),
    ("Discount", "DiscountPercent | DiscountAmount", "", ""),
    ("DiscountPercent", "empty", "percent", ""),
    ("SubtotalAmount", "Money", "", ""),
    ("GrossAmount", "Money", "", ""),
    ("NetAmount", "Money", "", ""),
    ("DueAmount", "Money", "", ""),
    ("DepositAmount", "Money", "", ""),
    ("SpecialHandlingAmount", "Money Description? Distribution*", "", ""),
    ("ShippingAmount", "Money Distribution*", "", ""),
    ("InvoiceDetailDiscount", "Money Distribution*", "", ""),
    ("InvoiceDetailShipping",
     "Contact Contact+ (CarrierIdentifier+ ShipmentIdentifier+)? DocumentReference?",
     "",
     ""),
    ("InvoiceDetailLineShipping", "InvoiceDetailShipping Money Distribution*", "", ""),
    ("InvoiceDetailLineSpecialHandling", "Description? Money Distribution*", "", ""),
    ("Period", "empty", "startDate endDate", ""),
];
