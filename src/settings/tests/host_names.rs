//! The Server Host Name in every right and wrong form.

use SettingsFaultKind::{HostNameForeign, HostNameForm, HostNameMismatch, HostNameOtherCloud};

use crate::evidence::{SettingsFault, SettingsFaultKind};
use crate::settings::{CloudHosts, Endpoint, Endpoints};

use super::stage::{EWS, Stage, reference};

const EWS_ADDRESS: &str = "https://outlook.office365.com/EWS/Exchange.asmx";
const GRAPH_ADDRESS: &str = "https://graph.microsoft.com/v1.0";

/// The only fault of a connection with this Server Host Name.
fn fault(host_name: &str, graph: bool) -> Option<SettingsFault> {
    let more = format!("use_graph_api = {graph}\nserver_host_name = '{host_name}'");
    let estate = Stage::new()
        .settings(&EWS.replace("use_graph_api = false", &more))
        .load();
    let mut faults = estate.connections[0].faults.clone();
    assert!(faults.len() <= 1, "{faults:?}");
    faults.pop()
}

#[test]
fn right_values_have_no_fault() {
    for host_name in [
        EWS_ADDRESS,
        "https://outlook.office.com/EWS/Exchange.asmx",
        "https://OUTLOOK.Office365.COM/ews/exchange.ASMX",
        "HTTPS://outlook.office365.com:443/EWS/Exchange.asmx",
        "https://outlook.office365.com./EWS/Exchange.asmx",
    ] {
        assert_eq!(fault(host_name, false), None, "{host_name}");
    }
    for host_name in [
        GRAPH_ADDRESS,
        "https://graph.microsoft.com/v1.0/",
        "https://GRAPH.microsoft.com/V1.0",
    ] {
        assert_eq!(fault(host_name, true), None, "{host_name}");
    }
}

/// A value, whether Graph is chosen, the kind of its fault and a part of the sentence.
type Wrong = (&'static str, bool, SettingsFaultKind, &'static str);

const WRONG: &[Wrong] = &[
    // Mistyped.
    (
        "https://outlook.office356.com/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "Did you mean outlook.office365.com?",
    ),
    (
        "https://outlok.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "Did you mean outlook.office365.com?",
    ),
    (
        "https://outlook.ofice.com/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "Did you mean outlook.office.com?",
    ),
    (
        "https://grpah.microsoft.com/v1.0",
        true,
        HostNameForeign,
        "Did you mean graph.microsoft.com?",
    ),
    (
        "https://graph.microsft.com/v1.0",
        true,
        HostNameForeign,
        "Did you mean graph.microsoft.com?",
    ),
    // Servers of the customer.
    (
        "https://mail.contoso.com/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "your own Exchange Server",
    ),
    (
        "mail.contoso.com",
        false,
        HostNameForeign,
        "your own Exchange Server",
    ),
    (
        "https://webmail2.contoso.com/owa",
        false,
        HostNameForeign,
        "your own Exchange Server",
    ),
    (
        "https://ex01.contoso.local/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "inside a company network",
    ),
    ("EX01", false, HostNameForeign, "inside a company network"),
    (
        "https://10.1.2.3/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "inside a company network",
    ),
    (
        "https://[fd00::1]/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "inside a company network",
    ),
    (
        "https://mail.contoso.com/EWS/Exchange.asmx",
        true,
        HostNameForeign,
        "your own Exchange Server",
    ),
    // Other services of Microsoft.
    (
        "https://graph.windows.net",
        true,
        HostNameForeign,
        "Azure AD Graph",
    ),
    (
        "https://login.microsoftonline.com",
        true,
        HostNameForeign,
        "sign-in service",
    ),
    (
        "https://outlook.live.com/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "Outlook.com",
    ),
    (
        "contoso-com.mail.protection.outlook.com",
        false,
        HostNameForeign,
        "mail routing",
    ),
    // Tricks.
    (
        "https://evil.example/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "does not belong to Exchange Online",
    ),
    (
        "https://outlook.office365.com.evil.example/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "the end of a host name",
    ),
    (
        "https://outlook.office365.com@evil.example/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "before the @",
    ),
    (
        "https://outlook.office365.com:443@evil.example/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "before the @",
    ),
    (
        "https://graph.microsoft.com@evil.example/v1.0",
        true,
        HostNameForeign,
        "before the @",
    ),
    (
        "https://graph.microsoft.com.evil.example/v1.0",
        true,
        HostNameForeign,
        "the end of a host name",
    ),
    (
        "https://evil.example/graph.microsoft.com/v1.0",
        true,
        HostNameForeign,
        "does not belong to Microsoft Graph",
    ),
    (
        "https://evil.example?https://graph.microsoft.com/v1.0",
        true,
        HostNameForeign,
        "does not belong",
    ),
    (
        "https://evil.example#graph.microsoft.com/v1.0",
        true,
        HostNameForeign,
        "does not belong",
    ),
    (
        "https://\u{43e}utlook.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "U+043E",
    ),
    (
        "https://outlook.office365\u{2024}com/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "not a web address",
    ),
    (
        "https://xn--utlook-5qf.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForeign,
        "does not belong",
    ),
    (
        "https://notgraph.microsoft.com.co/v1.0",
        true,
        HostNameForeign,
        "does not belong",
    ),
    // The right host in a wrong form.
    (
        "outlook.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "does not start with https://",
    ),
    (
        "outlook.office365.com",
        false,
        HostNameForm,
        "does not start with https://",
    ),
    (
        "https://https://outlook.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "does not start with https://",
    ),
    (
        "https://http://evil.example/v1.0",
        true,
        HostNameForeign,
        "does not belong",
    ),
    (
        "http://outlook.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "starts with http://",
    ),
    (
        "ftp://outlook.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "does not start with https://",
    ),
    (
        "https://outlook.office365.com",
        false,
        HostNameForm,
        "path is missing",
    ),
    (
        "https://outlook.office365.com/EWS",
        false,
        HostNameForm,
        "not complete",
    ),
    (
        "https://outlook.office365.com/EWS/",
        false,
        HostNameForm,
        "not complete",
    ),
    (
        "https://outlook.office365.com/owa",
        false,
        HostNameForm,
        "Outlook on the web",
    ),
    (
        "https://outlook.office365.com/api/v2.0",
        false,
        HostNameForm,
        "REST API",
    ),
    (
        "https://outlook.office365.com/EWS/Exchange.asmx?wsdl",
        false,
        HostNameForm,
        "?",
    ),
    (
        "https://outlook.office365.com:8443/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "port",
    ),
    (
        "https://rx@outlook.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "user name",
    ),
    (
        "https:\\\\outlook.office365.com\\EWS\\Exchange.asmx",
        false,
        HostNameForm,
        "backslashes",
    ),
    (
        "https://outlook.office365.com\\@evil.example/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "backslashes",
    ),
    (
        " https://outlook.office365.com/EWS/Exchange.asmx",
        false,
        HostNameForm,
        "space (U+0020) at position 1",
    ),
    (
        "https://outlook.office365.com/EWS/Exchange.asmx\u{200b}",
        false,
        HostNameForm,
        "zero-width space",
    ),
    (
        "\"https://outlook.office365.com/EWS/Exchange.asmx\"",
        false,
        HostNameForm,
        "quotation mark",
    ),
    (
        "https://graph.microsoft.com",
        true,
        HostNameForm,
        "version is missing",
    ),
    (
        "https://graph.microsoft.com/beta",
        true,
        HostNameForm,
        "beta",
    ),
    (
        "https://graph.microsoft.com/v1.0/users",
        true,
        HostNameForm,
        "follows the version",
    ),
    (
        "https://graph.microsoft.com/v2.0",
        true,
        HostNameForm,
        "not v1.0",
    ),
    (
        "graph.microsoft.com/v1.0",
        true,
        HostNameForm,
        "does not start with https://",
    ),
    (
        "http://graph.microsoft.com/v1.0",
        true,
        HostNameForm,
        "starts with http://",
    ),
    ("%%%", false, HostNameForm, "not a web address"),
    ("https://", true, HostNameForm, "not a web address"),
    ("http://[x]", true, HostNameForm, "not a web address"),
    // The other API.
    (EWS_ADDRESS, true, HostNameMismatch, "Use Graph API is Yes"),
    (
        "outlook.office.com",
        true,
        HostNameMismatch,
        "Use Graph API is Yes",
    ),
    (
        "https://partner.outlook.cn",
        true,
        HostNameMismatch,
        "Use Graph API is Yes",
    ),
    (
        GRAPH_ADDRESS,
        false,
        HostNameMismatch,
        "Use Graph API is No",
    ),
    (
        "https://microsoftgraph.chinacloudapi.cn/v1.0",
        false,
        HostNameMismatch,
        "Use Graph API is No",
    ),
    // Another cloud.
    (
        "https://partner.outlook.cn/EWS/Exchange.asmx",
        false,
        HostNameOtherCloud,
        "cloud china",
    ),
    (
        "https://microsoftgraph.chinacloudapi.cn/v1.0",
        true,
        HostNameOtherCloud,
        "cloud china",
    ),
];

#[test]
fn every_wrong_value_is_named_with_the_right_one() {
    let mut wrong = Vec::new();
    for (host_name, graph, kind, part) in WRONG {
        let right = if *graph { GRAPH_ADDRESS } else { EWS_ADDRESS };
        match fault(host_name, *graph) {
            Some(fault)
                if fault.kind == *kind
                    && fault.detail.contains(part)
                    && fault.detail.contains(right) => {}
            other => wrong.push(format!("{host_name} (Graph: {graph}): {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_password_in_the_address_is_not_repeated() {
    for host_name in [
        "https://rx:hunter2@outlook.office365.com/EWS/Exchange.asmx",
        "rx:hunter2@evil.example",
    ] {
        let fault = fault(host_name, false).unwrap();
        assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
    }
}

#[test]
fn the_cloud_of_the_settings_decides() {
    let text = EWS.replace(
        "use_graph_api = false",
        "use_graph_api = false\nserver_host_name = 'https://partner.outlook.cn/EWS/Exchange.asmx'",
    );
    let of_china = Stage::new()
        .settings(&format!("cloud = \"china\"\n{text}"))
        .load();
    assert!(of_china.connections[0].faults.is_empty());
    let own = EWS.replace(
        "use_graph_api = false",
        &format!("use_graph_api = false\nserver_host_name = '{EWS_ADDRESS}'"),
    );
    let fault = &Stage::new()
        .settings(&format!("cloud = \"china\"\n{own}"))
        .load()
        .connections[0]
        .faults[0];
    assert_eq!(
        (fault.kind, fault.other_cloud.as_deref()),
        (HostNameOtherCloud, Some("global"))
    );
    assert!(
        fault
            .detail
            .contains("https://partner.outlook.cn/EWS/Exchange.asmx"),
        "{}",
        fault.detail
    );
}

#[test]
fn hosts_that_options_name_are_accepted() {
    let gateway = "https://gateway.contoso.com:8443/EWS/Exchange.asmx";
    let text = EWS.replace(
        "use_graph_api = false",
        &format!("use_graph_api = false\nserver_host_name = '{gateway}'"),
    );
    let stage = |url: &str| {
        let url = url.to_owned();
        Stage::new()
            .settings(&text)
            .given(move |given| given.service_urls = vec![url])
            .load()
            .connections
            .remove(0)
            .faults
    };
    assert!(stage(gateway).is_empty());
    assert_eq!(
        stage("https://gateway.contoso.com/EWS/Exchange.asmx")[0].kind,
        HostNameForeign
    );
    assert_eq!(
        stage("https://outlook.office365.com/EWS/Exchange.asmx")[0].kind,
        HostNameForeign
    );
}

#[test]
fn locations_and_profiles_are_judged_by_what_they_inherit_and_by_their_own() {
    let wrong = "https://evil.example/EWS/Exchange.asmx";
    let system = EWS.replace(
        "use_graph_api = false",
        &format!("use_graph_api = false\nserver_host_name = '{wrong}'"),
    );
    let sections = format!(
        "[[location]]\nname = \"A\"\nrooms = [\"a@contoso.com\"]\n\
         [[location]]\nname = \"B\"\nrooms = [\"b@contoso.com\"]\nserver_host_name = '{EWS_ADDRESS}'\n\
         [[profile]]\nname = \"C\"\nroom = \"c@contoso.com\"\nserver_host_name = 'https://graph.windows.net'\n"
    );
    let estate = Stage::new()
        .settings(&format!("{system}rooms = [\"s@contoso.com\"]\n{sections}"))
        .load();
    let kinds: Vec<Vec<SettingsFaultKind>> =
        estate.connections.iter().map(super::stage::kinds).collect();
    assert_eq!(
        kinds,
        [
            vec![HostNameForeign],
            vec![HostNameForeign],
            vec![],
            vec![HostNameForeign]
        ]
    );
}

#[test]
fn a_right_value_is_the_address_that_is_used() {
    let used = |more: &str| {
        let estate = Stage::new().settings(&format!("{EWS}{more}")).load();
        let at = |url: &str| Endpoint::of_cloud(url.parse().unwrap());
        let endpoints = Endpoints {
            sign_in: at("https://login.microsoftonline.com"),
            graph: at(GRAPH_ADDRESS),
            exchange: at(EWS_ADDRESS),
            graph_resource: "https://graph.microsoft.com".to_owned(),
            exchange_resource: "https://outlook.office365.com".to_owned(),
            other_clouds: Vec::new(),
        };
        endpoints.configured_by(&estate).exchange.url.to_string()
    };
    let alias = "server_host_name = 'https://outlook.office.com/EWS/Exchange.asmx'\n";
    assert_eq!(used(alias), "https://outlook.office.com/EWS/Exchange.asmx");
    assert_eq!(used(""), EWS_ADDRESS);
    assert_eq!(
        used("server_host_name = 'https://evil.example/EWS/Exchange.asmx'\n"),
        EWS_ADDRESS
    );
    let differing = format!(
        "{alias}[[location]]\nname = \"A\"\nserver_host_name = '{EWS_ADDRESS}'\nrooms = [\"a@contoso.com\"]\n"
    );
    assert_eq!(
        used(&format!("rooms = [\"s@contoso.com\"]\n{differing}")),
        EWS_ADDRESS
    );
    assert!(
        reference()
            .cloud_hosts
            .values()
            .all(|hosts: &CloudHosts| !hosts.exchange.is_empty())
    );
}
