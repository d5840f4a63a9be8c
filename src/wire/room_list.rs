//! The rooms that a tenant lists, page by page.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::evidence::{Reply, RoomListFacts};
use crate::settings::MailboxAddress;
use crate::terms::CheckId;

use super::client::Wire;
use super::mask::sanitize;
use super::odata;
use super::request::ServiceRequest;
use super::response::ServiceResponse;
use super::secret::AccessToken;

/// The requested size of a page. Places gives no link to the next page to many callers, so a large one is safer
/// than many small ones; whole places without `$select` would still keep within the bound of a body.
const PAGE: usize = 500;
/// The size of a page that Places gives to a caller that it does not listen to.
const USUAL_PAGE: usize = 100;
/// More pages than this are not read.
const MOST_PAGES: usize = 40;
/// The largest page size that is requested.
const LARGEST_PAGE: usize = 5_000;
/// A room that has neither address nor name.
const NAMELESS: &str = "a room without a name";

/// The rooms of a tenant, and what is to be known of their list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoomList {
    /// Distinct, in the order of the list.
    pub addresses: Vec<MailboxAddress>,
    /// The rest.
    pub facts: RoomListFacts,
}

/// One page of the list.
#[derive(Debug, Default)]
struct Page {
    rooms: Vec<Room>,
    next: Option<String>,
    count: Option<usize>,
}

#[derive(Debug)]
struct Room {
    address: Option<String>,
    name: Option<String>,
}

/// What follows a page.
#[derive(Debug, PartialEq, Eq)]
enum NextPage {
    Done,
    To(Url),
    CutShort(String),
}

impl Wire {
    /// Lists the rooms of the tenant: their addresses and names, nothing else of them.
    pub async fn rooms(&self, purpose: CheckId, token: &AccessToken) -> ServiceResponse<RoomList> {
        let mut reading = RoomListing::new(
            self.graph_request(purpose, Method::GET, &["places", "microsoft.graph.room"])
                .url,
        );
        let mut url = reading.page(PAGE, 0);
        let (mut requests, mut ms) = (Vec::new(), 0);
        let reply = loop {
            let request = self
                .graph_request(purpose, Method::GET, &[])
                .at(url)
                .authorized(token);
            let response = self
                .send(request, |response| odata::read(response, &self.mask, page))
                .await;
            requests.extend(response.requests);
            ms += response.ms;
            let onward = match response.reply {
                Reply::Success(page) => reading.take(page),
                failed if reading.pages == 0 => {
                    let reply = failed.map(|_| RoomList::default());
                    return ServiceResponse {
                        reply,
                        requests,
                        ms,
                        origin: response.origin,
                    };
                }
                // The rooms of the earlier pages are kept, because an incomplete list is more
                // useful than none.
                failed => NextPage::CutShort(format!(
                    "page {}: {}",
                    reading.pages + 1,
                    describe_failure(&failed)
                )),
            };
            match onward {
                NextPage::To(next) => url = next,
                NextPage::Done => break Reply::Success(reading.finish(None)),
                NextPage::CutShort(why) => break Reply::Success(reading.finish(Some(why))),
            }
        };
        ServiceResponse::own(reply, requests, ms)
    }
}

impl ServiceRequest {
    /// The same request at another address.
    fn at(mut self, url: Url) -> Self {
        self.url = url;
        self
    }
}

/// A list that is being read.
struct RoomListing {
    base: Url,
    pages: usize,
    /// How many entries came, repeated ones included.
    entries: usize,
    seen: HashSet<String>,
    widened: bool,
    list: RoomList,
}

impl RoomListing {
    fn new(base: Url) -> Self {
        let (seen, list) = (HashSet::new(), RoomList::default());
        Self {
            base,
            pages: 0,
            entries: 0,
            seen,
            widened: false,
            list,
        }
    }

    /// The address of a page. The dollar signs stay as Microsoft writes them.
    fn page(&self, size: usize, skip: usize) -> Url {
        let skip = if skip == 0 {
            String::new()
        } else {
            format!("$skip={skip}&")
        };
        let mut url = self.base.clone();
        url.set_query(Some(&format!(
            "$top={size}&{skip}$count=true&$select=emailAddress,displayName"
        )));
        url
    }

    /// Adds a page, and returns where the next one is.
    fn take(&mut self, page: Page) -> NextPage {
        let before = self.seen.len();
        let on_it = page.rooms.len();
        self.pages += 1;
        self.entries += on_it;
        for room in page.rooms {
            self.add(room);
        }
        let brought = self.seen.len() - before;
        // Without a count, a page of the service's own size need not be the last one.
        let whole = page
            .count
            .map_or(on_it != USUAL_PAGE && on_it < PAGE, |count| {
                self.seen.len() >= count
            });
        let onward = match page.next {
            // Pages without new rooms would otherwise be requested forever.
            Some(_) if brought == 0 && on_it > 0 => {
                NextPage::CutShort("its pages repeat".to_owned())
            }
            Some(next) => self.follow(&next),
            None if whole => NextPage::Done,
            // The service gave no link although rooms may be missing, so the next page is requested
            // by its position.
            None if brought > 0 => NextPage::To(self.page(PAGE, self.entries)),
            None => self.widen(page.count),
        };
        match onward {
            NextPage::To(_) if self.pages >= MOST_PAGES => {
                NextPage::CutShort(format!("it has more than {MOST_PAGES} pages"))
            }
            onward => onward,
        }
    }

    fn add(&mut self, room: Room) {
        let key = room
            .address
            .as_deref()
            .or(room.name.as_deref())
            .unwrap_or(NAMELESS)
            .to_lowercase();
        if !self.seen.insert(key) {
            return;
        }
        if let Some(Ok(address)) = room.address.as_deref().map(MailboxAddress::parse) {
            self.list.addresses.push(address);
            return;
        }
        let name = room.name.or(room.address);
        self.list.facts.without_address.push(
            name.as_deref()
                .map_or_else(|| NAMELESS.to_owned(), sanitize),
        );
    }

    /// The next page as the service names it. The token goes to no other host and to no other list.
    fn follow(&self, next: &str) -> NextPage {
        let Ok(url) = Url::parse(next) else {
            return NextPage::CutShort("the link to its next page is no address".to_owned());
        };
        let same_list =
            url.path().eq_ignore_ascii_case(self.base.path()) && url.username().is_empty();
        if url.origin() == self.base.origin() && same_list && url.password().is_none() {
            NextPage::To(url)
        } else {
            let host = sanitize(url.host_str().unwrap_or("another address"));
            NextPage::CutShort(format!(
                "the link to the next page points to {host}, to which the token is not sent"
            ))
        }
    }

    /// A further page brought nothing new, so the service may not listen to `$skip`. All rooms on one page are requested
    /// once.
    fn widen(&mut self, count: Option<usize>) -> NextPage {
        let Some(count) = count else {
            return NextPage::CutShort("its pages repeat".to_owned());
        };
        if self.widened || count > LARGEST_PAGE {
            return NextPage::CutShort(format!(
                "the tenant counts {count} rooms and lists {}",
                self.seen.len()
            ));
        }
        self.widened = true;
        NextPage::To(self.page(count.max(PAGE), 0))
    }

    fn finish(self, cut_short: Option<String>) -> RoomList {
        let rooms = self.list.addresses.len();
        let facts = RoomListFacts {
            rooms,
            cut_short,
            ..self.list.facts
        };
        RoomList { facts, ..self.list }
    }
}

/// The list of a tenant that consists of this page, requested at `url`. Where further pages would be requested, the list
/// states that it is incomplete.
pub(super) fn only_page(url: Url, body: &Value) -> Result<RoomList, &'static str> {
    let mut reading = RoomListing::new(url);
    let cut_short = match reading.take(page(body)?) {
        NextPage::Done => None,
        NextPage::To(next) => Some(format!("the next page is {next}")),
        NextPage::CutShort(why) => Some(why),
    };
    Ok(reading.finish(cut_short))
}

fn page(body: &Value) -> Result<Page, &'static str> {
    let rooms = body
        .get("value")
        .and_then(Value::as_array)
        .ok_or("no list in it")?;
    let text = |object: &Value, name| {
        object
            .get(name)
            .and_then(Value::as_str)
            .map(str::trim)
            .map(str::to_owned)
    };
    let room = |room| Room {
        address: text(room, "emailAddress").filter(|address| !address.is_empty()),
        name: text(room, "displayName").filter(|name| !name.is_empty()),
    };
    Ok(Page {
        rooms: rooms.iter().map(room).collect(),
        next: text(body, "@odata.nextLink").filter(|next| !next.is_empty()),
        count: body
            .get("@odata.count")
            .and_then(Value::as_u64)
            .and_then(|count| usize::try_from(count).ok()),
    })
}

/// A response without a page, in a few words.
fn describe_failure<T>(reply: &Reply<T>) -> String {
    match reply {
        Reply::Success(_) => String::new(),
        Reply::Refused(refusal) => match &refusal.code {
            Some(code) => format!("HTTP {} {code}", refusal.status),
            None => format!("HTTP {}", refusal.status),
        },
        Reply::Unexpected(unexpected) => {
            format!("HTTP {}, {}", unexpected.status, unexpected.problem)
        }
        Reply::Unreachable(failure) => failure.detail.clone(),
    }
}
