//! Builds the report of a comparison of EWS and Graph: that of the estate as it is, with the migration beside it.

use crate::diagnosis::{self, Diagnosis};
use crate::evidence::Evidence;
use crate::terms::{Readiness, exit_code};

use super::{RecordedOnGraph, Report, ReportMetadata, assemble, cause_order};

/// Makes the report of a run of `migrate`. Its exit code is that of the readiness.
pub fn assemble_migration(
    today: (Evidence, Diagnosis),
    on_graph: (Evidence, Diagnosis),
    about: ReportMetadata,
) -> Report {
    let (evidence, diagnosis) = today;
    let (graph_evidence, mut graph_diagnosis) = on_graph;
    cause_order::sort_causes(&mut graph_diagnosis.causes, &graph_diagnosis.rows);
    let migration =
        diagnosis::compare_apis((&evidence, &diagnosis), (&graph_evidence, graph_diagnosis));
    let readiness = migration.readiness;
    let mut report = assemble(evidence, diagnosis, about);
    if !report.interrupted {
        report.summary.exit_code = exit_code_of(readiness);
    }
    report.migration = Some(migration);
    report.evidence.on_graph = Some(RecordedOnGraph {
        connections: graph_evidence.connections,
        observations: graph_evidence.observations,
    });
    report
}

fn exit_code_of(readiness: Readiness) -> u8 {
    match readiness {
        Readiness::ReadyToSwitch => exit_code::SUCCESS,
        Readiness::WorkToDo => exit_code::NOT_READY,
        Readiness::Inconclusive => exit_code::INCONCLUSIVE,
    }
}
