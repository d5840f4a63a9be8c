//! Bounds the memory of a fuzz target: an allocation beyond 256 MiB in total fails, and the target aborts.

use std::alloc::System;

use cap::Cap;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, 256 * 1024 * 1024);
