//! Response bodies: complete ones, truncated ones, and very large ones.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;

/// The body of a response.
pub(crate) type ResponseBody = BoxBody<Bytes, io::Error>;

/// A body in one piece.
pub(crate) fn whole(bytes: Vec<u8>) -> ResponseBody {
    Full::new(Bytes::from(bytes))
        .map_err(|never| match never {})
        .boxed()
}

/// The first half of a body, then a broken connection.
pub(crate) fn cut_off(bytes: &[u8]) -> ResponseBody {
    let half = Bytes::copy_from_slice(&bytes[..bytes.len() / 2]);
    // Time for the first half to leave: a connection that is reset immediately drops what is still in its buffers.
    let broken = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    };
    BodyExt::boxed(StreamBody::new(
        stream::iter([Ok(Frame::data(half))]).chain(stream::once(broken)),
    ))
}

/// So many mebibytes of nothing.
pub(crate) fn large(mebibytes: usize) -> ResponseBody {
    let chunk = Bytes::from(vec![b' '; 1 << 20]);
    BodyExt::boxed(StreamBody::new(stream::iter(
        (0..mebibytes).map(move |_| Ok(Frame::data(chunk.clone()))),
    )))
}
