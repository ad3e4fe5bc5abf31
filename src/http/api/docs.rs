//! The specification, completed with what holds for every call, and its page.
//!
//! The page is made once at start from the specification: no script, nothing from elsewhere, and
//! without the closing tags that HTML lets one leave out, because it is long.

use askama::Template;
use serde_json::{Value, json};

use crate::http::{locale::Locale, part::Shell};

const METHODS: &[&str] = &["get", "put", "post", "delete"];

/// Adds the answer to errors and the idempotency key to every call of the specification.
pub(super) fn complete(spec: &str) -> Value {
    let mut spec: Value = serde_json::from_str(spec).unwrap_or_default();
    for (method, call) in calls_mut(&mut spec) {
        call["responses"]["default"] = json!({
            "description": "An error: its code is stable, its detail is for people.",
            "content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"}
            }}
        });
        if method == "post" {
            let known = call.get("parameters").and_then(Value::as_array).cloned();
            let mut parameters = known.unwrap_or_default();
            parameters.push(json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": {"type": "string", "maxLength": 255},
                "description": "The same key with the same body gets the first answer again."
            }));
            call["parameters"] = parameters.into();
        }
        if answers_list(call) {
            page_parameters(call);
        }
    }
    let text = json!({"type": "string"});
    spec["components"]["schemas"]["Problem"] = json!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "code": text,
            "detail": text, "field": text, "got": text, "expected": text, "mend": text,
            "request_id": text
        }
    });
    spec
}

/// Whether the call answers one page of a list.
fn answers_list(call: &Value) -> bool {
    let contents = call["responses"]["200"]["content"].as_object();
    let mut shapes = contents.into_iter().flat_map(|contents| contents.values());
    shapes.any(|shape| {
        let name = shape["schema"]["$ref"].as_str().unwrap_or_default();
        name.starts_with("#/components/schemas/List")
    })
}

/// Every list takes `limit` and `after`, whichever way its call reads them.
fn page_parameters(call: &mut Value) {
    let mut parameters = call["parameters"].as_array().cloned().unwrap_or_default();
    for (name, kind, about) in [
        ("limit", "integer", "Items a page holds: 50 unless told, 200 at most."),
        ("after", "string", "What the page before said as `next`."),
    ] {
        if parameters.iter().all(|known| known["name"] != name) {
            parameters.push(json!({
                "name": name, "in": "query", "required": false,
                "schema": {"type": kind}, "description": about
            }));
        }
    }
    call["parameters"] = parameters.into();
}

fn calls_mut(spec: &mut Value) -> Vec<(String, &mut Value)> {
    let paths = spec.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|methods| methods.iter_mut())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(method, call)| (method.clone(), call))
        .collect()
}

#[derive(Template)]
#[template(path = "api/docs.html", config = ".askama.toml")]
struct Page {
    shell: Shell,
    calls: Vec<Call>,
    shapes: Vec<Shape>,
}

struct Call {
    method: String,
    path: String,
    summary: String,
    input: Option<String>,
    output: Option<String>,
    parameters: Vec<String>,
}

/// One named object: its fields as `name: kind`, with what they mean.
struct Shape {
    name: String,
    about: String,
    fields: Vec<(String, String, String)>,
}

/// The page of the specification.
pub(super) fn page(spec: &Value) -> String {
    let mut shell = Shell::new("JSON API", Locale::default());
    shell.here = "/api/docs";
    let page = Page { shell, calls: calls(spec), shapes: shapes(spec) };
    page.render().unwrap_or_default()
}

/// A text of the specification, without the marks of Markdown.
fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().replace('`', "")
}

fn calls(spec: &Value) -> Vec<Call> {
    let mut calls = Vec::new();
    let paths = spec.get("paths").and_then(Value::as_object);
    for (path, methods) in paths.into_iter().flatten() {
        for method in METHODS {
            let Some(call) = methods.get(*method) else { continue };
            let parameters = call.get("parameters").and_then(Value::as_array);
            let good =
                ["200", "201"].iter().find_map(|code| call.pointer(&format!("/responses/{code}")));
            calls.push(Call {
                method: method.to_uppercase(),
                path: path.strip_prefix("/api/v1").unwrap_or(path).to_owned(),
                summary: text(call, "summary"),
                input: call.get("requestBody").and_then(body_shape),
                output: good.and_then(body_shape),
                parameters: parameters.into_iter().flatten().map(|p| text(p, "name")).collect(),
            });
        }
    }
    calls
}

fn body_shape(body: &Value) -> Option<String> {
    let content = body.get("content")?.as_object()?;
    content.values().next()?.get("schema").map(kind)
}

/// A schema in a few words: `string`, `list of Line`, `Money`.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(one) = schema.get("allOf").and_then(Value::as_array).and_then(|all| all.first()) {
        return kind(one);
    }
    match schema.get("items") {
        Some(items) => format!("list of {}", kind(items)),
        None => text(schema, "type"),
    }
}

fn shapes(spec: &Value) -> Vec<Shape> {
    let schemas = spec.pointer("/components/schemas").and_then(Value::as_object);
    schemas
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let fields = schema.get("properties").and_then(Value::as_object);
            let fields = fields.into_iter().flatten();
            let row = |(name, field): (&String, &Value)| {
                (name.clone(), kind(field), text(field, "description"))
            };
            Shape {
                name: name.clone(),
                about: text(schema, "description"),
                fields: fields.map(row).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_names_its_errors_and_posts_take_a_key() {
        let spec = json!({"paths": {"/a": {"post": {"responses": {}}, "get": {"responses": {}}}}});
        let spec = complete(&spec.to_string());
        assert!(spec.pointer("/paths/~1a/get/responses/default").is_some());
        assert_eq!(
            spec.pointer("/paths/~1a/post/parameters/0/name"),
            Some(&json!("Idempotency-Key"))
        );
        assert!(spec.pointer("/paths/~1a/get/parameters").is_none());
        assert!(page(&spec).contains("/a"));
    }
}
