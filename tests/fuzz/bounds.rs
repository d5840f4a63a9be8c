//! Inputs that break a bound, with which `.ci/fuzz` proves that it finds them: an allocation, a hang, and a panic. It tests no
//! part of the product.

#![no_main]

use std::hint::black_box;
use std::time::{Duration, Instant};

#[path = "allocator.rs"]
mod allocator;

const MIB: usize = 1024 * 1024;

/// The first word of `data` is what is done, and the second one how much of it.
fn run(data: &[u8]) {
    let text = str::from_utf8(data).unwrap_or_default();
    let mut words = text.split_whitespace();
    let (Some(what), Some(amount)) = (words.next(), words.next()) else {
        return;
    };
    let amount: u16 = amount.parse().unwrap_or_default();
    match what {
        "mebibytes" => drop(black_box(Vec::<u8>::with_capacity(MIB * usize::from(amount)))),
        "milliseconds" => {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(amount.into()) {}
        }
        "panics" => assert_eq!(amount, 0, "as the input demands"),
        _ => {}
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
