//! A row that is added to a table of the knowledge base changes the diagnosis without a change of code.

use crate::evidence::{Evidence, Execution, Finding, Refusal, Reply};
use crate::knowledge::{CodeTable, changed_copy};
use crate::terms::CauseId;

use super::diagnose;
use super::tests::{evidence, token};

fn sign_in_refused_with(aadsts: u64) -> Evidence {
    let mut evidence = evidence(token(&[]), Vec::new());
    let reply = Reply::Refused(Refusal {
        status: 400,
        aadsts: vec![aadsts],
        ..Refusal::default()
    });
    evidence.observations[0].execution = Execution::completed(Finding::SignIn(reply));
    evidence
}

#[test]
fn an_added_aadsts_number_leads_to_its_cause() {
    let evidence = sign_in_refused_with(7_000_999);
    let cause_of_sign_in = || diagnose(&evidence).rows[0].cause.clone();
    assert_eq!(
        cause_of_sign_in().as_deref(),
        Some(CauseId::SignInUnrecognized.as_str())
    );
    let row = "\n[[code]]\ncode = \"7000999\"\nservice = \"sign-in\"\n\
               meaning = { cause = \"sign-in.secret-expired\" }\ntext = \"The added text.\"\n";
    let changed =
        changed_copy::with::<CodeTable, _>(|text| format!("{text}{row}"), cause_of_sign_in);
    assert_eq!(
        changed.unwrap().as_deref(),
        Some(CauseId::SignInSecretExpired.as_str())
    );
}
