//! What each operation asks of its caller, as the description states it under `x-permission`.
//!
//! Handlers enforce it by their types ([`crate::auth::Authorized`]); this is said apart from them, and a test calls every
//! operation as every role to see that the two agree.

/// The member of an operation that states it.
pub(crate) const MEMBER: &str = "x-permission";

/// Permissions, or one of three words: `public` for anybody, `authenticated` for users and keys whatever their role,
/// `person` for users. With each the operations that ask for it.
const OPERATIONS: [(&str, &[&str]); 11] = [
    ("public", &["log_in", "set_up"]),
    ("authenticated", &["listen", "log_out"]),
    ("person", &["current_session", "end_other_sessions", "end_session", "list_sessions"]),
    (
        "guides:read",
        &[
            "compare_batches",
            "count_discrepancies",
            "detect_carrier",
            "get_batch",
            "get_batch_progress",
            "get_import",
            "get_risk_policy",
            "get_shipment",
            "get_shipment_sources",
            "list_batch_shipments",
            "list_batches",
            "list_carrier_health",
            "list_carriers",
            "list_compared_shipments",
            "list_discrepancies",
            "list_imports",
            "list_office_stays",
            "list_shipment_events",
            "list_shipment_facets",
            "list_shipments",
            "list_status_mappings",
            "list_unmapped_statuses",
            "queue_summary",
            "urgent_queue",
        ],
    ),
    (
        "guides:write",
        &[
            "add_batch_shipments",
            "confirm_import",
            "create_batch",
            "delete_import_profile",
            "discard_import",
            "download_failed_rows",
            "extend_office_stay",
            "get_import_layout",
            "import_paste",
            "list_import_profiles",
            "preview_import",
            "preview_paste",
            "put_batch_reviews",
            "put_batch_status",
            "put_discrepancy_review",
            "upload_import",
            "withdraw_office_extension",
        ],
    ),
    ("orders:read", &["get_order", "list_order_events", "list_orders"]),
    ("orders:write", &["place_order"]),
    (
        "analytics:read",
        &[
            "get_best_carrier",
            "get_route_grid",
            "get_route_matrix",
            "get_route_policy",
            "list_route_losses",
            "list_route_pauses",
            "list_routes",
            "simulate_assignment",
        ],
    ),
    ("users:read", &["list_round_people"]),
    (
        "system:config",
        &[
            "delete_carrier_connection",
            "delete_status_mapping",
            "list_carrier_changes",
            "list_carrier_connections",
            "list_privacy_requests",
            "list_route_policy_changes",
            "list_shops",
            "pause_route",
            "put_carrier",
            "put_carrier_connection",
            "put_risk_policy",
            "put_route_policy",
            "put_status_mappings",
            "register_shop",
            "release_shop",
            "resume_route",
            "test_carrier_connection",
        ],
    ),
    (
        "system:admin",
        &[
            "list_dead_tasks",
            "list_parked_events",
            "list_webhook_failures",
            "retry_dead_task",
            "retry_parked_event",
            "retry_webhook",
        ],
    ),
];

/// What an operation asks for; none if nobody has said so.
pub(crate) fn of(operation: &str) -> Option<&'static str> {
    OPERATIONS
        .iter()
        .find(|(_, operations)| operations.contains(&operation))
        .map(|(permission, _)| *permission)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::Permission;
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_operation_states_its_permission() {
        let document: Value = serde_json::from_str(&crate::openapi_json().unwrap()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let described: Vec<&Value> =
            paths.flat_map(|methods| methods.as_object().unwrap().values()).collect();
        let silent: Vec<&Value> = described
            .iter()
            .filter(|operation| !operation[MEMBER].is_string())
            .map(|operation| &operation["operationId"])
            .collect();
        assert!(silent.is_empty(), "say what these ask for, here and in their handlers: {silent:?}");
        let described: BTreeSet<&str> =
            described.iter().map(|operation| operation["operationId"].as_str().unwrap()).collect();
        let stated: Vec<&str> =
            OPERATIONS.iter().flat_map(|(_, operations)| operations.iter().copied()).collect();
        assert_eq!(stated.iter().copied().collect::<BTreeSet<_>>(), described);
        assert_eq!(stated.len(), described.len(), "one is said twice");
    }

    #[test]
    fn what_is_asked_for_exists() {
        for (permission, _) in OPERATIONS {
            let known = ["public", "authenticated", "person"].contains(&permission);
            assert!(known || permission.parse::<Permission>().is_ok(), "{permission}");
        }
    }
}
