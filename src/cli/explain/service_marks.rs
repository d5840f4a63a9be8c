//! Service that a text is about, by the hosts, namespaces and libraries that it names.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::knowledge::CodeSource;

/// Marks of the services, as letters and digits only, so that a host is found across a line break.
const MARKS: &[(&str, CodeSource)] = &[
    ("graphmicrosoftcom", CodeSource::Graph),
    ("graphmicrosoftus", CodeSource::Graph),
    ("microsoftgraphchinacloudapi", CodeSource::Graph),
    ("microsoftgraph", CodeSource::Graph),
    ("msgraph", CodeSource::Graph),
    ("o365connection", CodeSource::Graph),
    ("graphserviceexception", CodeSource::Graph),
    ("odataerror", CodeSource::Graph),
    ("accesstoodatais", CodeSource::Graph),
    ("exchangeasmx", CodeSource::Exchange),
    ("exchangelib", CodeSource::Exchange),
    ("exchangewebservices", CodeSource::Exchange),
    ("microsoftexchangewebservices", CodeSource::Exchange),
    ("serviceresponseexception", CodeSource::Exchange),
    ("microsoftcomexchangeservices2006", CodeSource::Exchange),
    ("xewspolicyreason", CodeSource::Exchange),
    ("xmsdiagnostics", CodeSource::Exchange),
    ("outlookoffice", CodeSource::Exchange),
    ("prodoutlookcom", CodeSource::Exchange),
    ("xfeserver", CodeSource::Exchange),
    ("xbeserver", CodeSource::Exchange),
    ("loginmicrosoftonline", CodeSource::SignIn),
    ("loginwindowsnet", CodeSource::SignIn),
    ("oauth2v20token", CodeSource::SignIn),
];

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(MARKS.iter().map(|(mark, _)| mark)).ok());

/// Service that a folded text names. None if it names both Graph and Exchange, which share codes.
pub(super) fn service_named_in(folded: &str) -> Option<CodeSource> {
    let finder = FINDER.as_ref()?;
    // Names of functions and packages contain underscores where addresses have other marks.
    let folded = folded.replace('_', "");
    let (mut graph, mut exchange, mut sign_in) = (false, false, false);
    for found in finder.find_iter(&folded) {
        match MARKS
            .get(found.pattern().as_usize())
            .map(|(_, service)| service)
        {
            Some(CodeSource::Graph) => graph = true,
            Some(CodeSource::Exchange) => exchange = true,
            _ => sign_in = true,
        }
        if graph && exchange {
            return None;
        }
    }
    // Texts about Graph or Exchange can also name the sign-in host, so it decides only if nothing else does.
    match (graph, exchange, sign_in) {
        (true, ..) => Some(CodeSource::Graph),
        (_, true, _) => Some(CodeSource::Exchange),
        (_, _, true) => Some(CodeSource::SignIn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::folding::folded;
    use super::*;

    #[test]
    fn host_namespace_or_library_decides() {
        let named = |text: &str| service_named_in(&folded(text));
        for text in [
            "GET https://graph.microsoft.com/v1.0/users",
            "https://graph.micro\nsoft.com/v1.0",
            "Microsoft.Graph.ServiceException: Code: ErrorAccessDenied",
            "Microsoft.Graph.Models.ODataErrors.ODataError",
            "com.microsoft.graph.core",
            "O365 connection: graph.microsoft.us",
        ] {
            assert_eq!(named(text), Some(CodeSource::Graph), "{text}");
        }
        for text in [
            "exchangelib.errors.ErrorAccessDenied",
            "Microsoft.Exchange.WebServices.Data.ServiceResponseException",
            "microsoft.exchange.webservices.data.core.exception",
            "POST https://outlook.office365.com/EWS/Exchange.asmx",
            "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\"",
        ] {
            assert_eq!(named(text), Some(CodeSource::Exchange), "{text}");
        }
        assert_eq!(
            named("https://login.microsoftonline.com/x/oauth2/v2.0/token"),
            Some(CodeSource::SignIn)
        );
        assert_eq!(named("graph.microsoft.com and exchangelib"), None);
        assert_eq!(named("nothing"), None);
    }
}
