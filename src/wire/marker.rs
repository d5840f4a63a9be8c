//! The extended property that marks a test event as this program's.

use uuid::Uuid;

/// The property set of the marker, a GUID of this program's own.
pub(super) const MARKER_SET: Uuid = Uuid::from_u128(0x3d1b_7c52_6a0e_4f0c_9a7b_5e2f_8c41_d906);
/// The name of the marker in its property set. Names are compared with case.
pub(super) const MARKER_NAME: &str = "RxPreflightTestEvent";
