//! Parts that several EWS operations share: shapes, folders and item ids, read strictly.

use roxmltree::Node;

use crate::simulator::store::PropertyName;

use super::extended_property;
use super::fault::SoapFault;
use super::schema::{Children, required_attribute, violation};
use super::xml::TYPES;

/// Which properties are wanted.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// `IdOnly`, `Default` or `AllProperties`.
    pub(crate) base: String,
    /// Names after the colon of `FieldURI`s.
    pub(crate) fields: Vec<String>,
    /// Extended properties.
    pub(crate) extended: Vec<PropertyName>,
}

impl Shape {
    /// Whether a property is wanted, given whether the default shape has it.
    pub(crate) fn wants(&self, field: &str, in_default: bool) -> bool {
        match self.base.as_str() {
            "AllProperties" => true,
            "Default" if in_default => true,
            _ => self.fields.iter().any(|known| known == field),
        }
    }
}

/// A folder as a request names it.
#[derive(Debug, Clone)]
pub(crate) enum FolderRef {
    Distinguished {
        name: String,
        mailbox: Option<String>,
    },
    Id(String),
}

pub(super) fn folder_shape(node: Node<'_, '_>) -> Result<Shape, SoapFault> {
    let mut children = Children::of(node);
    let shape = base_shape(&mut children)?;
    children.end()?;
    Ok(shape)
}

pub(super) fn item_shape(node: Node<'_, '_>) -> Result<Shape, SoapFault> {
    let mut children = Children::of(node);
    let base = children.required_type("BaseShape")?;
    // The schema is a sequence, so these elements are accepted in this order only, although their
    // values have no effect here.
    for option in [
        "IncludeMimeContent",
        "BodyType",
        "UniqueBodyType",
        "NormalizedBodyType",
        "FilterHtmlContent",
    ] {
        children.typed(option);
    }
    let (fields, extended) = fields(&mut children)?;
    let shape = Shape {
        base: base_name(base)?,
        fields,
        extended,
    };
    children.end()?;
    Ok(shape)
}

fn base_shape(children: &mut Children<'_, '_>) -> Result<Shape, SoapFault> {
    let base = children.required_type("BaseShape")?;
    let (fields, extended) = fields(children)?;
    Ok(Shape {
        base: base_name(base)?,
        fields,
        extended,
    })
}

fn base_name(node: Node<'_, '_>) -> Result<String, SoapFault> {
    let name = node.text().unwrap_or_default().trim();
    if ["IdOnly", "Default", "AllProperties", "PcxPeopleSearch"].contains(&name) {
        Ok(name.to_owned())
    } else {
        Err(violation(
            node,
            format!("The 'BaseShape' element is invalid - The value '{name}' is invalid."),
        ))
    }
}

fn fields(children: &mut Children<'_, '_>) -> Result<(Vec<String>, Vec<PropertyName>), SoapFault> {
    let Some(list) = children.typed("AdditionalProperties") else {
        return Ok((Vec::new(), Vec::new()));
    };
    let paths: Vec<Node<'_, '_>> = list.children().filter(Node::is_element).collect();
    if paths.is_empty() {
        return Err(violation(
            list,
            "The element 'AdditionalProperties' has incomplete content.",
        ));
    }
    let extended = paths
        .iter()
        .filter(|path| path.has_tag_name((TYPES, "ExtendedFieldURI")));
    let extended = extended
        .filter_map(|path| extended_property::path(*path).transpose())
        .collect::<Result<_, _>>()?;
    let fields = paths
        .into_iter()
        .filter_map(|path| field(path).transpose())
        .collect::<Result<_, _>>()?;
    Ok((fields, extended))
}

/// The name of a plain field. Indexed fields are understood, but have no values here.
fn field(path: Node<'_, '_>) -> Result<Option<String>, SoapFault> {
    match (path.tag_name().namespace(), path.tag_name().name()) {
        (Some(TYPES), "FieldURI") => {
            let uri = required_attribute(path, "FieldURI")?;
            match uri.split_once(':') {
                Some((
                    "folder" | "item" | "calendar" | "message" | "meeting" | "meetingRequest",
                    name,
                )) => Ok(Some(name.to_owned())),
                _ => Err(violation(
                    path,
                    format!("The 'FieldURI' attribute is invalid - The value '{uri}' is invalid."),
                )),
            }
        }
        (Some(TYPES), "IndexedFieldURI" | "ExtendedFieldURI") => Ok(None),
        (_, name) => Err(violation(
            path,
            format!("The element 'AdditionalProperties' has invalid child element '{name}'."),
        )),
    }
}

pub(super) fn folder_ids(list: Node<'_, '_>) -> Result<Vec<FolderRef>, SoapFault> {
    let folders: Vec<FolderRef> = list
        .children()
        .filter(Node::is_element)
        .map(folder_ref)
        .collect::<Result<_, _>>()?;
    if folders.is_empty() {
        Err(violation(
            list,
            "The list of folders has incomplete content.",
        ))
    } else {
        Ok(folders)
    }
}

pub(super) fn one_folder(holder: Node<'_, '_>) -> Result<FolderRef, SoapFault> {
    let elements: Vec<Node<'_, '_>> = holder.children().filter(Node::is_element).collect();
    match elements.as_slice() {
        [one] => folder_ref(*one),
        _ => Err(violation(holder, "Exactly one folder is expected.")),
    }
}

fn folder_ref(node: Node<'_, '_>) -> Result<FolderRef, SoapFault> {
    if node.has_tag_name((TYPES, "FolderId")) {
        return Ok(FolderRef::Id(required_attribute(node, "Id")?.to_owned()));
    }
    if !node.has_tag_name((TYPES, "DistinguishedFolderId")) {
        return Err(violation(
            node,
            format!("'{}' names no folder.", node.tag_name().name()),
        ));
    }
    let name = required_attribute(node, "Id")?.to_owned();
    let mut children = Children::of(node);
    let mailbox = children.typed("Mailbox").map(mailbox_address).transpose()?;
    children.end()?;
    Ok(FolderRef::Distinguished {
        name,
        mailbox: mailbox.flatten(),
    })
}

fn mailbox_address(node: Node<'_, '_>) -> Result<Option<String>, SoapFault> {
    let mut children = Children::of(node);
    children.typed("Name");
    let address = children
        .typed("EmailAddress")
        .and_then(|address| address.text())
        .map(|text| text.trim().to_owned());
    // The schema is a sequence, so these elements are accepted in this order only.
    for further in [
        "RoutingType",
        "MailboxType",
        "ItemId",
        "OriginalDisplayName",
    ] {
        children.typed(further);
    }
    children.end()?;
    Ok(address)
}

pub(super) fn item_ids(list: Node<'_, '_>) -> Result<Vec<String>, SoapFault> {
    let mut children = Children::of(list);
    let mut ids = vec![required_attribute(children.required_type("ItemId")?, "Id")?.to_owned()];
    while let Some(next) = children.typed("ItemId") {
        ids.push(required_attribute(next, "Id")?.to_owned());
    }
    children.end()?;
    Ok(ids)
}
