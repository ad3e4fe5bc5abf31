//! The shell round every page: who is signed in, where they are, what went wrong.

use crate::{
    base::{
        money::{Money, UnitPrice},
        quantity::Quantity,
        time::{Day, Time},
    },
    domain::refusal::Refusal,
    http::{assets, locale::Locale},
};

use super::{Html, escape};

/// A small value, by itself or by reference: a template hands over the one or the other.
pub trait Given<T> {
    fn given(&self) -> T;
}
impl<T: Copy> Given<T> for T {
    fn given(&self) -> T {
        *self
    }
}
impl<T: Copy> Given<T> for &T {
    fn given(&self) -> T {
        **self
    }
}
impl<T: Copy> Given<T> for &&T {
    fn given(&self) -> T {
        ***self
    }
}

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    pub label: &'static str,
    /// Without prefix: `/shop`.
    pub path: &'static str,
    /// How many things wait there; nothing is shown for none.
    pub count: Option<u64>,
}

/// What a person may see; the use cases say so, the navigation only follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sight {
    /// May shop and hand in: shop, cart, requisitions.
    pub shop: bool,
    /// May see orders of the organisation.
    pub orders: bool,
    /// May be asked to decide.
    pub approvals: bool,
    /// Accounts payable.
    pub invoices: bool,
    /// Sits at a supplier's desk.
    pub supplier: bool,
    pub admin: bool,
    pub audit: bool,
}

/// The navigation for what a person may see, in the order of the work. `lines` and `tasks` are the
/// counts beside Cart and Approvals.
pub fn nav(sight: Sight, lines: u64, tasks: u64) -> Vec<NavItem> {
    let some = |count: u64| (count > 0).then_some(count);
    let entries = [
        (sight.shop, "Shop", "/shop", None),
        (sight.shop, "Cart", "/cart", some(lines)),
        (sight.shop, "Requisitions", "/requisitions", None),
        (sight.approvals, "Approvals", "/approvals", some(tasks)),
        (sight.orders, "Orders", "/orders", None),
        (sight.invoices, "Invoices", "/invoices", None),
        (sight.supplier, "Supplier desk", "/supplier", None),
        (sight.admin, "Admin", "/admin", None),
        (sight.audit, "Audit", "/audit", None),
    ];
    entries
        .into_iter()
        .filter(|(seen, ..)| *seen)
        .map(|(_, label, path, count)| NavItem { label, path, count })
        .collect()
}

/// Something to mend on this page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The name of the control at fault; the summary links to it.
    pub field: Option<String>,
    pub message: String,
}

impl Fault {
    pub fn at(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), message: message.into() }
    }

    /// The id of the control at fault.
    pub fn anchor(&self) -> Option<String> {
        self.field.as_deref().map(super::field::field_id)
    }
}

/// One sentence at the top after something was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub tone: super::Tone,
    pub text: String,
}

/// A visit from a procurement system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Where the cart goes back to: the buyer organisation or its system.
    pub back_to: String,
    /// Where "Cancel and return" posts to, without prefix; `None` leaves the control to the page
    /// (a page must not carry two of them).
    pub cancel: Option<&'static str>,
}

/// What the layout needs of every page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Plain words: also the page's `h1` unless the page brings its own head.
    pub title: String,
    /// The signed-in person's name.
    pub person: Option<String>,
    pub organisation: Option<String>,
    pub nav: Vec<NavItem>,
    /// The path of the present navigation entry: `/cart`.
    pub here: &'static str,
    /// From `guard::csrf::token`; empty when nobody is signed in.
    pub csrf: String,
    /// Empty, or `/p/{token}` when the session lives in the address instead of a cookie.
    pub prefix: String,
    pub faults: Vec<Fault>,
    pub notice: Option<Notice>,
    pub locale: Locale,
    /// Inside a procurement system's frame: no sign-out, links that leave open a new window.
    pub framed: bool,
    pub visit: Option<Visit>,
    /// A narrow column, for forms and single decisions.
    pub narrow: bool,
    /// Shown in the footer; a person may quote it to support.
    pub request_id: Option<String>,
}

impl Shell {
    /// A page for nobody in particular; the edge fills in the person.
    pub fn new(title: impl Into<String>, locale: Locale) -> Self {
        Self {
            title: title.into(),
            person: None,
            organisation: None,
            nav: Vec::new(),
            here: "",
            csrf: String::new(),
            prefix: String::new(),
            faults: Vec::new(),
            notice: None,
            locale,
            framed: false,
            visit: None,
            narrow: false,
            request_id: None,
        }
    }

    /// The address of a page inside the house: `shell.href("/cart")`. Every link, form action and
    /// redirect goes through it, or it loses the session of a visitor without cookies.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The hidden field that every posting form carries.
    pub fn csrf_field(&self) -> Html {
        Html(format!("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", escape(&self.csrf)))
    }

    /// A form that is one button: it posts to `path` (without prefix) and carries the token.
    /// `class` is empty, `second`, `danger`, `small` or several of them.
    pub fn button(&self, label: &str, path: &str, class: &str) -> Html {
        Html(format!(
            "<form method=\"post\" action=\"{}\">{}<button class=\"button {}\">{}</button></form>",
            escape(&self.href(path)),
            self.csrf_field(),
            escape(class),
            escape(label)
        ))
    }

    /// Adds what a rule refused to the summary: what was expected and got, and how to mend it.
    pub fn refuse(&mut self, refusal: &Refusal) {
        let mut message = refusal.message.clone();
        if let Some(expected) = &refusal.expected {
            message.push_str(&format!(" Expected: {expected}."));
        }
        if let Some(got) = refusal.got.as_ref().filter(|got| !message.contains(*got)) {
            message.push_str(&format!(" Got: {got}."));
        }
        if let Some(mend) = &refusal.mend {
            message.push_str(&format!(" {mend}"));
        }
        self.faults.push(Fault { field: refusal.field.clone(), message });
    }

    /// `1,234.50 EUR`, never broken over two lines.
    pub fn money(&self, money: impl Given<Money>) -> Html {
        self.figure(&self.locale.money(money.given()))
    }

    /// The same, as a link to where the number comes from; `path` without prefix.
    pub fn money_from(&self, money: impl Given<Money>, path: &str) -> Html {
        Html(format!(
            "<a class=\"money\" href=\"{}\">{}</a>",
            escape(&self.href(path)),
            escape(&self.locale.money(money.given()))
        ))
    }

    pub fn unit_price(&self, price: impl Given<UnitPrice>) -> Html {
        self.figure(&self.locale.unit_price(price.given()))
    }

    /// `1,000 EA`.
    pub fn quantity(&self, quantity: impl Given<Quantity>, unit: &str) -> Html {
        self.figure(&format!("{} {unit}", self.locale.quantity(quantity.given())))
    }

    fn figure(&self, text: &str) -> Html {
        Html(format!("<span class=\"money\">{}</span>", escape(text)))
    }

    /// A time in the reader's zone; the exact instant is in its title.
    pub fn when(&self, at: impl Given<Time>) -> Html {
        self.time(at.given(), &self.locale.when(at.given()))
    }

    /// `2 h ago`, with the exact instant in its title.
    pub fn distance(&self, at: impl Given<Time>, now: impl Given<Time>) -> Html {
        self.time(at.given(), &self.locale.distance(at.given(), now.given()))
    }

    fn time(&self, at: Time, words: &str) -> Html {
        Html(format!(
            "<time class=\"nowrap\" datetime=\"{at}\" title=\"{}\">{}</time>",
            escape(&self.locale.when_exactly(at)),
            escape(words)
        ))
    }

    pub fn day(&self, day: impl Given<Day>) -> Html {
        let day = day.given();
        Html(format!(
            "<time class=\"nowrap\" datetime=\"{day}\">{}</time>",
            escape(&self.locale.day(day))
        ))
    }

    /// Where the brand leads: the first page this person works on.
    pub fn home(&self) -> String {
        self.href(self.nav.first().map_or("/", |item| item.path))
    }

    pub fn css(&self) -> &'static str {
        assets::css_url()
    }

    pub fn script(&self) -> &'static str {
        assets::script_url()
    }

    pub fn icon(&self) -> &'static str {
        assets::icon_url()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_goes_through_the_prefix() {
        let mut shell = Shell::new("Cart", Locale::default());
        assert_eq!(shell.href("/cart"), "/cart");
        shell.prefix = "/p/abc".to_owned();
        assert_eq!(shell.href("/cart?x=1"), "/p/abc/cart?x=1");
        shell.csrf = "tok\"en".to_owned();
        let form = shell.button("Add to cart", "/cart/add", "").to_string();
        assert!(form.contains("action=\"/p/abc/cart/add\""), "{form}");
        assert!(form.contains("value=\"tok&quot;en\""), "{form}");
    }

    #[test]
    fn navigation_shows_only_what_a_person_may_see() {
        let sight = Sight { shop: true, approvals: true, ..Sight::default() };
        let labels: Vec<_> = nav(sight, 3, 0).iter().map(|item| (item.label, item.count)).collect();
        assert_eq!(
            labels,
            [("Shop", None), ("Cart", Some(3)), ("Requisitions", None), ("Approvals", None)]
        );
    }
}
