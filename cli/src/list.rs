//! `taipan managers`: the registry, for people.

use std::io::Write;
use taipan_gc::{managers, Discipline};

/// Prints the table; gives the exit status.
pub(crate) fn main() -> i32 {
    let mut table = vec![["name", "discipline", "prompt", "cycles", "moves", "idea"].map(String::from)];
    for facts in managers::all() {
        let yes = |fact| if fact { "yes" } else { "no" };
        let discipline = match facts.discipline {
            Discipline::Counted => "counted",
            Discipline::Traced => "traced",
        };
        let default = if facts.name == managers::DEFAULT { " (default)" } else { "" };
        table.push([
            format!("{}{default}", facts.name),
            discipline.into(),
            yes(facts.prompt).into(),
            yes(facts.cycles).into(),
            yes(facts.moves).into(),
            facts.summary.into(),
        ]);
    }
    let mut shown = align(&table, 0);
    shown.push_str(
        "\nprompt: acyclic garbage is finalized as soon as its last reference goes\n\
         cycles: cyclic garbage is found while the program runs\n\
         moves:  objects may change their address\n",
    );
    // Whoever reads may have gone.
    let _ = std::io::stdout().write_all(shown.as_bytes());
    0
}

/// Lines of columns: those from `numbers` on are aligned to the right, unless that is 0; the last of the others is not padded.
pub(crate) fn align<const N: usize>(table: &[[String; N]], numbers: usize) -> String {
    let mut widths = [0; N];
    for row in table {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut shown = String::new();
    for row in table {
        let mut line = String::new();
        for (i, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = if i == 0 { "" } else { "  " };
            let padding = " ".repeat(width - cell.chars().count());
            let right = numbers != 0 && i >= numbers;
            line += &if right { format!("{gap}{padding}{cell}") } else { format!("{gap}{cell}{padding}") };
        }
        shown += line.trim_end();
        shown.push('\n');
    }
    shown
}
