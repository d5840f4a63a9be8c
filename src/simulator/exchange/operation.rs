//! The operations and their parts, read strictly.

use roxmltree::Node;

use super::fault::SoapFault;
use super::schema::{Children, date_time, enumerated, required_attribute, violation};
use super::xml::{MESSAGES, TYPES};
use super::{extended_property, field_order};
use crate::simulator::store::{NamedProperty, PropertyName};

/// An operation of a request.
#[derive(Debug)]
pub(crate) enum Operation {
    GetFolder {
        shape: Shape,
        folders: Vec<FolderRef>,
    },
    FindItem {
        shape: Shape,
        view: Option<View>,
        restriction: Option<NamedProperty>,
        folders: Vec<FolderRef>,
    },
    CreateItem {
        invitations: Option<String>,
        folder: Option<FolderRef>,
        items: Vec<NewItem>,
    },
    GetItem {
        shape: Shape,
        items: Vec<String>,
    },
    DeleteItem {
        cancellations: Option<String>,
        items: Vec<String>,
    },
    GetServerTimeZones {
        ids: Vec<String>,
    },
}

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

/// A calendar view.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) start: jiff::Timestamp,
    pub(crate) end: jiff::Timestamp,
    pub(crate) most: Option<usize>,
}

/// A calendar item to be created.
#[derive(Debug)]
pub(crate) struct NewItem {
    pub(crate) subject: String,
    pub(crate) start: Option<jiff::Timestamp>,
    pub(crate) end: Option<jiff::Timestamp>,
    pub(crate) extended: Vec<NamedProperty>,
}

const SENDING: &[&str] = &["SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy"];

/// Reads the one operation in a SOAP body.
pub(crate) fn read(body: Node<'_, '_>) -> Result<Operation, SoapFault> {
    let elements: Vec<Node<'_, '_>> = body.children().filter(Node::is_element).collect();
    let &[operation] = elements.as_slice() else {
        return Err(violation(body, "A body holds exactly one operation."));
    };
    if operation.tag_name().namespace() != Some(MESSAGES) {
        return Err(SoapFault::of("ErrorInvalidRequest"));
    }
    match operation.tag_name().name() {
        "GetFolder" => get_folder(operation),
        "FindItem" => find_item(operation),
        "CreateItem" => create_item(operation),
        "GetItem" => get_item(operation),
        "DeleteItem" => delete_item(operation),
        "GetServerTimeZones" => get_server_time_zones(operation),
        other => {
            let text =
                format!("The request is invalid. The simulated tenant has no operation '{other}'.");
            Err(SoapFault::new("ErrorInvalidRequest", text))
        }
    }
}

fn get_folder(node: Node<'_, '_>) -> Result<Operation, SoapFault> {
    let mut children = Children::of(node);
    let shape = folder_shape(children.required_message("FolderShape")?)?;
    let folders = folder_ids(children.required_message("FolderIds")?)?;
    children.end()?;
    Ok(Operation::GetFolder { shape, folders })
}

fn find_item(node: Node<'_, '_>) -> Result<Operation, SoapFault> {
    required_attribute(node, "Traversal")?;
    enumerated(node, "Traversal", &["Shallow", "SoftDeleted", "Associated"])?;
    let mut children = Children::of(node);
    let shape = item_shape(children.required_message("ItemShape")?)?;
    let view = children
        .message("CalendarView")
        .map(calendar_view)
        .transpose()?;
    if view.is_none() {
        children.message("IndexedPageItemView");
    }
    let restriction = children
        .message("Restriction")
        .map(extended_property::restriction)
        .transpose()?;
    let folders = folder_ids(children.required_message("ParentFolderIds")?)?;
    children.end()?;
    Ok(Operation::FindItem {
        shape,
        view,
        restriction,
        folders,
    })
}

fn calendar_view(node: Node<'_, '_>) -> Result<View, SoapFault> {
    let most = node
        .attribute("MaxEntriesReturned")
        .map(str::parse)
        .transpose();
    Ok(View {
        start: date_time(node, required_attribute(node, "StartDate")?)?,
        end: date_time(node, required_attribute(node, "EndDate")?)?,
        most: most
            .map_err(|_| violation(node, "The 'MaxEntriesReturned' attribute is no number."))?,
    })
}

fn create_item(node: Node<'_, '_>) -> Result<Operation, SoapFault> {
    enumerated(
        node,
        "MessageDisposition",
        &["SaveOnly", "SendOnly", "SendAndSaveCopy"],
    )?;
    let invitations = enumerated(node, "SendMeetingInvitations", SENDING)?.map(str::to_owned);
    let mut children = Children::of(node);
    let folder = children
        .message("SavedItemFolderId")
        .map(one_folder)
        .transpose()?;
    let list = children.required_message("Items")?;
    children.end()?;
    let items: Vec<NewItem> = list
        .children()
        .filter(Node::is_element)
        .map(new_item)
        .collect::<Result<_, _>>()?;
    if items.is_empty() {
        return Err(violation(
            list,
            "The element 'Items' has incomplete content.",
        ));
    }
    Ok(Operation::CreateItem {
        invitations,
        folder,
        items,
    })
}

fn new_item(node: Node<'_, '_>) -> Result<NewItem, SoapFault> {
    if !node.has_tag_name((TYPES, "CalendarItem")) {
        return Err(SoapFault::new(
            "ErrorInvalidRequest",
            "The simulated tenant creates calendar items only.",
        ));
    }
    field_order::check(node)?;
    let text = |name: &str| {
        node.children()
            .find(|child| child.has_tag_name((TYPES, name)))
            .and_then(|child| child.text())
    };
    let moment = |name: &str| {
        text(name)
            .map(|value| date_time(node, value.trim()))
            .transpose()
    };
    Ok(NewItem {
        subject: text("Subject").unwrap_or_default().to_owned(),
        start: moment("Start")?,
        end: moment("End")?,
        extended: extended_property::of_item(node)?,
    })
}

fn get_item(node: Node<'_, '_>) -> Result<Operation, SoapFault> {
    let mut children = Children::of(node);
    let shape = item_shape(children.required_message("ItemShape")?)?;
    let items = item_ids(children.required_message("ItemIds")?)?;
    children.end()?;
    Ok(Operation::GetItem { shape, items })
}

fn delete_item(node: Node<'_, '_>) -> Result<Operation, SoapFault> {
    required_attribute(node, "DeleteType")?;
    enumerated(
        node,
        "DeleteType",
        &["HardDelete", "SoftDelete", "MoveToDeletedItems"],
    )?;
    let cancellations = enumerated(node, "SendMeetingCancellations", SENDING)?.map(str::to_owned);
    let mut children = Children::of(node);
    let items = item_ids(children.required_message("ItemIds")?)?;
    children.end()?;
    Ok(Operation::DeleteItem {
        cancellations,
        items,
    })
}

fn get_server_time_zones(node: Node<'_, '_>) -> Result<Operation, SoapFault> {
    let mut children = Children::of(node);
    let ids = children.message("Ids").map_or(Vec::new(), |list| {
        list.children()
            .filter(|child| child.has_tag_name((TYPES, "Id")))
            .filter_map(|id| id.text())
            .map(str::to_owned)
            .collect()
    });
    children.end()?;
    Ok(Operation::GetServerTimeZones { ids })
}

fn folder_shape(node: Node<'_, '_>) -> Result<Shape, SoapFault> {
    let mut children = Children::of(node);
    let shape = base_shape(&mut children)?;
    children.end()?;
    Ok(shape)
}

fn item_shape(node: Node<'_, '_>) -> Result<Shape, SoapFault> {
    let mut children = Children::of(node);
    let base = children.required_type("BaseShape")?;
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

fn folder_ids(list: Node<'_, '_>) -> Result<Vec<FolderRef>, SoapFault> {
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

fn one_folder(holder: Node<'_, '_>) -> Result<FolderRef, SoapFault> {
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

fn item_ids(list: Node<'_, '_>) -> Result<Vec<String>, SoapFault> {
    let mut children = Children::of(list);
    let mut ids = vec![required_attribute(children.required_type("ItemId")?, "Id")?.to_owned()];
    while let Some(next) = children.typed("ItemId") {
        ids.push(required_attribute(next, "Id")?.to_owned());
    }
    children.end()?;
    Ok(ids)
}
