# The commands that people type. `just` lists them; `pip install rust-just` or `cargo install just` installs it.

_list:
    @just --list --unsorted

# Run the check on a simulated tenant
demo *arguments:
    cargo run --release -- demo {{arguments}}

# Format, then report every warning
lint:
    cargo fmt
    cargo clippy --locked --all-targets -- -D warnings

# Run all tests
test:
    cargo test

# Run the tests of one room, for example `just room diagnosis`
room name:
    cargo test --lib {{name}}::

# Play every scenario and compare it with its expectations
scenarios:
    cargo test --test scenarios

# Write the outcomes of the scenarios into their files; read the diff before you commit it
bless:
    RX_BLESS=1 cargo test --test scenarios every_scenario_leads

# Write the golden files of all formats; read the diff before you commit it
golden:
    INSTA_UPDATE=always cargo test

# Write the picture of a report in README; look at it before you commit it
picture:
    RX_BLESS=1 cargo test --test picture

# Check spelling and words
words:
    .ci/words
    cargo test --test words

# Check licenses, sources and banned dependencies
deny:
    .ci/deny

# Build the programs and archives of a release into target/release-files
release *arguments:
    release/build {{arguments}}

# Measure time, memory and requests against simulated tenants
bench:
    benches/estate --quick

# Change the code of three rooms in small ways and list the changes that no test finds, for example `just mutants 50/7`
mutants *share:
    .ci/mutants {{share}}

# Everything that must pass before a change lands
ci:
    .ci/run
