//! What the description of the API says beyond the types: answers leave no member out, and names are those of
//! our enums.

use std::collections::BTreeSet;

use ::orders::OrderSource;
use domain::{BatchStatus, ExceptionReason, OrderStatus, Role, ShipmentStatus};
use integrations::{Phase, Status};
use ports::files::FileFormat;
use ports::layouts::{Field, Match, Transform};
use serde_json::{Map, Value, json};
use tracking::ConcernKind;
use tracking::risk::RiskLevel;

use crate::permissions;

/// Members whose values are fixed names: schema, member, names.
fn names() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let statuses: Vec<_> = ShipmentStatus::all().iter().map(|status| status.as_str()).collect();
    let reasons: Vec<_> = ExceptionReason::all().iter().map(|reason| reason.as_str()).collect();
    let imports =
        [Status::Queued, Status::Held, Status::Running, Status::Completed, Status::Partial, Status::Failed];
    let imports: Vec<_> = imports.map(Status::as_str).into();
    let concerns: Vec<_> = ConcernKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let phases = [Phase::Waiting, Phase::Reading, Phase::Applying, Phase::Done].map(Phase::as_str);
    let formats: Vec<_> = FileFormat::ALL.iter().map(|format| format.as_str()).collect();
    let fields = Field::ALL.iter().filter(|field| field.is_carried());
    let fields: Vec<_> = fields.map(|field| field.as_str()).collect();
    vec![
        ("Shipment", "status", statuses.clone()),
        ("Shipment", "exception_reason", reasons.clone()),
        ("BatchShipment", "loaded_status", statuses.clone()),
        ("ComparedShipment", "before", statuses.clone()),
        ("ComparedShipment", "after", statuses.clone()),
        ("BatchStatusCount", "status", statuses.clone()),
        ("BatchStatusChange", "from", statuses.clone()),
        ("BatchStatusChange", "to", statuses.clone()),
        ("Batch", "status", BatchStatus::all().iter().map(|status| status.as_str()).collect()),
        ("ShipmentEvent", "status", statuses.clone()),
        ("ShipmentEvent", "exception_reason", reasons.clone()),
        ("SourceSide", "status", statuses),
        ("SourceSide", "exception_reason", reasons),
        ("Discrepancy", "kind", concerns.clone()),
        ("DiscrepancyCount", "kind", concerns),
        ("Risk", "level", RiskLevel::all().iter().map(|level| level.as_str()).collect()),
        ("Order", "status", OrderStatus::all().iter().map(|status| status.as_str()).collect()),
        ("Order", "source", OrderSource::ALL.iter().map(|source| source.as_str()).collect()),
        ("SessionUser", "role", [Role::Admin, Role::Operator, Role::Viewer].map(Role::as_str).into()),
        ("Import", "status", imports.clone()),
        ("LastImport", "status", imports),
        ("Import", "phase", phases.into()),
        ("Import", "format", formats.clone()),
        ("ImportInspection", "format", formats.clone()),
        ("ImportPreview", "format", formats),
        ("ImportColumnGuess", "field", fields.clone()),
        ("ImportLayoutColumn", "field", fields.clone()),
        ("ImportLayoutDefault", "field", fields.clone()),
        ("ImportLayoutFilter", "field", fields),
        ("ImportLayoutFilter", "rule", Match::ALL.iter().map(|rule| rule.as_str()).collect()),
        ("ImportLayoutColumn", "transform", Transform::ALL.iter().map(|one| one.as_str()).collect()),
    ]
}

/// Completes the generated description.
pub(crate) fn complete(document: &mut Value) {
    state_permissions(document);
    let asked = asked(document);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    for (schema, member, names) in names() {
        if let Some(member) = schemas.get_mut(schema).and_then(|schema| find_member(schema, member)) {
            let nullable = member.get("type").is_some_and(Value::is_array);
            let nothing = nullable.then_some(Value::Null);
            let names = names.into_iter().map(Value::from).chain(nothing);
            if let Some(member) = member.as_object_mut() {
                member.insert("enum".into(), names.collect());
            }
        }
    }
    for (name, schema) in schemas.iter_mut() {
        // A problem's members depend on its kind.
        if !asked.contains(name) && name != "Problem" {
            require_all(schema);
        }
    }
}

/// Says of every operation what it asks of its caller.
fn state_permissions(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut);
    for operation in operations.flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        let id = operation.get("operationId").and_then(Value::as_str);
        if let Some(permission) = id.and_then(permissions::of) {
            operation.insert(permissions::MEMBER.into(), permission.into());
        }
    }
}

fn find_member<'a>(schema: &'a mut Value, member: &str) -> Option<&'a mut Value> {
    schema.get_mut("properties")?.get_mut(member)
}

/// Schemas that requests are made of: they say themselves what may be left out.
fn asked(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let operations = document.get("paths").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let operations = operations.filter_map(Value::as_object).flat_map(Map::values);
    let mut wanted: Vec<String> =
        operations.filter_map(|operation| operation.get("requestBody")).flat_map(references).collect();
    while let Some(name) = wanted.pop() {
        let schema = document.pointer(&format!("/components/schemas/{name}"));
        if found.insert(name) {
            wanted.extend(schema.into_iter().flat_map(references));
        }
    }
    found
}

/// Names of the schemas that a part of the description refers to.
fn references(part: &Value) -> Vec<String> {
    match part {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            let own = own.and_then(|path| path.rsplit('/').next()).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// What is absent is null, not left out.
fn require_all(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let names = members
                .get("properties")
                .and_then(Value::as_object)
                .map(|members| members.keys().cloned().map(Value::from).collect::<Vec<_>>());
            if let Some(names) = names {
                members.insert("required".into(), json!(names));
            }
            members.values_mut().for_each(require_all);
        }
        Value::Array(items) => items.iter_mut().for_each(require_all),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_with_fixed_names_is_there() {
        let document: Value = serde_json::from_str(&crate::openapi_json().unwrap()).unwrap();
        for (schema, member, names) in names() {
            let found = document.pointer(&format!("/components/schemas/{schema}/properties/{member}/enum"));
            let found = found.unwrap_or_else(|| panic!("{schema}.{member}")).as_array().unwrap();
            assert!(names.iter().all(|name| found.contains(&json!(name))), "{schema}.{member}");
        }
    }

    #[test]
    fn answers_have_all_their_members_and_requests_may_leave_some_out() {
        let document: Value = serde_json::from_str(&crate::openapi_json().unwrap()).unwrap();
        let required =
            |name: &str| document.pointer(&format!("/components/schemas/{name}/required")).unwrap();
        assert!(required("Shipment").as_array().unwrap().contains(&json!("novelty")));
        assert!(!required("NewOrderBody").as_array().unwrap().contains(&json!("store")));
    }
}
