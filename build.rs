//! Compresses the scenarios of `fixtures/scenarios` for the program: as text they would be a twentieth of it.
//!
//! `scenario-names.txt` has one name in each line, in alphabetical order. `scenarios.deflate` has the texts in the same order,
//! each followed by a zero byte, which no text contains.

use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;

const FOLDER: &str = "fixtures/scenarios";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let files = scenario_files()?;
    let names: Vec<&str> = files
        .iter()
        .filter_map(|file| file.file_stem()?.to_str())
        .collect();
    fs::write(out.join("scenario-names.txt"), names.join("\n"))?;
    let compressed = File::create(out.join("scenarios.deflate"))?;
    let mut encoder = DeflateEncoder::new(compressed, Compression::best());
    for file in &files {
        encoder.write_all(&fs::read(file)?)?;
        encoder.write_all(&[0])?;
    }
    encoder.finish()?;
    Ok(())
}

/// The scenario files in the order of their names, so that the same files give the same program everywhere.
fn scenario_files() -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(FOLDER))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    // With the extension, `a-b` would come before `a`.
    files.sort_by(|one, other| one.file_stem().cmp(&other.file_stem()));
    Ok(files)
}
