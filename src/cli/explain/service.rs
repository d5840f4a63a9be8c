//! Which service a text is about, by the hosts, namespaces and libraries that it names.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::knowledge::CodeService;

/// Marks of the services, as letters and digits only: a host survives a line break.
const MARKS: &[(&str, CodeService)] = &[
    ("graphmicrosoftcom", CodeService::Graph),
    ("graphmicrosoftus", CodeService::Graph),
    ("microsoftgraphchinacloudapi", CodeService::Graph),
    ("microsoftgraph", CodeService::Graph),
    ("msgraph", CodeService::Graph),
    ("o365connection", CodeService::Graph),
    ("graphserviceexception", CodeService::Graph),
    ("odataerror", CodeService::Graph),
    ("accesstoodatais", CodeService::Graph),
    ("exchangeasmx", CodeService::Exchange),
    ("exchangelib", CodeService::Exchange),
    ("exchangewebservices", CodeService::Exchange),
    ("microsoftexchangewebservices", CodeService::Exchange),
    ("serviceresponseexception", CodeService::Exchange),
    ("microsoftcomexchangeservices2006", CodeService::Exchange),
    ("xewspolicyreason", CodeService::Exchange),
    ("xmsdiagnostics", CodeService::Exchange),
    ("outlookoffice", CodeService::Exchange),
    ("loginmicrosoftonline", CodeService::SignIn),
    ("loginwindowsnet", CodeService::SignIn),
    ("oauth2v20token", CodeService::SignIn),
];

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(MARKS.iter().map(|(mark, _)| mark)).ok());

/// The service that a folded text names, and none where it names several of the two that share codes.
pub(super) fn named_in(folded: &str) -> Option<CodeService> {
    let finder = FINDER.as_ref()?;
    let (mut graph, mut exchange, mut sign_in) = (false, false, false);
    for found in finder.find_iter(folded) {
        match MARKS.get(found.pattern().as_usize()).map(|(_, service)| service) {
            Some(CodeService::Graph) => graph = true,
            Some(CodeService::Exchange) => exchange = true,
            _ => sign_in = true,
        }
        if graph && exchange {
            return None;
        }
    }
    match (graph, exchange, sign_in) {
        (true, ..) => Some(CodeService::Graph),
        (_, true, _) => Some(CodeService::Exchange),
        (_, _, true) => Some(CodeService::SignIn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sentences::folded;
    use super::*;

    #[test]
    fn host_namespace_or_library_decides() {
        let named = |text: &str| named_in(&folded(text));
        for text in [
            "GET https://graph.microsoft.com/v1.0/users",
            "https://graph.micro\nsoft.com/v1.0",
            "Microsoft.Graph.ServiceException: Code: ErrorAccessDenied",
            "Microsoft.Graph.Models.ODataErrors.ODataError",
            "com.microsoft.graph.core",
            "O365 connection: graph.microsoft.us",
        ] {
            assert_eq!(named(text), Some(CodeService::Graph), "{text}");
        }
        for text in [
            "exchangelib.errors.ErrorAccessDenied",
            "Microsoft.Exchange.WebServices.Data.ServiceResponseException",
            "microsoft.exchange.webservices.data.core.exception",
            "POST https://outlook.office365.com/EWS/Exchange.asmx",
            "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\"",
        ] {
            assert_eq!(named(text), Some(CodeService::Exchange), "{text}");
        }
        assert_eq!(named("https://login.microsoftonline.com/x/oauth2/v2.0/token"), Some(CodeService::SignIn));
        assert_eq!(named("graph.microsoft.com and exchangelib"), None);
        assert_eq!(named("nothing"), None);
    }
}
