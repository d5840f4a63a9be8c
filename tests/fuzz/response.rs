//! One HTTP response, written as text: the status, the headers, an empty line, and the body.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use rx_preflight::wire::StoredResponse;
use url::Url;

static REQUESTED: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://graph.microsoft.com/v1.0/places").unwrap());

/// Reads `data` as a response and hands it to `read`. Lines that are not headers are left out, and any body follows the first
/// empty line.
pub fn with_response(data: &[u8], read: impl FnOnce(StoredResponse<'_>)) {
    let end = data
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .unwrap_or(data.len());
    let mut lines = data[..end].split(|byte| *byte == b'\n');
    let status = lines
        .next()
        .and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok());
    let mut headers = HeaderMap::new();
    for line in lines {
        if let Some((name, value)) = header(line) {
            headers.append(name, value);
        }
    }
    read(StoredResponse {
        url: &REQUESTED,
        status: status
            .filter(|status| (100..1000).contains(status))
            .unwrap_or(200),
        headers: &headers,
        body: data.get(end + 2..).unwrap_or_default(),
        at: Timestamp::UNIX_EPOCH,
    });
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let value = line.get(colon + 1..)?.trim_ascii();
    Some((
        HeaderName::from_bytes(&line[..colon]).ok()?,
        HeaderValue::from_bytes(value).ok()?,
    ))
}
