//! Connections, apps and tenants as the subjects of checks.

/// The main connection in a sentence.
pub const MAIN_IN_SENTENCE: &str = "the main connection";
/// The main connection in a list.
pub const MAIN_IN_LIST: &str = "main connection";

/// An app as the subject of a check, by its shortened id and its connections.
pub fn app_of(id: &str, connections: &str) -> String {
    format!("app {id} of {connections}")
}

/// A tenant as the subject of a check.
pub fn tenant_named(name: &str) -> String {
    format!("tenant {name}")
}
