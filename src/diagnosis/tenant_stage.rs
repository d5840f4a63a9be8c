//! Stage of the tenant: whether it exists in this cloud.

use crate::evidence::{DiscoveryFacts, Finding, Observation, Reply, TenantElsewhere, TenantFacts};
use crate::knowledge::{self, Cloud, format_message};
use crate::terms::{CauseId, CheckId, Confidence, Service};

use super::diagnosis_context::Context;
use super::judgment::{Judgment, Raised, describe_response, from_cause, observed_response};
use super::response_cause::from_response;
use super::symptom::Symptom;
use super::symptom_of_reply;

/// The checks of this stage.
pub(super) const CHECKS: &[CheckId] = &[CheckId::TenantDiscovery];

/// Judges the discovery of a tenant.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgment {
    let Some(Finding::Discovery(discovery)) = row.finding() else {
        return Judgment::error(format_message("row.no-response-kept", &[]));
    };
    let judgment = match &discovery.here {
        Reply::Success(tenant) => match cloud_with_same_sign_in_host(context, tenant) {
            None => Judgment::pass(found_message(&row.subject, tenant)),
            Some(cloud) => {
                let values = [
                    ("other_cloud", cloud.label.as_str()),
                    ("detail", knowledge::cloud_label(&context.evidence.cloud)),
                ];
                let sentence = format_message("tenant.belongs-elsewhere", &values);
                let raised = Raised::new(CauseId::TenantWrongCloud)
                    .because(sentence)
                    .with_value("other_cloud", cloud.id.clone());
                // A request that succeeded in this cloud outranks the discovery document.
                if works_here(context, row) {
                    let note = raised.in_case(Some("works")).into_note();
                    Judgment::pass(found_message(&row.subject, tenant)).raising(note)
                } else {
                    from_cause(raised)
                }
            }
        },
        refused => match symptom_of_reply::classify(Service::SignIn, refused) {
            Symptom::Named(CauseId::TenantNotFound) => {
                from_cause(not_found(context, row, discovery))
            }
            Symptom::Named(id) => from_cause(from_response(row, id)),
            _ => Judgment::unknown(describe_response(row)),
        },
    };
    judgment.with_observed(observed_response(row))
}

/// Whether a service of this cloud accepted a token of the tenant, regardless of the discovery document.
fn works_here(context: &Context<'_>, row: &Observation) -> bool {
    let mut of_tenant = context
        .evidence
        .connections
        .iter()
        .filter(|facts| facts.tenant_id.eq_ignore_ascii_case(&row.subject));
    of_tenant.any(|facts| {
        let opened = |service| context.tokens().opened_anything(facts.credentials, service);
        opened(Service::Graph) || opened(Service::Exchange)
    })
}

fn found_message(typed: &str, tenant: &TenantFacts) -> String {
    let region = tenant.region.as_deref().unwrap_or("unknown");
    let key = if typed.eq_ignore_ascii_case(&tenant.tenant_id) {
        "tenant.found"
    } else {
        "tenant.found-by-domain"
    };
    format_message(key, &[("tenant_id", &tenant.tenant_id), ("detail", region)])
}

/// The cause of an unknown tenant: swapped IDs, another cloud, or no such tenant.
fn not_found(context: &Context<'_>, row: &Observation, discovery: &DiscoveryFacts) -> Raised {
    if discovery.client_id_is_a_tenant {
        return Raised::new(CauseId::TenantIdsSwapped)
            .because(format_message("tenant.client-id-is-a-tenant", &[]));
    }
    let clouds: Vec<&Cloud> = discovery.elsewhere.iter().filter_map(cloud_of).collect();
    if clouds.is_empty() {
        let by_domain = cloud_of_domain(context, discovery);
        return by_domain.unwrap_or_else(|| {
            Raised::new(CauseId::TenantNotFound).because(describe_response(row))
        });
    }
    let titles: Vec<&str> = clouds.iter().map(|cloud| cloud.label.as_str()).collect();
    let ids: Vec<&str> = clouds.iter().map(|cloud| cloud.id.as_str()).collect();
    let here = knowledge::cloud_label(&context.evidence.cloud);
    Raised::new(CauseId::TenantWrongCloud)
        .because(format_message(
            "tenant.found-elsewhere",
            &[("other_cloud", &titles.join(", ")), ("detail", here)],
        ))
        .with_value("other_cloud", ids.join(" or "))
}

/// The cause of a tenant that no cloud knows, if Microsoft assigns its domain to tenants of other clouds only.
fn cloud_of_domain(context: &Context<'_>, discovery: &DiscoveryFacts) -> Option<Raised> {
    let clouds: Vec<&Cloud> = discovery
        .domain_clouds
        .iter()
        .filter_map(|id| knowledge::cloud(id))
        .collect();
    if clouds.is_empty() {
        return None;
    }
    let own = knowledge::cloud_label(&context.evidence.cloud);
    let titles: Vec<&str> = clouds.iter().map(|cloud| cloud.label.as_str()).collect();
    let ids: Vec<&str> = clouds.iter().map(|cloud| cloud.id.as_str()).collect();
    let sentence = format_message(
        "tenant.domain-of-elsewhere",
        &[("other_cloud", &titles.join(" or ")), ("detail", own)],
    );
    let raised = Raised::new(CauseId::TenantWrongCloud)
        .because(sentence)
        .with_value("other_cloud", ids.join(" or "));
    Some(raised.with_confidence(Confidence::Likely))
}

/// The cloud of a tenant. Markers in the discovery document distinguish clouds with the same sign-in host.
fn cloud_of(found: &TenantElsewhere) -> Option<&'static Cloud> {
    marked_cloud(&found.tenant).or_else(|| knowledge::cloud(&found.cloud))
}

fn marked_cloud(tenant: &TenantFacts) -> Option<&'static Cloud> {
    knowledge::cloud_by_markers(
        tenant.cloud_instance.as_deref()?,
        tenant.region_sub_scope.as_deref(),
    )
}

/// The other cloud of a tenant that shares the sign-in host of this cloud but has other service addresses, such as
/// `gcc-high` and `dod`.
fn cloud_with_same_sign_in_host(
    context: &Context<'_>,
    tenant: &TenantFacts,
) -> Option<&'static Cloud> {
    let own = knowledge::cloud(&context.evidence.cloud)?;
    marked_cloud(tenant).filter(|marked| {
        marked.sign_in_host == own.sign_in_host && marked.graph_url != own.graph_url
    })
}
