//! An order as a mail to a supplier who has no system: everything to deliver it stands in the mail;
//! the cXML document goes along as an attachment, added by the sender.

use crate::{
    base::{
        decimal,
        money::{Money, UnitPrice},
        quantity::Quantity,
        text::{one_line, shorten},
        time::Day,
    },
    domain::notice::Language,
};

use super::{
    Letter, locale,
    page::{document, escape, safe},
};

/// An order as the mail shows it. Amounts are net.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderMail {
    /// The number that the supplier must repeat.
    pub number: String,
    pub ordered_on: Day,
    /// The buyer organisation's name.
    pub buyer: String,
    /// Whom to ask: a name and a mail address.
    pub contact: Option<String>,
    /// Lines of the addresses.
    pub ship_to: Vec<String>,
    pub bill_to: Vec<String>,
    pub needed_on: Option<Day>,
    pub comment: Option<String>,
    pub lines: Vec<OrderMailLine>,
    pub total: Money,
    pub version: OrderVersion,
}

/// Whether the order is new to the supplier, changed or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderVersion {
    New,
    /// With its version, from 2.
    Changed(i64),
    Cancelled,
}

/// One line of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderMailLine {
    pub number: u32,
    /// The supplier's article number.
    pub sku: String,
    pub description: String,
    pub quantity: Quantity,
    pub unit: String,
    pub price: UnitPrice,
    pub total: Money,
}

struct Words {
    title: &'static str,
    changed: &'static str,
    cancelled: &'static str,
    lead: &'static str,
    cancels: &'static str,
    ordered_on: &'static str,
    needed_on: &'static str,
    contact: &'static str,
    ship_to: &'static str,
    bill_to: &'static str,
    comment: &'static str,
    /// Line, article, description, quantity, price, amount.
    columns: [&'static str; 6],
    total: &'static str,
    closing: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::English => Words {
            title: "Purchase order",
            changed: "Changed purchase order",
            cancelled: "Cancellation of purchase order",
            lead: "orders from you:",
            cancels: "cancels what was ordered from you:",
            ordered_on: "Ordered on",
            needed_on: "Needed on",
            contact: "Contact",
            ship_to: "Ship to",
            bill_to: "Bill to",
            comment: "Comment",
            columns: ["Line", "Article", "Description", "Quantity", "Price", "Amount"],
            total: "Total, net",
            closing: "Please repeat the order number on the delivery note and the invoice. The \
                      attached file holds the same order for your system.",
        },
        Language::German => Words {
            title: "Bestellung",
            changed: "Geänderte Bestellung",
            cancelled: "Stornierung der Bestellung",
            lead: "bestellt bei Ihnen:",
            cancels: "storniert, was bei Ihnen bestellt war:",
            ordered_on: "Bestellt am",
            needed_on: "Benötigt am",
            contact: "Kontakt",
            ship_to: "Lieferadresse",
            bill_to: "Rechnungsadresse",
            comment: "Kommentar",
            columns: ["Pos.", "Artikel", "Bezeichnung", "Menge", "Preis", "Betrag"],
            total: "Summe, netto",
            closing: "Bitte nennen Sie die Bestellnummer auf Lieferschein und Rechnung. Die \
                      angehängte Datei enthält dieselbe Bestellung für Ihr System.",
        },
        Language::French => Words {
            title: "Commande",
            changed: "Commande modifiée",
            cancelled: "Annulation de la commande",
            lead: "vous commande :",
            cancels: "annule ce qui vous était commandé :",
            ordered_on: "Commandé le",
            needed_on: "Souhaité le",
            contact: "Contact",
            ship_to: "Adresse de livraison",
            bill_to: "Adresse de facturation",
            comment: "Commentaire",
            columns: ["Ligne", "Article", "Désignation", "Quantité", "Prix", "Montant"],
            total: "Total hors taxes",
            closing: "Merci de rappeler le numéro de commande sur le bon de livraison et la \
                      facture. Le fichier joint contient la même commande pour votre système.",
        },
    }
}

/// The mail that brings an order to a supplier. It holds no link.
pub fn order_mail(order: &OrderMail, language: Language) -> Letter {
    let words = words(language);
    let buyer = safe(&order.buyer);
    let (title, lead, version) = match order.version {
        OrderVersion::New => (words.title, words.lead, String::new()),
        OrderVersion::Changed(version) => (words.changed, words.lead, format!(" (v{version})")),
        OrderVersion::Cancelled => (words.cancelled, words.cancels, String::new()),
    };
    let subject = format!("{title} {}{version}, {buyer}", safe(&order.number));
    let subject = shorten(&one_line(&subject), 150);
    let rows = rows(order, &words, language);
    let lines: Vec<[String; 6]> = order.lines.iter().map(|line| cells(line, language)).collect();
    let total = locale::amount(order.total, language);
    let sheet = Sheet { subject, buyer, lead, rows, lines, total, words };
    Letter { text: sheet.text(), html: sheet.html(language), subject: sheet.subject }
}

/// The order's values as they are shown, still unescaped.
struct Sheet {
    subject: String,
    buyer: String,
    lead: &'static str,
    rows: Vec<(&'static str, String)>,
    lines: Vec<[String; 6]>,
    total: String,
    words: Words,
}

/// Label and value; an address has its lines joined with commas.
fn rows(order: &OrderMail, words: &Words, language: Language) -> Vec<(&'static str, String)> {
    let address = |lines: &[String]| {
        let lines = lines.iter().map(|line| safe(line)).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join(", ")
    };
    let mut rows = vec![
        (words.ordered_on, locale::day(order.ordered_on, language)),
        (words.ship_to, address(&order.ship_to)),
        (words.bill_to, address(&order.bill_to)),
    ];
    let needed = order.needed_on.map(|on| locale::day(on, language));
    rows.push((words.needed_on, needed.unwrap_or_default()));
    rows.push((words.contact, order.contact.as_deref().map(safe).unwrap_or_default()));
    rows.push((words.comment, order.comment.as_deref().map(safe).unwrap_or_default()));
    rows.retain(|(_, value)| !value.is_empty());
    rows
}

fn cells(line: &OrderMailLine, language: Language) -> [String; 6] {
    let unit = safe(&line.unit);
    let price = locale::number(&decimal::canonical(line.price.amount), language);
    let per = if line.price.per == Quantity::ONE {
        unit.clone()
    } else {
        format!("{} {unit}", locale::number(&line.price.per.to_string(), language))
    };
    [
        line.number.to_string(),
        safe(&line.sku),
        safe(&line.description),
        format!("{} {unit}", locale::number(&line.quantity.to_string(), language)),
        format!("{price} {} / {per}", line.price.currency),
        locale::amount(line.total, language),
    ]
}

impl Sheet {
    fn text(&self) -> String {
        let Self { subject, buyer, lead, rows, lines, total, words } = self;
        let mut out = format!("{subject}\n\n{buyer} {lead}\n\n");
        for (label, value) in rows {
            out.push_str(&format!("{label}: {value}\n"));
        }
        for [number, sku, description, quantity, price, amount] in lines {
            out.push_str(&format!(
                "\n{number}. {sku}: {description}\n   {quantity}, {price}: {amount}\n"
            ));
        }
        out.push_str(&format!("\n{}: {total}\n\n{}\n", words.total, words.closing));
        out
    }

    fn html(&self, language: Language) -> String {
        let Self { subject, buyer, lead, rows, lines, total, words } = self;
        let mut body =
            format!("<h1>{}</h1>\n<p>{} {}</p>\n<table>\n", escape(subject), escape(buyer), lead);
        for (label, value) in rows {
            body.push_str(&format!(
                "<tr><th scope=\"row\" align=\"left\">{}</th><td>{}</td></tr>\n",
                escape(label),
                escape(value)
            ));
        }
        body.push_str(
            "</table>\n<table border=\"1\" cellpadding=\"4\" cellspacing=\"0\">\n<thead><tr>",
        );
        for column in words.columns {
            body.push_str(&format!("<th scope=\"col\">{}</th>", escape(column)));
        }
        body.push_str("</tr></thead>\n<tbody>\n");
        for cells in lines {
            body.push_str("<tr>");
            for (place, cell) in cells.iter().enumerate() {
                let align = if place < 3 { "left" } else { "right" };
                body.push_str(&format!("<td align=\"{align}\">{}</td>", escape(cell)));
            }
            body.push_str("</tr>\n");
        }
        body.push_str(&format!(
            "</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"5\" align=\"right\">{}</th>\
         <td align=\"right\">{}</td></tr></tfoot>\n</table>\n<p>{}</p>\n",
            escape(words.total),
            escape(total),
            escape(words.closing)
        ));
        document(language, subject, &body)
    }
}
