//! Who may depend on whom.

use serde::Deserialize;

use super::Finding;

/// The part of `cargo metadata` that matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// Absent for ordinary dependencies, else `dev` or `build`.
    kind: Option<String>,
    /// Present for crates of this repository.
    path: Option<String>,
}

/// The layers, outermost first: a dependency points inwards. Adapters and tools stand beside the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    App,
    Entry,
    Services,
    Messaging,
    Data,
    Observability,
    Kernel,
    Adapters,
    Tools,
}

impl Layer {
    /// From a crate's folder, relative to the root.
    fn of(folder: &str) -> Option<Self> {
        match folder.split_once('/') {
            None => match folder {
                "app" => Some(Self::App),
                // The world around the product: the app drives it, and it knows the kernel only.
                "simulator" => Some(Self::Adapters),
                "testkit" | "xtask" => Some(Self::Tools),
                _ => None,
            },
            Some((_, rest)) if rest.contains('/') => None,
            Some((layer, _)) => match layer {
                "entry" => Some(Self::Entry),
                "services" => Some(Self::Services),
                "messaging" => Some(Self::Messaging),
                "data" => Some(Self::Data),
                "observability" => Some(Self::Observability),
                "kernel" => Some(Self::Kernel),
                "adapters" => Some(Self::Adapters),
                _ => None,
            },
        }
    }

    /// Why an ordinary dependency from `self` to `to` is not allowed, if it is not.
    fn objection(self, to: Self) -> Option<&'static str> {
        if self == Self::Tools {
            return None;
        }
        match to {
            Self::Tools => Some("tools are for tests and development, not part of the product"),
            Self::App => Some("nothing depends on the app"),
            Self::Adapters if self != Self::App => Some("only the app names concrete adapters"),
            Self::Services if self == Self::Services => {
                Some("a service never depends on a service: use an event or a port that the app wires")
            }
            Self::Adapters | Self::Kernel => None,
            Self::Entry | Self::Services | Self::Messaging | Self::Data | Self::Observability => {
                if self == Self::Adapters {
                    Some("adapters depend on the kernel only")
                } else if self > to {
                    Some(
                        "dependencies point inwards: app, entry, services, messaging, data, observability, kernel",
                    )
                } else {
                    None
                }
            }
        }
    }
}

/// Every crate stands in a layer, and its ordinary dependencies point inwards. Development dependencies are free.
pub(super) fn check(metadata: &Metadata, root: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let manifest = relative(&package.manifest_path, root);
        let folder = manifest.trim_end_matches("/Cargo.toml");
        let Some(layer) = Layer::of(folder) else {
            findings.push(Finding::new(
                &manifest,
                1,
                "a crate lives one folder below a layer, or is app, testkit, xtask or simulator",
            ));
            continue;
        };
        for dependency in
            package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"))
        {
            let Some(path) = &dependency.path else { continue };
            let Some(to) = Layer::of(&relative(path, root)) else { continue };
            if let Some(objection) = layer.objection(to) {
                let message = format!("{} must not depend on {}: {objection}", package.name, dependency.name);
                findings.push(Finding::new(&manifest, 1, message));
            }
        }
    }
    findings
}

fn relative(path: &str, root: &str) -> String {
    path.strip_prefix(root).unwrap_or(path).trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str, kind: Option<&str>) -> Vec<String> {
        let name = |folder: &str| folder.rsplit('/').next().unwrap_or(folder).to_owned();
        let metadata = Metadata {
            packages: vec![Package {
                name: name(from),
                manifest_path: format!("/r/{from}/Cargo.toml"),
                dependencies: vec![Dependency {
                    name: name(to),
                    kind: kind.map(str::to_owned),
                    path: Some(format!("/r/{to}")),
                }],
            }],
        };
        check(&metadata, "/r").into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn dependencies_point_inwards() {
        let allowed = [
            ("app", "adapters/dropi"),
            ("app", "entry/api"),
            ("entry/api", "services/orders"),
            ("entry/api", "data/database"),
            ("services/orders", "messaging/event-log"),
            ("services/orders", "kernel/domain"),
            ("messaging/event-log", "data/database"),
            ("data/search", "data/database"),
            ("data/database", "observability/telemetry"),
            ("adapters/dropi", "kernel/ports"),
            ("kernel/ports", "kernel/domain"),
            ("app", "simulator"),
            ("simulator", "kernel/domain"),
            ("testkit", "data/database"),
            ("xtask", "app"),
        ];
        for (from, to) in allowed {
            assert!(edge(from, to, None).is_empty(), "{from} → {to}");
        }
        let forbidden = [
            ("services/orders", "services/tracking"),
            ("services/orders", "entry/api"),
            ("services/orders", "adapters/dropi"),
            ("entry/api", "adapters/dropi"),
            ("entry/api", "app"),
            ("messaging/event-log", "services/orders"),
            ("data/database", "messaging/event-log"),
            ("kernel/domain", "data/database"),
            ("kernel/domain", "adapters/dropi"),
            ("observability/telemetry", "data/database"),
            ("adapters/dropi", "data/database"),
            ("adapters/dropi", "adapters/carriers"),
            ("adapters/dropi", "services/orders"),
            ("simulator", "services/orders"),
            ("simulator", "app"),
            ("services/orders", "simulator"),
            ("app", "testkit"),
            ("services/orders", "testkit"),
        ];
        for (from, to) in forbidden {
            assert_eq!(edge(from, to, None).len(), 1, "{from} → {to}");
        }
    }

    #[test]
    fn development_dependencies_are_free_and_build_dependencies_are_not() {
        assert!(edge("services/orders", "services/tracking", Some("dev")).is_empty());
        assert_eq!(edge("services/orders", "services/tracking", Some("build")).len(), 1);
    }

    #[test]
    fn a_crate_without_a_layer_is_reported() {
        assert_eq!(edge("helpers", "kernel/domain", None).len(), 1);
        assert_eq!(edge("services/orders/sub", "kernel/domain", None).len(), 1);
    }

    #[test]
    fn reads_what_cargo_prints() {
        let json = r#"{"packages":[{"name":"orders","manifest_path":"/r/services/orders/Cargo.toml","extra":1,
            "dependencies":[{"name":"serde","kind":null,"source":"registry"},
                            {"name":"tracking","kind":null,"path":"/r/services/tracking"}]}]}"#;
        let metadata: Metadata = serde_json::from_str(json).unwrap();
        assert_eq!(check(&metadata, "/r").len(), 1);
    }
}
