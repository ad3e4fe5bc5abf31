//! The letters' words in French.

use super::words::{Frame, Label, Words, said};

pub(super) const FRAME: Frame = Frame {
    greeting: ("Bonjour ", ","),
    lines: "Le panier",
    gathered: ["Nouvelles", "À décider"],
    more_lines: "et {more} autres lignes",
    closing: "Ce message a été écrit par Countersign. Personne ne lit les réponses.",
};

pub(super) const WORDS: Words = Words {
    task_opened: said(
        "À décider : {number}, {total}, de {requester}",
        "{requester} demande votre accord pour {number}, d'un montant de {total}.",
        "Voir et décider",
        "Ouvrir la page ne change rien ; vous y décidez sous votre propre identité. Le lien \
             vaut 72 heures et seulement pour cette version du panier.",
    ),
    task_reminded: said(
        "Rappel : {number}, {total}, de {requester} vous attend",
        "{number} d’un montant de {total} attend toujours votre accord, demandé par {requester}.",
        "Voir et décider",
        "Ouvrir la page ne change rien ; vous y décidez sous votre propre identité. Le lien \
             vaut 72 heures et pour cette version du panier seulement.",
    ),
    task_escalated: said(
        "Sans réponse : merci de décider {number}, {total}, de {requester}",
        "Personne n’a répondu à temps sur {number} d’un montant de {total} ; on vous le \
             demande donc aussi.",
        "Voir et décider",
        "Ouvrir la page ne change rien ; vous y décidez sous votre propre identité. Le lien \
             vaut 72 heures et pour cette version du panier seulement.",
    ),
    approved_and_ordered: said(
        "{number} est approuvée et commandée",
        "Toutes les signatures sont réunies pour {number}. Commandes en route : {orders}.",
        "Ouvrir {number}",
        "",
    ),
    approved_to_transfer: said(
        "{number} est approuvée : transférez votre panier",
        "Toutes les signatures sont réunies pour {number}. Il reste à transférer le panier \
             vers votre système d'achat.",
        "Transférer le panier",
        "Vous pouvez aussi rouvrir la boutique depuis votre système d'achat ; le panier \
             vous attend.",
    ),
    approved_and_forwarded: said(
        "{number} est approuvée",
        "Toutes les signatures sont réunies pour {number}. La commande part chez les \
             fournisseurs.",
        "Ouvrir {number}",
        "",
    ),
    rejected: said(
        "{number} a été refusée",
        "{number} a été refusée. Rien n'a été commandé.",
        "Ouvrir {number}",
        "Vous pouvez modifier le panier et le soumettre à nouveau.",
    ),
    expired: said(
        "{number} a expiré",
        "Personne n'a décidé à temps pour {number}. Rien n'a été commandé.",
        "Ouvrir {number}",
        "Vous pouvez soumettre le panier à nouveau.",
    ),
    told_handed_in: said(
        "Pour information : {number}, {total}, de {requester}",
        "{requester} a soumis {number} pour {total}. Vous êtes informé, sans être consulté : \
             rien ne vous attend.",
        "Ouvrir {number}",
        "",
    ),
    told_approved: said(
        "{number} est approuvée",
        "{number} pour {total}, de {requester}, est approuvée. Vous êtes informé, sans être \
             consulté.",
        "Ouvrir {number}",
        "",
    ),
    told_rejected: said(
        "{number} a été refusée",
        "{number} pour {total}, de {requester}, a été refusée. Vous êtes informé, sans être \
             consulté.",
        "Ouvrir {number}",
        "",
    ),
    told_expired: said(
        "{number} a expiré",
        "Personne n'a décidé à temps pour {number}, de {requester}. Vous êtes informé, sans \
             être consulté.",
        "Ouvrir {number}",
        "",
    ),
    asked: said(
        "{by} a une question sur {number}",
        "{by} a une question avant de décider sur {number}. Le délai est suspendu jusqu’à votre \
             réponse.",
        "Ouvrir {number}",
        "",
    ),
    remarked: said(
        "{by} a écrit au sujet de {number}",
        "{by} a écrit au sujet de {number}.",
        "Ouvrir {number}",
        "",
    ),
    order_issued: said(
        "La commande {number} part chez {supplier}",
        "La commande {number} est passée et part chez {supplier}.",
        "Ouvrir la commande",
        "",
    ),
    order_rejected: said(
        "{supplier} a refusé la commande {number}",
        "{supplier} ne livrera pas la commande {number}.",
        "Ouvrir la commande",
        "",
    ),
    order_shipped: said(
        "La commande {number} est en route",
        "{supplier} a expédié des articles de la commande {number}.",
        "Ouvrir la commande",
        "À l'arrivée, enregistrez la réception sur la page de la commande (Receive).",
    ),
    invoice_difference: said(
        "La facture {number} de {supplier} présente un écart",
        "La facture {number} de {supplier} ne correspond pas à sa commande. Elle vous attend.",
        "Ouvrir la facture",
        "",
    ),
    invite: said(
        "Votre accès à {organisation}",
        "Un accès à {organisation} vous est ouvert. Choisissez d'abord un mot de passe.",
        "Choisir un mot de passe",
        "Le lien vaut une seule fois, pendant {hours} heures.",
    ),
    password_reset: said(
        "Choisir un nouveau mot de passe",
        "Quelqu'un, sans doute vous, a demandé un nouveau mot de passe pour cette adresse.",
        "Choisir un nouveau mot de passe",
        "Le lien vaut une seule fois, pendant {hours} heures. Si ce n'était pas vous, ne \
             faites rien : votre mot de passe reste le même.",
    ),
    delivery_late: said(
        "La commande {number} n'est pas encore arrivée chez {supplier}",
        "La commande {number} n'a pas encore pu être remise à {supplier}. Nous continuons \
             d'essayer.",
        "Ouvrir la commande",
        "Vous n'avez rien à faire, sauf si le motif indiqué dépend de vous.",
    ),
    delivery_failed: said(
        "La commande {number} n'est pas arrivée chez {supplier}",
        "La commande {number} n'a pas pu être remise à {supplier} ; il n'y aura plus d'essai.",
        "Ouvrir la commande",
        "Corrigez le motif indiqué, puis renvoyez la commande depuis sa page. Elle part comme \
             le même document et ne sera pas enregistrée deux fois.",
    ),
    digest: said(
        "{count} nouvelles depuis le dernier message",
        "Ceci a été rassemblé pour vous. Ce qui est à décider vient en premier.",
        "Ouvrir Countersign",
        "Vous avez choisi un message par jour. Dans Countersign, sous « My mail », vous pouvez en \
             changer.",
    ),
    exchange_failed: said(
        "{document} avec {partner} a échoué",
        "Un {document} entre vous et {partner} a échoué.",
        "Ouvrir la page",
        "La page dit ce qu'il faut faire et peut être montrée à l'autre partie. Pour \
             la même cause, vous ne serez prévenu de nouveau que demain au plus tôt.",
    ),
};

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::Requester => "De",
        Label::Total => "Total",
        Label::CostCenter => "Centre de coûts",
        Label::BudgetLeft => "Reste au budget",
        Label::Because => "Pourquoi vous",
        Label::WhyTold => "Pourquoi vous êtes informé",
        Label::OnBehalfOf => "Au nom de",
        Label::DueAt => "À décider avant",
        Label::Comment => "Commentaire",
        Label::Reason => "Motif",
        Label::RejectedBy => "Refusé par",
        Label::Supplier => "Fournisseur",
        Label::Carrier => "Transporteur",
        Label::Tracking => "Numéro de suivi",
        Label::ExpectedOn => "Attendu le",
        Label::Difference => "Écart",
        Label::Attempts => "Essais",
        Label::Channel => "Envoi par",
        Label::NextAttempt => "Prochain essai",
    }
}
