//! Forms found in a page by the words on their buttons, as a person finds them.

/// A form that can be filled and posted.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it goes; empty: to the page itself.
    pub action: String,
    pub method: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// Sets a field, or adds it.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The first form with a button (or submit input) of these words.
pub fn form(page: &str, button: &str) -> Option<Form> {
    forms(page).find_map(|(open, inside)| {
        let pressed = buttons(inside).into_iter().find(|(words, _)| words == button)?;
        let mut fields = inputs(inside);
        fields.extend(pressed.1);
        let action = attribute(open, "action").unwrap_or_default();
        let method = attribute(open, "method").unwrap_or_else(|| "get".to_owned()).to_lowercase();
        Some(Form { action, method, fields })
    })
}

/// The first form whose action contains this text.
pub fn form_to(page: &str, action: &str) -> Option<Form> {
    forms(page).find_map(|(open, inside)| {
        let to = attribute(open, "action").unwrap_or_default();
        let method = attribute(open, "method").unwrap_or_else(|| "get".to_owned()).to_lowercase();
        to.contains(action).then(|| Form { action: to, method, fields: inputs(inside) })
    })
}

/// The address behind the first link with these words.
pub fn link(page: &str, words: &str) -> Option<String> {
    elements(page, "a")
        .find(|(_, inside)| plain(inside) == words)
        .and_then(|(open, _)| attribute(open, "href"))
}

/// The text of a page without its markup, blanks made single.
pub fn plain(markup: &str) -> String {
    let mut text = String::new();
    let mut rest = markup;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, tail)| tail);
    }
    text.push_str(rest);
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn forms(page: &str) -> impl Iterator<Item = (&str, &str)> {
    elements(page, "form")
}

/// Elements that do not nest, as (opening tag, inside).
fn elements<'a>(page: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let open = format!("<{name}");
    let close = format!("</{name}>");
    let starts: Vec<usize> = page.match_indices(&open).map(|(at, _)| at).collect();
    starts.into_iter().filter_map(move |at| {
        let rest = &page[at..];
        let after = rest[open.len()..].chars().next()?;
        if !(after.is_whitespace() || after == '>') {
            return None;
        }
        let (tag, rest) = rest.split_once('>')?;
        rest.split_once(&close).map(|(inside, _)| (tag, inside))
    })
}

type Field = (String, String);

/// Buttons as (words, the field they send).
fn buttons(inside: &str) -> Vec<(String, Option<Field>)> {
    let field =
        |tag: &str| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()));
    let of_button = elements(inside, "button").map(|(tag, words)| (plain(words), field(tag)));
    let of_input = tags(inside, "input")
        .filter(|tag| attribute(tag, "type").as_deref() == Some("submit"))
        .map(|tag| (attribute(tag, "value").unwrap_or_default(), field(tag)));
    of_button.chain(of_input).collect()
}

fn inputs(inside: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    for tag in tags(inside, "input") {
        let kind = attribute(tag, "type").unwrap_or_default();
        let off = matches!(kind.as_str(), "checkbox" | "radio") && !tag.contains(" checked");
        if let (Some(name), false) = (attribute(tag, "name"), off || kind == "submit") {
            let value = attribute(tag, "value");
            fields.push((name, value.unwrap_or_default()));
        }
    }
    for (tag, text) in elements(inside, "textarea") {
        fields.extend(attribute(tag, "name").map(|name| (name, unescape(text))));
    }
    for (tag, options) in elements(inside, "select") {
        let Some(name) = attribute(tag, "name") else { continue };
        let all: Vec<&str> = tags(options, "option").collect();
        let chosen = all.iter().find(|o| o.contains(" selected")).or(all.first());
        fields.extend(chosen.map(|o| (name, attribute(o, "value").unwrap_or_default())));
    }
    fields
}

/// The opening tags of an element.
fn tags<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let open = format!("<{name} ");
    let starts: Vec<usize> = text.match_indices(&open).map(|(at, _)| at).collect();
    starts.into_iter().filter_map(move |at| text[at..].split_once('>').map(|(tag, _)| tag))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\"")).or_else(|| tag.find(&format!("\n{name}=\"")))?;
    let rest = &tag[start + name.len() + 3..];
    rest.split_once('"').map(|(value, _)| unescape(value))
}

pub fn unescape(text: &str) -> String {
    let mut plain = text.to_owned();
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#x22;", "\"")];
    let more = [("&#39;", "'"), ("&#x27;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&nbsp;", " ")];
    for (name, sign) in names.iter().chain(&more) {
        plain = plain.replace(name, sign);
    }
    plain.replace("&#38;", "&").replace("&amp;", "&")
}

#[test]
fn a_form_is_found_by_its_button() {
    let page = "<form action='x'></form><form action=\"/a?b&amp;c\" method=\"POST\">\
        <input type=\"hidden\" name=\"csrf\" value=\"1&quot;\"><input type=\"checkbox\" name=\"n\">\
        <textarea name=\"t\">x &lt;</textarea>\
        <select name=\"s\"><option value=\"1\">a</option><option value=\"2\" selected>b</option>\
        </select><button name=\"do\" value=\"yes\"><b>Approve</b></button></form>\
        <a class=\"x\" href=\"/y\">Go on</a>";
    let form = form(page, "Approve").unwrap();
    assert_eq!((form.action.as_str(), form.method.as_str()), ("/a?b&c", "post"));
    assert_eq!(form.field("csrf"), Some("1\""));
    assert_eq!((form.field("t"), form.field("s")), (Some("x <"), Some("2")));
    assert_eq!((form.field("do"), form.field("n")), (Some("yes"), None));
    assert_eq!(form.with("s", "1").field("s"), Some("1"));
    assert_eq!(link(page, "Go on").as_deref(), Some("/y"));
    assert_eq!(form_to(page, "/a").unwrap().fields.len(), 3);
}
