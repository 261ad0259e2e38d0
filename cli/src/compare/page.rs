//! The report as one file of HTML: advice, plots, tables. It loads nothing, runs nothing, and is readable without colours.

use super::advice::Advice;
use super::{plots, same_output, table, Row};
use crate::args::CompareArgs;
use maud::{html, Markup, PreEscaped, DOCTYPE};

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn page(
    args: &CompareArgs,
    rows: &[Row],
    advice: &Advice,
    differences: &str,
) -> Result<String, String> {
    let name = args.file.rsplit('/').next().unwrap_or_default();
    let place = advice.manager.as_ref().and_then(|best| rows.iter().position(|row| row.name() == best));
    let mark = place.map(|at| format!("--mark: var(--c{})", at % plots::COLOURS));
    let body = html! {
        main {
            header {
                h1 { (name) " under " (rows.len()) " managers" }
                p.note { "taipan " (env!("CARGO_PKG_VERSION")) " compare " (args.file) @for arg in &args.args { " " (arg) } " · " (args.rounds) @if args.rounds == 1 { " run" } @else { " runs" } " each" }
            }
            section.advice style=[mark] {
                h2 { @match &advice.manager { Some(best) => { "Recommendation: " (best) }, None => { "No recommendation" } } }
                ul { @for reason in &advice.reasons { li { (reason) } } }
            }
            div.pair {
                section { h2 { "Time" } p.note { "of the whole process" } (svg(plots::times(rows)?)) }
                section { h2 { "Heap" } p.note { "pale: at the peak; full: on average over time" } (svg(plots::memory(rows)?)) }
            }
            section {
                h2 { "Heap over time" }
                @if plots::is_logarithmic(rows) { p.note { "logarithmic scale: heaps differ much" } }
                (legend(rows))
                (wide(plots::heaps(rows)?))
            }
            (panels(rows)?)
            section {
                h2 { "Pauses" }
                p.note { "How often collections took how long; heights are square roots of counts, lines the median, 99 % and the longest." }
                @if rows.iter().any(|row| row.figures.as_ref().is_some_and(|figures| figures.collections > 0)) {
                    (wide(plots::pauses(rows)?))
                } @else {
                    p { "No manager has collected." }
                }
            }
            section { h2 { "Time and memory" } (cells(&table::memory(rows), place)) }
            section { h2 { "Collections and output" } (cells(&table::pauses(rows), place))
                @if differences.is_empty() { p { (same_output(rows)) } } @else { pre { (differences) } }
            }
        }
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (name) " · taipan compare" }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    Ok(page.into_string())
}

fn svg(text: String) -> Markup {
    PreEscaped(text)
}

/// One that small screens scroll instead of shrinking it.
fn wide(text: String) -> Markup {
    html! { div.scroll { div.wide { (svg(text)) } } }
}

fn swatch(at: usize) -> Markup {
    html! { i.swatch style=(format!("background: var(--c{})", at % plots::COLOURS)) {} }
}

fn legend(rows: &[Row]) -> Markup {
    html! { div.legend { @for (at, row) in rows.iter().enumerate() { @if row.figures.is_some() { span { (swatch(at)) (row.name()) } } } } }
}

/// A plot for each manager.
fn panels(rows: &[Row]) -> Result<Markup, String> {
    let end = rows.iter().filter_map(|row| row.figures.as_ref()).map(|figures| figures.time_ns).max();
    let mut panels = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let Some(figures) = &row.figures else { continue };
        let shown = figures.collections as usize <= figures.marks.len().min(plots::MAX_DRAWN);
        panels.push(html! {
            section {
                h3 { (swatch(at)) (row.name()) }
                p.note {
                    @match figures.collections { 0 => { "no collection" }, 1 => { "1 collection" }, n => { (crate::size::show_count(n)) " collections" } }
                    @if !shown { ", dots at the longest of them" }
                    @else if figures.collections > 0 { " (dots)" }
                }
                (svg(plots::heap(at, row, figures, end.unwrap_or(1))?))
            }
        });
    }
    Ok(html! { div.pair { @for panel in panels { (panel) } } })
}

/// A table whose first row is the heads.
fn cells(rows: &[[String; 8]], best: Option<usize>) -> Markup {
    html! {
        div.scroll { table {
            @for (at, row) in rows.iter().enumerate() {
                tr.best[at.checked_sub(1).is_some_and(|at| Some(at) == best)] {
                    @for (place, cell) in row.iter().enumerate() {
                        @if at == 0 { th { (cell) } }
                        @else { td { @if place == 0 { (swatch(at - 1)) } (cell) } }
                    }
                }
            }
        } }
    }
}
