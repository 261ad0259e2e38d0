//! `taipan compare`: one program under every manager, each in a fresh process; a table, advice, and a page of plots.
//!
//! Processes, and not heaps side by side, because what one run leaves behind (the system's allocator, warm caches, a stack that has grown)
//! would be counted for the next. The children are this same command with `run`; they hand their figures over in a file. Times are those of
//! whole processes, so that another Python can stand beside ours; with several rounds, all run in turns and the median counts.

mod advice;
mod child;
mod page;
mod plots;
mod table;

use crate::args::CompareArgs;
use crate::report::Figures;
use crate::run::{complain, USAGE};
use crate::source::Source;
use child::{Outcome, Runner};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, Write};
use std::time::Duration;
use taipan_gc::managers;

/// What became of the program in all rounds: the first one's output, and the figures of the one with the median time.
struct Row {
    runner: Runner,
    first: Outcome,
    time_ns: u64,
    figures: Option<Figures>,
    /// Rows with the same number have the same output and exit status.
    group: usize,
}

impl Row {
    fn new(runner: Runner, mut outcomes: Vec<Outcome>) -> Option<Row> {
        outcomes.first()?;
        let mut order: Vec<usize> = (0..outcomes.len()).collect();
        order.sort_by_key(|&i| outcomes[i].time_ns);
        let median = *order.get(order.len() / 2)?;
        let (time_ns, figures) = (outcomes[median].time_ns, outcomes[median].figures.take());
        Some(Row { runner, first: outcomes.swap_remove(0), time_ns, figures, group: 0 })
    }

    fn name(&self) -> &str {
        self.runner.name()
    }

    fn is_like(&self, other: &Row) -> bool {
        self.first.status == other.first.status && self.first.output == other.first.output
    }

    fn is_ours(&self) -> bool {
        matches!(self.runner, Runner::Manager(_))
    }
}

/// Compares; gives the exit status.
pub(crate) fn main(args: &CompareArgs) -> i32 {
    match compare(args) {
        Ok(same) => i32::from(!same),
        Err(message) => {
            complain(&message);
            USAGE
        }
    }
}

/// Whether all outputs and exit statuses are the same.
fn compare(args: &CompareArgs) -> Result<bool, String> {
    if args.file == "-" {
        return Err("compare needs a file, because it runs the program several times".into());
    }
    Source::read(&args.file)?;
    let mut runners: Vec<Runner> = managers::all().iter().map(|facts| Runner::Manager(facts.name)).collect();
    runners.extend(args.python.clone().map(Runner::Python));
    let rows = rounds(args, runners)?;
    let differences = table::differences(&rows);
    let advice = advice::Advice::of(&rows, args.rounds);
    let mut shown = table::tables(&rows);
    shown += &differences;
    if differences.is_empty() && rows.len() > 1 {
        shown += &format!("{}\n", same_output(&rows));
    }
    shown += &format!("\n{}", advice.text());
    // Whoever reads may have gone.
    let _ = writeln!(io::stdout(), "\n{}", shown.trim_end());
    if let Some(file) = &args.html {
        let page = page::page(args, &rows, &advice, &differences)?;
        std::fs::write(file, page).map_err(|error| format!("can't write the report '{file}': {error}"))?;
        let _ = writeln!(io::stdout(), "The report is in {file}.");
    }
    Ok(differences.is_empty())
}

fn same_output(rows: &[Row]) -> String {
    let ours = rows.iter().filter(|row| row.is_ours()).count();
    let others = if ours < rows.len() { ", and the other Python's" } else { "" };
    format!("The output is the same under all {ours} managers{others}.")
}

/// Runs the program as often as asked, all runners in turns.
fn rounds(args: &CompareArgs, runners: Vec<Runner>) -> Result<Vec<Row>, String> {
    let bar = progress(runners.len() as u64 * u64::from(args.rounds));
    let mut all: Vec<(Runner, Vec<Outcome>)> =
        runners.into_iter().map(|runner| (runner, Vec::new())).collect();
    let mut show = true;
    for _ in 0..args.rounds {
        for (runner, outcomes) in &mut all {
            if !show {
                // Not before: the program's own output is on the screen.
                bar.set_message(runner.name().to_owned());
                bar.enable_steady_tick(Duration::from_millis(100));
            }
            let failed = |error| format!("can't run the program under {}: {error}", runner.name());
            outcomes.push(child::run(args, runner, show).map_err(failed)?);
            show = false;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let mut rows: Vec<Row> =
        all.into_iter().filter_map(|(runner, outcomes)| Row::new(runner, outcomes)).collect();
    for at in 0..rows.len() {
        let like = (0..at).find(|&before| rows[before].is_like(&rows[at]));
        let fresh = rows[..at].iter().map(|row| row.group + 1).max().unwrap_or(0);
        rows[at].group = like.map_or(fresh, |before| rows[before].group);
    }
    Ok(rows)
}

/// A bar on standard error, if that is a terminal; hidden until it is ticked.
fn progress(runs: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(runs), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar
}
