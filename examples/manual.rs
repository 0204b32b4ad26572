//! The manual and the completions of shells, made from the command line: cargo run --example manual FOLDER

#![allow(clippy::unwrap_used, clippy::expect_used)]

use clap::CommandFactory;
use clap_complete::{Shell, generate_to};
use jiayi::cli::arguments::Arguments;

fn main() {
    let folder = std::env::args().nth(1).expect("name a folder");
    std::fs::create_dir_all(&folder).unwrap();
    clap_mangen::generate_to(Arguments::command(), &folder).unwrap();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut Arguments::command(), "jiayi", &folder).unwrap();
    }
}
