//! The rows of mail and user sync, on the connection that carries the feature.

use crate::settings::{Connection, Feature};
use crate::terms::{CheckId, Requirement, SkipReason};

use super::connection::feature_requirement;
use super::row::{CheckOptions, Planned, Way, row};

pub(super) fn rows(
    rows: &mut Vec<Planned>,
    index: usize,
    connection: &Connection,
    extras: &CheckOptions,
) {
    if let Some(mail) = &connection.mail {
        mail_rows(rows, index, connection, mail.feature, extras);
    }
    if let Some(user_sync) = connection.user_sync {
        directory_rows(rows, index, connection, user_sync);
    }
}

fn mail_rows(
    rows: &mut Vec<Planned>,
    index: usize,
    connection: &Connection,
    feature: Feature,
    _extras: &CheckOptions,
) {
    let (requirement, way) = requirement_and_way(feature);
    let sender = connection.sender();
    let probe = match (&way, sender) {
        (Way::Run, None) => Way::Skip(SkipReason::NeedsInput, None),
        _ => way.clone(),
    };
    rows.push(row(
        CheckId::GrantMailSend,
        Some(index),
        connection.client_id.as_str(),
        requirement,
        derived(&way),
    ));
    rows.push(row(
        CheckId::MailSend,
        Some(index),
        sender.unwrap_or("no sender given"),
        requirement,
        probe,
    ));
}

fn directory_rows(
    rows: &mut Vec<Planned>,
    index: usize,
    connection: &Connection,
    feature: Feature,
) {
    let (requirement, way) = requirement_and_way(feature);
    let grants = [CheckId::GrantUserReadAll, CheckId::GrantGroupReadAll];
    rows.extend(grants.map(|check| {
        row(
            check,
            Some(index),
            connection.client_id.as_str(),
            requirement,
            derived(&way),
        )
    }));
    let reads = [CheckId::DirectoryUsers, CheckId::DirectoryGroups];
    rows.extend(reads.map(|check| {
        row(
            check,
            Some(index),
            connection.tenant_id.as_str(),
            requirement,
            way.clone(),
        )
    }));
}

fn requirement_and_way(feature: Feature) -> (Requirement, Way) {
    match feature_requirement(feature) {
        Some(requirement) => (requirement, Way::Run),
        None => (
            Requirement::Optional,
            Way::Skip(SkipReason::Deselected, None),
        ),
    }
}

fn derived(way: &Way) -> Way {
    if *way == Way::Run {
        Way::Derive
    } else {
        way.clone()
    }
}
