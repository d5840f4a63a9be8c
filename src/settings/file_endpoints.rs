//! `[endpoints]` of the settings file: where a simulated tenant on this machine listens.
//!
//! A settings file travels: it is mailed, copied and found in the current folder. It must not decide to which host a client
//! secret is sent, so only addresses of this machine are accepted, and names that no host can have. Everything else is given
//! with an option.

use std::path::Path;

use toml::de::DeTable;
use url::Url;

use super::endpoints::{GivenAddress, is_on_this_machine};
use super::toml_document::{Document, Section};
use super::transport_options::proxy_address;
use super::{EndpointOverrides, FileEndpoints};

const TITLE: &str = "[endpoints]";
const KEYS: [&str; 5] = ["login_url", "graph_url", "ews_url", "proxy", "ca_file"];
const THIS_MACHINE_ONLY: &str = "must be an address of this machine (127.0.0.1, [::1] or localhost): a settings file cannot send a client secret \
     to another host";

/// Reads the section. Tokens of a simulated tenant must not reach a real service, so the three addresses belong together.
pub(super) fn read(document: &mut Document<'_>, root: &DeTable<'_>, base: &Path) -> FileEndpoints {
    let Some(section) = document.section(root, "endpoints", TITLE) else {
        return FileEndpoints::default();
    };
    document.only_known_keys(&section, &KEYS, |_| None);
    let mut given = |key, kind| address(document, &section, key, kind);
    let addresses = EndpointOverrides {
        login_url: given("login_url", GivenAddress::SignIn),
        graph_url: given("graph_url", GivenAddress::Graph),
        ews_url: given("ews_url", GivenAddress::Exchange),
    };
    FileEndpoints {
        addresses,
        ca_file: document
            .string(&section, "ca_file")
            .map(|file| base.join(file.value)),
        proxy: proxy(document, &section),
    }
}

fn address(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    key: &'static str,
    kind: GivenAddress,
) -> Option<String> {
    if section.table.get(key).is_none() {
        let message = format!("{TITLE} needs login_url, graph_url and ews_url; {key} is missing");
        document.complain(section.span.clone(), message);
        return None;
    }
    let typed = document.string(section, key)?;
    let has_own_authority = section.table.get("ca_file").is_some();
    match kind.read(&typed.value) {
        Ok(url) if is_on_this_machine(&url) || (!has_own_authority && is_nowhere(&url)) => {
            return Some(typed.value);
        }
        Ok(_) => document.complain_at(
            typed.place,
            format!("{key} {THIS_MACHINE_ONLY}; use {}", kind.option()),
        ),
        Err(problem) => document.complain_at(typed.place, format!("{key} {problem}")),
    }
    None
}

/// Whether an address leads to no host: RFC 6761, section 6.4, keeps `.invalid` out of every name service. A simulated
/// tenant whose name does not resolve has such an address. Where a resolver lies, HTTPS keeps the secret: no authority
/// certifies these names, unless the file brings an authority of its own.
fn is_nowhere(url: &Url) -> bool {
    url.scheme() == "https"
        && url
            .domain()
            .is_some_and(|name| name.to_ascii_lowercase().ends_with(".invalid"))
}

fn proxy(document: &mut Document<'_>, section: &Section<'_, '_>) -> Option<String> {
    let typed = document.string(section, "proxy")?;
    match proxy_address(&typed.value) {
        Ok(url) if is_on_this_machine(&url) => return Some(typed.value),
        Ok(_) => document.complain_at(
            typed.place,
            format!("proxy {THIS_MACHINE_ONLY}; use --proxy"),
        ),
        Err(problem) => document.complain_at(typed.place, format!("proxy {problem}")),
    }
    None
}
