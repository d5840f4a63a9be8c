//! Builds the report from evidence and diagnosis.

use uuid::Uuid;

use crate::diagnosis::Diagnosis;
use crate::evidence::{ConnectionFacts, Evidence, Finding};
use crate::terms::CheckId;

use super::moment::whole_seconds;
use super::{
    FailOn, RecordedEvidence, Redaction, Report, SCHEMA_VERSION, Summary, Target, TargetConnection,
    Tool, cause_order, verdict_notes,
};

/// Metadata of a report: its id and the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportMetadata {
    /// The version of the program.
    pub tool_version: String,
    /// The date of the knowledge base, `YYYY-MM-DD`.
    pub knowledge_date: String,
    /// A fresh random UUID.
    pub report_id: Uuid,
    /// What makes the exit code differ from 0.
    pub fail_on: FailOn,
}

/// Makes the report of a run.
pub fn assemble(evidence: Evidence, mut diagnosis: Diagnosis, about: ReportMetadata) -> Report {
    // Sorted here as well as in the formats, so that the order in the JSON is the order of the numbers.
    cause_order::sort_causes(&mut diagnosis.causes, &diagnosis.rows);
    let target = target(&evidence);
    let asks_for_action = verdict_notes::any_needs_action(&diagnosis.causes);
    Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool {
            name: "rx-preflight".to_owned(),
            version: about.tool_version,
            knowledge_date: about.knowledge_date,
        },
        report_id: about.report_id.to_string(),
        started_at: whole_seconds(evidence.started_at),
        finished_at: whole_seconds(evidence.finished_at),
        interrupted: evidence.interrupted,
        redaction: Redaction::default(),
        target,
        summary: Summary::of(
            &diagnosis.rows,
            (about.fail_on, asks_for_action),
            evidence.interrupted,
        ),
        causes: diagnosis.causes,
        results: diagnosis.rows,
        requests: evidence.requests,
        evidence: RecordedEvidence {
            sign_in_host: evidence.sign_in_host,
            user_agent: evidence.user_agent,
            product_version: evidence.product_version,
            connections: evidence.connections,
            observations: evidence.observations,
            controls: evidence.controls,
            on_graph: None,
        },
        not_visible: diagnosis.not_visible,
        end_dates: diagnosis.end_dates,
        input_notes: evidence.input_notes,
        administrator: diagnosis.administrator,
        migration: None,
        accepted: Vec::new(),
        baseline: None,
    }
}

fn target(evidence: &Evidence) -> Target {
    Target {
        cloud: evidence.cloud.clone(),
        // The target names one tenant; every connection carries its own id as well.
        tenant_id: evidence
            .connections
            .first()
            .map(|first| tenant_id(evidence, first))
            .unwrap_or_default(),
        connections: evidence.connections.iter().map(target_connection).collect(),
        narrowed_by: evidence.narrowed_by.clone(),
        deadline: evidence.deadline.clone(),
        warn_days: evidence.warn_days,
        account: evidence.account.clone(),
        proxy: evidence.proxy.clone(),
    }
}

/// The GUID that discovery found for the tenant of a connection, else what was typed.
fn tenant_id(evidence: &Evidence, connection: &ConnectionFacts) -> String {
    evidence
        .observations
        .iter()
        .filter(|observation| observation.check == CheckId::TenantDiscovery)
        .filter(|observation| {
            observation
                .subject
                // A domain and a GUID are the same in uppercase and lowercase.
                .eq_ignore_ascii_case(&connection.tenant_id)
        })
        .find_map(|observation| match observation.finding()? {
            Finding::Discovery(facts) => facts.here.success(),
            _ => None,
        })
        .map_or_else(
            || connection.tenant_id.clone(),
            |facts| facts.tenant_id.clone(),
        )
}

fn target_connection(facts: &ConnectionFacts) -> TargetConnection {
    TargetConnection {
        name: facts.name.clone(),
        api: facts.api,
        client_id: facts.client_id.clone(),
        rooms: facts.rooms,
        tenant_id: facts.tenant_id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;

    #[test]
    fn the_evidence_comes_back_whole() {
        let evidence = sample_report::evidence();
        let report = assemble(
            evidence.clone(),
            sample_report::diagnosis(),
            sample_report::about(),
        );
        assert!(!report.requests.is_empty());
        assert_eq!(report.evidence(), Some(evidence));
    }

    #[test]
    fn the_tenant_is_named_by_the_guid_that_discovery_found() {
        let report = assemble(
            sample_report::evidence(),
            sample_report::diagnosis(),
            sample_report::about(),
        );
        assert_eq!(report.target.tenant_id, sample_report::TENANT);
        assert_eq!(
            report.target.connections[0].tenant_id,
            "contoso.onmicrosoft.com"
        );
    }

    #[test]
    fn without_discovery_the_tenant_stays_as_typed() {
        let mut evidence = sample_report::evidence();
        evidence.observations.clear();
        let report = assemble(evidence, sample_report::diagnosis(), sample_report::about());
        assert_eq!(report.target.tenant_id, "contoso.onmicrosoft.com");
    }

    #[test]
    fn times_are_in_whole_seconds() {
        let mut evidence = sample_report::evidence();
        evidence.started_at = "2026-11-23T09:15:02.987654Z".parse().unwrap();
        let report = assemble(evidence, sample_report::diagnosis(), sample_report::about());
        assert_eq!(report.started_at.to_string(), "2026-11-23T09:15:02Z");
    }

    #[test]
    fn an_interrupted_run_has_its_own_exit_code() {
        let mut evidence = sample_report::evidence();
        evidence.interrupted = true;
        let report = assemble(evidence, sample_report::diagnosis(), sample_report::about());
        assert!(report.interrupted);
        assert_eq!(report.summary.exit_code, 130);
    }
}
