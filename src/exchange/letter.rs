//! The text of what people are told: a [`Notice`] becomes a letter in the reader's language.
//!
//! A letter is a subject, a plain text and an HTML text that say the same. Its link is a mark,
//! [`LINK_MARK`], that is replaced when the letter leaves: a live token is never stored. Whatever
//! people typed is escaped, kept on one line, and can never become that mark.

mod english;
mod french;
mod german;
mod locale;
mod order;
mod page;
mod words;

pub use locale::{amount, day, moment};
pub use order::{OrderMail, OrderMailLine, OrderVersion, order_mail};

use page::{Page, escape, safe};
use words::{Label, Topic, frame, label, wording};

use crate::base::{
    money::Money,
    text::{one_line, shorten},
};
use crate::domain::approval::Ring;
use crate::domain::notice::{
    AfterApproval, DeliveryTrouble, Language, LineBrief, Notice, OrderBrief, RequisitionBrief,
};

/// Where the live address goes when the letter is sent.
pub const LINK_MARK: &str = "{{link}}";

/// Characters of a subject; longer ones are cut.
const SUBJECT: usize = 150;
/// Lines of a cart that a letter shows.
const SHOWN_LINES: usize = 20;

/// Who reads the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub name: String,
    pub language: Language,
    /// The time zone for times, by its IANA name.
    pub zone: String,
}

/// A letter as stored, or as sent once its link is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Letter {
    /// The letter with the live address in place of the mark.
    #[must_use]
    pub fn with_link(&self, url: &str) -> Self {
        Self {
            subject: self.subject.clone(),
            text: self.text.replace(LINK_MARK, url),
            html: self.html.replace(LINK_MARK, &escape(url)),
        }
    }
}

/// The letter that tells `reader` the notice.
pub fn write(notice: &Notice, reader: &Reader) -> Letter {
    let mut said = Said::new(reader);
    let topic = said.notice(notice);
    let wording = wording(reader.language, topic);
    let subject = shorten(&one_line(&said.fill(wording.subject)), SUBJECT);
    let frame = frame(reader.language);
    let name = safe(&reader.name);
    let page = Page {
        language: reader.language,
        greeting: format!("{}{name}{}", frame.greeting.0, frame.greeting.1),
        lead: said.fill(wording.lead),
        rows: said.rows.iter().map(|(l, v)| (label(reader.language, *l), v.clone())).collect(),
        lines_title: if topic == Topic::Digest { frame.gathered[0] } else { frame.lines },
        lines: said.lines.clone(),
        action: said.fill(wording.action),
        note: said.fill(wording.note),
        closing: frame.closing,
    };
    Letter { text: page.text(), html: page.html(&subject), subject }
}

/// The values of one letter, collected from its notice.
struct Said<'r> {
    reader: &'r Reader,
    values: Vec<(&'static str, String)>,
    rows: Vec<(Label, String)>,
    lines: Vec<String>,
}

impl<'r> Said<'r> {
    const fn new(reader: &'r Reader) -> Self {
        Self { reader, values: Vec::new(), rows: Vec::new(), lines: Vec::new() }
    }

    fn notice(&mut self, notice: &Notice) -> Topic {
        match notice {
            Notice::TaskOpened { .. } => self.task(notice),
            Notice::RequisitionApproved { requisition, then } => self.approved(requisition, then),
            Notice::RequisitionRejected { requisition, by, reason } => {
                self.requisition(requisition);
                self.row(Label::RejectedBy, by);
                self.row(Label::Reason, reason);
                Topic::Rejected
            }
            Notice::Remark { requisition, by, text, question } => {
                self.requisition(requisition);
                self.value("by", by);
                self.row(Label::Comment, text);
                if *question { Topic::Asked } else { Topic::Said }
            }
            Notice::Watched { requisition, news, because, reason } => {
                self.row(Label::WhyTold, because);
                self.requisition(requisition);
                self.maybe(Label::Reason, Some(reason));
                Topic::told(*news)
            }
            Notice::RequisitionExpired { requisition } => {
                self.requisition(requisition);
                Topic::Expired
            }
            Notice::OrderIssued { order } => {
                self.order(order);
                Topic::OrderIssued
            }
            Notice::OrderRejectedBySupplier { order, reason } => {
                self.order(order);
                self.row(Label::Reason, reason);
                Topic::OrderRejected
            }
            Notice::OrderShipped { order, carrier, tracking, expected_on } => {
                self.order(order);
                self.maybe(Label::Carrier, carrier.as_deref());
                self.maybe(Label::Tracking, tracking.as_deref());
                let on = expected_on.map(|on| day(on, self.reader.language));
                self.maybe(Label::ExpectedOn, on.as_deref());
                Topic::OrderShipped
            }
            Notice::InvoiceDifference { number, supplier, total, differences, .. } => {
                self.invoice(number, supplier, *total);
                for difference in differences.iter().take(SHOWN_LINES) {
                    self.row(Label::Difference, difference);
                }
                Topic::InvoiceDifference
            }
            Notice::Invite { .. } => self.invite(notice),
            Notice::PasswordReset { valid_hours, .. } => {
                self.value("hours", &valid_hours.to_string());
                Topic::PasswordReset
            }
            Notice::DeliveryLate { trouble, next_at } => {
                self.trouble(trouble);
                let next = moment(*next_at, &self.reader.zone, self.reader.language);
                self.row(Label::NextAttempt, &next);
                Topic::DeliveryLate
            }
            Notice::DeliveryFailed { trouble } => {
                self.trouble(trouble);
                Topic::DeliveryFailed
            }
            Notice::ExchangeFailed { .. } => self.exchange(notice),
            Notice::Digest { requests, news } => self.digest(requests, news),
        }
    }

    fn digest(&mut self, requests: &[String], news: &[String]) -> Topic {
        self.value("count", &(requests.len() + news.len()).to_string());
        let [told, asked] = frame(self.reader.language).gathered;
        for (title, subjects) in [(asked, requests), (told, news)] {
            let lines = subjects.iter().map(|subject| format!("{title}: {}", safe(subject)));
            self.lines.extend(lines);
        }
        Topic::Digest
    }

    fn exchange(&mut self, notice: &Notice) -> Topic {
        if let Notice::ExchangeFailed { partner, document, because, .. } = notice {
            self.value("partner", partner);
            self.value("document", document);
            self.row(Label::Reason, because);
        }
        Topic::ExchangeFailed
    }

    fn invite(&mut self, notice: &Notice) -> Topic {
        if let Notice::Invite { organisation, invited_by, valid_hours, .. } = notice {
            self.value("organisation", organisation);
            self.value("hours", &valid_hours.to_string());
            self.maybe(Label::Requester, invited_by.as_deref());
        }
        Topic::Invite
    }

    fn approved(&mut self, requisition: &RequisitionBrief, then: &AfterApproval) -> Topic {
        self.requisition(requisition);
        match then {
            AfterApproval::Ordered(numbers) => {
                self.value("orders", &numbers.join(", "));
                Topic::ApprovedAndOrdered
            }
            AfterApproval::Transfer(_) => Topic::ApprovedToTransfer,
            AfterApproval::Forwarded => Topic::ApprovedAndForwarded,
        }
    }

    fn task(&mut self, notice: &Notice) -> Topic {
        let Notice::TaskOpened {
            letter,
            requisition,
            because,
            lines,
            budget_left,
            due_at,
            on_behalf_of,
            comment,
            ..
        } = notice
        else {
            return Topic::TaskOpened;
        };
        let language = self.reader.language;
        self.row(Label::Because, because);
        self.maybe(Label::OnBehalfOf, on_behalf_of.as_deref());
        self.requisition(requisition);
        self.maybe(Label::BudgetLeft, budget_left.map(|left| amount(left, language)).as_deref());
        let due = due_at.map(|at| moment(at, &self.reader.zone, language));
        self.maybe(Label::DueAt, due.as_deref());
        self.maybe(Label::Comment, comment.as_deref());
        self.cart(lines);
        match letter {
            None => Topic::TaskOpened,
            Some(Ring::Remind) => Topic::TaskReminded,
            Some(Ring::Escalate | Ring::Expire) => Topic::TaskEscalated,
        }
    }

    fn requisition(&mut self, requisition: &RequisitionBrief) {
        let total = amount(requisition.total, self.reader.language);
        self.value("number", &requisition.number);
        self.value("requester", &requisition.requester);
        self.value("total", &total);
        self.row(Label::Requester, &requisition.requester);
        self.row(Label::Total, &total);
        self.row(Label::CostCenter, &requisition.cost_center);
    }

    fn order(&mut self, order: &OrderBrief) {
        self.value("number", &order.number);
        self.value("supplier", &order.supplier);
        self.row(Label::Supplier, &order.supplier);
        self.row(Label::Total, &amount(order.total, self.reader.language));
    }

    fn invoice(&mut self, number: &str, supplier: &str, total: Money) {
        self.value("number", number);
        self.value("supplier", supplier);
        self.row(Label::Supplier, supplier);
        self.row(Label::Total, &amount(total, self.reader.language));
    }

    fn trouble(&mut self, trouble: &DeliveryTrouble) {
        self.order(&trouble.order);
        self.row(Label::Channel, &trouble.channel);
        self.row(Label::Attempts, &trouble.attempts.to_string());
        self.row(Label::Reason, &trouble.reason);
    }

    fn cart(&mut self, lines: &[LineBrief]) {
        for line in lines.iter().take(SHOWN_LINES) {
            let total = amount(line.total, self.reader.language);
            let text = format!("{} {}: {total}", safe(&line.quantity), safe(&line.description));
            self.lines.push(text);
        }
        let more = lines.len().saturating_sub(SHOWN_LINES);
        if more > 0 {
            self.value("more", &more.to_string());
            self.lines.push(self.fill(frame(self.reader.language).more_lines));
        }
    }

    fn value(&mut self, name: &'static str, value: &str) {
        self.values.push((name, safe(value)));
    }

    fn row(&mut self, label: Label, value: &str) {
        self.rows.push((label, safe(value)));
    }

    fn maybe(&mut self, label: Label, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            self.row(label, value);
        }
    }

    /// The template with its values; a value is never read as a template.
    fn fill(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = self.values.iter().find(|(other, _)| *other == name);
            out.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests;
