//! The letters' words in German.

use super::words::{Frame, Label, Words, said};

pub(super) const FRAME: Frame = Frame {
    greeting: ("Guten Tag ", ","),
    lines: "Der Warenkorb",
    gathered: ["Neuigkeiten", "Zu entscheiden"],
    more_lines: "und {more} weitere Positionen",
    closing: "Diese E-Mail hat Countersign geschrieben. Antworten darauf liest niemand.",
};

pub(super) const WORDS: Words = Words {
    task_opened: said(
        "Bitte entscheiden: {number}, {total}, von {requester}",
        "{requester} bittet um Ihre Freigabe für {number} über {total}.",
        "Ansehen und entscheiden",
        "Das Öffnen der Seite ändert nichts; Sie entscheiden dort mit Ihrer eigenen \
             Anmeldung. Der Link gilt 72 Stunden und nur für diesen Stand des Warenkorbs.",
    ),
    task_reminded: said(
        "Erinnerung: {number}, {total}, von {requester} wartet auf Sie",
        "{number} über {total} wartet noch auf Ihre Freigabe. {requester} hat darum gebeten.",
        "Ansehen und entscheiden",
        "Das Öffnen der Seite ändert nichts; Sie entscheiden dort mit Ihrer eigenen \
             Anmeldung. Der Link gilt 72 Stunden und nur für diesen Stand des Warenkorbs.",
    ),
    task_escalated: said(
        "Noch keine Antwort: bitte {number}, {total}, von {requester} entscheiden",
        "Zu {number} über {total} hat niemand rechtzeitig geantwortet. Deshalb werden auch \
             Sie gefragt.",
        "Ansehen und entscheiden",
        "Das Öffnen der Seite ändert nichts; Sie entscheiden dort mit Ihrer eigenen \
             Anmeldung. Der Link gilt 72 Stunden und nur für diesen Stand des Warenkorbs.",
    ),
    approved_and_ordered: said(
        "{number} ist freigegeben und bestellt",
        "{number} ist vollständig freigegeben. Diese Bestellungen sind unterwegs: {orders}.",
        "{number} öffnen",
        "",
    ),
    approved_to_transfer: said(
        "{number} ist freigegeben: Warenkorb übertragen",
        "{number} ist vollständig freigegeben. Ein Schritt fehlt noch: Übertragen Sie den \
             Warenkorb in Ihr Einkaufssystem.",
        "Warenkorb übertragen",
        "Sie können den Shop auch neu aus Ihrem Einkaufssystem öffnen; der Warenkorb wartet.",
    ),
    approved_and_forwarded: said(
        "{number} ist freigegeben",
        "{number} ist vollständig freigegeben. Die Bestellung geht an die Lieferanten.",
        "{number} öffnen",
        "",
    ),
    rejected: said(
        "{number} wurde abgelehnt",
        "{number} wurde abgelehnt. Es wurde nichts bestellt.",
        "{number} öffnen",
        "Sie können den Warenkorb ändern und erneut einreichen.",
    ),
    expired: said(
        "{number} ist abgelaufen",
        "Über {number} hat niemand rechtzeitig entschieden. Es wurde nichts bestellt.",
        "{number} öffnen",
        "Sie können den Warenkorb erneut einreichen.",
    ),
    told_handed_in: said(
        "Zur Kenntnis: {number}, {total}, von {requester}",
        "{requester} hat {number} über {total} eingereicht. Sie werden informiert, nicht \
             gefragt: Es wartet nichts auf Sie.",
        "{number} öffnen",
        "",
    ),
    told_approved: said(
        "{number} ist genehmigt",
        "{number} über {total} von {requester} ist genehmigt. Sie werden informiert, nicht \
             gefragt.",
        "{number} öffnen",
        "",
    ),
    told_rejected: said(
        "{number} wurde abgelehnt",
        "{number} über {total} von {requester} wurde abgelehnt. Sie werden informiert, nicht \
             gefragt.",
        "{number} öffnen",
        "",
    ),
    told_expired: said(
        "{number} ist abgelaufen",
        "Über {number} von {requester} hat niemand rechtzeitig entschieden. Sie werden \
             informiert, nicht gefragt.",
        "{number} öffnen",
        "",
    ),
    asked: said(
        "{by} hat eine Frage zu {number}",
        "{by} hat vor der Entscheidung über {number} eine Frage. Bis zu Ihrer Antwort steht die \
             Uhr still.",
        "{number} öffnen",
        "",
    ),
    remarked: said(
        "{by} hat zu {number} geschrieben",
        "{by} hat etwas zu {number} geschrieben.",
        "{number} öffnen",
        "",
    ),
    order_issued: said(
        "Bestellung {number} geht an {supplier}",
        "Die Bestellung {number} ist erteilt und geht an {supplier}.",
        "Bestellung öffnen",
        "",
    ),
    order_rejected: said(
        "{supplier} hat die Bestellung {number} abgelehnt",
        "{supplier} liefert die Bestellung {number} nicht.",
        "Bestellung öffnen",
        "",
    ),
    order_shipped: said(
        "Bestellung {number} ist unterwegs",
        "{supplier} hat Ware zur Bestellung {number} versandt.",
        "Bestellung öffnen",
        "Wenn die Ware da ist, buchen Sie den Eingang auf der Seite der Bestellung (Receive).",
    ),
    invoice_difference: said(
        "Rechnung {number} von {supplier} weicht ab",
        "Die Rechnung {number} von {supplier} passt nicht zur Bestellung. Sie wartet auf Sie.",
        "Rechnung öffnen",
        "",
    ),
    invite: said(
        "Ihr Zugang zu {organisation}",
        "Sie haben Zugang zu {organisation} erhalten. Wählen Sie zuerst ein Passwort.",
        "Passwort wählen",
        "Der Link gilt einmal und {hours} Stunden lang.",
    ),
    password_reset: said(
        "Neues Passwort wählen",
        "Für diese Adresse wurde, vermutlich von Ihnen, ein neues Passwort angefordert.",
        "Neues Passwort wählen",
        "Der Link gilt einmal und {hours} Stunden lang. Wenn Sie es nicht waren, tun Sie \
             nichts: Ihr Passwort bleibt, wie es ist.",
    ),
    delivery_late: said(
        "Bestellung {number} hat {supplier} noch nicht erreicht",
        "Die Bestellung {number} ließ sich bisher nicht an {supplier} übergeben. Wir \
             versuchen es weiter.",
        "Bestellung öffnen",
        "Sie müssen nichts tun, es sei denn, der genannte Grund liegt bei Ihnen.",
    ),
    delivery_failed: said(
        "Bestellung {number} hat {supplier} nicht erreicht",
        "Die Bestellung {number} ließ sich nicht an {supplier} übergeben; es gibt keinen \
             weiteren Versuch.",
        "Bestellung öffnen",
        "Beheben Sie den genannten Grund und senden Sie die Bestellung von ihrer Seite aus \
             erneut. Sie geht als dasselbe Dokument hinaus und wird nicht doppelt gebucht.",
    ),
    digest: said(
        "{count} Dinge seit der letzten E-Mail",
        "Das wurde für Sie gesammelt. Was zu entscheiden ist, steht zuerst.",
        "Countersign öffnen",
        "Sie haben eine E-Mail am Tag gewählt. In Countersign, unter „My mail“, können Sie es \
             ändern.",
    ),
    exchange_failed: said(
        "{document} mit {partner} ist fehlgeschlagen",
        "Ein {document} zwischen Ihnen und {partner} ist fehlgeschlagen.",
        "Seite öffnen",
        "Die Seite sagt, was zu tun ist, und lässt sich der anderen Seite zeigen. Von \
             derselben Ursache hören Sie frühestens morgen wieder.",
    ),
};

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::Requester => "Von",
        Label::Total => "Summe",
        Label::CostCenter => "Kostenstelle",
        Label::BudgetLeft => "Noch im Budget",
        Label::Because => "Warum Sie gefragt werden",
        Label::WhyTold => "Warum Sie informiert werden",
        Label::OnBehalfOf => "In Vertretung von",
        Label::DueAt => "Zu entscheiden bis",
        Label::Comment => "Kommentar",
        Label::Reason => "Grund",
        Label::RejectedBy => "Abgelehnt von",
        Label::Supplier => "Lieferant",
        Label::Carrier => "Spediteur",
        Label::Tracking => "Sendungsnummer",
        Label::ExpectedOn => "Erwartet am",
        Label::Difference => "Abweichung",
        Label::Attempts => "Versuche",
        Label::Channel => "Versand über",
        Label::NextAttempt => "Nächster Versuch",
    }
}
