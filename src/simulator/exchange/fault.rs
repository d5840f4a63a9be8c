//! SOAP faults: HTTP 500 with a code in the detail. Many faults of Exchange carry no SOAP header; these carry none.

use crate::simulator::message::SimulatedResponse;

use super::xml::{ERRORS, Element, SOAP, TYPES};

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoapFault {
    pub(crate) code: String,
    pub(crate) message: String,
    /// Name and value pairs of `MessageXml`.
    pub(crate) values: Vec<(String, String)>,
}

impl SoapFault {
    /// A fault with the text that Exchange has for its code.
    pub(crate) fn of(code: &str) -> SoapFault {
        SoapFault::new(code, text_of(code))
    }

    pub(crate) fn new(code: &str, message: impl Into<String>) -> SoapFault {
        SoapFault {
            code: code.to_owned(),
            message: message.into(),
            values: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with_value(mut self, name: &str, value: impl Into<String>) -> SoapFault {
        self.values.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn to_response(&self) -> SimulatedResponse {
        let mut detail = Element::new("detail")
            .child(Element::text("e:ResponseCode", &*self.code).with("xmlns:e", ERRORS))
            .child(Element::text("e:Message", &*self.message).with("xmlns:e", ERRORS));
        if !self.values.is_empty() {
            detail = detail.child(message_xml("t:MessageXml", &self.values).with("xmlns:t", TYPES));
        }
        let fault = Element::new("s:Fault")
            .child(Element::text("faultcode", format!("a:{}", self.code)).with("xmlns:a", TYPES))
            // Exchange localizes this text, so clients must compare the code instead.
            .child(Element::text("faultstring", &*self.message).with("xml:lang", "en-US"))
            .child(detail);
        let envelope = Element::new("s:Envelope")
            .with("xmlns:s", SOAP)
            .child(Element::new("s:Body").child(fault));
        SimulatedResponse::empty(500).with_body("text/xml; charset=utf-8", envelope.document())
    }
}

/// `MessageXml` with one `t:Value` per pair.
pub(crate) fn message_xml(name: &str, values: &[(String, String)]) -> Element {
    Element::new(name).children(
        values.iter().map(|(name, value)| {
            Element::text("t:Value", value.as_str()).with("Name", name.as_str())
        }),
    )
}

/// Exchange's English text for a response code.
pub(crate) fn text_of(code: &str) -> &'static str {
    match code {
        "ErrorNonExistentMailbox" => "The SMTP address has no mailbox associated with it.",
        "ErrorNonPrimarySmtpAddress" => {
            "The primary SMTP address must be specified when referencing a mailbox."
        }
        "ErrorInvalidSmtpAddress" => "The SMTP address format is invalid.",
        "ErrorInvalidExchangeImpersonationHeaderData" => {
            "ExchangeImpersonation SOAP header must be present for this type of OAuth token."
        }
        "ErrorImpersonateUserDenied" => {
            "The account does not have permission to impersonate the requested user."
        }
        "ErrorImpersonationFailed" => "Impersonation failed.",
        "ErrorOrganizationAccessBlocked" => {
            "The organization is marked for removal and its access is blocked."
        }
        "ErrorMailboxMoveInProgress" => "Mailbox move in progress. Try again later.",
        "ErrorAccountDisabled" => "Account is disabled. Contact the account administrator.",
        "ErrorInvalidLicense" => "The user doesn't have a valid license.",
        "ErrorAccessDenied" => "Access is denied. Check credentials and try again.",
        "ErrorFolderNotFound" => "The specified folder could not be found in the store.",
        "ErrorItemNotFound" => "The specified object was not found in the store.",
        "ErrorInvalidIdMalformed" => "Id is malformed.",
        "ErrorServerBusy" => "The server cannot service this request right now. Try again later.",
        "ErrorExceededConnectionCount" => {
            "You have exceeded the available concurrent connections for your account. Try again once your other requests \
             have completed."
        }
        "ErrorMailboxStoreUnavailable" => "The mailbox database is temporarily unavailable.",
        "ErrorInternalServerTransientError" => {
            "An internal server error occurred. Try again later."
        }
        "ErrorInternalServerError" => "An internal server error occurred. The operation failed.",
        "ErrorInvalidRequest" => "The request is invalid.",
        "ErrorInvalidServerVersion" => "The specified server version is invalid.",
        _ => "The request failed.",
    }
}
