//! The thin binary: everything lives in the library.

use std::process::ExitCode;

/// Every response and every row is a small allocation. The allocators of Linux and macOS need a tenth more instructions for a
/// room, and that of musl lets only one thread allocate at a time. The heap of Windows is left as it is.
#[cfg(not(windows))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    rx_preflight::cli::main().into()
}
