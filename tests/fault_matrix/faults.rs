//! The faults of the matrix.

/// What a fault leaves of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    /// The right response, so that nothing may change for a row.
    Everything,
    /// No response of the service: nothing that rests on it may pass.
    Nothing,
    /// A response of the service, with another status or another body. The host counts as reachable.
    Status,
    /// A body in which the right one can still be read, or that is right in itself.
    Anything,
    /// A refusal that names the credential. Rows may fail for it.
    Refusal,
}

/// A fault of the matrix.
#[derive(Debug, Clone, Copy)]
pub struct MatrixFault {
    pub name: &'static str,
    /// The keys of the fault, without `at` and the filters. `FOREIGN` is the address of the other host.
    pub keys: &'static str,
    pub leaves: Leaves,
    /// The causes that fit the rows whose own requests are struck.
    pub causes: &'static [&'static str],
}

impl MatrixFault {
    /// Whether it writes an HTTP/1.1 response of its own, which is a GOAWAY over HTTP/2.
    pub fn is_of_http_1(&self) -> bool {
        let kinds = [
            "reset-in-head",
            "reset-after-head",
            "trickle",
            "wrong-length",
            "interim-storm",
        ];
        kinds.iter().any(|kind| self.keys.contains(kind))
    }
}

const fn fault(
    name: &'static str,
    keys: &'static str,
    leaves: Leaves,
    causes: &'static [&'static str],
) -> MatrixFault {
    MatrixFault {
        name,
        keys,
        leaves,
        causes,
    }
}

const UNAVAILABLE: &[&str] = &["service.unavailable"];
const TIMEOUT: &[&str] = &["network.timeout"];
const UNEXPECTED: &[&str] = &["service.unexpected-answer"];
const PAGE: &[&str] = &["network.not-microsoft", "service.unexpected-answer"];
const THROTTLED: &[&str] = &["service.throttled"];
/// Exchange throttles with 503.
const BUSY: &[&str] = &["service.unavailable", "service.throttled"];
const NONE: &[&str] = &[];

use Leaves::{Anything, Everything, Nothing, Refusal, Status};

/// Every fault.
pub const FAULTS: &[MatrixFault] = &[
    fault("reset", "do = 'reset'", Nothing, UNAVAILABLE),
    fault(
        "reset inside the headers",
        "do = 'reset-in-head'",
        Nothing,
        UNAVAILABLE,
    ),
    fault("GOAWAY", "do = 'go-away'", Nothing, UNAVAILABLE),
    fault("no response", "do = 'hang'", Nothing, TIMEOUT),
    fault("one byte a second", "do = 'trickle'", Nothing, TIMEOUT),
    fault(
        "reset after the headers",
        "do = 'reset-after-head'",
        Status,
        UNAVAILABLE,
    ),
    fault("truncated body", "do = 'cut-off'", Status, UNAVAILABLE),
    fault("wrong length", "do = 'wrong-length'", Status, UNEXPECTED),
    fault(
        "half a document",
        "do = 'half-document'",
        Status,
        UNEXPECTED,
    ),
    fault("100 MiB", "do = 'too-large'", Status, UNEXPECTED),
    fault("gzip bomb", "do = 'gzip-bomb'", Status, UNEXPECTED),
    fault(
        "unknown encoding",
        "do = 'unknown-encoding'",
        Status,
        UNEXPECTED,
    ),
    fault("not UTF-8", "do = 'not-utf8'", Anything, UNEXPECTED),
    fault("garbage", "do = 'garbage'", Status, UNEXPECTED),
    fault("entities", "do = 'entities'", Status, UNEXPECTED),
    fault(
        "ten thousand levels",
        "do = 'deep-nesting'",
        Status,
        UNEXPECTED,
    ),
    fault("web page", "do = 'html'", Status, PAGE),
    fault(
        "empty 200",
        "do = 'status'\nstatus = 200",
        Status,
        UNEXPECTED,
    ),
    fault(
        "JSON null",
        "do = 'status'\nstatus = 200\nbody = 'null'\nheaders = { content-type = 'application/json' }",
        Status,
        UNEXPECTED,
    ),
    fault(
        "empty JSON",
        "do = 'status'\nstatus = 200\nbody = '{}'",
        Status,
        UNEXPECTED,
    ),
    fault(
        "list in place of an object",
        "do = 'status'\nstatus = 200\nbody = '[]'",
        Status,
        UNEXPECTED,
    ),
    fault(
        "next page at another host",
        "do = 'status'\nstatus = 200\nbody = '{\"value\": [], \"@odata.nextLink\": \"FOREIGN/v1.0/users\", \"token_endpoint\": \"FOREIGN/token\", \"issuer\": \"FOREIGN/\"}'",
        Anything,
        UNEXPECTED,
    ),
    fault("204", "do = 'status'\nstatus = 204", Status, UNEXPECTED),
    fault(
        "redirect 302",
        "do = 'redirect'\nlocation = 'FOREIGN/x'",
        Nothing,
        UNEXPECTED,
    ),
    fault(
        "redirect 307",
        "do = 'redirect'\nstatus = 307\nlocation = 'FOREIGN/x'",
        Nothing,
        UNEXPECTED,
    ),
    fault(
        "redirect 308",
        "do = 'redirect'\nstatus = 308\nlocation = 'FOREIGN/x'",
        Nothing,
        UNEXPECTED,
    ),
    fault("418", "do = 'status'\nstatus = 418", Status, UNEXPECTED),
    fault("500", "do = 'status'\nstatus = 500", Status, UNAVAILABLE),
    fault(
        "500 with a page",
        "do = 'html'\nstatus = 500",
        Status,
        UNAVAILABLE,
    ),
    fault("501", "do = 'status'\nstatus = 501", Status, UNAVAILABLE),
    fault(
        "502 with a page",
        "do = 'html'\nstatus = 502",
        Status,
        UNAVAILABLE,
    ),
    fault("503", "do = 'status'\nstatus = 503", Status, BUSY),
    fault("504", "do = 'status'\nstatus = 504", Status, UNAVAILABLE),
    fault(
        "429 without a wait",
        "do = 'status'\nstatus = 429",
        Status,
        THROTTLED,
    ),
    fault(
        "429 for 300 years",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = '9999999999' }",
        Status,
        THROTTLED,
    ),
    fault(
        "429 beyond all numbers",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = '99999999999999999999999999' }",
        Status,
        THROTTLED,
    ),
    fault(
        "429 with a negative wait",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = '-1' }",
        Status,
        THROTTLED,
    ),
    fault(
        "429 until 9999",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = 'Fri, 31 Dec 9999 23:59:59 GMT' }",
        Status,
        THROTTLED,
    ),
    fault(
        "503 with words",
        "do = 'status'\nstatus = 503\nheaders = { Retry-After = 'soon' }",
        Status,
        BUSY,
    ),
    fault(
        "interim responses",
        "do = 'interim-storm'",
        Everything,
        NONE,
    ),
    fault("date one hour ahead", "do = 'wrong-date'", Everything, NONE),
    fault("slow", "do = 'slow'\ndelay_ms = 100", Everything, NONE),
    fault(
        "expired token",
        "do = 'status'\nstatus = 401\nheaders = { WWW-Authenticate = 'Bearer error=\"invalid_token\"' }\nbody = '{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Lifetime validation failed, the token is expired.\"}}'",
        Refusal,
        NONE,
    ),
    fault("echo", "do = 'echo'", Refusal, NONE),
    fault(
        "echo in an address",
        "do = 'echo'\nencoding = 'url'",
        Refusal,
        NONE,
    ),
    fault(
        "echo in Base64",
        "do = 'echo'\nencoding = 'base64'",
        Refusal,
        NONE,
    ),
    fault(
        "echo in digits",
        "do = 'echo'\nencoding = 'hex'",
        Refusal,
        NONE,
    ),
    fault(
        "echo in JSON",
        "do = 'echo'\nencoding = 'json'",
        Refusal,
        NONE,
    ),
];

/// Which of the fitting requests a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strikes {
    Always,
    FirstOnly,
    SecondOnly,
    AllAfterTheFirst,
}

impl Strikes {
    pub const ALL: &'static [Self] = &[
        Self::Always,
        Self::FirstOnly,
        Self::SecondOnly,
        Self::AllAfterTheFirst,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::FirstOnly => "nth = 1",
            Self::SecondOnly => "nth = 2",
            Self::AllAfterTheFirst => "after = 1",
        }
    }
}
