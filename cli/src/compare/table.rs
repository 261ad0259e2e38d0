//! The tables of a comparison, and what differs between managers, in words. The page shows the same cells.

use super::Row;
use crate::list::align;
use crate::report::Figures;
use crate::size::{show_bytes, show_count, show_time};

const MEMORY: [&str; 8] =
    ["manager", "time", "ratio", "peak heap", "average heap", "peak RSS", "allocated", "allocating"];
const PAUSES: [&str; 8] = [
    "manager",
    "collections",
    "median pause",
    "99 % pause",
    "longest pause",
    "collecting",
    "output",
    "exit status",
];

/// Heads and cells of time and memory.
pub(super) fn memory(rows: &[Row]) -> Vec<[String; 8]> {
    let fastest = rows.iter().map(|row| row.time_ns).min().unwrap_or(0).max(1);
    let cells = rows.iter().map(|row| {
        let figure = |show: &dyn Fn(&Figures) -> String| row.figures.as_ref().map_or("-".into(), show);
        [
            row.name().to_owned(),
            show_time(row.time_ns),
            format!("{:.2}", row.time_ns as f64 / fastest as f64),
            figure(&|f| show_bytes(f.peak_bytes)),
            figure(&|f| show_bytes(f.average_bytes)),
            figure(&|f| f.peak_rss.map_or("-".into(), show_bytes)),
            figure(&|f| show_bytes(f.allocated_bytes)),
            figure(&|f| format!("{}/s", show_bytes(rate(f)))),
        ]
    });
    std::iter::once(MEMORY.map(String::from)).chain(cells).collect()
}

/// Bytes allocated in a second.
fn rate(figures: &Figures) -> u64 {
    (figures.allocated_bytes as f64 * 1e9 / figures.time_ns.max(1) as f64) as u64
}

/// Heads and cells of collections, and how the program ended.
pub(super) fn pauses(rows: &[Row]) -> Vec<[String; 8]> {
    let cells = rows.iter().map(|row| {
        let figure = |show: &dyn Fn(&Figures) -> String| row.figures.as_ref().map_or("-".into(), show);
        [
            row.name().to_owned(),
            figure(&|f| show_count(f.collections)),
            figure(&|f| show_time(f.pause_p50_ns)),
            figure(&|f| show_time(f.pause_p99_ns)),
            figure(&|f| show_time(f.pause_max_ns)),
            figure(&|f| format!("{:.1} %", 100.0 * f.pause_total_ns as f64 / f.time_ns.max(1) as f64)),
            output(rows, row),
            row.first.status.code().map_or_else(|| row.first.status.to_string(), |code| code.to_string()),
        ]
    });
    std::iter::once(PAUSES.map(String::from)).chain(cells).collect()
}

/// `same`, or a letter that the rows with the same output share.
fn output(rows: &[Row], row: &Row) -> String {
    if rows.iter().all(|other| other.first.output == row.first.output) {
        return "same".into();
    }
    let mut kinds: Vec<&[u8]> = Vec::new();
    for other in rows {
        if !kinds.contains(&&other.first.output[..]) {
            kinds.push(&other.first.output);
        }
    }
    let at = kinds.iter().position(|&kind| kind == row.first.output).unwrap_or(0);
    u8::try_from(at).ok().map_or('?', |at| (b'A' + at.min(25)) as char).to_string()
}

/// Both tables, for a terminal.
pub(super) fn tables(rows: &[Row]) -> String {
    format!("{}\n{}", align(&memory(rows), 1), align(&pauses(rows), 1))
}

/// What is not the same as under the first manager, in words.
pub(super) fn differences(rows: &[Row]) -> String {
    let mut text = String::new();
    let Some((first, others)) = rows.split_first() else { return text };
    for other in others {
        let (a, b) = (first.name(), other.name());
        let (first, other) = (&first.first, &other.first);
        if first.status != other.status {
            text += &format!(
                "The program ends differently: {} under {a}, {} under {b}.\n",
                first.status, other.status
            );
            text += &String::from_utf8_lossy(&other.errors);
        }
        if first.output != other.output {
            let (left, right) =
                (String::from_utf8_lossy(&first.output), String::from_utf8_lossy(&other.output));
            let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
            let at = left.iter().zip(&right).take_while(|(l, r)| l == r).count();
            let line = |lines: &[&str]| lines.get(at).map_or("(nothing)".to_owned(), |l| l.to_string());
            text += &format!(
                "The output differs in line {}:\n  under {a}: {}\n  under {b}: {}\n",
                at + 1,
                line(&left),
                line(&right)
            );
        }
    }
    text
}
