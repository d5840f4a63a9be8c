//! Whatever goes in: nothing of it comes out.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;

use crate::diagnosis;
use crate::evidence::{
    CertificateFacts, Challenge, ConnectionFacts, ConnectionKind, Diagnostics, DiscoveryFacts,
    Evidence, Execution, Failure, Finding, FolderFacts, Layer, Observation, PasswordCredential,
    ProxyInUse, ProxySource, Refusal, RegistrationFacts, Reply, RequestedPermission, RoomListFacts,
    RoomListing, SettingsFault, SettingsFaultKind, TenantFacts, TokenFacts, Unexpected,
};
use crate::report::table::{Detail, TableOptions};
use crate::report::{Format, assemble, sample_report, write};
use crate::terms::CheckId::*;
use crate::terms::{Api, CheckId, Requirement};

use super::*;

/// All names that can occur in the settings of a customer and in responses.
#[derive(Debug, Clone)]
struct Customer {
    names: Vec<String>,
    addresses: Vec<String>,
    ids: Vec<String>,
    hosts: Vec<String>,
    secret: String,
    picks: Vec<Index>,
}

/// A word of no language, so that it is in no list of words and nowhere by accident.
fn word() -> impl Strategy<Value = String> {
    "[bcdfghkpqvwxz]{3}[aeiou][a-zA-Zäöüé]{5,9}"
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        word(),
        (word(), word()).prop_map(|(first, second)| format!("{first} {second}")),
        (word(), word()).prop_map(|(first, second)| format!("{first}'s \"{second}\" & <Sons>")),
        // Words that this program knows each by itself.
        prop::sample::select(vec![
            "Grant West",
            "North West National Health",
            "Company Page Plain",
            "Main Mail Room"
        ])
        .prop_map(str::to_owned),
    ]
}

fn domain() -> impl Strategy<Value = String> {
    let suffix = prop::sample::select(vec!["com", "onmicrosoft.com", "example", "co.uk"]);
    ("[bcdfghkpqvwxz]{4}[a-z]{4,8}", suffix).prop_map(|(name, suffix)| format!("{name}.{suffix}"))
}

fn address() -> impl Strategy<Value = String> {
    let local = prop_oneof![
        "[bcdfghkpqvwxz]{4}[a-zA-Z]{4,8}",
        ("[bcdfghkpqvwxz]{3}[a-z]{5}", "[bcdfghkpqvwxz]{3}[a-z]{5}")
            .prop_map(|(one, two)| format!("{one}.{two}+x")),
        "[bcdfghkpqvwxz]'[a-z]{8}",
    ];
    (local, domain()).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

fn id() -> impl Strategy<Value = String> {
    any::<u128>().prop_map(|number| uuid::Uuid::from_u128(number).to_string())
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        domain().prop_map(|domain| format!("proxy.{domain}:8080")),
        prop::sample::select(vec!["proxy.service.net:8080", "gateway.corporation.com:80"])
            .prop_map(str::to_owned),
        (11u8..120, any::<u8>(), any::<u8>(), 1u8..)
            .prop_map(|(a, b, c, d)| format!("{a}.{b}.{c}.{d}:3128")),
    ]
}

fn six<S: Strategy>(of: S) -> impl Strategy<Value = Vec<S::Value>> {
    prop::collection::vec(of, 6)
}

fn customer() -> impl Strategy<Value = Customer> {
    let picks = prop::collection::vec(any::<Index>(), 40);
    (
        six(name()),
        six(address()),
        six(id()),
        six(host()),
        "[a-zA-Z0-9~_.]{37}",
        picks,
    )
        .prop_map(|(names, addresses, ids, hosts, secret, picks)| Customer {
            names,
            addresses,
            ids,
            hosts,
            secret,
            picks,
        })
}

/// Hands out the values of a customer in an order that the test runner chooses.
struct ReportBuilder<'c> {
    customer: &'c Customer,
    at: usize,
}

impl ReportBuilder<'_> {
    fn one(&mut self, of: &[String]) -> String {
        self.at += 1;
        let picks = &self.customer.picks;
        picks[self.at % picks.len()].get(of).clone()
    }

    fn name(&mut self) -> String {
        self.one(&self.customer.names)
    }

    fn address(&mut self) -> String {
        self.one(&self.customer.addresses)
    }

    fn id(&mut self) -> String {
        self.one(&self.customer.ids)
    }

    fn host(&mut self) -> String {
        self.one(&self.customer.hosts)
    }

    /// A message of a service with every name that it could contain.
    fn sentence(&mut self) -> String {
        let (name, address, id, host) = (self.name(), self.address(), self.id(), self.host());
        let (other, secret) = (self.name(), &self.customer.secret);
        format!(
            "AADSTS700016: {name} ({id}) was not found for <{address}> in '{other}'; {secret} at https://{host}/x?u={}",
            percent_encoding::utf8_percent_encode(
                &self.address(),
                percent_encoding::NON_ALPHANUMERIC
            )
        )
    }

    fn refusal(&mut self) -> Refusal {
        let values =
            ["InnerError", "trace_id", "whatever"].map(|name| (name.to_owned(), self.sentence()));
        Refusal {
            status: 403,
            code: Some("ErrorAccessDenied".to_owned()),
            inner_codes: vec![self.sentence()],
            message: Some(self.sentence()),
            policy_reason: Some(self.sentence()),
            diagnostics: Some(Diagnostics {
                code: 1,
                reason: Some(self.sentence()),
                category: Some(self.name()),
            }),
            challenge: Some(Challenge {
                error: Some(self.name()),
                authorization_uri: Some(format!("https://{}/{}", self.host(), self.id())),
                client_id: Some(self.id()),
            }),
            values: values.into(),
            ..Refusal::default()
        }
    }

    fn failure(&mut self) -> Failure {
        let (host, detail) = (self.host(), self.sentence());
        Failure {
            layer: Layer::Certificate,
            host,
            detail,
            limit_ms: None,
            issuer: Some(self.name()),
            certificate: None,
        }
    }

    fn unexpected(&mut self) -> Unexpected {
        let (problem, excerpt) = (self.sentence(), self.sentence());
        Unexpected {
            status: 200,
            problem,
            content_type: Some(self.name()),
            excerpt,
            foreign: true,
        }
    }

    fn reply<T>(&mut self, success: impl FnOnce(&mut Self) -> T) -> Reply<T> {
        self.at += 1;
        match self.customer.picks[self.at % self.customer.picks.len()].index(4) {
            0 => Reply::Refused(self.refusal()),
            1 => Reply::Unexpected(self.unexpected()),
            2 => Reply::Unreachable(self.failure()),
            _ => Reply::Success(success(self)),
        }
    }

    fn token(&mut self) -> TokenFacts {
        TokenFacts {
            readable: true,
            tenant_id: Some(self.id()),
            audience: Some(self.sentence()),
            client_id: Some(self.id()),
            service_principal_id: Some(self.id()),
            roles: vec!["full_access_as_app".to_owned(), self.name()],
            scopes: Some(self.name()),
            app_name: Some(self.name()),
            ..TokenFacts::default()
        }
    }

    fn registration(&mut self) -> RegistrationFacts {
        RegistrationFacts {
            display_name: Some(self.name()),
            secrets: vec![PasswordCredential {
                key_id: self.id(),
                display_name: Some(self.name()),
                ends_at: None,
                fits_secret_in_use: true,
            }],
            requested: vec![RequestedPermission {
                resource_app_id: self.id(),
                permission_id: self.id(),
                kind: "Role".to_owned(),
            }],
            outside_accounts: Some(true),
        }
    }

    fn faults(&mut self) -> Vec<SettingsFault> {
        let kind = SettingsFaultKind::RoomAddressMalformed;
        let (name, address) = (self.name(), self.address());
        vec![
            SettingsFault {
                kind,
                detail: format!("\"{name}\" is no SMTP address ({})", self.name()),
                subject: Some(name),
                other_cloud: None,
            },
            SettingsFault {
                kind,
                detail: format!("{address} in {}.csv, line 3", self.name()),
                subject: Some(address),
                other_cloud: None,
            },
        ]
    }

    fn connection(&mut self, kind: ConnectionKind, api: Api) -> ConnectionFacts {
        let tenant_id = if self.at.is_multiple_of(2) {
            self.id()
        } else {
            self.name()
        };
        ConnectionFacts {
            name: self.name(),
            kind,
            api: Some(api),
            tenant_id,
            client_id: self.id(),
            credentials: 0,
            rooms: 2,
            service_account: Some(self.address()),
            sender: Some(self.address()),
            certificate: None,
        }
    }

    fn observation(
        &mut self,
        check: CheckId,
        connection: &str,
        subject: String,
        finding: Finding,
    ) -> Observation {
        Observation {
            check,
            connection: Some(connection.to_owned()),
            subject,
            credentials: Some(0),
            requirement: Requirement::Required,
            certificate: Some(CertificateFacts {
                issuer: self.name(),
                organization: Some(self.name()),
                of_cloud: true,
            }),
            execution: Execution::completed(finding),
            withheld: false,
            requests: vec![1],
            duration_ms: 1,
        }
    }

    fn observations(&mut self, connection: &str) -> Vec<Observation> {
        let tenant = |deal: &mut Self| TenantFacts {
            tenant_id: deal.id(),
            region: Some(deal.name()),
            region_sub_scope: Some(deal.name()),
            cloud_instance: Some(deal.name()),
        };
        let listing = RoomListing::Requested(self.reply(|deal| RoomListFacts {
            rooms: 2,
            without_address: vec![deal.name()],
            cut_short: Some(deal.sentence()),
        }));
        let discovery = DiscoveryFacts {
            here: self.reply(tenant),
            elsewhere: Vec::new(),
            client_id_is_a_tenant: false,
            domain_clouds: Vec::new(),
        };
        let executions = [
            (
                SettingsRooms,
                connection.to_owned(),
                Finding::Rooms {
                    faults: self.faults(),
                    listing,
                },
            ),
            (
                NetworkExchange,
                self.host(),
                Finding::Reachable(self.reply(|_| ())),
            ),
            (TenantDiscovery, self.id(), Finding::Discovery(discovery)),
            (
                SignInExchange,
                self.id(),
                Finding::SignIn(self.reply(Self::token)),
            ),
            (
                RegistrationSecretExpiry,
                self.id(),
                Finding::Registration(self.reply(Self::registration)),
            ),
            (
                MailboxImpersonation,
                self.address(),
                Finding::Folder(self.reply(|_| FolderFacts::default())),
            ),
            (
                MailboxImpersonation,
                self.address(),
                Finding::Folder(self.reply(|_| FolderFacts::default())),
            ),
            (
                MailboxCalendarRead,
                self.address(),
                Finding::CalendarView(self.reply(|_| ())),
            ),
            (
                MailSend,
                self.address(),
                Finding::NonexistentItem(self.reply(|_| ())),
            ),
            (
                DirectoryUsers,
                self.id(),
                Finding::Listing(self.reply(|_| ())),
            ),
        ];
        executions
            .map(|(check, subject, finding)| self.observation(check, connection, subject, finding))
            .into()
    }
}

fn evidence(customer: &Customer) -> Evidence {
    let mut deal = ReportBuilder { customer, at: 0 };
    let mut evidence = sample_report::evidence();
    evidence.user_agent = deal.name();
    evidence.account = Some(format!(r"{}\{}", deal.name(), deal.name()));
    evidence.proxy = Some(ProxyInUse {
        host: format!("{}:8080", deal.host()),
        source: ProxySource::Environment,
        variable: Some("HTTPS_PROXY".to_owned()),
    });
    evidence.connections = vec![
        deal.connection(ConnectionKind::Location, Api::Ews),
        deal.connection(ConnectionKind::Profile, Api::Graph),
    ];
    let names: Vec<String> = evidence
        .connections
        .iter()
        .map(|connection| connection.name.clone())
        .collect();
    evidence.observations = names
        .iter()
        .flat_map(|name| deal.observations(name))
        .collect();
    for request in &mut evidence.requests {
        request.url = format!(
            "https://{}/v1.0/users/{}/calendarView?t={}",
            deal.host(),
            deal.address(),
            deal.id()
        );
        request.headers = ["www-authenticate", "x-ms-diagnostics"]
            .map(|name| (name.into(), deal.sentence()))
            .into();
        request.failure = Some(deal.sentence());
    }
    evidence
}

fn report(customer: &Customer) -> Report {
    let evidence = evidence(customer);
    let diagnosis = diagnosis::diagnose(&evidence);
    assemble(evidence, diagnosis, sample_report::about())
}

/// Parts of the names above that name no customer on their own.
const ORDINARY: [&str; 1] = ["national"];

/// What must not be found: the values, their parts, and the words of names.
fn customer_traces(customer: &Customer) -> Vec<String> {
    let parts = |text: &String| -> Vec<String> {
        let parts = text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|part| part.chars().count() >= 8);
        // The class of a domain stays.
        parts
            .map(str::to_lowercase)
            .filter(|part| part != "onmicrosoft")
            .collect()
    };
    let hosts = customer
        .hosts
        .iter()
        .filter_map(|host| host.split(':').next())
        .map(str::to_owned);
    let whole = customer
        .addresses
        .iter()
        .chain(&customer.ids)
        .cloned()
        .chain(hosts)
        .map(|text| text.to_lowercase());
    let phrases = customer
        .names
        .iter()
        .filter(|name| name.is_ascii() && !name.contains(['\'', '"']))
        .map(|name| name.to_lowercase());
    let worded = customer
        .names
        .iter()
        .chain(&customer.addresses)
        .chain([&customer.secret])
        .flat_map(parts);
    whole
        .chain(phrases)
        .chain(worded)
        .filter(|trace| !ORDINARY.contains(&trace.as_str()))
        .collect()
}

fn rendered_documents(report: &Report) -> Vec<(&'static str, String)> {
    let options = TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain: false,
        detail: Detail::Verbose,
    };
    let drawn = Format::ALL.iter().map(|format| {
        let mut bytes = Vec::new();
        write(report, *format, &options, &mut bytes).unwrap();
        (
            format.name(),
            String::from_utf8(bytes).unwrap().to_lowercase(),
        )
    });
    drawn.collect()
}

fn key() -> RedactionKey {
    RedactionKey::new(vec![3; RedactionKey::SHORTEST]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_format_contains_anything_that_names_a_customer(customer in customer()) {
        let redacted = redact(&report(&customer), &key(), &BTreeMap::new());
        let traces = customer_traces(&customer);
        for (format, document) in rendered_documents(&redacted.report) {
            for trace in &traces {
                prop_assert!(!document.contains(trace.as_str()), "{trace} is in the {format}");
            }
        }
    }

    #[test]
    fn a_redacted_report_reads_back_with_equal_counts_and_stays_as_it_is(customer in customer()) {
        let original = report(&customer);
        let redacted = redact(&original, &key(), &BTreeMap::new()).report;
        prop_assert_eq!(redacted.summary, original.summary);
        let json = serde_json::to_vec(&redacted).unwrap();
        prop_assert_eq!(&Report::from_json(&json).unwrap(), &redacted);
        prop_assert_eq!(&redact(&redacted, &key(), &BTreeMap::new()).report, &redacted);
    }
}

#[test]
fn without_redaction_the_traces_are_there() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let customer = customer().new_tree(&mut runner).unwrap().current();
    let (_, json) = rendered_documents(&report(&customer))
        .into_iter()
        .find(|(format, _)| *format == "json")
        .unwrap();
    assert!(
        customer_traces(&customer)
            .iter()
            .filter(|trace| json.contains(trace.as_str()))
            .count()
            > 10
    );
}

#[test]
fn what_support_needs_stays() {
    let original = sample_report::report();
    let redacted = redact(&original, &key(), &BTreeMap::new()).report;
    assert_eq!(redacted.report_id, original.report_id);
    assert_eq!(redacted.started_at, original.started_at);
    for (before, after) in original.requests.iter().zip(&redacted.requests) {
        assert_eq!(
            (&before.request_id, before.status, before.at),
            (&after.request_id, after.status, after.at)
        );
    }
    let ids = |report: &Report| {
        report
            .causes
            .iter()
            .map(|cause| cause.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&redacted), ids(&original));
    assert_eq!(redacted.redaction.mode, PSEUDONYMS);
    assert!(
        redacted
            .redaction
            .replaced
            .iter()
            .any(|one| one.kind == "room" && one.values >= 12)
    );
    let hosts: Vec<&str> = original
        .results
        .iter()
        .map(|row| row.subject.as_str())
        .filter(|host| host.ends_with(".microsoft.com"))
        .collect();
    assert!(
        !hosts.is_empty()
            && hosts
                .iter()
                .all(|host| redacted.results.iter().any(|row| row.subject == *host))
    );
}
