//! The table as a whole.

use super::super::fixture;
use super::*;

fn options(width: usize) -> TableOptions {
    TableOptions { width, colour: false, unicode: true, plain: false, detail: Detail::Normal }
}

#[test]
fn look() {
    for width in [80, 120] {
        println!("{}\n=====", render(&fixture::report(), &options(width)));
    }
    println!("{}\n=====", render(&fixture::report_without_token(), &options(80)));
    println!("{}\n=====", render(&fixture::report_all_right(), &options(80)));
    println!("{}\n=====", render(&fixture::report(), &TableOptions { plain: true, ..options(80) }));
    println!("{}\n=====", render(&fixture::report(), &TableOptions { detail: Detail::Brief, ..options(80) }));
    println!("{}\n=====", render(&fixture::report(), &TableOptions { detail: Detail::Verbose, ..options(100) }));
}
