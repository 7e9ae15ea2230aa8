//! `GET /v1/import-profiles`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Authorized, GuidesWrite};
use crate::imports::reading::Layout;
use crate::view::moment;
use crate::{Api, Problem};

/// Saved layouts, and built-in ones by the place of their columns.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportProfiles {
    items: Vec<Profile>,
    /// Always null: there are at most 200.
    next_cursor: Option<String>,
    presets: Vec<Preset>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportProfile)]
struct Profile {
    id: String,
    name: String,
    layout: Layout,
    /// The titles by which a file is recognised.
    titles: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last confirmed.
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreset)]
struct Preset {
    /// dropi_standard, phones, coordinadora or servientrega.
    name: String,
    layout: Layout,
}

/// Layouts of files that were confirmed once, the last one first.
#[utoipa::path(
    get, path = "/v1/import-profiles", tag = "imports", operation_id = "list_import_profiles",
    responses((status = 200, body = ImportProfiles)),
)]
pub(crate) async fn handle(
    State(api): State<Api>,
    allowed: Authorized<GuidesWrite>,
) -> Result<Json<ImportProfiles>, Problem> {
    let profiles = api.imports.profiles(allowed.caller.tenant.id).await?;
    let items = profiles.into_iter().map(|profile| Profile {
        id: profile.id.to_string(),
        layout: Layout::of(&profile.layout),
        name: profile.name,
        titles: profile.layout.titles,
        created_at: moment(profile.created_at),
        updated_at: moment(profile.updated_at),
    });
    let presets = integrations::presets()
        .iter()
        .map(|(name, layout)| Preset { name: name.clone(), layout: Layout::of(layout) });
    Ok(Json(ImportProfiles { items: items.collect(), next_cursor: None, presets: presets.collect() }))
}
