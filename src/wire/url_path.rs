//! URL paths: addresses below a base address, with every segment escaped.

use std::borrow::Cow;

use url::Url;

/// An address below another; every segment is escaped, so that none can leave its place.
pub(super) fn below(base: &Url, segments: &[&str]) -> Url {
    let segments: Vec<_> = segments.iter().map(|segment| escaped(segment)).collect();
    below_escaped(base, &segments.join("/"))
}

/// An address below another, from a path that is escaped already.
pub(super) fn below_escaped(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// A path segment of which every reader makes the same: a plus sign, which some take for a space, is escaped too.
pub(super) fn escaped(segment: &str) -> Cow<'_, str> {
    if segment
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"@.-_".contains(&byte))
    {
        return Cow::Borrowed(segment);
    }
    let form: String = url::form_urlencoded::byte_serialize(segment.as_bytes()).collect();
    // The serializer is one for forms: it writes spaces as plus signs and escapes the at sign.
    Cow::Owned(form.replace('+', "%20").replace("%40", "@"))
}
