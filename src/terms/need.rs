//! What ResourceXpress needs to be able to do.

use super::Api;
use super::id_enum::id_enum;

id_enum! {
    /// One thing that ResourceXpress needs to be able to do, and that permissions allow. What each consists of is in
    /// `knowledge/permissions.toml`.
    NeedId, "need":
    /// Booking over Exchange Web Services, on behalf of each room.
    EwsCalendar = "ews-calendar",
    /// Booking over Microsoft Graph.
    GraphCalendar = "graph-calendar",
    /// Showing bookings over Microsoft Graph: a part of [`NeedId::GraphCalendar`].
    GraphCalendarRead = "graph-calendar-read",
    /// Sending mail.
    MailSend = "mail-send",
    /// Reading users.
    Users = "users",
    /// Reading groups.
    Groups = "groups",
    /// Listing the rooms of the tenant. Only this program needs it.
    RoomList = "room-list",
}

impl NeedId {
    /// The need that booking over `api` is.
    pub const fn calendar(api: Api) -> Self {
        match api {
            Api::Ews => Self::EwsCalendar,
            Api::Graph => Self::GraphCalendar,
        }
    }
}
