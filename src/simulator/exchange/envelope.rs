//! The SOAP envelope of a request: its headers, strictly, and its one operation.

use roxmltree::{Document, Node};

use super::fault::SoapFault;
use super::operation::{self, Operation};
use super::schema::{Children, enumerated, violation};
use super::xml::{SOAP, TYPES};

const VERSIONS: &[&str] = &[
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2009",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2012",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
    "V2015_10_05",
    "V2016_01_06",
    "V2016_04_13",
    "V2016_07_13",
    "V2016_10_10",
    "V2017_01_07",
    "V2017_04_14",
    "V2017_07_11",
];
const OTHER_HEADERS: &[&str] = &[
    "MailboxCulture",
    "TimeZoneContext",
    "DateTimePrecision",
    "ManagementRole",
    "SerializedSecurityContext",
    "ProxyPartnerToken",
];

/// A request that the schema allows.
#[derive(Debug)]
pub(crate) struct SoapRequest {
    pub(crate) impersonated: Option<Impersonated>,
    pub(crate) operation: Operation,
}

/// The mailbox named by the impersonation header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Impersonated {
    pub(crate) address: String,
    /// Whether it was given as `PrimarySmtpAddress`, for which an alias does not do.
    pub(crate) as_primary: bool,
}

/// Reads a request body.
pub(crate) fn read(body: &str) -> Result<SoapRequest, SoapFault> {
    let document = parse(body)?;
    let root = document.root_element();
    if !root.has_tag_name((SOAP, "Envelope")) {
        return Err(violation(
            root,
            format!("The root element is not 'Envelope' of the namespace '{SOAP}'."),
        ));
    }
    let parts: Vec<Node<'_, '_>> = root.children().filter(Node::is_element).collect();
    let (header, body) = match parts.as_slice() {
        [body] if body.has_tag_name((SOAP, "Body")) => (None, *body),
        [header, body]
            if header.has_tag_name((SOAP, "Header")) && body.has_tag_name((SOAP, "Body")) =>
        {
            (Some(*header), *body)
        }
        _ => {
            return Err(violation(
                root,
                "An envelope holds an optional Header and one Body.",
            ));
        }
    };
    let impersonated = header.map(read_header).transpose()?.flatten();
    Ok(SoapRequest {
        impersonated,
        operation: operation::read(body)?,
    })
}

/// The address in the impersonation header of a body, without judging anything else.
pub(crate) fn impersonated_address(body: &str) -> Option<String> {
    let document = Document::parse(body).ok()?;
    let chosen = document
        .descendants()
        .find(|node| node.has_tag_name((TYPES, "ConnectingSID")))?;
    chosen
        .first_element_child()?
        .text()
        .map(|text| text.trim().to_lowercase())
}

fn parse(body: &str) -> Result<Document<'_>, SoapFault> {
    Document::parse(body).map_err(|error| {
        SoapFault::new(
            "ErrorSchemaValidation",
            format!("The request failed schema validation: {error}"),
        )
        .with_value("LineNumber", error.pos().row.to_string())
        .with_value("LinePosition", error.pos().col.to_string())
        .with_value("Violation", error.to_string())
    })
}

fn read_header(header: Node<'_, '_>) -> Result<Option<Impersonated>, SoapFault> {
    let mut impersonated = None;
    for entry in header.children().filter(Node::is_element) {
        if entry.has_tag_name((TYPES, "RequestServerVersion")) {
            // The schema has no version after these, such as V2018_01_08.
            if enumerated(entry, "Version", VERSIONS).is_err() {
                return Err(SoapFault::of("ErrorInvalidServerVersion"));
            }
        } else if entry.has_tag_name((TYPES, "ExchangeImpersonation")) {
            impersonated = Some(read_impersonation(entry)?);
        } else if !OTHER_HEADERS
            .iter()
            .any(|known| entry.has_tag_name((TYPES, *known)))
        {
            return Err(violation(
                entry,
                format!("The header '{}' is not known.", entry.tag_name().name()),
            ));
        }
    }
    Ok(impersonated)
}

/// `ConnectingSID` is a choice of exactly one.
fn read_impersonation(entry: Node<'_, '_>) -> Result<Impersonated, SoapFault> {
    let mut children = Children::of(entry);
    let connecting = children.required_type("ConnectingSID")?;
    children.end()?;
    let mut choice = Children::of(connecting);
    let (chosen, as_primary) = if let Some(node) = choice.typed("PrimarySmtpAddress") {
        (node, true)
    } else if let Some(node) = choice
        .typed("PrincipalName")
        .or_else(|| choice.typed("SID"))
    {
        (node, false)
    } else {
        (choice.required_type("SmtpAddress")?, false)
    };
    choice.end()?;
    let address = chosen.text().unwrap_or_default().trim().to_owned();
    if address.is_empty()
        || chosen.tag_name().name().ends_with("SmtpAddress") && !address.contains('@')
    {
        return Err(SoapFault::of("ErrorInvalidSmtpAddress"));
    }
    Ok(Impersonated {
        address,
        as_primary,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::simulator::exchange::xml::MESSAGES;

    pub(crate) const GET_FOLDER: &str = r#"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
      <m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>"#;

    pub(crate) fn envelope(header: &str, body: &str) -> String {
        format!(
            r#"<s:Envelope xmlns:s="{SOAP}" xmlns:t="{TYPES}" xmlns:m="{MESSAGES}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#
        )
    }

    fn impersonation(choice: &str) -> String {
        format!(
            "<t:ExchangeImpersonation><t:ConnectingSID>{choice}</t:ConnectingSID></t:ExchangeImpersonation>"
        )
    }

    #[test]
    fn exactly_one_identity_is_chosen() {
        let one = impersonation("<t:PrimarySmtpAddress>room@contoso.com</t:PrimarySmtpAddress>");
        let read_one = read(&envelope(&one, GET_FOLDER))
            .unwrap()
            .impersonated
            .unwrap();
        assert_eq!(
            read_one,
            Impersonated {
                address: "room@contoso.com".to_owned(),
                as_primary: true
            }
        );
        let two = impersonation(
            "<t:SmtpAddress>a@b.c</t:SmtpAddress><t:PrimarySmtpAddress>a@b.c</t:PrimarySmtpAddress>",
        );
        assert_eq!(
            read(&envelope(&two, GET_FOLDER)).unwrap_err().code,
            "ErrorSchemaValidation"
        );
    }

    #[test]
    fn invalid_envelopes_are_refused() {
        let wrong_namespace =
            envelope("", GET_FOLDER).replace("http://schemas.xmlsoap", "https://schemas.xmlsoap");
        assert_eq!(
            read(&wrong_namespace).unwrap_err().code,
            "ErrorSchemaValidation"
        );
        let version = r#"<t:RequestServerVersion Version="V2018_01_08"/>"#;
        assert_eq!(
            read(&envelope(version, GET_FOLDER)).unwrap_err().code,
            "ErrorInvalidServerVersion"
        );
        assert_eq!(
            read(&envelope("<t:Nonsense/>", GET_FOLDER))
                .unwrap_err()
                .code,
            "ErrorSchemaValidation"
        );
        assert_eq!(read("<a>").unwrap_err().code, "ErrorSchemaValidation");
        assert_eq!(
            read(&envelope("", "<m:Nonsense/>")).unwrap_err().code,
            "ErrorInvalidRequest"
        );
    }
}
