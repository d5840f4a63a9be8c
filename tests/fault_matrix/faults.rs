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

const fn fault(name: &'static str, keys: &'static str, leaves: Leaves) -> MatrixFault {
    MatrixFault { name, keys, leaves }
}

use Leaves::{Anything, Everything, Nothing, Refusal, Status};

/// Every fault.
pub const FAULTS: &[MatrixFault] = &[
    fault("reset", "do = 'reset'", Nothing),
    fault("reset inside the headers", "do = 'reset-in-head'", Nothing),
    fault("GOAWAY", "do = 'go-away'", Nothing),
    fault("no response", "do = 'hang'", Nothing),
    fault("one byte a second", "do = 'trickle'", Nothing),
    fault("reset after the headers", "do = 'reset-after-head'", Status),
    fault("truncated body", "do = 'cut-off'", Status),
    fault("wrong length", "do = 'wrong-length'", Status),
    fault("half a document", "do = 'half-document'", Status),
    fault("100 MiB", "do = 'too-large'", Status),
    fault("gzip bomb", "do = 'gzip-bomb'", Status),
    fault("unknown encoding", "do = 'unknown-encoding'", Status),
    fault("not UTF-8", "do = 'not-utf8'", Anything),
    fault("garbage", "do = 'garbage'", Status),
    fault("entities", "do = 'entities'", Status),
    fault("ten thousand levels", "do = 'deep-nesting'", Status),
    fault("web page", "do = 'html'", Status),
    fault("empty 200", "do = 'status'\nstatus = 200", Status),
    fault(
        "JSON null",
        "do = 'status'\nstatus = 200\nbody = 'null'\nheaders = { content-type = 'application/json' }",
        Status,
    ),
    fault(
        "empty JSON",
        "do = 'status'\nstatus = 200\nbody = '{}'",
        Status,
    ),
    fault(
        "list in place of an object",
        "do = 'status'\nstatus = 200\nbody = '[]'",
        Status,
    ),
    fault(
        "next page at another host",
        "do = 'status'\nstatus = 200\nbody = '{\"value\": [], \"@odata.nextLink\": \"FOREIGN/v1.0/users\", \"token_endpoint\": \"FOREIGN/token\", \"issuer\": \"FOREIGN/\"}'",
        Anything,
    ),
    fault("204", "do = 'status'\nstatus = 204", Status),
    fault(
        "redirect 302",
        "do = 'redirect'\nlocation = 'FOREIGN/x'",
        Nothing,
    ),
    fault(
        "redirect 307",
        "do = 'redirect'\nstatus = 307\nlocation = 'FOREIGN/x'",
        Nothing,
    ),
    fault(
        "redirect 308",
        "do = 'redirect'\nstatus = 308\nlocation = 'FOREIGN/x'",
        Nothing,
    ),
    fault("418", "do = 'status'\nstatus = 418", Status),
    fault("500", "do = 'status'\nstatus = 500", Status),
    fault("500 with a page", "do = 'html'\nstatus = 500", Status),
    fault("501", "do = 'status'\nstatus = 501", Status),
    fault("502 with a page", "do = 'html'\nstatus = 502", Status),
    fault("503", "do = 'status'\nstatus = 503", Status),
    fault("504", "do = 'status'\nstatus = 504", Status),
    fault("429 without a wait", "do = 'status'\nstatus = 429", Status),
    fault(
        "429 for 300 years",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = '9999999999' }",
        Status,
    ),
    fault(
        "429 beyond all numbers",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = '99999999999999999999999999' }",
        Status,
    ),
    fault(
        "429 with a negative wait",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = '-1' }",
        Status,
    ),
    fault(
        "429 until 9999",
        "do = 'status'\nstatus = 429\nheaders = { Retry-After = 'Fri, 31 Dec 9999 23:59:59 GMT' }",
        Status,
    ),
    fault(
        "503 with words",
        "do = 'status'\nstatus = 503\nheaders = { Retry-After = 'soon' }",
        Status,
    ),
    fault("interim responses", "do = 'interim-storm'", Everything),
    fault("date one hour ahead", "do = 'wrong-date'", Everything),
    fault("slow", "do = 'slow'\ndelay_ms = 100", Everything),
    fault(
        "expired token",
        "do = 'status'\nstatus = 401\nheaders = { WWW-Authenticate = 'Bearer error=\"invalid_token\"' }\nbody = '{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Lifetime validation failed, the token is expired.\"}}'",
        Refusal,
    ),
    fault("echo", "do = 'echo'", Refusal),
    fault(
        "echo in an address",
        "do = 'echo'\nencoding = 'url'",
        Refusal,
    ),
    fault(
        "echo in Base64",
        "do = 'echo'\nencoding = 'base64'",
        Refusal,
    ),
    fault("echo in digits", "do = 'echo'\nencoding = 'hex'", Refusal),
    fault("echo in JSON", "do = 'echo'\nencoding = 'json'", Refusal),
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
