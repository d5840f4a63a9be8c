//! Connections, apps and tenants as a sentence names them. Ids, JSON and options keep the names of the settings.

use super::counting::list_up_to;
use super::{Target, TargetConnection, wording};

/// The name of the connection that the resource server's settings make.
const MAIN: &str = "system";
/// How many connections of an app are named before the rest is counted.
const CONNECTIONS: usize = 2;

/// A connection in a sentence, such as `the main connection`.
pub fn connection_in_sentence(name: &str) -> String {
    if name == MAIN {
        wording::MAIN_IN_SENTENCE.to_owned()
    } else {
        name.to_owned()
    }
}

/// A connection in a list, without an article.
pub fn connection_in_list(name: &str) -> String {
    if name == MAIN {
        wording::MAIN_IN_LIST.to_owned()
    } else {
        name.to_owned()
    }
}

/// The subject of a check or of a cause in words: an app or a tenant by what it is, anything else as it is.
pub fn subject(target: &Target, subject: &str) -> String {
    let is_subject = |value: &str| !value.is_empty() && value.eq_ignore_ascii_case(subject);
    let of_app: Vec<String> = target
        .connections
        .iter()
        .filter(|own| is_subject(&own.client_id))
        .map(|own| connection_in_sentence(&own.name))
        .collect();
    if !of_app.is_empty() {
        return wording::app_of(&shortened(subject), &list_up_to(&of_app, CONNECTIONS));
    }
    if is_subject(&target.tenant_id)
        || target
            .connections
            .iter()
            .any(|own| is_subject(&own.tenant_id))
    {
        return wording::tenant_named(&tenant(target, subject));
    }
    if target.connections.iter().any(|own| own.name == subject) {
        connection_in_sentence(subject)
    } else {
        subject.to_owned()
    }
}

/// Several subjects in words.
pub fn subjects(target: &Target, subjects: &[String]) -> Vec<String> {
    subjects.iter().map(|own| subject(target, own)).collect()
}

/// The domain of a tenant where the settings name it, else the beginning of its GUID.
fn tenant(target: &Target, id: &str) -> String {
    let first = target
        .connections
        .first()
        .filter(|_| target.tenant_id.eq_ignore_ascii_case(id));
    let domain = first
        .map(|own: &TargetConnection| own.tenant_id.as_str())
        // A GUID contains no period, so what contains one was typed as a domain.
        .filter(|typed| typed.contains('.'));
    domain.map_or_else(|| shortened(id), str::to_owned)
}

/// The first group of a GUID; the whole of it is at the top of the report. Anything else stays as it is.
fn shortened(id: &str) -> String {
    match uuid::Uuid::try_parse(id) {
        // The parser also accepts a GUID without hyphens, which has no first group.
        Ok(_) if id.contains('-') => format!("{}...", id.split('-').next().unwrap_or(id)),
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;

    #[test]
    fn an_app_is_named_with_its_connections_and_a_tenant_with_its_domain() {
        let target = sample_report::report().target;
        let app = target.connections[0].client_id.clone();
        assert_eq!(
            subject(&target, &app.to_uppercase()),
            "app 9A41B7C8... of the main connection"
        );
        assert_eq!(
            subject(&target, &target.connections[1].client_id),
            "app 77b0c1d2... of Berlin"
        );
        assert_eq!(
            subject(&target, sample_report::TENANT),
            "tenant contoso.onmicrosoft.com"
        );
        assert_eq!(subject(&target, "system"), "the main connection");
        assert_eq!(
            subject(&target, "boardroom@contoso.com"),
            "boardroom@contoso.com"
        );
    }

    #[test]
    fn an_app_of_many_connections_names_the_first_of_them() {
        let mut target = sample_report::report().target;
        let own = target.connections[0].clone();
        for name in ["Berlin", "Bern", "Bonn"] {
            target.connections.push(TargetConnection {
                name: name.into(),
                ..own.clone()
            });
        }
        assert_eq!(
            subject(&target, &own.client_id),
            "app 9a41b7c8... of the main connection, Berlin and 2 more"
        );
    }

    #[test]
    fn a_tenant_without_a_domain_is_named_by_the_beginning_of_its_id() {
        let mut target = sample_report::report().target;
        target
            .connections
            .iter_mut()
            .for_each(|own| own.tenant_id = sample_report::TENANT.into());
        assert_eq!(
            subject(&target, sample_report::TENANT),
            "tenant 5f3c0d2e..."
        );
        target.connections[0].client_id = "app-id-8xhc601s".into();
        assert_eq!(
            subject(&target, "app-id-8xhc601s"),
            "app app-id-8xhc601s of the main connection"
        );
    }
}
