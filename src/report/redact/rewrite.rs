//! Redaction of the fields of a report. Each struct is destructured by name, so the program does not compile until the
//! redaction of a new field is defined here.

use std::collections::{BTreeMap, HashSet};

use percent_encoding::percent_decode_str;

use crate::diagnosis::{
    AdministratorSummary, Cause, Command, EndDate, Observed, Remedy, ResultRow,
};
use crate::evidence::{InputNote, ProxyInUse, RequestRecord};
use crate::report::{RecordedEvidence, Report, Target, TargetConnection, Tool};

use super::collect_values::is_own_user_agent;
use super::pseudonyms::Pseudonyms;
use super::scrub::{Scrubbed, Scrubber};

/// The pseudonym of the account that ran the check.
const MASKED_ACCOUNT: &str = "user-1";

/// Redacts a report field by field.
pub(super) struct Rewriter {
    pub(super) scrub: Scrubber,
}

impl Rewriter {
    pub(super) fn new(names: Pseudonyms, kept: HashSet<String>) -> Self {
        Self {
            scrub: Scrubber::new(names, kept),
        }
    }

    pub(super) fn finish(self) -> Scrubbed {
        self.scrub.finish()
    }

    pub(super) fn report(&mut self, report: &Report) -> Report {
        let Report {
            schema_version,
            tool,
            report_id,
            started_at,
            finished_at,
            interrupted,
            redaction,
            target,
            summary,
            causes,
            results,
            requests,
            evidence,
            not_visible,
            end_dates,
            input_notes,
            administrator,
            migration,
            accepted,
            baseline,
        } = report;
        Report {
            schema_version: self.scrub.text(schema_version),
            tool: self.tool(tool),
            report_id: self.scrub.text(report_id),
            started_at: *started_at,
            finished_at: *finished_at,
            interrupted: *interrupted,
            // The caller sets it after the rewrite, when the number of replaced values is known.
            redaction: redaction.clone(),
            target: self.target(target),
            summary: *summary,
            causes: causes.iter().map(|cause| self.cause(cause)).collect(),
            results: results.iter().map(|row| self.row(row)).collect(),
            requests: requests
                .iter()
                .map(|request| self.request(request))
                .collect(),
            evidence: self.recorded(evidence),
            not_visible: self.texts(not_visible),
            end_dates: end_dates.iter().map(|end| self.end_date(end)).collect(),
            input_notes: input_notes
                .iter()
                .map(|note| self.describe_input_note(note))
                .collect(),
            administrator: administrator
                .as_ref()
                .map(|summary| self.administrator(summary)),
            migration: migration
                .as_ref()
                .map(|migration| self.migration(migration)),
            accepted: accepted.iter().map(|own| self.acceptance(own)).collect(),
            baseline: baseline.as_ref().map(|baseline| self.baseline(baseline)),
        }
    }

    fn end_date(&mut self, end: &EndDate) -> EndDate {
        let EndDate {
            kind,
            date,
            days,
            connections,
        } = end;
        EndDate {
            kind: *kind,
            date: *date,
            days: *days,
            connections: connections
                .iter()
                .map(|name| self.scrub.field(name))
                .collect(),
        }
    }

    fn administrator(&mut self, summary: &AdministratorSummary) -> AdministratorSummary {
        let AdministratorSummary {
            collected_at,
            tenant_id,
            limits,
        } = summary;
        AdministratorSummary {
            collected_at: *collected_at,
            tenant_id: self.scrub.field(tenant_id),
            limits: self.texts(limits),
        }
    }

    fn describe_input_note(&mut self, note: &InputNote) -> InputNote {
        let InputNote {
            kind,
            file,
            about,
            lines,
            column,
            count,
        } = note;
        InputNote {
            kind: *kind,
            file: file.as_ref().map(|file| self.scrub.text(file)),
            about: about.as_ref().map(|about| self.scrub.text(about)),
            lines: lines.clone(),
            column: *column,
            count: *count,
        }
    }

    fn tool(&mut self, tool: &Tool) -> Tool {
        let Tool {
            name,
            version,
            knowledge_date,
        } = tool;
        Tool {
            name: self.scrub.word(name),
            version: self.scrub.text(version),
            knowledge_date: self.scrub.text(knowledge_date),
        }
    }

    fn target(&mut self, target: &Target) -> Target {
        let Target {
            cloud,
            tenant_id,
            connections,
            narrowed_by,
            deadline,
            warn_days,
            account,
            proxy,
        } = target;
        Target {
            cloud: self.scrub.word(cloud),
            tenant_id: self.scrub.field(tenant_id),
            connections: connections
                .iter()
                .map(|connection| self.connection(connection))
                .collect(),
            narrowed_by: self.texts(narrowed_by),
            deadline: deadline.clone(),
            warn_days: *warn_days,
            // An account name such as `root` can be a common word, so it is not searched for in sentences. No sentence has it.
            account: account.as_ref().map(|_| MASKED_ACCOUNT.to_owned()),
            proxy: proxy.as_ref().map(|proxy| self.proxy(proxy)),
        }
    }

    fn proxy(&mut self, proxy: &ProxyInUse) -> ProxyInUse {
        let ProxyInUse {
            host,
            source,
            variable,
        } = proxy;
        ProxyInUse {
            host: self.scrub.host(host),
            source: *source,
            variable: self.optional_text(variable.as_ref()),
        }
    }

    fn connection(&mut self, connection: &TargetConnection) -> TargetConnection {
        let TargetConnection {
            name,
            api,
            client_id,
            rooms,
            tenant_id,
        } = connection;
        TargetConnection {
            name: self.scrub.field(name),
            api: *api,
            client_id: self.scrub.field(client_id),
            rooms: *rooms,
            tenant_id: self.scrub.field(tenant_id),
        }
    }

    pub(super) fn cause(&mut self, cause: &Cause) -> Cause {
        let Cause {
            id,
            connection,
            connections,
            confidence,
            requirement,
            requirement_if_counted,
            accepted,
            title,
            impact,
            because,
            due,
            asks_for_action,
            explains,
            subjects,
            candidates,
            remedy,
        } = cause;
        Cause {
            id: self.scrub.word(id),
            connection: self.optional_field(connection.as_ref()),
            connections: connections
                .iter()
                .map(|name| self.scrub.field(name))
                .collect(),
            confidence: *confidence,
            requirement: *requirement,
            requirement_if_counted: *requirement_if_counted,
            accepted: accepted
                .as_ref()
                .map(|finding| self.accepted_finding(finding)),
            title: self.scrub.text(title),
            impact: self.scrub.text(impact),
            because: self.texts(because),
            due: due.as_ref().map(|due| self.scrub.text(due)),
            asks_for_action: *asks_for_action,
            explains: explains.clone(),
            subjects: subjects
                .iter()
                .map(|subject| self.scrub.host(subject))
                .collect(),
            candidates: candidates
                .iter()
                .map(|candidate| self.scrub.word(candidate))
                .collect(),
            remedy: self.remedy(remedy),
        }
    }

    pub(super) fn remedy(&mut self, remedy: &Remedy) -> Remedy {
        let Remedy {
            who,
            steps,
            commands,
            verify,
            takes,
            links,
        } = remedy;
        Remedy {
            who: self.scrub.text(who),
            steps: self.texts(steps),
            commands: commands
                .iter()
                .map(|command| self.command(command))
                .collect(),
            verify: self.scrub.text(verify),
            takes: self.scrub.text(takes),
            links: self.texts(links),
        }
    }

    fn command(&mut self, command: &Command) -> Command {
        Command::new(
            &self.scrub.word(command.shell()),
            &self.scrub.text(command.text()),
        )
    }

    pub(super) fn row(&mut self, row: &ResultRow) -> ResultRow {
        let ResultRow {
            n,
            check,
            connection,
            subject,
            outcome,
            requirement,
            requirement_if_counted,
            confidence,
            declared,
            configured,
            observed,
            message,
            cause,
            skip_reason,
            blocked_by,
            requests,
            duration_ms,
        } = row;
        ResultRow {
            n: *n,
            check: *check,
            connection: self.optional_field(connection.as_ref()),
            subject: self.scrub.host(subject),
            outcome: *outcome,
            requirement: *requirement,
            requirement_if_counted: *requirement_if_counted,
            confidence: *confidence,
            declared: self.texts(declared),
            configured: self.texts(configured),
            observed: observed.as_ref().map(|observed| self.observed(observed)),
            message: self.scrub.text(message),
            cause: cause.as_ref().map(|cause| self.scrub.word(cause)),
            skip_reason: *skip_reason,
            blocked_by: *blocked_by,
            requests: requests.clone(),
            duration_ms: *duration_ms,
        }
    }

    fn observed(&mut self, observed: &Observed) -> Observed {
        let Observed {
            status,
            code,
            detail,
        } = observed;
        Observed {
            status: *status,
            code: self.optional_code(code.as_ref()),
            detail: self.optional_text(detail.as_ref()),
        }
    }

    fn request(&mut self, request: &RequestRecord) -> RequestRecord {
        let RequestRecord {
            n,
            at,
            purpose,
            method,
            url,
            writes,
            status,
            ms,
            attempts,
            request_id,
            client_request_id,
            headers,
            failure,
        } = request;
        RequestRecord {
            n: *n,
            at: *at,
            purpose: *purpose,
            method: self.scrub.word(method),
            url: self.url(url),
            writes: *writes,
            status: *status,
            ms: *ms,
            attempts: *attempts,
            request_id: self.optional_text(request_id.as_ref()),
            client_request_id: self.optional_text(client_request_id.as_ref()),
            headers: headers
                .iter()
                .map(|(name, value)| (self.scrub.word(name).into(), self.scrub.text(value)))
                .collect(),
            failure: self.optional_text(failure.as_ref()),
        }
    }

    /// Redacts a URL. Its percent-encoding is decoded first, also where it is encoded twice, so that a mailbox in its path is
    /// found.
    fn url(&mut self, url: &str) -> String {
        let once = percent_decode_str(url).decode_utf8_lossy().into_owned();
        self.scrub
            .text(&percent_decode_str(&once).decode_utf8_lossy())
    }

    fn recorded(&mut self, recorded: &RecordedEvidence) -> RecordedEvidence {
        let RecordedEvidence {
            sign_in_host,
            user_agent,
            product_version,
            connections,
            observations,
            controls,
            on_graph,
        } = recorded;
        RecordedEvidence {
            sign_in_host: self.scrub.host(sign_in_host),
            user_agent: if is_own_user_agent(user_agent) {
                user_agent.clone()
            } else {
                self.scrub.field(user_agent)
            },
            product_version: self.optional_text(product_version.as_ref()),
            connections: self.all_facts(connections),
            observations: self.observations(observations),
            controls: controls
                .iter()
                .map(|control| self.control(control))
                .collect(),
            on_graph: on_graph.as_ref().map(|after| self.recorded_on_graph(after)),
        }
    }

    pub(super) fn values(&mut self, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        values
            .iter()
            .map(|(name, value)| (self.scrub.word(name), self.scrub.text(value)))
            .collect()
    }

    pub(super) fn texts(&mut self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.scrub.text(text)).collect()
    }

    pub(super) fn optional_text(&mut self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.scrub.text(text))
    }

    pub(super) fn optional_field(&mut self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.scrub.field(text))
    }

    pub(super) fn optional_code(&mut self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.scrub.code(text))
    }
}
