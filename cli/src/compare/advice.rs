//! Which manager suits the program: a few rules over the figures, and the figures said with them.
//!
//! 1. Only our managers count, and of these only those under which the program ended as well as it did under any.
//! 2. A manager that never frees is advised only where it doesn't need twice the memory of the thriftiest: programs that run longer than this
//!    one would need ever more.
//! 3. Of the rest the fastest is advised. Times within 5 % are a tie; then the smaller peak of the heap decides (within 10 %, another tie),
//!    then the shorter longest pause, then the order of the list.
//! 4. What that costs is said: a manager that takes at most half the memory, or whose longest pause is at most half as long and shorter by
//!    a millisecond, is named with its price in time.
//!
//! Leaves out what a figure can't show: whether finalizers have to be prompt, whether the program makes cycles in longer runs.

use super::Row;
use crate::report::Figures;
use crate::size::{show_bytes, show_time};
use taipan_gc::managers;

/// Times so near to each other are a tie.
const TIE_TIME: f64 = 1.05;
/// As are peaks.
const TIE_BYTES: f64 = 1.10;
/// Pauses that differ by less are not worth a word.
const PAUSE_MATTERS: u64 = 1_000_000;

/// What is advised, and why.
pub(super) struct Advice {
    /// The manager, if there is one to advise.
    pub(super) manager: Option<String>,
    /// Sentences.
    pub(super) reasons: Vec<String>,
}

/// A manager under which the program ended well.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    name: &'a str,
    time: u64,
    figures: &'a Figures,
}

impl Candidate<'_> {
    fn pause(&self) -> String {
        match self.figures.collections {
            0 => "no collection at all".into(),
            _ => format!("{} at the longest", show_time(self.figures.pause_max_ns)),
        }
    }
}

impl Advice {
    pub(super) fn of(rows: &[Row], rounds: u32) -> Advice {
        let ours = rows.iter().filter(|row| row.is_ours());
        let success = ours.clone().any(|row| row.first.status.success());
        let mut reasons = failures(rows, success);
        let good = ours.filter(|row| row.first.status.success() == success);
        let candidates: Vec<Candidate<'_>> = good
            .filter(|row| success || !ran_out(row))
            .filter_map(|row| {
                Some(Candidate { name: row.name(), time: row.time_ns, figures: row.figures.as_ref()? })
            })
            .collect();
        let Some(smallest) = candidates.iter().copied().min_by_key(|c| c.figures.peak_bytes) else {
            reasons.push("No manager has run the program to its end.".into());
            return Advice { manager: None, reasons };
        };
        let (kept, endless): (Vec<_>, Vec<_>) = candidates
            .iter()
            .copied()
            .partition(|c| collects(c.name) || c.figures.peak_bytes <= 2 * smallest.figures.peak_bytes);
        // The smallest is kept by its own measure.
        let best = choose(&kept).unwrap_or(smallest);
        reasons.extend(why(best, &kept));
        reasons.extend(never_frees(&endless, smallest));
        reasons.extend(trades(best, &kept));
        if rounds < 3 {
            let runs = if rounds == 1 { "One run".to_owned() } else { format!("{rounds} runs") };
            reasons.push(format!("{runs} of each: times within 5 % count as a tie; --rounds 5 tells more."));
        }
        Advice { manager: Some(best.name.to_owned()), reasons }
    }

    /// For a terminal.
    pub(super) fn text(&self) -> String {
        let head = match &self.manager {
            Some(manager) => format!("Recommendation: {manager}\n"),
            None => "No recommendation\n".to_owned(),
        };
        head + &self.reasons.iter().map(|reason| format!("  {reason}\n")).collect::<String>()
    }
}

fn collects(name: &str) -> bool {
    managers::all().iter().any(|facts| facts.name == name && facts.collects)
}

/// Whether the program has ended for want of memory.
fn ran_out(row: &Row) -> bool {
    row.first.failure().is_some_and(|reason| reason.starts_with("MemoryError"))
}

/// Who has failed, and why. When all have in the same way, that is how the program ends.
fn failures(rows: &[Row], success: bool) -> Vec<String> {
    let failed = rows.iter().filter(|row| success || ran_out(row));
    let named = failed.filter_map(|row| Some((row.name(), row.first.failure()?)));
    named.map(|(name, reason)| format!("{name} is out: {reason}.")).collect()
}

/// Rule 3.
fn choose<'a>(kept: &[Candidate<'a>]) -> Option<Candidate<'a>> {
    let ties = fastest(kept);
    let least = ties.iter().map(|c| c.figures.peak_bytes).min()? as f64;
    let small = ties.into_iter().filter(|c| c.figures.peak_bytes as f64 <= least * TIE_BYTES);
    small.min_by_key(|c| c.figures.pause_max_ns)
}

/// The fastest, and those within a tie of it.
fn fastest<'a>(kept: &[Candidate<'a>]) -> Vec<Candidate<'a>> {
    let least = kept.iter().map(|c| c.time).min().unwrap_or(0) as f64;
    kept.iter().copied().filter(|c| c.time as f64 <= least * TIE_TIME).collect()
}

fn why(best: Candidate<'_>, kept: &[Candidate<'_>]) -> Vec<String> {
    let (ties, time) = (fastest(kept), show_time(best.time));
    let others: Vec<&Candidate<'_>> = ties.iter().filter(|c| c.name != best.name).collect();
    let (peak, pause) = (show_bytes(best.figures.peak_bytes), best.pause());
    if others.is_empty() {
        let next = kept.iter().filter(|c| c.name != best.name).min_by_key(|c| c.time);
        let ahead = next.map_or(String::new(), |next| {
            format!(", {:.2} times as fast as {}", next.time as f64 / best.time.max(1) as f64, next.name)
        });
        return vec![format!("{} is the fastest: {time}{ahead}; peak {peak}, {pause}.", best.name)];
    }
    let named: Vec<String> = others
        .iter()
        .map(|c| {
            format!(
                "{} ({}, peak {}, {})",
                c.name,
                show_time(c.time),
                show_bytes(c.figures.peak_bytes),
                c.pause()
            )
        })
        .collect();
    let least = ties.iter().map(|c| c.figures.peak_bytes).min().unwrap_or(0) as f64;
    let alike = ties.iter().filter(|c| c.figures.peak_bytes as f64 <= least * TIE_BYTES).count();
    let decides = match alike {
        1 => "its heap is the smallest of them",
        _ => "of those with the smallest heaps its pauses are the shortest, or it comes first in the list",
    };
    vec![format!(
        "{} ({time}, peak {peak}, {pause}) ties with {} for the fastest; {decides}.",
        best.name,
        named.join(" and ")
    )]
}

/// Rule 2.
fn never_frees(endless: &[Candidate<'_>], smallest: Candidate<'_>) -> Vec<String> {
    let say = |c: &Candidate<'_>| {
        format!(
            "{} never frees: {} in {}, where {} peaks at {}; for programs that end soon.",
            c.name,
            show_bytes(c.figures.peak_bytes),
            show_time(c.time),
            smallest.name,
            show_bytes(smallest.figures.peak_bytes)
        )
    };
    endless.iter().map(say).collect()
}

/// Rule 4.
fn trades(best: Candidate<'_>, kept: &[Candidate<'_>]) -> Vec<String> {
    let mut said = Vec::new();
    let price = |c: &Candidate<'_>| format!("{:.2} times the time", c.time as f64 / best.time.max(1) as f64);
    let others = || kept.iter().filter(|c| c.name != best.name);
    if let Some(small) = others().min_by_key(|c| c.figures.peak_bytes) {
        if small.figures.peak_bytes <= best.figures.peak_bytes / 2 {
            said.push(format!(
                "If memory counts more: {} peaks at {} instead of {}, for {}.",
                small.name,
                show_bytes(small.figures.peak_bytes),
                show_bytes(best.figures.peak_bytes),
                price(small)
            ));
        }
    }
    // One that never frees has no pauses, but that is no answer.
    let brief = others().filter(|c| collects(c.name)).min_by_key(|c| (c.figures.pause_max_ns, c.time));
    if let Some(brief) = brief {
        let (pause, worst) = (brief.figures.pause_max_ns, best.figures.pause_max_ns);
        if pause <= worst / 2 && worst - pause >= PAUSE_MATTERS {
            let longest = if pause == 0 {
                "never stops to collect".into()
            } else {
                format!("pauses {}", brief.pause())
            };
            said.push(format!(
                "If pauses count more: {} {longest} instead of {}, for {}; its heap peaks at {}.",
                brief.name,
                show_time(worst),
                price(brief),
                show_bytes(brief.figures.peak_bytes)
            ));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate<'a>(name: &'a str, time: u64, figures: &'a Figures) -> Candidate<'a> {
        Candidate { name, time, figures }
    }

    fn figures(peak_bytes: u64, pause_max_ns: u64) -> Figures {
        Figures { peak_bytes, pause_max_ns, collections: u64::from(pause_max_ns > 0), ..Figures::default() }
    }

    #[test]
    fn the_fastest_wins_and_its_price_is_said() {
        let (quick, small) = (figures(100 << 20, 9_000_000), figures(10 << 20, 0));
        let all = [candidate("mark", 1_000_000_000, &quick), candidate("refcount", 1_500_000_000, &small)];
        let best = choose(&all).expect("one");
        assert_eq!(best.name, "mark");
        assert!(why(best, &all)[0].contains("1.50 times as fast as refcount"), "{:?}", why(best, &all));
        let said = trades(best, &all).join("\n");
        assert!(
            said.contains("refcount peaks at 10.0 MiB instead of 100.0 MiB, for 1.50 times the time"),
            "{said}"
        );
        assert!(said.contains("refcount never stops to collect instead of 9.0 ms"), "{said}");
    }

    #[test]
    fn ties_are_said_and_broken_by_memory_then_pauses() {
        let (big, small, same) = (figures(100 << 20, 1), figures(50 << 20, 9), figures(51 << 20, 5));
        let all = [candidate("a", 1_000, &big), candidate("b", 1_040, &small), candidate("c", 1_045, &same)];
        let best = choose(&all).expect("one");
        assert_eq!(best.name, "c");
        assert!(why(best, &all)[0].contains("ties with a"), "{:?}", why(best, &all));
        assert_eq!(choose(&all[..2]).map(|c| c.name), Some("b"));
        assert!(choose(&[]).is_none());
    }
}
