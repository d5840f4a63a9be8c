//! Recognizes responses that differ from an earlier one only in the ids of their folders. For thousands of rooms nearly all
//! do, and comparing takes a hundredth of the time of parsing.

use std::sync::{Mutex, MutexGuard};

use roxmltree::Document;

use crate::evidence::{FolderFacts, Reply};
use crate::wire::lock::lock;
use crate::wire::mask::SecretMask;
use crate::wire::received_response::ReceivedResponse;

use super::read;

/// How many forms are kept: one for each combination of rights and server build.
const MOST_FORMS: usize = 8;

/// The forms of the responses that described a folder.
#[derive(Debug, Default)]
pub(in crate::wire) struct ResponseCache(Mutex<Vec<Form>>);

/// A response without its ids, and the facts in it.
#[derive(Debug)]
struct Form {
    /// The text before the first id, between the ids and after the last one.
    pieces: Vec<String>,
    facts: FolderFacts,
}

impl ResponseCache {
    /// Reads the response to a request for a calendar folder.
    pub(in crate::wire) fn read(
        &self,
        response: &ReceivedResponse,
        mask: &SecretMask,
    ) -> Reply<FolderFacts> {
        if let Some(facts) = self.facts_in(response) {
            return Reply::Success(facts);
        }
        read::read(response, mask, |message| {
            let facts = read::folder(message)?;
            self.remember(message.document(), &facts);
            Ok(facts)
        })
    }

    fn facts_in(&self, response: &ReceivedResponse) -> Option<FolderFacts> {
        if !response.is_success() || response.too_large || response.is_web_page() {
            return None;
        }
        let text = response.text();
        self.forms()
            .iter()
            .find(|form| form.fits(&text))
            .map(|form| form.facts.clone())
    }

    fn remember(&self, document: &Document<'_>, facts: &FolderFacts) {
        let mut forms = self.forms();
        if forms.len() < MOST_FORMS {
            forms.push(Form::of(document, facts.clone()));
        }
    }

    fn forms(&self) -> MutexGuard<'_, Vec<Form>> {
        lock(&self.0)
    }
}

impl Form {
    /// The parser takes no facts from the attributes that may differ.
    fn of(document: &Document<'_>, facts: FolderFacts) -> Self {
        // These values differ from mailbox to mailbox; every other difference makes another form.
        let ids = document
            .descendants()
            .filter(|node| node.tag_name().name() == "FolderId")
            .flat_map(|node| node.attributes())
            .filter(|id| matches!(id.name(), "Id" | "ChangeKey"));
        let text = document.input_text();
        let (mut pieces, mut from) = (Vec::new(), 0);
        for id in ids {
            let place = id.range_value();
            pieces.push(text[from..place.start].to_owned());
            from = place.end;
        }
        pieces.push(text[from..].to_owned());
        Self { pieces, facts }
    }

    /// Whether a text is this one with other ids. An id consists of letters and digits and cannot end its attribute.
    fn fits<'t>(&self, text: &'t str) -> bool {
        let Some((first, others)) = self.pieces.split_first() else {
            return false;
        };
        let Some(rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        let without_id = |rest: &'t str, piece: &String| {
            rest.trim_start_matches(is_of_an_id)
                .strip_prefix(piece.as_str())
        };
        others.iter().try_fold(rest, without_id) == Some("")
    }
}

fn is_of_an_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::received_response::tests::received;

    const XML: &[(&str, &str)] = &[("content-type", "text/xml; charset=utf-8")];

    fn whole(id: &str, key: &str, create: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
            xmlns:m="messages" xmlns:t="types"><s:Body><m:GetFolderResponse><m:ResponseMessages>
            <m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder>
            <t:FolderId Id="{id}" ChangeKey='{key}'/><t:FolderClass>IPF.Appointment</t:FolderClass><t:EffectiveRights>
            <t:CreateContents>{create}</t:CreateContents><t:Delete>true</t:Delete><t:Modify>true</t:Modify><t:Read>true</t:Read>
            </t:EffectiveRights></t:CalendarFolder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages>
            </m:GetFolderResponse></s:Body></s:Envelope>"#
        )
    }

    fn creates(reply: &Reply<FolderFacts>) -> Option<bool> {
        reply
            .success()
            .and_then(|facts| facts.rights)
            .map(|rights| rights.create)
    }

    #[test]
    fn a_response_with_other_ids_is_cached_and_one_with_other_rights_is_not() {
        let (known, mask) = (ResponseCache::default(), SecretMask::default());
        let read = |status, body: &str| known.read(&received(status, XML, body), &mask);
        assert_eq!(
            creates(&read(200, &whole("AAMk1+/=", "AQ==", "true"))),
            Some(true)
        );
        assert_eq!(
            creates(&read(200, &whole("AAMk2-_", "", "true"))),
            Some(true)
        );
        assert_eq!(known.forms().len(), 1);
        assert_eq!(
            creates(&read(200, &whole("AAMk1", "AQ==", "false"))),
            Some(false)
        );
        assert_eq!(known.forms().len(), 2);
        assert_eq!(creates(&read(500, &whole("AAMk1", "AQ==", "true"))), None);
    }

    #[test]
    fn an_id_cannot_end_its_attribute() {
        let (known, mask) = (ResponseCache::default(), SecretMask::default());
        let read = |body: &str| known.read(&received(200, XML, body), &mask);
        assert!(read(&whole("A", "B", "true")).success().is_some());
        for id in ["A\"", "A\"/><x y=\"", "A<", "A&amp;B", "A B"] {
            let body = whole(id, "B", "true");
            assert!(!known.forms()[0].fits(&body), "{id}");
            assert_eq!(
                read(&body),
                read::read(&received(200, XML, &body), &mask, read::folder)
            );
        }
    }

    #[test]
    fn no_more_forms_are_remembered_than_are_worth_it() {
        let (known, mask) = (ResponseCache::default(), SecretMask::default());
        for turn in 0..20 {
            let body = whole("A", "B", "true").replace("IPF.Appointment", &turn.to_string());
            assert_eq!(
                creates(&known.read(&received(200, XML, body), &mask)),
                Some(true)
            );
        }
        assert_eq!(known.forms().len(), MOST_FORMS);
    }

    proptest::proptest! {
        #[test]
        fn what_is_known_is_read_as_it_would_be_without(at in 0usize..900, new in "[<>/\"'&= a-zA\u{e4}]{0,3}") {
            let (known, mask) = (ResponseCache::default(), SecretMask::default());
            let body = whole("A", "B", "true");
            known.read(&received(200, XML, &body), &mask);
            let mut other: Vec<char> = body.chars().collect();
            let at = at.min(other.len() - 1);
            other.splice(at..=at, new.chars());
            let other = received(200, XML, other.into_iter().collect::<String>());
            proptest::prop_assert_eq!(known.read(&other, &mask), read::read(&other, &mask, read::folder));
        }
    }
}
