//! Collection of the values of a report that name the customer, by the fields that contain them.

use std::collections::{BTreeMap, HashSet};

use crate::diagnosis::without_port;
use crate::evidence::{
    ConnectionFacts, ConnectionKind, Control, Failure, Finding, Observation, Refusal,
    RegistrationFacts, Reply, RoomListing, SettingsFault, TenantFacts, TokenFacts,
};
use crate::knowledge;
use crate::report::Report;
use crate::report::loopback::is_loopback;
use crate::terms::{CheckGroup, CheckId};

use super::pseudonyms::{MAX_VALUE_LENGTH, Pseudonyms};
use super::redaction_key::RedactionKey;
use super::value_kind::ValueKind;

/// Connections whose names are defined by this program.
const BUILT_IN_CONNECTIONS: [&str; 3] = ["system", "mail", "user-sync"];
/// Entra's aliases for any tenant, which name no customer.
const TENANT_ALIASES: [&str; 3] = ["common", "organizations", "consumers"];
/// Values of a response that Microsoft support needs and that name no customer.
const KEPT_VALUES: [&str; 3] = ["trace_id", "correlation_id", "timestamp"];

/// Headers with the names of Microsoft's own servers.
const SERVER_HEADERS: [&str; 5] = [
    "x-ms-ags-diagnostic",
    "x-ms-ests-server",
    "x-feserver",
    "x-beserver",
    "x-calculatedbetarget",
];

/// Collects every value of a report that names the customer, with its pseudonym.
pub(super) fn collect_values(
    report: &Report,
    key: &RedactionKey,
    given: &BTreeMap<String, String>,
) -> Pseudonyms {
    let mut found = FoundValues::default();
    found.target(report);
    found.evidence(report);
    for row in &report.results {
        found.subject(row.check, &row.subject);
    }
    for request in &report.requests {
        found.host_of(&request.url);
    }
    let mut names = Pseudonyms::new(key, given);
    for (kind, value) in found.by_kind() {
        names.add(kind, value);
    }
    names
}

/// The values that are kept although they are not listed: the IDs and servers by which Microsoft support finds a request.
pub(super) fn kept_values(report: &Report) -> HashSet<String> {
    let of_requests = report
        .requests
        .iter()
        .flat_map(|request| [&request.request_id, &request.client_request_id]);
    let refusals = report
        .evidence
        .observations
        .iter()
        .filter_map(|observation| observation.finding()?.refusal());
    let of_responses = refusals.flat_map(|refusal| {
        KEPT_VALUES
            .iter()
            .filter_map(|name| refusal.values.get(*name))
    });
    let ids = of_requests
        .flatten()
        .chain(of_responses)
        .chain([&report.report_id]);
    let ids = ids
        .filter(|id| knowledge::is_guid(id))
        .map(|id| id.to_lowercase());
    let headers = report.requests.iter().flat_map(|request| {
        SERVER_HEADERS
            .iter()
            .filter_map(|name| request.headers.get(*name))
    });
    let servers = headers
        .flat_map(|value| value.split(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| is_server_name(word));
    ids.chain(servers.map(str::to_lowercase)).collect()
}

/// Whether a Server Host Name as typed contains a host of a Microsoft cloud.
fn is_host_of_microsoft(typed: &str) -> bool {
    let behind = typed.split_once("://").map_or(typed, |(_, behind)| behind);
    let authority = behind
        .trim()
        .split(['/', '?', '#', '\\'])
        .next()
        .unwrap_or_default();
    // The part before an at sign is a user name and not a part of the host.
    let host = without_port(authority.rsplit('@').next().unwrap_or_default());
    knowledge::clouds().iter().any(|cloud| cloud.has_host(host))
}

/// Whether a word has the format of Microsoft's server names, such as `AM4PEPF00011B3F`.
fn is_server_name(word: &str) -> bool {
    let has_digits = word.bytes().filter(u8::is_ascii_digit).count() >= 4;
    word.len() >= 10
        && has_digits
        && word
            .bytes()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// The found values by their lowercase form, each with the first of its kinds.
#[derive(Default)]
struct FoundValues<'r>(BTreeMap<String, (ValueKind, &'r str)>);

impl<'r> FoundValues<'r> {
    fn add(&mut self, kind: ValueKind, value: &'r str) {
        let value = value.trim();
        if value.is_empty() || value.len() > MAX_VALUE_LENGTH || names_no_customer(kind, value) {
            return;
        }
        // A room without an @ must not get a pseudonym that looks like an email address.
        let kind = if kind.is_address() && !is_address(value) {
            ValueKind::Entry
        } else {
            kind
        };
        // The first kind counts, so one value has the same pseudonym in every report.
        let held = self.0.entry(value.to_lowercase()).or_insert((kind, value));
        held.0 = held.0.min(kind);
    }

    /// The values in the order of their kinds, so that a value has the same pseudonym in every report.
    fn by_kind(self) -> Vec<(ValueKind, &'r str)> {
        let mut values: Vec<(ValueKind, &str)> = self.0.into_values().collect();
        values.sort();
        values
    }

    fn optional(&mut self, kind: ValueKind, value: Option<&'r String>) {
        if let Some(value) = value {
            self.add(kind, value);
        }
    }

    fn target(&mut self, report: &'r Report) {
        self.tenant(&report.target.tenant_id);
        if let Some(proxy) = &report.target.proxy {
            self.host(&proxy.host);
        }
        for connection in &report.target.connections {
            self.add(ValueKind::Connection, &connection.name);
            self.tenant(&connection.tenant_id);
            self.add(ValueKind::AppId, &connection.client_id);
        }
    }

    /// Adds a tenant ID as typed: a GUID, a domain, or neither.
    fn tenant(&mut self, value: &'r str) {
        let kind = match value.trim() {
            id if knowledge::is_guid(id) => ValueKind::TenantId,
            domain if is_domain(domain) => ValueKind::Domain,
            _ => ValueKind::Entry,
        };
        self.add(kind, value);
    }

    fn evidence(&mut self, report: &'r Report) {
        let evidence = &report.evidence;
        if !is_own_user_agent(&evidence.user_agent) {
            self.add(ValueKind::UserAgent, &evidence.user_agent);
        }
        self.host(&evidence.sign_in_host);
        self.host_of(&evidence.sign_in_host);
        evidence
            .connections
            .iter()
            .for_each(|connection| self.connection(connection));
        evidence
            .observations
            .iter()
            .for_each(|observation| self.observation(observation));
        evidence
            .controls
            .iter()
            .for_each(|control| self.control(control));
    }

    fn connection(&mut self, facts: &'r ConnectionFacts) {
        let kind = match facts.kind {
            ConnectionKind::Location => ValueKind::Location,
            ConnectionKind::Profile => ValueKind::Profile,
            ConnectionKind::System | ConnectionKind::Mail | ConnectionKind::UserSync => {
                ValueKind::Connection
            }
        };
        self.add(kind, &facts.name);
        self.tenant(&facts.tenant_id);
        self.add(ValueKind::AppId, &facts.client_id);
        self.optional(ValueKind::ServiceAccount, facts.service_account.as_ref());
        self.optional(ValueKind::Sender, facts.sender.as_ref());
    }

    fn observation(&mut self, observation: &'r Observation) {
        self.optional(ValueKind::Connection, observation.connection.as_ref());
        self.subject(observation.check, &observation.subject);
        if let Some(certificate) = &observation.certificate {
            self.issuer(&certificate.issuer);
            self.issuer(certificate.organization.as_deref().unwrap_or_default());
        }
        if let Some(finding) = observation.finding() {
            self.finding(finding);
        }
    }

    fn control(&mut self, control: &'r Control) {
        self.add(ValueKind::Connection, &control.connection);
        self.add(ValueKind::Mailbox, &control.mailbox);
        control
            .reply
            .refusal()
            .into_iter()
            .for_each(|refusal| self.refusal(refusal));
        control
            .reply
            .failure()
            .into_iter()
            .for_each(|failure| self.failure(failure));
    }

    /// Adds the subject of a row. Its kind depends on the group of the check.
    fn subject(&mut self, check: CheckId, subject: &'r str) {
        match check {
            CheckId::TenantDiscovery => self.tenant(subject),
            CheckId::NetworkClock => {}
            CheckId::MailboxServiceAccount => self.add(ValueKind::ServiceAccount, subject),
            CheckId::MailSend => self.mailbox(ValueKind::Sender, subject),
            _ => match check.group() {
                CheckGroup::Network => self.host(subject),
                CheckGroup::Mailbox => self.mailbox(ValueKind::Room, subject),
                CheckGroup::SignIn | CheckGroup::Registration | CheckGroup::Grant
                    if knowledge::is_guid(subject) =>
                {
                    self.add(ValueKind::AppId, subject);
                }
                _ if is_address(subject) => self.add(ValueKind::Mailbox, subject),
                _ => {}
            },
        }
    }

    /// Adds a mailbox. A row about all mailboxes has a word of this program as its subject, which is skipped.
    fn mailbox(&mut self, kind: ValueKind, subject: &'r str) {
        if subject.contains('@') {
            self.add(kind, subject);
        }
    }

    fn finding(&mut self, finding: &'r Finding) {
        match finding {
            Finding::Settings(faults) => self.faults(faults),
            Finding::Rooms { faults, listing } => {
                self.faults(faults);
                if let RoomListing::Requested(Reply::Success(facts)) = listing {
                    facts
                        .without_address
                        .iter()
                        .for_each(|name| self.add(ValueKind::RoomName, name));
                }
            }
            Finding::Discovery(facts) => {
                facts
                    .here
                    .success()
                    .into_iter()
                    .for_each(|tenant| self.tenant_facts(tenant));
                facts
                    .elsewhere
                    .iter()
                    .for_each(|other| self.tenant_facts(&other.tenant));
            }
            Finding::SignIn(reply) => reply
                .success()
                .into_iter()
                .for_each(|token| self.token(token)),
            Finding::Registration(reply) => reply
                .success()
                .into_iter()
                .for_each(|facts| self.registration(facts)),
            Finding::Reachable(_)
            | Finding::Folder(_)
            | Finding::CalendarView(_)
            | Finding::NonexistentItem(_)
            | Finding::Written { .. }
            | Finding::Sent { .. }
            | Finding::Listing(_) => {}
        }
        finding
            .refusal()
            .into_iter()
            .for_each(|refusal| self.refusal(refusal));
        finding
            .failure()
            .into_iter()
            .for_each(|failure| self.failure(failure));
    }

    fn faults(&mut self, faults: &'r [SettingsFault]) {
        for fault in faults {
            let Some(subject) = &fault.subject else {
                continue;
            };
            if fault.kind.check() == CheckId::SettingsServerHostName
                && is_host_of_microsoft(subject)
            {
                // A malformed Server Host Name can contain a host of Microsoft, which is part of every request and remedy.
                continue;
            }
            let kind = match subject {
                subject if is_address(subject) => ValueKind::Mailbox,
                subject if knowledge::is_guid(subject) => ValueKind::AppId,
                _ => ValueKind::Entry,
            };
            self.add(kind, subject);
        }
    }

    fn tenant_facts(&mut self, facts: &'r TenantFacts) {
        self.tenant(&facts.tenant_id);
    }

    fn token(&mut self, facts: &'r TokenFacts) {
        facts
            .tenant_id
            .iter()
            .for_each(|tenant| self.tenant(tenant));
        self.optional(ValueKind::AppId, facts.client_id.as_ref());
        self.optional(ValueKind::ObjectId, facts.service_principal_id.as_ref());
        self.optional(ValueKind::AppName, facts.app_name.as_ref());
    }

    fn registration(&mut self, facts: &'r RegistrationFacts) {
        self.optional(ValueKind::AppName, facts.display_name.as_ref());
        for secret in &facts.secrets {
            self.add(ValueKind::SecretId, &secret.key_id);
            self.optional(ValueKind::SecretName, secret.display_name.as_ref());
        }
        for requested in &facts.requested {
            self.add(ValueKind::AppId, &requested.resource_app_id);
            self.add(ValueKind::ObjectId, &requested.permission_id);
        }
    }

    fn refusal(&mut self, refusal: &'r Refusal) {
        let Some(challenge) = &refusal.challenge else {
            return;
        };
        challenge
            .authorization_uri
            .iter()
            .for_each(|address| self.host_of(address));
        self.optional(ValueKind::AppId, challenge.client_id.as_ref());
    }

    fn failure(&mut self, failure: &'r Failure) {
        self.host(&failure.host);
        failure.issuer.iter().for_each(|issuer| self.issuer(issuer));
    }

    /// Adds a host; its port is ignored.
    fn host(&mut self, host: &'r str) {
        let name = without_port(host);
        if !is_public_host(name) {
            self.add(ValueKind::Host, name);
        }
    }

    /// Adds the host of a URL. A mailbox in its path is the subject of a row, so it is collected there.
    fn host_of(&mut self, address: &'r str) {
        let behind = address.split_once("://").map_or("", |(_, behind)| behind);
        let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
        // The part before an at sign is a user name and not a part of the host.
        self.host(authority.rsplit('@').next().unwrap_or_default());
    }

    /// Adds the issuer of a certificate: an organization, or a common name with the organization in parentheses.
    fn issuer(&mut self, issuer: &'r str) {
        let parentheses = issuer
            .strip_suffix(')')
            .and_then(|text| text.rsplit_once('('));
        let organization = parentheses.map_or(issuer, |(_, organization)| organization);
        if !knowledge::is_microsoft_issuer(organization) {
            self.add(ValueKind::Issuer, issuer);
            self.add(ValueKind::Issuer, organization);
        }
    }
}

/// Whether a value names no customer.
fn names_no_customer(kind: ValueKind, value: &str) -> bool {
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    match kind {
        ValueKind::Connection | ValueKind::Location | ValueKind::Profile => {
            is_one_of(&BUILT_IN_CONNECTIONS)
        }
        ValueKind::Entry => is_one_of(&TENANT_ALIASES),
        ValueKind::Domain => is_public_host(value),
        _ => knowledge::is_microsoft_guid(value),
    }
}

pub(super) fn is_own_user_agent(text: &str) -> bool {
    let version = text.strip_prefix("rx-preflight/");
    // Only a plain version may follow, because any other text could be an addition of the customer.
    version.is_some_and(|version| {
        version
            .bytes()
            .all(|letter| letter.is_ascii_digit() || letter == b'.')
    })
}

fn is_address(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    text.split_once('@')
        .is_some_and(|(local, domain)| is_part(local) && is_part(domain) && !domain.contains('@'))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

/// Whether a host belongs to Microsoft or is this machine.
pub(super) fn is_public_host(name: &str) -> bool {
    is_loopback(name) || knowledge::clouds().iter().any(|cloud| cloud.has_host(name))
}
