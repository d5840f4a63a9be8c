//! No circle among the files of the product: the files on which a file depends can be read without coming back to it.
//!
//! Counted by definition: a file rests on the file in which an item is defined, however many modules pass it on.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, ItemUse, Macro, UseTree};

#[path = "support/syntax.rs"]
mod syntax;

/// Groups of files that still rest on each other. The list may only shrink.
const EXCEPTIONS: &[&[&str]] = &[];

type ModulePath = Vec<String>;

/// One module of the crate, as far as names need it.
#[derive(Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    defined: BTreeSet<String>,
    /// Names that a `use` brings in, with their full paths; `pub` or not, since siblings see both through `super`.
    imported: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// Paths in the code, as written.
    named: BTreeSet<Vec<String>>,
}

#[derive(Default)]
struct Crate {
    modules: BTreeMap<ModulePath, Module>,
}

impl Crate {
    fn read() -> Self {
        let mut all = Self::default();
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        all.file(&src.join("lib.rs"), &Vec::new(), &src, &src);
        all
    }

    fn file(&mut self, path: &Path, module: &ModulePath, folder: &Path, src: &Path) {
        let text =
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let parsed = syn::parse_file(&text).expect("the product compiles");
        let name = path.strip_prefix(src).unwrap().display().to_string();
        let name = name.replace('\\', "/");
        self.modules.entry(module.clone()).or_default().file = name;
        for item in &parsed.items {
            self.item(item, module, folder, src);
        }
    }

    fn item(&mut self, item: &Item, module: &ModulePath, folder: &Path, src: &Path) {
        if syntax::is_for_tests(item) {
            return;
        }
        let here = self.modules.entry(module.clone()).or_default();
        here.defined.extend(names(item));
        match item {
            Item::Use(item) => import(here, item, module),
            Item::Mod(child) if child.content.is_none() => {
                let name = child.ident.to_string();
                here.children.insert(name.clone());
                let flat = folder.join(format!("{name}.rs"));
                let nested = folder.join(&name);
                let path = if flat.exists() {
                    flat
                } else {
                    nested.join("mod.rs")
                };
                let below = [module.clone(), vec![name]].concat();
                self.file(&path, &below, &nested, src);
            }
            Item::Mod(_) => panic!("{module:?} has a module inside the file"),
            Item::Macro(item) => tokens(&item.mac.tokens, &mut here.named),
            other => Paths {
                named: &mut here.named,
            }
            .visit_item(other),
        }
    }
}

/// The names that an item defines.
fn names(item: &Item) -> Vec<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Macro(item) => {
            let mut names: Vec<String> = item.ident.iter().map(ToString::to_string).collect();
            made_by(&item.mac.tokens, &mut names);
            return names;
        }
        _ => return Vec::new(),
    };
    vec![ident.to_string()]
}

/// The types that the tokens of a macro define: written out, or as the head of a list of ids (`CheckId, "check":`).
fn made_by(stream: &TokenStream, names: &mut Vec<String>) {
    let all: Vec<TokenTree> = stream.clone().into_iter().collect();
    for (place, token) in all.iter().enumerate() {
        let text = |offset: usize| {
            all.get(place + offset)
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        match token {
            TokenTree::Group(group) => made_by(&group.stream(), names),
            TokenTree::Ident(word) if *word == "enum" || *word == "struct" => names.push(text(1)),
            TokenTree::Ident(word) if text(1) == "," && text(2).starts_with('"') => {
                names.push(word.to_string());
            }
            _ => {}
        }
    }
}

fn import(here: &mut Module, item: &ItemUse, module: &ModulePath) {
    let mut found = Vec::new();
    flatten(&item.tree, Vec::new(), &mut found);
    for (path, alias) in found {
        let path = absolute(&path, module);
        match alias {
            Some(alias) => {
                here.imported.insert(alias, path);
            }
            None => here.globs.push(path),
        }
    }
}

/// Every path of a `use`, with the name it goes by; none for `*`.
fn flatten(tree: &UseTree, mut path: Vec<String>, found: &mut Vec<(Vec<String>, Option<String>)>) {
    match tree {
        UseTree::Path(one) => {
            path.push(one.ident.to_string());
            flatten(&one.tree, path, found);
        }
        UseTree::Name(one) if one.ident == "self" => {
            let alias = path.last().cloned();
            found.push((path, alias));
        }
        UseTree::Name(one) => {
            path.push(one.ident.to_string());
            found.push((path, Some(one.ident.to_string())));
        }
        UseTree::Rename(one) => {
            if one.ident != "self" {
                path.push(one.ident.to_string());
            }
            found.push((path, Some(one.rename.to_string())));
        }
        UseTree::Glob(_) => found.push((path, None)),
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| flatten(tree, path.clone(), found)),
    }
}

/// A path that starts at the root of the crate where it starts with `crate`, `self` or `super`; others stay as they are.
fn absolute(path: &[String], module: &ModulePath) -> Vec<String> {
    let mut at = module.clone();
    let mut rest = path;
    match rest.first().map(String::as_str) {
        Some("self") => rest = &rest[1..],
        Some("super") => {
            while rest.first().is_some_and(|word| word == "super") {
                at.pop();
                rest = &rest[1..];
            }
        }
        _ => return path.to_vec(),
    }
    [vec!["crate".to_owned()], at, rest.to_vec()].concat()
}

struct Paths<'n> {
    named: &'n mut BTreeSet<Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.named.insert(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect(),
        );
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        tokens(&call.tokens, self.named);
        visit::visit_macro(self, call);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut found = Vec::new();
        flatten(&item.tree, Vec::new(), &mut found);
        self.named.extend(found.into_iter().map(|(path, _)| path));
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let Ok(list) = attribute.meta.require_list() {
            tokens(&list.tokens, self.named);
        }
    }
}

/// The paths in tokens that `syn` does not parse, such as the arguments of `format!`.
fn tokens(stream: &TokenStream, named: &mut BTreeSet<Vec<String>>) {
    let mut path: Vec<String> = Vec::new();
    let mut colons = 0;
    for token in stream.clone() {
        match token {
            TokenTree::Ident(word) => {
                if colons != 2 && !path.is_empty() {
                    named.insert(std::mem::take(&mut path));
                }
                path.push(word.to_string());
                colons = 0;
            }
            TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
            TokenTree::Group(group) => {
                tokens(&group.stream(), named);
                colons = 0;
            }
            _ => colons = 0,
        }
    }
    if !path.is_empty() {
        named.insert(path);
    }
}

impl Crate {
    /// The files on which a file rests.
    fn edges(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, module) in &self.modules {
            let rests_on = edges.entry(&module.file).or_default();
            for named in &module.named {
                if let Some(file) = self.defining_file(named, path)
                    && file != module.file
                {
                    rests_on.insert(file);
                }
            }
        }
        edges
    }

    /// The file that defines what a path in the code of `module` names; none for what other crates define.
    fn defining_file(&self, named: &[String], module: &ModulePath) -> Option<&str> {
        let full = absolute(named, module);
        if full[0] == "crate" {
            return self.resolve(&full[1..], Vec::new(), 0);
        }
        self.resolve(named, module.clone(), 0)
    }

    fn resolve(&self, path: &[String], mut at: ModulePath, depth: usize) -> Option<&str> {
        if depth > 12 {
            return None;
        }
        for (place, word) in path.iter().enumerate() {
            let module = self.modules.get(&at)?;
            if module.defined.contains(word) {
                return Some(&module.file);
            }
            if module.children.contains(word) {
                at.push(word.clone());
                continue;
            }
            if let Some(target) = module.imported.get(word) {
                let onward = [target.clone(), path[place + 1..].to_vec()].concat();
                return self.follow(&onward, &at, depth);
            }
            let mut globs = module.globs.iter();
            return globs.find_map(|glob| {
                self.follow(&[glob.clone(), path[place..].to_vec()].concat(), &at, depth)
            });
        }
        None
    }

    /// Goes on at the target of a `use` in the module `at`.
    fn follow(&self, target: &[String], at: &ModulePath, depth: usize) -> Option<&str> {
        if target[0] == "crate" {
            return self.resolve(&target[1..], Vec::new(), depth + 1);
        }
        let is_child = self
            .modules
            .get(at)
            .is_some_and(|module| module.children.contains(&target[0]));
        is_child
            .then(|| self.resolve(target, at.clone(), depth + 1))
            .flatten()
    }
}

/// Groups of files each of which is reached from every other of its group.
fn circles(edges: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<Vec<String>> {
    let reached = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = vec![from];
        while let Some(file) = open.pop() {
            for next in edges.get(file).into_iter().flatten() {
                if seen.insert(*next) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|file| (*file, reached(file))).collect();
    let mut groups = BTreeSet::new();
    for (file, reaches) in &all {
        if reaches.contains(file) {
            let group: Vec<String> = reaches
                .iter()
                .filter(|other| all.get(*other).is_some_and(|back| back.contains(file)))
                .map(|other| (*other).to_owned())
                .collect();
            groups.insert(group);
        }
    }
    groups.into_iter().collect()
}

#[test]
fn no_files_rest_on_each_other() {
    let product = Crate::read();
    let edges = product.edges();
    let found = circles(&edges);
    if std::env::var_os("RX_SHOW_CIRCLES").is_some() {
        for group in &found {
            println!("circle of {}:", group.len());
            for file in group {
                let inside: Vec<&&str> = edges[file.as_str()]
                    .iter()
                    .filter(|to| group.iter().any(|one| one == **to))
                    .collect();
                println!("  {file} -> {inside:?}");
            }
        }
    }
    assert_eq!(
        found, EXCEPTIONS,
        "files that rest on each other, and the exceptions"
    );
}

#[test]
fn the_reading_of_the_product_is_not_empty() {
    let product = Crate::read();
    let edges = product.edges();
    let rests_on = |from: &str, to: &str| edges.get(from).is_some_and(|files| files.contains(to));
    assert!(product.modules.len() > 200);
    assert!(
        rests_on("diagnosis/symptom_of_refusal.rs", "knowledge/codes.rs"),
        "through the names that knowledge passes on"
    );
    assert!(
        rests_on("diagnosis/symptom.rs", "terms/cause.rs"),
        "an enum that a macro makes"
    );
    assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 800);
}
