//! The Rust twin of `embed.c`.

fn main() {}
