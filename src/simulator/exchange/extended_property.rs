//! Extended properties in requests and responses.
//!
//! `PathToExtendedFieldType` of Microsoft's `types.xsd` allows two combinations: a property set with a name or an id, or a
//! property tag. All of them are understood; only text properties with a set and a name have values here.

use roxmltree::Node;
use uuid::Uuid;

use crate::simulator::store::{NamedProperty, PropertyName};

use super::fault::SoapFault;
use super::schema::{Children, required_attribute, violation};
use super::xml::{Element, TYPES};

/// The name in an `ExtendedFieldURI`; `None` for a property that has no values here.
pub(crate) fn path(node: Node<'_, '_>) -> Result<Option<PropertyName>, SoapFault> {
    let kind = required_attribute(node, "PropertyType")?;
    let (set, name) = (
        node.attribute("PropertySetId"),
        node.attribute("PropertyName"),
    );
    let has_set = set.is_some() != node.attribute("DistinguishedPropertySetId").is_some();
    let named = name.is_some() != node.attribute("PropertyId").is_some();
    if node.attribute("PropertyTag").is_some() == (has_set && named) {
        return Err(violation(
            node,
            "The attributes of 'ExtendedFieldURI' do not name one property.",
        ));
    }
    let set = set
        .map(Uuid::try_parse)
        .transpose()
        .map_err(|_| violation(node, "The 'PropertySetId' is not a GUID."))?;
    let found = set.zip(name).filter(|_| kind == "String");
    Ok(found.map(|(set, name)| PropertyName {
        set,
        name: name.to_owned(),
    }))
}

/// An `ExtendedProperty` of a new item.
pub(crate) fn property(node: Node<'_, '_>) -> Result<Option<NamedProperty>, SoapFault> {
    let mut children = Children::of(node);
    let name = path(children.required_type("ExtendedFieldURI")?)?;
    let value = children.typed("Value");
    if value.is_none() {
        children.required_type("Values")?;
    }
    children.end()?;
    let value = value.map(|value| value.text().unwrap_or_default().to_owned());
    Ok(name
        .zip(value)
        .map(|(name, value)| NamedProperty { name, value }))
}

/// A `Restriction` that wants one extended property to be equal to a constant. The simulated tenant plays no other.
pub(crate) fn restriction(node: Node<'_, '_>) -> Result<NamedProperty, SoapFault> {
    let mut children = Children::of(node);
    let Some(equal) = children.typed("IsEqualTo") else {
        let text = "The simulated tenant restricts items by an extended property that is equal to a constant only.";
        return Err(SoapFault::new("ErrorInvalidRequest", text));
    };
    children.end()?;
    let mut operands = Children::of(equal);
    let name = path(operands.required_type("ExtendedFieldURI")?)?;
    let mut constant = Children::of(operands.required_type("FieldURIOrConstant")?);
    operands.end()?;
    let value = required_attribute(constant.required_type("Constant")?, "Value")?.to_owned();
    constant.end()?;
    let name = name.ok_or_else(|| {
        SoapFault::new("ErrorInvalidRequest", "No item has this extended property.")
    })?;
    Ok(NamedProperty { name, value })
}

/// An extended property of an item in a response.
pub(crate) fn element(property: &NamedProperty) -> Element {
    let path = Element::new("t:ExtendedFieldURI")
        .with("PropertySetId", property.name.set.to_string())
        .with("PropertyName", property.name.name.as_str())
        .with("PropertyType", "String");
    Element::new("t:ExtendedProperty")
        .child(path)
        .child(Element::text("t:Value", property.value.as_str()))
}

/// The extended properties of a new item.
pub(crate) fn of_item(item: Node<'_, '_>) -> Result<Vec<NamedProperty>, SoapFault> {
    let nodes = item
        .children()
        .filter(|child| child.has_tag_name((TYPES, "ExtendedProperty")));
    nodes
        .filter_map(|node| property(node).transpose())
        .collect()
}
