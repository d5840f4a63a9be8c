//! Reading the responses of EWS: by local names, with codes as plain texts, because Exchange Online knows more codes than
//! any published schema.

use std::collections::BTreeMap;

use roxmltree::{Document, Error, Node, ParsingOptions};

use crate::evidence::{EffectiveRights, FolderFacts, Refusal, Reply};
use crate::wire::headers::amount_in_ms;
use crate::wire::marker::{MARKER_NAME, MARKER_SET};
use crate::wire::mask::SecretMask;
use crate::wire::odata::aadsts_numbers;
use crate::wire::received_response::ReceivedResponse;

/// More nodes than the response to any request of this program can have.
const MOST_NODES: u32 = 20_000;
/// So many named values of an error are kept.
const MOST_VALUES: usize = 20;

/// Reads a response whose success is a response message that `wanted` accepts.
pub(in crate::wire) fn read<T>(
    response: &ReceivedResponse,
    mask: &SecretMask,
    wanted: impl FnOnce(Node<'_, '_>) -> Result<T, &'static str>,
) -> Reply<T> {
    // A web page can be well-formed XML, so it is excluded before parsing.
    if response.too_large || response.is_web_page() {
        return response.undocumented("too large", mask);
    }
    let text = response.text();
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    match Document::parse_with_options(&text, options) {
        Ok(document) => message(response, &document, mask, wanted),
        Err(error) => response.undocumented(fault_of_the_text(&text, &error), mask),
    }
}

/// The facts of a calendar folder.
pub(in crate::wire) fn folder(message: Node<'_, '_>) -> Result<FolderFacts, &'static str> {
    let folders = below(message, "Folders").ok_or("no folder in it")?;
    let folder = folders
        .children()
        .find(Node::is_element)
        .ok_or("no folder in it")?;
    let rights = below(folder, "EffectiveRights").map(|rights| EffectiveRights {
        create: is_true(rights, "CreateContents"),
        modify: is_true(rights, "Modify"),
        delete: is_true(rights, "Delete"),
        read: is_true(rights, "Read"),
    });
    Ok(FolderFacts { rights })
}

/// The id of the first item in a message.
pub(in crate::wire) fn item_id(message: Node<'_, '_>) -> Result<String, &'static str> {
    let id = below(message, "ItemId")
        .and_then(|id| id.attribute("Id"))
        .filter(|id| !id.is_empty());
    id.map(str::to_owned).ok_or("no item id in it")
}

/// The ids of the items in a response that show the marker. What does not show it is left alone, should a filter have been
/// ignored on the way.
pub(in crate::wire) fn marked_items(
    message: Node<'_, '_>,
    marker: &str,
) -> Result<Vec<String>, &'static str> {
    let items = below(message, "Items").ok_or("no items in it")?;
    let hits = items
        .children()
        .filter(|item| item.children().any(|property| is_marker(property, marker)));
    hits.map(item_id).collect()
}

fn is_marker(property: Node<'_, '_>, marker: &str) -> bool {
    let is_set = |set: &str| uuid::Uuid::try_parse(set).is_ok_and(|set| set == MARKER_SET);
    let field = child(property, "ExtendedFieldURI").filter(|_| is(property, "ExtendedProperty"));
    field.is_some_and(|field| {
        field.attribute("PropertySetId").is_some_and(is_set)
            && field.attribute("PropertyName") == Some(MARKER_NAME)
            && text(property, "Value").is_some_and(|value| value.eq_ignore_ascii_case(marker))
    })
}

fn message<T>(
    response: &ReceivedResponse,
    document: &Document<'_>,
    mask: &SecretMask,
    wanted: impl FnOnce(Node<'_, '_>) -> Result<T, &'static str>,
) -> Reply<T> {
    let envelope = document.root_element();
    let body = child(envelope, "Body").filter(|_| is(envelope, "Envelope"));
    let Some(body) = body else {
        return response.undocumented("not a SOAP response", mask);
    };
    if let Some(fault) = child(body, "Fault") {
        return Reply::Refused(refusal(response, fault, mask));
    }
    let message = body
        .descendants()
        .find(|node| node.has_attribute("ResponseClass"));
    match message {
        Some(message) if message.attribute("ResponseClass") == Some("Error") => {
            Reply::Refused(refusal(response, message, mask))
        }
        // A response class can also be `Warning`, which is not a refusal.
        Some(message) if response.is_success() => match wanted(message) {
            Ok(facts) => Reply::Success(facts),
            Err(problem) => response.incomplete(problem, mask),
        },
        _ => response.undocumented("no response message in it", mask),
    }
}

/// A fault (HTTP 500) or the error of one item (HTTP 200); both carry the same parts under different roofs.
fn refusal(response: &ReceivedResponse, error: Node<'_, '_>, mask: &SecretMask) -> Refusal {
    let code = text(error, "ResponseCode").or_else(|| fault_code(error));
    let message = text(error, "MessageText")
        .or_else(|| text(error, "Message"))
        .or_else(|| text(error, "faultstring"));
    let values = values(error, mask);
    let headers = response.refusal(mask);
    let back_off = back_off_ms(error);
    Refusal {
        code: code.map(|code| mask.sanitize(&code)),
        aadsts: message.as_deref().map(aadsts_numbers).unwrap_or_default(),
        message: message.map(|message| mask.sanitize(&message)),
        // The longer wait satisfies both.
        retry_after_ms: back_off.max(headers.retry_after_ms),
        values,
        ..headers
    }
}

/// `BackOffMilliseconds`, out of the text as it came: what the report quotes may be shortened.
fn back_off_ms(error: Node<'_, '_>) -> Option<u64> {
    let mut values = error
        .descendants()
        .filter(|node| node.attribute("Name") == Some("BackOffMilliseconds"));
    values.find_map(|node| amount_in_ms(node.text()?, 1))
}

/// `a:ErrorSchemaValidation` without its prefix.
fn fault_code(fault: Node<'_, '_>) -> Option<String> {
    text(fault, "faultcode").map(|code| code.rsplit(':').next().unwrap_or_default().to_owned())
}

/// The named values of `MessageXml`, and its other elements by their own names (schema errors have such).
fn values(error: Node<'_, '_>, mask: &SecretMask) -> BTreeMap<String, String> {
    let Some(xml) = below(error, "MessageXml") else {
        return BTreeMap::new();
    };
    xml.descendants()
        .filter(|node| {
            node.is_element() && *node != xml && !node.children().any(|inner| inner.is_element())
        })
        .take(MOST_VALUES)
        .filter_map(|node| {
            let name = node
                .attribute("Name")
                .unwrap_or_else(|| node.tag_name().name());
            Some((mask.sanitize(name), mask.sanitize(node.text()?)))
        })
        .collect()
}

/// Whether a text that is not XML was cut off, or never was XML.
fn fault_of_the_text(text: &str, error: &Error) -> &'static str {
    if matches!(error, Error::NodesLimitReached) {
        return "too large";
    }
    let markup = text.trim_start().strip_prefix('<').unwrap_or_default();
    let begins = markup.starts_with(|c: char| c == '?' || c.is_alphabetic());
    let ends = text.trim_end().ends_with('>')
        && !matches!(
            error,
            Error::UnclosedRootNode | Error::UnexpectedEndOfStream
        );
    if begins && !ends {
        "cut off"
    } else {
        "not XML"
    }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| is(*child, name))
}

fn below<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|inner| is(*inner, name))
}

fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = below(node, name)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_true(rights: Node<'_, '_>, name: &str) -> bool {
    matches!(text(rights, name).as_deref(), Some("true" | "1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::received_response::tests::received;

    const XML: &[(&str, &str)] = &[("content-type", "text/xml; charset=utf-8")];

    fn soap(body: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
            xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
            xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
            xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors"><s:Body>{body}</s:Body></s:Envelope>"#
        )
    }

    fn response(class: &str, inside: &str) -> String {
        soap(&format!(
            r#"<m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="{class}">{inside}</m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"#
        ))
    }

    fn read_folder(status: u16, body: &str) -> Reply<FolderFacts> {
        read(&received(status, XML, body), &SecretMask::default(), folder)
    }

    fn refused(status: u16, body: &str) -> Refusal {
        match read_folder(status, body) {
            Reply::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    fn problem(status: u16, body: &str) -> String {
        match read_folder(status, body) {
            Reply::Unexpected(unexpected) => unexpected.problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_rights_of_a_folder_are_read() {
        let inside = r#"<m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder><t:FolderId Id="x"/><t:FolderClass>IPF.Appointment</t:FolderClass>
            <t:EffectiveRights><t:CreateAssociated>true</t:CreateAssociated><t:CreateContents>true</t:CreateContents><t:CreateHierarchy>true</t:CreateHierarchy>
            <t:Delete>false</t:Delete><t:Modify>1</t:Modify><t:Read>true</t:Read></t:EffectiveRights></t:CalendarFolder></m:Folders>"#;
        let rights = EffectiveRights {
            create: true,
            modify: true,
            delete: false,
            read: true,
        };
        assert_eq!(
            read_folder(200, &response("Success", inside)),
            Reply::Success(FolderFacts {
                rights: Some(rights)
            })
        );
    }

    #[test]
    fn a_folder_without_rights_and_a_response_without_folder_differ() {
        let bare =
            "<m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder/></m:Folders>";
        assert_eq!(
            read_folder(200, &response("Success", bare)),
            Reply::Success(FolderFacts { rights: None })
        );
        assert_eq!(
            problem(200, &response("Success", "<m:Folders/>")),
            "no folder in it"
        );
        assert_eq!(problem(200, &response("Success", "")), "no folder in it");
    }

    #[test]
    fn a_message_of_success_without_a_folder_is_not_a_refusal_whatever_its_headers_are() {
        let headers = [
            XML[0],
            (
                "x-ews-policy-reason",
                "EWS is disabled for this user or tenant",
            ),
            ("x-ms-diagnostics", "2000008;reason=\"x\""),
        ];
        let read_with = |status, body: &str| {
            let response = received(status, &headers, body);
            read(&response, &SecretMask::default(), folder)
        };
        let success = response("Success", "<m:Folders/>");
        assert!(matches!(read_with(200, &success), Reply::Unexpected(_)));
        assert!(matches!(read_with(200, ""), Reply::Refused(_)));
        assert!(matches!(read_with(403, &success), Reply::Refused(_)));
    }

    #[test]
    fn the_error_of_an_item_keeps_its_code_and_values_without_any_text() {
        let inside = r#"<m:ResponseCode>ErrorNonExistentMailbox</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>
            <m:MessageXml><t:Value Name="SmtpAddress">room9@contoso.com</t:Value></m:MessageXml>"#;
        let refusal = refused(200, &response("Error", inside));
        assert_eq!(
            (refusal.status, refusal.code.as_deref()),
            (200, Some("ErrorNonExistentMailbox"))
        );
        assert_eq!(refusal.message, None);
        assert_eq!(refusal.values["SmtpAddress"], "room9@contoso.com");
    }

    #[test]
    fn a_document_is_read_up_to_the_most_nodes_and_not_beyond() {
        let with_nodes = |more: usize| {
            let folders = "<m:Folders><t:CalendarFolder/></m:Folders>";
            response("Success", &format!("{folders}{}", "<t:X/>".repeat(more)))
        };
        let bare = with_nodes(0);
        let nodes = Document::parse(&bare).unwrap().descendants().count();
        let most = MOST_NODES as usize - nodes;
        let at_limit = read_folder(200, &with_nodes(most));
        assert_eq!(at_limit, Reply::Success(FolderFacts { rights: None }));
        assert_eq!(problem(200, &with_nodes(most + 1)), "too large");
    }

    #[test]
    fn so_many_values_of_an_error_are_kept_and_the_others_are_left_out() {
        let kept = |values: usize| {
            let values: Vec<String> = (0..values)
                .map(|number| format!(r#"<t:Value Name="V{number}">x</t:Value>"#))
                .collect();
            let inside = format!(
                "<m:ResponseCode>ErrorX</m:ResponseCode><m:MessageXml>{}</m:MessageXml>",
                values.concat()
            );
            refused(200, &response("Error", &inside)).values.len()
        };
        assert_eq!(kept(MOST_VALUES), MOST_VALUES);
        assert_eq!(kept(MOST_VALUES + 1), MOST_VALUES);
    }

    #[test]
    fn a_fault_keeps_code_text_and_wait() {
        let fault = r#"<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:ErrorServerBusy</faultcode>
            <faultstring xml:lang="de-DE">Der Server ist beschäftigt.</faultstring><detail><e:ResponseCode>ErrorServerBusy</e:ResponseCode>
            <e:Message>Busy.</e:Message><t:MessageXml><t:Value Name="BackOffMilliseconds">297749</t:Value></t:MessageXml></detail></s:Fault>"#;
        let refusal = refused(500, &soap(fault));
        assert_eq!(
            (refusal.status, refusal.code.as_deref()),
            (500, Some("ErrorServerBusy"))
        );
        assert_eq!(refusal.message.as_deref(), Some("Busy."));
        assert_eq!(refusal.retry_after_ms, Some(297_749));
    }

    #[test]
    fn a_fault_without_detail_is_known_by_its_faultcode() {
        let fault = "<s:Fault><faultcode>a:ErrorSchemaValidation</faultcode><faultstring>no</faultstring></s:Fault>";
        let refusal = refused(500, &soap(fault));
        assert_eq!(refusal.code.as_deref(), Some("ErrorSchemaValidation"));
        assert_eq!(refusal.message.as_deref(), Some("no"));
    }

    #[test]
    fn other_bodies_are_named_by_their_fault() {
        let whole = response("Success", "<m:Folders><t:CalendarFolder/></m:Folders>");
        assert_eq!(problem(200, &whole[..whole.len() - 20]), "cut off");
        assert_eq!(problem(200, &whole[..60]), "cut off");
        assert_eq!(problem(200, "hello"), "not XML");
        assert_eq!(problem(200, "< 5 responses"), "not XML");
        assert_eq!(problem(200, ""), "empty");
        assert_eq!(problem(200, "<response/>"), "not a SOAP response");
        assert_eq!(problem(200, &soap("")), "no response message in it");
        assert_eq!(problem(200, "<html><body/></html>"), "a web page");
        assert_eq!(
            problem(200, "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
            "not XML"
        );
    }

    #[test]
    fn an_empty_403_is_a_refusal_and_a_broken_500_too() {
        assert_eq!(refused(403, "").status, 403);
        assert_eq!(
            refused(500, "Server Error in '/EWS' Application").status,
            500
        );
    }

    #[test]
    fn very_deep_nesting_does_not_overflow_the_stack() {
        let deep = "<a>".repeat(200_000);
        assert!(matches!(read_folder(200, &deep), Reply::Unexpected(_)));
    }

    #[test]
    fn the_id_of_a_new_item_is_read() {
        let inside = r#"<m:ResponseCode>NoError</m:ResponseCode><m:Items><t:CalendarItem><t:ItemId Id="AAQk&amp;1" ChangeKey="c"/></t:CalendarItem></m:Items>"#;
        let read = read(
            &received(200, XML, response("Success", inside)),
            &SecretMask::default(),
            item_id,
        );
        assert_eq!(read, Reply::Success("AAQk&1".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read_without_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300), status in 100u16..600) {
            let _ = read(&received(status, &[], body), &SecretMask::default(), folder);
        }

        #[test]
        fn any_truncated_response_is_read_without_panic(end in 0usize..700, junk in "\\PC{0,40}") {
            let whole = response("Error", &format!("<m:ResponseCode>{junk}</m:ResponseCode><m:MessageXml><t:Value Name=\"x\">{junk}</t:Value></m:MessageXml>"));
            let cut: String = whole.chars().take(end).collect();
            let _ = read_folder(200, &cut);
            let _ = read_folder(500, &whole);
        }
    }
}
