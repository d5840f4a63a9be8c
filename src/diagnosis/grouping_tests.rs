//! How many causes the faults of several connections are, and what a grant is where no probe decided.

use crate::evidence::{
    ConnectionFacts, Evidence, Execution, Finding, Observation, SettingsFault, SettingsFaultKind,
};
use crate::terms::{CheckId, Outcome, SkipReason};

use super::diagnose;
use super::tests::{coded, evidence, row, silent, token};

const ROLE: &[&str] = &["full_access_as_app"];
const OTHER_APP: &str = "77b0d1a0-0000-4000-8000-000000000003";

/// A connection with one row about its settings: the app, the number of its credentials, and its faults.
struct Entered<'a> {
    client_id: Option<&'a str>,
    credentials: usize,
    faults: Vec<SettingsFault>,
}

fn fault(kind: SettingsFaultKind, detail: &str) -> SettingsFault {
    SettingsFault {
        kind,
        subject: None,
        detail: detail.to_owned(),
        other_cloud: None,
    }
}

/// The causes with this ID, for connections with these values.
fn causes(id: &str, entered: [Entered<'_>; 2]) -> usize {
    let mut of_all = evidence(token(ROLE), Vec::new());
    let system = of_all.connections.remove(0);
    of_all.observations.clear();
    for (number, own) in entered.into_iter().enumerate() {
        let name = format!("connection {number}");
        of_all.connections.push(ConnectionFacts {
            name: name.clone(),
            client_id: own.client_id.unwrap_or(&system.client_id).to_owned(),
            credentials: own.credentials,
            ..system.clone()
        });
        let check = own.faults[0].kind.check();
        let execution = Execution::completed(Finding::Settings(own.faults));
        of_all.observations.push(Observation {
            connection: Some(name.clone()),
            ..row(check, &name, execution)
        });
    }
    let causes = diagnose(&of_all).causes.into_iter();
    causes.filter(|cause| cause.id == id).count()
}

#[test]
fn different_wrong_values_of_one_app_are_causes_of_their_own_and_one_value_is_one() {
    let foreign = |detail: &str| Entered {
        client_id: None,
        credentials: 0,
        faults: vec![fault(SettingsFaultKind::HostNameForeign, detail)],
    };
    let count = |first, second| {
        causes(
            "settings.host-name-foreign",
            [foreign(first), foreign(second)],
        )
    };
    assert_eq!(count("mail.contoso.com", "ews.contoso.com"), 2);
    assert_eq!(count("mail.contoso.com", "mail.contoso.com"), 1);
}

#[test]
fn one_wrong_value_that_two_apps_inherit_is_one_cause() {
    let malformed = |client_id| Entered {
        client_id,
        credentials: 0,
        faults: vec![fault(SettingsFaultKind::TenantIdMalformed, "contoso")],
    };
    let entered = [malformed(None), malformed(Some(OTHER_APP))];
    assert_eq!(causes("settings.tenant-id-malformed", entered), 1);
}

/// The sentences about secrets and certificates quote no value, so they are alike where the values are not.
#[test]
fn credentials_with_the_same_fault_are_one_cause_for_each_credential() {
    let kinds = [
        (SettingsFaultKind::SecretMissing, "sign-in.secret-missing"),
        (
            SettingsFaultKind::CertificateKeyMismatch,
            "settings.certificate-key-mismatch",
        ),
        (
            SettingsFaultKind::CertificateNotRsa,
            "settings.certificate-not-rsa",
        ),
    ];
    for (kind, id) in kinds {
        let count = |numbers: [usize; 2]| {
            let entered = numbers.map(|credentials| Entered {
                client_id: None,
                credentials,
                faults: vec![fault(kind, "the same sentence")],
            });
            causes(id, entered)
        };
        assert_eq!((count([1, 2]), count([1, 1])), (2, 1), "{id}");
    }
}

/// The outcome and the cause of the grant.
fn grant(evidence: &Evidence) -> (Outcome, Option<String>) {
    let rows = diagnose(evidence).rows.into_iter();
    let mut grants = rows.filter(|row| row.check == CheckId::GrantFullAccessAsApp);
    let grant = grants.next().unwrap();
    (grant.outcome, grant.cause)
}

/// After the retirement, an error that no table knows is its result, but a missing response is not.
#[test]
fn only_the_retirement_decides_the_grant_after_the_end_of_ews() {
    let late = |reply| {
        let mut late = evidence(token(ROLE), vec![reply]);
        late.started_at = "2027-04-01T00:00:00Z".parse().unwrap();
        grant(&late)
    };
    assert_eq!(
        late(silent()),
        (Outcome::Unknown, Some("network.timeout".to_owned()))
    );
    assert_eq!(
        late(coded("ErrorOfTheFuture")),
        (Outcome::Fail, Some("ews.retired".to_owned()))
    );
}

#[test]
fn a_probe_that_ran_out_of_time_leaves_the_grant_undecided() {
    let mut evidence = evidence(token(ROLE), vec![silent()]);
    let room = evidence.observations.last_mut().unwrap();
    room.execution = Execution::Skipped {
        reason: SkipReason::OutOfTime,
        blocked_by: None,
    };
    assert_eq!(grant(&evidence), (Outcome::Unknown, None));
}
