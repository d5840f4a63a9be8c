//! The evidence of a run over thousands of rooms: the rows of one accessible and of one denied room, repeated as often as
//! needed.

use std::fmt;

use rx_preflight::cli::play;
use rx_preflight::diagnosis::{self, Diagnosis, ResultRow};
use rx_preflight::evidence::{Evidence, Observation, RequestRecord};
use rx_preflight::report::{self, Report, ReportMetadata};
use rx_preflight::simulator::{MoreRooms, catalog};
use rx_preflight::terms::{CheckId, Outcome};
use uuid::Uuid;

/// The number of rooms of every estate.
pub const ROOMS: usize = 5000;

/// The moment at which the patterns are played, before the end of EWS.
const MOMENT: &str = "2026-11-23T08:00:00Z";
/// The two rooms that are played.
const PATTERNS: MoreRooms = MoreRooms {
    count: 2,
    refused: 1,
};
const ACCESSIBLE: &str = "room-00001@contoso.com";
const DENIED: &str = "room-00002@contoso.com";

/// An estate of [`ROOMS`] rooms.
#[derive(Debug, Clone, Copy)]
pub struct Estate {
    name: &'static str,
    scenario: &'static str,
    refused: usize,
}

impl Estate {
    /// Rooms over EWS, `refused` of them denied.
    pub const fn ews(name: &'static str, refused: usize) -> Self {
        Self {
            name,
            scenario: "ews-ready",
            refused,
        }
    }

    /// Rooms over Graph, `refused` of them denied.
    pub const fn graph(name: &'static str, refused: usize) -> Self {
        Self {
            name,
            scenario: "graph-ready",
            refused,
        }
    }

    /// The evidence of a run over it.
    pub fn evidence(self) -> Evidence {
        let played = played(self.scenario);
        let mut evidence = Evidence {
            observations: Vec::new(),
            ..played.clone()
        };
        evidence.connections[0].rooms = ROOMS;
        for row in &played.observations {
            match row.subject.as_str() {
                ACCESSIBLE => self.repeat(row, &played, &mut evidence),
                _ if is_of_a_room(row.check) => {}
                _ => evidence.observations.push(row.clone()),
            }
        }
        evidence
    }

    /// Adds the rows of one check for every room.
    fn repeat(self, accessible: &Observation, played: &Evidence, evidence: &mut Evidence) {
        let is_its_refusal =
            |row: &&Observation| row.check == accessible.check && row.subject == DENIED;
        let refused = played.observations.iter().find(is_its_refusal).unwrap();
        for number in 0..ROOMS {
            let pattern = if number < ROOMS - self.refused {
                accessible
            } else {
                refused
            };
            let room = format!("room-{number:05}@contoso.com");
            let mut row = Observation {
                subject: room.clone(),
                requests: Vec::new(),
                ..pattern.clone()
            };
            for n in &pattern.requests {
                let request = played
                    .requests
                    .iter()
                    .find(|request| request.n == *n)
                    .unwrap();
                row.requests
                    .push(add_request(evidence, request, &pattern.subject, &room));
            }
            evidence.observations.push(row);
        }
    }

    /// The evidence with its diagnosis.
    pub fn diagnosed(self) -> (Evidence, Diagnosis) {
        let evidence = self.evidence();
        let diagnosis = diagnosis::diagnose(&evidence);
        assert_eq!(
            refused(&diagnosis),
            self.refused,
            "{self} does not match its name"
        );
        (evidence, diagnosis)
    }

    /// The whole report.
    pub fn report(self) -> Report {
        let (evidence, diagnosis) = self.diagnosed();
        report::assemble(evidence, diagnosis, about())
    }
}

impl fmt::Display for Estate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// The facts of a report about itself.
pub fn about() -> ReportMetadata {
    ReportMetadata {
        tool_version: "0".to_owned(),
        knowledge_date: "2026-11-23".to_owned(),
        report_id: Uuid::nil(),
        fail_on: rx_preflight::report::FailOn::default(),
    }
}

fn played(scenario: &str) -> Evidence {
    let mut scenario = catalog::load(scenario).unwrap();
    scenario.add_rooms(PATTERNS).unwrap();
    let whole = play(
        scenario,
        Some(MOMENT.parse().unwrap()),
        std::future::pending(),
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(whole).unwrap().report.evidence().unwrap()
}

/// The number of rooms whose first request was denied.
fn refused(diagnosis: &Diagnosis) -> usize {
    let first = |row: &&ResultRow| {
        matches!(
            row.check,
            CheckId::MailboxImpersonation | CheckId::MailboxCalendarRead
        ) && row.outcome == Outcome::Fail
    };
    diagnosis.rows.iter().filter(first).count()
}

fn is_of_a_room(check: CheckId) -> bool {
    matches!(
        check,
        CheckId::MailboxImpersonation
            | CheckId::MailboxCalendarRead
            | CheckId::MailboxCalendarWrite
    )
}

fn add_request(evidence: &mut Evidence, pattern: &RequestRecord, of: &str, room: &str) -> u32 {
    let n = evidence.requests.last().map_or(1, |last| last.n + 1);
    evidence.requests.push(RequestRecord {
        n,
        url: pattern.url.replace(of, room),
        ..pattern.clone()
    });
    n
}
