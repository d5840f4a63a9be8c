//! The services of Microsoft 365, and the API over which ResourceXpress books.

use super::id_enum::id_enum;

id_enum! {
    /// The API over which a connection books rooms.
    #[derive(schemars::JsonSchema)]
    Api, "API":
    /// Exchange Web Services.
    Ews = "ews",
    /// Microsoft Graph.
    Graph = "graph",
}

id_enum! {
    /// An API as the audience of a token and as the owner of permissions. The same name on another one counts for nothing.
    Resource, "resource":
    /// Microsoft Graph.
    Graph = "graph",
    /// Office 365 Exchange Online, which EWS belongs to.
    Exchange = "exchange",
}

id_enum! {
    /// A Microsoft service that this program talks to.
    Service, "service":
    /// Microsoft Entra sign-in.
    SignIn = "sign-in",
    /// Microsoft Graph.
    Graph = "graph",
    /// Exchange Online (EWS).
    Exchange = "exchange",
}
