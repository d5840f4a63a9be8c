//! Names of classes, of which a build server makes a tree.

/// Package and class, which a build server shows as a tree: the connection, then the group of the check. A dot would begin
/// another level.
pub(super) fn class_name_of(connection: Option<&str>, group: &str) -> String {
    let connection = connection
        .unwrap_or("all-connections")
        .replace(['.', '/', '\\'], "-");
    format!("rx-preflight.{connection}.{group}")
}
