//! The EWS operations of a request, read strictly.

use roxmltree::Node;

use crate::simulator::store::NamedProperty;

use super::fault::SoapFault;
use super::request_parts::{
    FolderRef, Shape, folder_ids, folder_shape, item_ids, item_shape, one_folder,
};
use super::schema::{Children, date_time, enumerated, required_attribute, violation};
use super::xml::{MESSAGES, TYPES};
use super::{extended_property, field_order};

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
        // Accepted for the order of the schema; it has no effect here.
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
