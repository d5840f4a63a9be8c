//! No error, no fault and no `Debug` output ever holds the secret, wherever it was pasted.

use proptest::prelude::*;

use super::stage::{EWS, Stage, secret_of_flag};

/// Secrets as Entra makes them, right and mistyped, with and without what copying adds.
fn secrets() -> impl Strategy<Value = String> {
    let generated = "[A-Za-z0-9._-]{3}[78]Q~[A-Za-z0-9._~-]{31,34}";
    prop_oneof![
        generated,
        ("[ \u{feff}\u{201c}\"]?", generated, "[ \u{a0}\"\u{200b}]?")
            .prop_map(|(front, secret, back)| front + &secret + &back),
        generated.prop_map(|secret| secret.replace('~', "%7E")),
    ]
}

/// Any text long enough that finding it in a message is no accident.
fn any_secret() -> impl Strategy<Value = String> {
    prop_oneof![secrets(), "\\PC{12,50}"]
}

/// A TOML text in quotes.
fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Everything that loading can show: the error, or the estate with its faults.
fn shown(stage: &Stage) -> String {
    match stage.try_load() {
        Ok(estate) => {
            let faults: Vec<_> = estate
                .connections
                .iter()
                .flat_map(|connection| &connection.faults)
                .collect();
            format!("{estate:?} {faults:?}")
        }
        Err(error) => format!("{error} {error:?}"),
    }
}

/// Whether the text shows the secret, plain or as `Debug` escapes it.
fn leaks(text: &str, secret: &str) -> bool {
    let bare = secret.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let escaped = format!("{secret:?}");
    text.contains(secret)
        || text.contains(escaped.trim_matches('"'))
        || (bare.len() > 8 && text.contains(bare))
}

proptest! {
    #[test]
    fn from_its_proper_sources(secret in any_secret()) {
        let by_variable = Stage::new().settings(EWS).variable("RX_CLIENT_SECRET", &secret);
        prop_assert!(!leaks(&shown(&by_variable), &secret));
        let by_file = Stage::new().settings(EWS).file("s", &secret).given(|given| given.connection.credential = Some(secret_of_flag("s")));
        prop_assert!(!leaks(&shown(&by_file), &secret));
    }

    #[test]
    fn written_into_the_file_under_any_key(secret in any_secret(), key in "oauth_client_secret|oauth_client_secrt|secret|use_graph_api|rooms_fil") {
        let quoted = EWS.replace("oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }", &format!("{key} = {}", toml_text(&secret)));
        prop_assert!(!leaks(&shown(&Stage::new().settings(&quoted)), &secret));
    }

    #[test]
    fn written_into_the_file_without_quotes(secret in any_secret()) {
        for line in [format!("oauth_client_secret = {secret}"), secret.clone(), format!("oauth_client_secret = \"{secret}"), format!("{secret} = 1")] {
            let text = EWS.replace("oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }", &line);
            // A bare key of the form of an ordinary word is one, whatever else it may be.
            if !line.ends_with("= 1") || secret.contains("Q~") {
                prop_assert!(!leaks(&shown(&Stage::new().settings(&text)), &secret), "{}", line);
            }
        }
    }

    #[test]
    fn pasted_where_a_name_or_a_path_belongs(secret in "[A-Za-z0-9._-]{3}[78]Q~[A-Za-z0-9._~-]{31,34}") {
        let sources = [
            format!("{{ env = {} }}", toml_text(&secret)),
            format!("{{ file = {} }}", toml_text(&secret)),
            format!("{{ {} = true }}", toml_text(&secret)),
            format!("{{ env = {} , file = 1 }}", toml_text(&secret)),
        ];
        for source in sources {
            let text = EWS.replace("{ env = \"RX_CLIENT_SECRET\" }", &source);
            prop_assert!(!leaks(&shown(&Stage::new().settings(&text)), &secret), "{}", source);
        }
        let flag = Stage::new().settings(EWS).given(|given| given.connection.credential = Some(secret_of_flag(&secret)));
        prop_assert!(!leaks(&shown(&flag), &secret));
        for key in ["cloud", "product_version"] {
            let text = format!("{key} = {}\n{EWS}", toml_text(&secret));
            prop_assert!(!leaks(&shown(&Stage::new().settings(&text)), &secret));
        }
    }
}
