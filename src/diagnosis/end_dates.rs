//! Days on which something ends that works today: client secrets, certificates, and EWS.

use std::collections::BTreeMap;
use std::iter;

use jiff::civil::Date;

use crate::evidence::{Finding, Observation, Reply};
use crate::knowledge;
use crate::terms::{Api, CheckId};

use super::calendar_days::{day_of, days_from};
use super::cause_grouping::affected_connections;
use super::diagnosis_context::Context;
use super::registration_stage::secret_in_use;
use super::result::{EndDate, EndDateKind};

/// The end dates that the evidence shows, the earliest first.
pub(super) fn end_dates(context: &Context<'_>) -> Vec<EndDate> {
    let observations = context.evidence.observations.iter();
    let mut dates: Vec<EndDate> = observations
        .filter_map(|row| end_of_secret(context, row))
        .collect();
    dates.extend(ends_of_certificates(context));
    dates.extend(end_of_ews(context));
    // The sort is stable: apps whose secrets end on one day keep the order of the settings.
    dates.sort_by_key(|end| (end.date, end.kind));
    dates
}

/// The day on which the client secret of an app expires, from the row about its registration.
fn end_of_secret(context: &Context<'_>, row: &Observation) -> Option<EndDate> {
    if row.check != CheckId::RegistrationSecretExpiry {
        return None;
    }
    let Some(Finding::Registration(Reply::Success(registration))) = row.finding() else {
        return None;
    };
    let (_, ends) = secret_in_use(context, registration)?;
    let connections = affected_connections(context, iter::once(row));
    Some(end_date(
        context,
        EndDateKind::ClientSecret,
        day_of(ends),
        connections,
    ))
}

/// The day on which each certificate of the settings expires. Connections with the same credentials share one.
fn ends_of_certificates(context: &Context<'_>) -> Vec<EndDate> {
    let mut connections: BTreeMap<usize, (Date, Vec<String>)> = BTreeMap::new();
    for facts in &context.evidence.connections {
        if let Some(certificate) = facts.certificate {
            let date = day_of(certificate.ends_at);
            let (_, names) = connections
                .entry(facts.credentials)
                .or_insert((date, Vec::new()));
            names.push(facts.name.clone());
        }
    }
    connections
        .into_values()
        .map(|(date, names)| end_date(context, EndDateKind::ClientCertificate, date, names))
        .collect()
}

/// The day on which EWS ends for the connections that use it, if it is known for their cloud.
fn end_of_ews(context: &Context<'_>) -> Option<EndDate> {
    let date = knowledge::dates().ews_end_in(&context.evidence.cloud)?;
    let over_ews = context
        .evidence
        .connections
        .iter()
        .filter(|connection| connection.api == Some(Api::Ews));
    let connections: Vec<String> = over_ews.map(|connection| connection.name.clone()).collect();
    (!connections.is_empty()).then(|| end_date(context, EndDateKind::Ews, date, connections))
}

/// An end date, with the days from the run to it.
fn end_date(
    context: &Context<'_>,
    kind: EndDateKind,
    date: Date,
    connections: Vec<String>,
) -> EndDate {
    EndDate {
        kind,
        date,
        days: days_from(day_of(context.evidence.started_at), date),
        connections,
    }
}
