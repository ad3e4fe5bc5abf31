//! Which field of a body is at fault: looked for only after a body was refused.
//!
//! poem-openapi says that a body has the wrong shape, but not where. The specification knows every
//! shape, so the body is compared with it until the first difference is found.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::{base::text::shorten, domain::refusal::Refusal};

/// Fields whose value no answer repeats.
const SECRET_FIELDS: &[&str] = &["password", "secret", "token", "old", "again"];
/// How deep a body is looked into; the API's own shapes end far above.
const MAX_DEPTH: u32 = 16;

/// Where a body differs from its shape.
struct Difference {
    field: String,
    message: &'static str,
    got: Option<String>,
    expected: String,
}

/// The refusal of a body in which a text holds the character 0: no rule takes it, and PostgreSQL
/// keeps no text with it. JSON can write it in one way only.
pub(super) fn nul(body: &[u8]) -> Option<Refusal> {
    let mark = br"\u0000";
    if !body.windows(mark.len()).any(|part| part == mark) {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let field = holds_nul(&body, "", MAX_DEPTH)?;
    let message = "A text must not contain the character 0.";
    Some(
        Refusal::invalid("body-invalid", message)
            .field(if field.is_empty() { "body" } else { &field })
            .got("a text with \\u0000")
            .expected("a text without control characters"),
    )
}

/// Where the first such text stands.
fn holds_nul(value: &Value, at: &str, depth: u32) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::String(text) => text.contains('\0').then(|| at.to_owned()),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| holds_nul(item, &format!("{at}[{index}]"), depth)),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                return Some(at.to_owned());
            }
            let dot = if at.is_empty() { "" } else { "." };
            holds_nul(value, &format!("{at}{dot}{name}"), depth)
        }),
        _ => None,
    }
}

/// The shapes of all calls.
pub(super) struct Shapes {
    spec: Value,
}

impl Shapes {
    pub fn new(spec: Value) -> Self {
        Self { spec }
    }

    /// The refusal that names the field, when the specification tells it.
    pub fn refusal(&self, method: &Method, path: &str, body: &[u8]) -> Option<Refusal> {
        let schema = self.schema(method, path)?;
        let body: Value = serde_json::from_slice(body).ok()?;
        let found = self.compare(schema, &body, "", MAX_DEPTH)?;
        let refusal = Refusal::invalid("body-invalid", found.message)
            .field(if found.field.is_empty() { "body" } else { &found.field })
            .expected(found.expected)
            .mend("Send the body as the call's description has it: /api/v1/openapi.json.");
        Some(match found.got {
            Some(got) => refusal.got(got),
            None => refusal,
        })
    }

    /// A refused method with those that the address takes, as HTTP asks.
    pub fn with_methods(&self, error: poem::Error, path: &str) -> poem::Error {
        if error.status() != StatusCode::METHOD_NOT_ALLOWED {
            return error;
        }
        let paths = self.spec.get("paths").and_then(Value::as_object);
        let at = paths.into_iter().flatten().filter(|(pattern, _)| is_at(pattern, path));
        let names: BTreeSet<String> = at
            .filter_map(|(_, methods)| methods.as_object())
            .flat_map(|methods| methods.keys().map(|name| name.to_ascii_uppercase()))
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        Refusal::invalid("method", "This address does not take this method.")
            .with("allow", names.join(", "))
            .into()
    }

    /// The schema of the body of the call at this address.
    fn schema(&self, method: &Method, path: &str) -> Option<&Value> {
        let paths = self.spec.get("paths")?.as_object()?;
        let name = method.as_str().to_ascii_lowercase();
        let call = paths
            .iter()
            .filter(|(pattern, _)| is_at(pattern, path))
            .find_map(|(_, methods)| methods.get(&name))?;
        let content = call.pointer("/requestBody/content")?.as_object()?;
        content.values().next()?.get("schema")
    }

    /// The schema itself, references followed.
    fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let first = schema.get("allOf").and_then(Value::as_array).and_then(|all| all.first());
        let schema = first.unwrap_or(schema);
        let name = schema.get("$ref").and_then(Value::as_str);
        let pointer = name.and_then(|name| name.strip_prefix('#'));
        pointer.and_then(|pointer| self.spec.pointer(pointer)).unwrap_or(schema)
    }

    fn compare(&self, schema: &Value, value: &Value, at: &str, depth: u32) -> Option<Difference> {
        let schema = self.resolved(schema);
        let depth = depth.checked_sub(1)?;
        match (schema.get("type").and_then(Value::as_str)?, value) {
            ("object", Value::Object(_)) => self.compare_object(schema, value, at, depth),
            ("array", Value::Array(items)) => {
                let item = schema.get("items")?;
                items.iter().enumerate().find_map(|(index, value)| {
                    self.compare(item, value, &format!("{at}[{index}]"), depth)
                })
            }
            ("string", Value::String(text)) => one_of(schema, text, at),
            ("boolean", Value::Bool(_)) | ("integer" | "number", Value::Number(_)) => None,
            (kind, _) => Some(Difference {
                field: at.to_owned(),
                message: "A field has another kind than expected.",
                got: Some(shown(value, at)),
                expected: in_words(kind).to_owned(),
            }),
        }
    }

    fn compare_object(
        &self,
        schema: &Value,
        value: &Value,
        at: &str,
        depth: u32,
    ) -> Option<Difference> {
        let known = schema.get("properties")?.as_object()?;
        let given = value.as_object()?;
        let below = |name: &str| {
            if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
        };
        let required = schema.get("required").and_then(Value::as_array);
        let required = required.into_iter().flatten().filter_map(Value::as_str);
        let missing = |name: &&str| given.get(*name).is_none_or(Value::is_null);
        if let Some(name) = required.clone().find(missing) {
            let kind = known.get(name).map(|schema| self.resolved(schema));
            let kind = kind.and_then(|schema| schema.get("type")).and_then(Value::as_str);
            return Some(Difference {
                field: below(name),
                message: "A field is missing.",
                got: None,
                expected: in_words(kind.unwrap_or_default()).to_owned(),
            });
        }
        if let Some(name) = given.keys().find(|name| !known.contains_key(*name)) {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            return Some(Difference {
                field: below(&shorten(name, 60)),
                message: "A field is not known here.",
                got: Some(shorten(name, 60)),
                expected: names.join(", "),
            });
        }
        given
            .iter()
            .filter(|(_, value)| !value.is_null())
            .find_map(|(name, value)| self.compare(known.get(name)?, value, &below(name), depth))
    }
}

/// Whether `/carts/{id}/lines` is the pattern of the path.
fn is_at(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let all = pattern.split('/').all(|own| {
        parts.next().is_some_and(|part| own == part || (own.starts_with('{') && !part.is_empty()))
    });
    all && parts.next().is_none()
}

fn one_of(schema: &Value, text: &str, at: &str) -> Option<Difference> {
    let words: Vec<&str> =
        schema.get("enum")?.as_array()?.iter().filter_map(Value::as_str).collect();
    (!words.contains(&text)).then(|| Difference {
        field: at.to_owned(),
        message: "A field has a word that is not known here.",
        got: Some(shown(&Value::from(text), at)),
        expected: words.join(", "),
    })
}

fn shown(value: &Value, at: &str) -> String {
    let name = at.rsplit('.').next().unwrap_or_default();
    if SECRET_FIELDS.contains(&name) {
        return "not shown".to_owned();
    }
    shorten(&value.to_string(), 60)
}

fn in_words(kind: &str) -> &str {
    match kind {
        "object" => "a JSON object",
        "array" => "a JSON list",
        "string" => "a JSON string",
        "boolean" => "true or false",
        "integer" => "a whole number",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shapes() -> Shapes {
        let text = json!({"type": "string"});
        Shapes::new(json!({
            "paths": {"/carts/{id}/lines": {"put": {"requestBody": {"content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Lines"}}
            }}}}},
            "components": {"schemas": {
                "Lines": {"type": "object", "required": ["lines"], "properties": {
                    "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
                    "mode": {"type": "string", "enum": ["add", "set"]}
                }},
                "Line": {"type": "object", "required": ["sku", "quantity"], "properties": {
                    "sku": text, "quantity": text, "password": text
                }}
            }}
        }))
    }

    #[test]
    fn a_text_with_the_character_0_is_found_wherever_it_stands() {
        let field = |text: &str| nul(text.as_bytes()).and_then(|refusal| refusal.field);
        let deep = r#"{"identity":{"domain":"DUNS","identity":"a\u0000b"}}"#;
        assert_eq!(field(deep).as_deref(), Some("identity.identity"));
        assert_eq!(field(r#"{"list":["a","\u0000"]}"#).as_deref(), Some("list[1]"));
        assert_eq!(field(r#"{"a\u0000":1}"#).as_deref(), Some("body"));
        // A backslash and letters are no such character.
        assert_eq!(field(r#"{"a":"\\u0000"}"#), None);
    }

    fn blamed(body: &Value) -> Option<(String, Option<String>)> {
        let body = body.to_string();
        let refusal = shapes().refusal(&Method::PUT, "/carts/cart_1/lines", body.as_bytes())?;
        Some((refusal.field.unwrap_or_default(), refusal.got))
    }

    #[test]
    fn the_first_difference_is_named_with_its_place() {
        let line = json!({"sku": "PEN-01", "quantity": "2"});
        let field = |body: Value| blamed(&body).map(|(field, _)| field);
        assert_eq!(field(json!({"lines": [line]})), None);
        let number = json!({"sku": "PEN-01", "quantity": 2});
        let found = blamed(&json!({"lines": [line, number]})).unwrap();
        assert_eq!(found, ("lines[1].quantity".to_owned(), Some("2".to_owned())));
        assert_eq!(field(json!({"lines": [{"sku": "A"}]})).as_deref(), Some("lines[0].quantity"));
        assert_eq!(field(json!({})).as_deref(), Some("lines"));
        assert_eq!(field(json!({"lines": null})).as_deref(), Some("lines"));
        assert_eq!(field(json!({"lines": {}})).as_deref(), Some("lines"));
        assert_eq!(field(json!({"lines": [], "x": 1})).as_deref(), Some("x"));
        assert_eq!(field(json!({"lines": [], "mode": "no"})).as_deref(), Some("mode"));
        assert_eq!(field(json!([])).as_deref(), Some("body"));
    }

    #[test]
    fn secrets_are_not_repeated() {
        let line = json!({"sku": "A", "quantity": "1", "password": 4711});
        let (field, got) = blamed(&json!({"lines": [line]})).unwrap();
        assert_eq!(field, "lines[0].password");
        assert_eq!(got.as_deref(), Some("not shown"));
    }

    #[test]
    fn patterns_match_whole_paths_only() {
        assert!(is_at("/carts/{id}/lines", "/carts/x/lines"));
        assert!(!is_at("/carts/{id}/lines", "/carts/x"));
        assert!(!is_at("/carts/{id}", "/carts/x/lines"));
        assert!(!is_at("/carts/{id}", "/carts/"));
    }
}
