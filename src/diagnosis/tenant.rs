//! Does the tenant exist in this cloud?

use super::context::Context;
use super::judgement::{Judgement, Raised};
use super::mailboxes::{from_cause, observed_of, told_by};
use super::symptom::{self, Symptom};
use crate::evidence::{Asked, DiscoveryFacts, Finding, Observation, Reply, Service, TenantFacts};
use crate::knowledge::{self, phrase};

/// Judges a discovery.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgement {
    let Asked::Answered(Finding::Discovery(discovery)) = &row.asked else {
        return Judgement::error(phrase("row.no-answer-kept", &[]));
    };
    let judgement = match &discovery.here {
        Reply::Success(tenant) => Judgement::pass(found(&row.subject, tenant)),
        refused => match symptom::read(Service::SignIn, refused) {
            Symptom::Named(id) if id == "tenant.not-found" => from_cause(not_found(context, row, discovery)),
            Symptom::Named(id) => from_cause(Raised::new(id).because(told_by(row))),
            _ => Judgement::unknown(told_by(row)),
        },
    };
    judgement.observed(observed_of(row))
}

fn found(asked: &str, tenant: &TenantFacts) -> String {
    let region = tenant.region.as_deref().unwrap_or("not told");
    let key = if asked.eq_ignore_ascii_case(&tenant.tenant_id) { "tenant.found" } else { "tenant.found-by-domain" };
    phrase(key, &[("tenant_id", &tenant.tenant_id), ("detail", region)])
}

/// An unknown tenant has a reason: the two ids are swapped, it lives in another cloud, or it does not exist.
fn not_found(context: &Context<'_>, row: &Observation, discovery: &DiscoveryFacts) -> Raised {
    if discovery.client_id_is_a_tenant {
        return Raised::new("tenant.ids-swapped").because(phrase("tenant.client-id-is-a-tenant", &[]));
    }
    let clouds: Vec<&str> = discovery
        .elsewhere
        .iter()
        .map(|id| knowledge::cloud(id).map_or(id.as_str(), |cloud| cloud.title.as_str()))
        .collect();
    if clouds.is_empty() {
        return Raised::new("tenant.not-found").because(told_by(row));
    }
    let list = clouds.join(", ");
    let here = context.evidence.cloud.as_str();
    Raised::new("tenant.wrong-cloud")
        .because(phrase("tenant.found-elsewhere", &[("other_cloud", &list), ("detail", here)]))
        .with("other_cloud", list)
}
