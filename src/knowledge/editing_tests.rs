//! What a support lead can change by editing TOML only, on changed copies of the tables. That diagnosis and `explain` use
//! a new row is tested in `diagnosis/edited_table_tests.rs` and `cli/explain/tests.rs`.

use crate::terms::CauseId;

use super::ambiguous_codes::AmbiguousCodeTable;
use super::causes::CauseTable;
use super::checks::CheckTable;
use super::codes::{CodeSource, CodeTable, Meaning, aadsts, exchange};
use super::permissions::PermissionTable;
use super::row_messages::{RowMessageTable, format_message};
use super::table::{Table, TableError, changed_copy, embedded_text, load};

const NEW_NUMBER: &str = r#"
[[code]]
code = "7000999"
service = "sign-in"
meaning = { cause = "sign-in.secret-expired" }
text = "The client secret has expired."
"#;

fn error_of<T: Table + std::fmt::Debug>(text: &str) -> TableError {
    load::<T>(text).unwrap_err()
}

/// The compiled-in text without the first row of `table` that holds `line`.
fn without_row<T: Table>(table: &str, line: &str) -> String {
    let text = embedded_text(T::FILE);
    let header = format!("[[{table}]]");
    let at = text.find(line).unwrap();
    let start = text[..at].rfind(&header).unwrap();
    // A row ends where the next header begins.
    let end = text[at..].find("\n[").map_or(text.len(), |end| at + end);
    format!("{}{}", &text[..start], &text[end..])
}

#[test]
fn a_new_aadsts_number_is_found_with_its_cause() {
    assert!(aadsts(7_000_999).is_none());
    changed_copy::with::<CodeTable, _>(
        |text| format!("{text}{NEW_NUMBER}"),
        || {
            let entry = aadsts(7_000_999).unwrap();
            assert_eq!(entry.meaning, Meaning::Cause(CauseId::SignInSecretExpired));
        },
    )
    .unwrap();
    assert!(
        aadsts(7_000_999).is_none(),
        "the compiled-in table is back in use"
    );
}

#[test]
fn a_new_service_code_is_found_with_its_meaning() {
    let row = "[[code]]\ncode = \"ErrorNewlyDocumented\"\nservice = \"exchange\"\n\
               meaning = \"transient\"\ntext = \"Try again.\"\n";
    changed_copy::with::<CodeTable, _>(
        |text| format!("{text}\n{row}"),
        || {
            let entry = exchange("errornewlydocumented").unwrap();
            assert_eq!(entry.service, CodeSource::Exchange);
            assert!(super::transient_codes().contains("ErrorNewlyDocumented"));
        },
    )
    .unwrap();
}

#[test]
fn a_changed_wording_is_used() {
    let reword = |text: &str| {
        let old = text
            .lines()
            .find(|line| line.starts_with("\"row.response\""))
            .unwrap();
        text.replace(old, "\"row.response\" = \"The service returned {detail}\"")
    };
    let sentence = || format_message("row.response", &[("detail", "HTTP 403")]);
    let reworded = changed_copy::with::<RowMessageTable, _>(reword, sentence).unwrap();
    assert_eq!(reworded, "The service returned HTTP 403");
}

#[test]
fn an_unknown_cause_is_an_error_with_its_place_and_the_nearest_id() {
    let mistyped = NEW_NUMBER.replace("secret-expired", "secret-expird");
    let text = format!("{}{mistyped}", embedded_text(CodeTable::FILE));
    let error = error_of::<CodeTable>(&text);
    let line = text
        .lines()
        .position(|line| line.contains("secret-expird"))
        .unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "codes.toml, line {}, `code.meaning`: there is no cause `sign-in.secret-expird`; \
             did you mean `sign-in.secret-expired`?",
            line + 1
        )
    );
    let hints =
        embedded_text(AmbiguousCodeTable::FILE).replacen("\"ews.disabled\"", "\"ews.disbled\"", 1);
    let error = error_of::<AmbiguousCodeTable>(&hints).to_string();
    assert!(
        error.starts_with("ambiguous_codes.toml, line ") && error.contains("`ews.disabled`"),
        "{error}"
    );
}

#[test]
fn an_unknown_key_is_an_error_with_its_place() {
    let text = format!(
        "{}{}",
        embedded_text(CodeTable::FILE),
        NEW_NUMBER.replace("text =", "txt =")
    );
    let error = error_of::<CodeTable>(&text);
    assert!(error.line.is_some(), "{error}");
    assert!(error.problem.contains("txt"), "{error}");
}

#[test]
fn a_missing_row_is_found() {
    let text = without_row::<CauseTable>("cause", "id = \"sign-in.secret-wrong\"");
    assert_eq!(
        error_of::<CauseTable>(&text).to_string(),
        "causes.toml: there is no row for `sign-in.secret-wrong`"
    );
    let text = without_row::<CheckTable>("check", "id = \"mailbox.impersonation\"");
    assert_eq!(
        error_of::<CheckTable>(&text).to_string(),
        "checks.toml: there is no row for `mailbox.impersonation`"
    );
    let text = without_row::<PermissionTable>("need", "id = \"mail-send\"");
    assert_eq!(
        error_of::<PermissionTable>(&text).to_string(),
        "permissions.toml: there is no row for `mail-send`"
    );
}

#[test]
fn a_code_with_two_rows_or_in_the_wrong_form_is_an_error() {
    let embedded = embedded_text(CodeTable::FILE);
    let twice = format!("{embedded}{NEW_NUMBER}{NEW_NUMBER}");
    assert!(error_of::<CodeTable>(&twice).problem.contains("two rows"));
    let prefixed = format!(
        "{embedded}{}",
        NEW_NUMBER.replace("7000999", "AADSTS7000999")
    );
    let problem = error_of::<CodeTable>(&prefixed).problem;
    assert!(problem.contains("without `AADSTS`"), "{problem}");
    let left_out = format!("{embedded}{}", NEW_NUMBER.replace("7000999", "50126"));
    assert!(
        error_of::<CodeTable>(&left_out)
            .problem
            .contains("left_out")
    );
}
