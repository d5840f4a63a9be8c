//! `GetServerTimeZones`, without the rules of the zones.

use super::xml::Element;

const ZONES: &[(&str, &str)] = &[
    ("UTC", "(UTC) Coordinated Universal Time"),
    (
        "W. Europe Standard Time",
        "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
    ),
    (
        "GMT Standard Time",
        "(UTC+00:00) Dublin, Edinburgh, Lisbon, London",
    ),
];

/// The requested time zones; all of them if none is named.
pub(crate) fn definitions(ids: &[String]) -> Element {
    let requested = ZONES
        .iter()
        .filter(|(id, _)| ids.is_empty() || ids.iter().any(|wanted| wanted == id));
    Element::new("m:TimeZoneDefinitions").children(requested.map(|(id, name)| {
        Element::new("t:TimeZoneDefinition")
            .with("Id", *id)
            .with("Name", *name)
    }))
}
