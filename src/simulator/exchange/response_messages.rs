//! Responses with HTTP 200: one response message per requested item.

use crate::simulator::message::SimulatedResponse;

use super::fault::{message_xml, text_of};
use super::xml::{Element, MESSAGES, SOAP, TYPES};

/// The outcome for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemError {
    pub(crate) code: String,
    pub(crate) values: Vec<(String, String)>,
}

impl ItemError {
    pub(crate) fn of(code: &str) -> ItemError {
        ItemError {
            code: code.to_owned(),
            values: Vec::new(),
        }
    }
}

/// What an operation found, item by item.
pub(crate) type Outcomes = Vec<Result<Option<Element>, ItemError>>;

/// The complete response of an operation. `holder` is the element that the schema demands in error messages too, where it does.
pub(crate) fn operation_response(
    operation: &str,
    holder: Option<&str>,
    outcomes: Outcomes,
) -> SimulatedResponse {
    let messages = outcomes
        .into_iter()
        .map(|outcome| message(operation, holder, outcome));
    let response = Element::new(&format!("m:{operation}Response"))
        .with("xmlns:m", MESSAGES)
        .with("xmlns:t", TYPES)
        .child(Element::new("m:ResponseMessages").children(messages));
    // Exchange Online reports this version of itself, although a request with it fails the schema.
    let version = Element::new("h:ServerVersionInfo")
        .with("MajorVersion", "15")
        .with("MinorVersion", "20")
        .with("MajorBuildNumber", "9275")
        .with("MinorBuildNumber", "13")
        .with("Version", "V2018_01_08")
        .with("xmlns:h", TYPES);
    let envelope = Element::new("s:Envelope")
        .with("xmlns:s", SOAP)
        .child(Element::new("s:Header").child(version))
        .child(Element::new("s:Body").child(response));
    SimulatedResponse::empty(200).with_body("text/xml; charset=utf-8", envelope.document())
}

fn message(
    operation: &str,
    holder: Option<&str>,
    outcome: Result<Option<Element>, ItemError>,
) -> Element {
    let name = format!("m:{operation}ResponseMessage");
    match outcome {
        Ok(payload) => Element::new(&name)
            .with("ResponseClass", "Success")
            .child(Element::text("m:ResponseCode", "NoError"))
            .children(payload),
        Err(error) => {
            let mut message = Element::new(&name)
                .with("ResponseClass", "Error")
                .child(Element::text("m:MessageText", text_of(&error.code)))
                .child(Element::text("m:ResponseCode", &*error.code))
                .child(Element::text("m:DescriptiveLinkKey", "0"));
            if !error.values.is_empty() {
                message = message.child(message_xml("m:MessageXml", &error.values));
            }
            message.children(holder.map(Element::new))
        }
    }
}
