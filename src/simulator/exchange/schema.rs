//! Strict reading of elements: names, namespaces and order as Microsoft's schema has them.

use roxmltree::Node;

use crate::simulator::clock::read_moment;

use super::fault::SoapFault;
use super::xml::{MESSAGES, TYPES};

/// Reads the child elements of an element in the order of the schema.
pub(crate) struct Children<'doc, 'input> {
    parent: Node<'doc, 'input>,
    rest: std::iter::Peekable<std::vec::IntoIter<Node<'doc, 'input>>>,
}

/// A violation of the schema, at a node.
pub(crate) fn violation(node: Node<'_, '_>, text: impl std::fmt::Display) -> SoapFault {
    let place = node.document().text_pos_at(node.range().start);
    SoapFault::new(
        "ErrorSchemaValidation",
        format!("The request failed schema validation: {text}"),
    )
    .with_value("LineNumber", place.row.to_string())
    .with_value("LinePosition", place.col.to_string())
    .with_value("Violation", text.to_string())
}

impl<'doc, 'input> Children<'doc, 'input> {
    pub(crate) fn of(parent: Node<'doc, 'input>) -> Children<'doc, 'input> {
        let nodes: Vec<_> = parent.children().filter(Node::is_element).collect();
        Children {
            parent,
            rest: nodes.into_iter().peekable(),
        }
    }

    /// The next element, if it is this one of the messages namespace.
    pub(crate) fn message(&mut self, name: &str) -> Option<Node<'doc, 'input>> {
        self.rest
            .next_if(|node| node.has_tag_name((MESSAGES, name)))
    }

    /// The next element, if it is this one of the types namespace.
    pub(crate) fn typed(&mut self, name: &str) -> Option<Node<'doc, 'input>> {
        self.rest.next_if(|node| node.has_tag_name((TYPES, name)))
    }

    /// The next element, which must be this one of the messages namespace.
    pub(crate) fn required_message(&mut self, name: &str) -> Result<Node<'doc, 'input>, SoapFault> {
        self.message(name).ok_or_else(|| self.unexpected(name))
    }

    /// The next element, which must be this one of the types namespace.
    pub(crate) fn required_type(&mut self, name: &str) -> Result<Node<'doc, 'input>, SoapFault> {
        self.typed(name).ok_or_else(|| self.unexpected(name))
    }

    /// Nothing may follow.
    pub(crate) fn end(mut self) -> Result<(), SoapFault> {
        if self.rest.peek().is_none() {
            Ok(())
        } else {
            Err(self.unexpected("nothing more"))
        }
    }

    fn unexpected(&mut self, expected: &str) -> SoapFault {
        let parent = self.parent.tag_name().name();
        match self.rest.peek() {
            Some(node) => violation(
                *node,
                format!(
                    "The element '{parent}' has invalid child element '{}'. Expected: {expected}.",
                    node.tag_name().name()
                ),
            ),
            None => violation(
                self.parent,
                format!("The element '{parent}' has incomplete content. Expected: {expected}."),
            ),
        }
    }
}

/// An attribute that must be there.
pub(crate) fn required_attribute<'doc>(
    node: Node<'doc, '_>,
    name: &str,
) -> Result<&'doc str, SoapFault> {
    node.attribute(name)
        .ok_or_else(|| violation(node, format!("The required attribute '{name}' is missing.")))
}

/// An attribute whose value must be one of these, if it is there.
pub(crate) fn enumerated<'doc>(
    node: Node<'doc, '_>,
    name: &str,
    allowed: &[&str],
) -> Result<Option<&'doc str>, SoapFault> {
    match node.attribute(name) {
        Some(value) if !allowed.contains(&value) => Err(violation(
            node,
            format!("The '{name}' attribute is invalid - The value '{value}' is invalid."),
        )),
        value => Ok(value),
    }
}

/// A moment of the type `xs:dateTime`; one without an offset is UTC.
pub(crate) fn date_time(node: Node<'_, '_>, text: &str) -> Result<jiff::Timestamp, SoapFault> {
    read_moment(text).ok_or_else(|| violation(node, format!("The value '{text}' is no dateTime.")))
}
