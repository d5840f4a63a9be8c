//! Items of Rust sources, as the tests of the project's structure read them.

use syn::{Attribute, Item};

/// Whether an item is compiled for tests only.
pub fn is_for_tests(item: &Item) -> bool {
    has_test_attribute(attributes(item))
}

/// Whether one of the attributes restricts an item to tests.
pub fn has_test_attribute(attributes: &[Attribute]) -> bool {
    let is_test = |condition: &str| {
        ["test", "all (test"]
            .iter()
            .any(|start| condition.starts_with(start))
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .meta
                .require_list()
                .is_ok_and(|list| is_test(&list.tokens.to_string()))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
