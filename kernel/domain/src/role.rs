//! Who may do what.

text_enum! {
    /// What a user or an API key is in its tenant.
    pub enum Role("role") {
        /// Runs the tenant: everything, including users and configuration.
        Admin = "admin",
        /// Works the shipments every day.
        Operator = "operator",
        /// Looks, changes nothing, sees masked personal data.
        Viewer = "viewer",
        /// A program of the tenant that sends and reads orders and shipments.
        ApiClient = "api_client",
        /// An automatic worker of the platform itself.
        Agent = "agent",
    }
}

text_enum! {
    /// One thing a role may be allowed to do.
    pub enum Permission("permission") {
        /// See orders.
        OrdersRead = "orders:read",
        /// Create and change orders.
        OrdersWrite = "orders:write",
        /// Delete orders.
        OrdersDelete = "orders:delete",
        /// See shipments.
        GuidesRead = "guides:read",
        /// Create and change shipments, import files.
        GuidesWrite = "guides:write",
        /// See incidents.
        IncidentsRead = "incidents:read",
        /// Open and change incidents.
        IncidentsWrite = "incidents:write",
        /// Close incidents with a solution.
        IncidentsResolve = "incidents:resolve",
        /// See what the automatic workers do.
        AgentsRead = "agents:read",
        /// Start, stop and configure automatic workers.
        AgentsManage = "agents:manage",
        /// See reports.
        AnalyticsRead = "analytics:read",
        /// Take reports out of the platform.
        AnalyticsExport = "analytics:export",
        /// Read the knowledge base.
        KnowledgeRead = "knowledge:read",
        /// Change the knowledge base.
        KnowledgeWrite = "knowledge:write",
        /// Train prediction models.
        MlTrain = "ml:train",
        /// Ask prediction models.
        MlPredict = "ml:predict",
        /// See users and keys.
        UsersRead = "users:read",
        /// Create, change and deactivate users and keys.
        UsersWrite = "users:write",
        /// Operate the platform: tasks, events, repairs.
        SystemAdmin = "system:admin",
        /// Change the tenant's configuration.
        SystemConfig = "system:config",
    }
}

impl Role {
    /// Everything this role may do: the only place where that is decided.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Admin => Permission::all(),
            Self::Operator => &[
                P::OrdersRead,
                P::OrdersWrite,
                P::GuidesRead,
                P::GuidesWrite,
                P::IncidentsRead,
                P::IncidentsWrite,
                P::IncidentsResolve,
                P::AgentsRead,
                P::AnalyticsRead,
                P::KnowledgeRead,
                P::MlPredict,
            ],
            Self::Viewer => {
                &[P::OrdersRead, P::GuidesRead, P::IncidentsRead, P::AnalyticsRead, P::KnowledgeRead]
            }
            Self::ApiClient => &[P::OrdersRead, P::OrdersWrite, P::GuidesRead, P::GuidesWrite],
            Self::Agent => &[
                P::OrdersRead,
                P::OrdersWrite,
                P::GuidesRead,
                P::GuidesWrite,
                P::IncidentsRead,
                P::IncidentsWrite,
                P::IncidentsResolve,
                P::KnowledgeRead,
                P::MlPredict,
            ],
        }
    }

    /// Whether this role may do it.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every permission with the first letters of the roles that have it, written independently of the code.
    const EXPECTED: [(&str, &str); 20] = [
        ("orders:read", "admin operator viewer api_client agent"),
        ("orders:write", "admin operator api_client agent"),
        ("orders:delete", "admin"),
        ("guides:read", "admin operator viewer api_client agent"),
        ("guides:write", "admin operator api_client agent"),
        ("incidents:read", "admin operator viewer agent"),
        ("incidents:write", "admin operator agent"),
        ("incidents:resolve", "admin operator agent"),
        ("agents:read", "admin operator"),
        ("agents:manage", "admin"),
        ("analytics:read", "admin operator viewer"),
        ("analytics:export", "admin"),
        ("knowledge:read", "admin operator viewer agent"),
        ("knowledge:write", "admin"),
        ("ml:train", "admin"),
        ("ml:predict", "admin operator agent"),
        ("users:read", "admin"),
        ("users:write", "admin"),
        ("system:admin", "admin"),
        ("system:config", "admin"),
    ];

    #[test]
    fn every_pair_of_role_and_permission_is_as_agreed() {
        assert_eq!(EXPECTED.len(), Permission::all().len());
        for (text, roles) in EXPECTED {
            let permission: Permission = text.parse().unwrap();
            for &role in Role::all() {
                let expected = roles.split(' ').any(|name| name == role.as_str());
                assert_eq!(role.may(permission), expected, "{role} {permission}");
            }
        }
    }

    #[test]
    fn no_permission_is_listed_twice() {
        for &role in Role::all() {
            let mut permissions = role.permissions().to_vec();
            permissions.sort_unstable();
            permissions.dedup();
            assert_eq!(permissions.len(), role.permissions().len(), "{role}");
        }
    }
}
