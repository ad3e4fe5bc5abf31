//! The specification, completed with what holds for every call, and its page.
//!
//! The page is made once at start from the specification: no script, nothing from elsewhere, and
//! without the closing tags that HTML lets one leave out, because it is long.

use askama::Template;
use serde_json::{Value, json};

use crate::{
    base::page::{DEFAULT_LIMIT, MAX_LIMIT},
    http::{locale::Locale, part::Shell},
};

const METHODS: &[&str] = &["get", "put", "post", "delete"];
/// Lists that read their page from the query themselves, so that the library does not see it.
const PAGED: &[&str] = &["items", "exchanges", "audit"];
/// What a key does, on every POST.
const KEY: &str = "The same key with the same body changes nothing more and is answered as the \
    first call was. What is shown of an object is its present state; a secret is not shown again.";

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
                "description": KEY
            }));
            call["parameters"] = parameters.into();
        }
        if method == "get" && answers_list(call) {
            page_parameters(call);
        }
    }
    may_be_null(&mut spec);
    let text = json!({"type": "string"});
    spec["components"]["schemas"]["Problem"] = json!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "code": text,
            "detail": text, "field": text, "got": text, "expected": text, "mend": text,
            "request_id": text, "allow": text, "budget": text, "order": text,
            "retry_after_s": text, "rule": text, "version": text, "witness": text,
            "available": {"allOf": [{"$ref": "#/components/schemas/Money"}]}
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

/// The page of a list, in the words of all lists. One that takes neither parameter is short and
/// comes whole.
fn page_parameters(call: &mut Value) {
    let mut parameters = call["parameters"].as_array().cloned().unwrap_or_default();
    let is_paged = call["operationId"].as_str().is_some_and(|name| PAGED.contains(&name));
    let limit = json!({
        "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT
    });
    for (name, schema, about) in [
        ("limit", limit, "Items a page holds."),
        ("after", json!({"type": "string"}), "What the page before said as `next`."),
    ] {
        let known = parameters.iter().position(|known| known["name"] == name);
        if let Some(at) = known {
            parameters[at]["schema"] = schema;
            parameters[at]["description"] = about.into();
        } else if is_paged {
            parameters.push(json!({
                "name": name, "in": "query", "required": false,
                "schema": schema, "description": about
            }));
        }
    }
    call["parameters"] = parameters.into();
}

/// What need not be there is answered as null, and null is taken for what is left out.
fn may_be_null(spec: &mut Value) {
    let known = spec["components"]["schemas"].clone();
    let schemas = spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for schema in schemas.into_iter().flat_map(|schemas| schemas.values_mut()) {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, field) in fields.into_iter().flatten() {
            if required.iter().all(|needed| needed != name.as_str()) {
                nullable(field, &known);
            }
        }
    }
}

/// A reference takes nothing beside it, and `nullable` counts only beside a type.
fn nullable(field: &mut Value, known: &Value) {
    if let Some(reference) = field.get("$ref").cloned() {
        *field = json!({"allOf": [{"$ref": reference}]});
    }
    let of = field.pointer("/allOf/0/$ref").and_then(Value::as_str).map(|name| {
        let name = name.rsplit('/').next().unwrap_or_default();
        known[name]["type"].clone()
    });
    if let Some(kind) = of.filter(|_| field.get("type").is_none()) {
        field["type"] = kind;
    }
    field["nullable"] = true.into();
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

    #[test]
    fn what_is_not_required_may_be_null_and_a_reference_keeps_its_kind() {
        let spec = json!({"components": {"schemas": {
            "Money": {"type": "object"},
            "Line": {"type": "object", "required": ["sku"], "properties": {
                "sku": {"type": "string"}, "note": {"type": "string"},
                "limit": {"$ref": "#/components/schemas/Money"}
            }}
        }}});
        let spec = complete(&spec.to_string());
        let field = |name: &str| &spec["components"]["schemas"]["Line"]["properties"][name];
        assert_eq!(field("sku"), &json!({"type": "string"}));
        assert_eq!(field("note"), &json!({"type": "string", "nullable": true}));
        assert_eq!(
            (&field("limit")["type"], &field("limit")["nullable"]),
            (&json!("object"), &json!(true))
        );
    }

    #[test]
    fn a_list_says_how_long_a_page_is_where_it_has_pages() {
        let list = json!({"200": {"content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/List_Line"}
        }}}});
        let limit = json!([{"name": "limit", "in": "query", "schema": {"type": "integer"}}]);
        let spec = json!({"paths": {
            "/a": {"get": {"responses": list, "parameters": limit}},
            "/b": {"get": {"responses": list}, "post": {"responses": list}}
        }});
        let spec = complete(&spec.to_string());
        let paths = &spec["paths"];
        assert_eq!(paths["/a"]["get"]["parameters"][0]["schema"]["maximum"], json!(200));
        assert_eq!(paths["/b"]["get"]["parameters"], json!([]));
        assert_eq!(paths["/b"]["post"]["parameters"].as_array().map(Vec::len), Some(1));
    }
}
