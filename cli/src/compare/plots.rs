//! The plots of the report, as SVG.
//!
//! Plotters draws into a string, with colours that stand for others: [`themed`] puts variables of the page's style in their place, so that one
//! picture suits light and dark. Plotters knows no tooltips; they are invisible shapes laid over the picture, at the places that the
//! chart gives. Leaves out everything that moves: the page has no script.

use super::Row;
use crate::report::{Figures, Mark, Sample};
use crate::size::{show_bytes, show_count, show_time};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Stand-ins for text, for what matters less, and for lines of the grid.
const INK: RGBColor = RGBColor(1, 1, 1);
const MUTED: RGBColor = RGBColor(2, 2, 2);
const GRID: RGBColor = RGBColor(3, 3, 3);

/// How many colours the page's style has for managers.
pub(super) const COLOURS: usize = 8;

/// Most collections that are drawn into a plot: the longest.
pub(super) const MAX_DRAWN: usize = 250;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<String, String>;

/// A stand-in for the colour of a row.
fn colour(at: usize) -> RGBColor {
    RGBColor(0x10 + (at % COLOURS) as u8, 1, 1)
}

fn failed(error: impl std::fmt::Display) -> String {
    format!("can't draw: {error}")
}

/// A picture of this size: `draw` draws it, and gives what lies over it.
fn picture(size: (u32, u32), label: &str, draw: impl FnOnce(&Area<'_>) -> Drawn) -> Drawn {
    let mut text = String::new();
    let over = {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let over = draw(&area)?;
        area.present().map_err(failed)?;
        over
    };
    let (width, height) = size;
    let body = text.split_once('>').map_or("", |(_, body)| body);
    let body = body.rsplit_once("</svg>").map_or(body, |(body, _)| body);
    Ok(format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">{}{over}</svg>",
        escaped(label),
        themed(body)
    ))
}

/// The style's variables in place of the colours that stand for them.
fn themed(svg: &str) -> String {
    let mut text = svg.to_owned();
    for (colour, name) in [(INK, "ink"), (MUTED, "muted"), (GRID, "grid")] {
        text = text.replace(&hex(colour), &format!("\"var(--{name})\""));
    }
    for at in 0..COLOURS {
        text = text.replace(&hex(colour(at)), &format!("\"var(--c{at})\""));
    }
    text
}

fn hex(RGBColor(r, g, b): RGBColor) -> String {
    format!("\"#{r:02X}{g:02X}{b:02X}\"")
}

fn escaped(text: &str) -> String {
    maud::html! { (text) }.into_string()
}

/// A place that shows a text when it is pointed at.
fn hover(x: i32, y: i32, width: i32, height: i32, text: &str) -> String {
    let (width, height) = (width.max(2), height.max(2));
    format!(
        "<rect class=\"hover\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"><title>{}</title></rect>",
        escaped(text)
    )
}

fn style(size: i32, colour: RGBColor, h: HPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour).pos(Pos::new(h, VPos::Center))
}

// ---- bars ----

/// A bar: how long it is, how long its dark part is, and what is said of it.
struct Bar {
    at: usize,
    name: String,
    whole: u64,
    part: u64,
    label: String,
    title: String,
}

fn bars(label: &str, bars: &[Bar]) -> Drawn {
    const LEFT: i32 = 96;
    const RIGHT: i32 = 560;
    const STEP: i32 = 38;
    let most = bars.iter().map(|bar| bar.whole).max().unwrap_or(1).max(1) as f64;
    let long = |value: u64| ((RIGHT - 110 - LEFT) as f64 * value as f64 / most).round() as i32;
    picture((RIGHT as u32, (bars.len() as i32 * STEP + 8) as u32), label, |area| {
        let mut over = String::new();
        for (row, bar) in bars.iter().enumerate() {
            let top = row as i32 * STEP + 8;
            let (bottom, middle) = (top + 22, top + 11);
            let fill = colour(bar.at);
            let name = bar.name.rsplit('/').next().unwrap_or_default();
            area.draw(&Text::new(name, (LEFT - 10, middle), style(15, INK, HPos::Right))).map_err(failed)?;
            let whole = LEFT + long(bar.whole).max(1);
            let pale = if bar.part < bar.whole { fill.mix(0.35).filled() } else { fill.filled() };
            area.draw(&Rectangle::new([(LEFT, top), (whole, bottom)], pale)).map_err(failed)?;
            if bar.part < bar.whole {
                let part = LEFT + long(bar.part).max(1);
                area.draw(&Rectangle::new([(LEFT, top), (part, bottom)], fill.filled())).map_err(failed)?;
            }
            let text = Text::new(bar.label.clone(), (whole + 8, middle), style(14, INK, HPos::Left));
            area.draw(&text).map_err(failed)?;
            over += &hover(0, top - 8, RIGHT, STEP, &bar.title);
        }
        Ok(over)
    })
}

/// How long each took.
pub(super) fn times(rows: &[Row]) -> Drawn {
    let fastest = rows.iter().map(|row| row.time_ns).min().unwrap_or(1).max(1);
    let all = rows.iter().enumerate().map(|(at, row)| {
        let time = show_time(row.time_ns);
        let ratio = row.time_ns as f64 / fastest as f64;
        let title = format!("{}: {time}, {ratio:.2} times the fastest", row.name());
        Bar { at, name: row.name().into(), whole: row.time_ns, part: row.time_ns, label: time, title }
    });
    bars("Time under each manager", &all.collect::<Vec<_>>())
}

/// How much memory each took: most, and on average.
pub(super) fn memory(rows: &[Row]) -> Drawn {
    let all = known(rows).map(|(at, row, figures)| {
        let (peak, average) = (show_bytes(figures.peak_bytes), show_bytes(figures.average_bytes));
        Bar {
            at,
            name: row.name().into(),
            whole: figures.peak_bytes,
            part: figures.average_bytes,
            title: format!("{}: {peak} at the peak, {average} on average", row.name()),
            label: peak,
        }
    });
    bars("Heap under each manager: peak and average", &all.collect::<Vec<_>>())
}

/// The rows with figures, and where they stand.
fn known(rows: &[Row]) -> impl Iterator<Item = (usize, &Row, &Figures)> {
    rows.iter().enumerate().filter_map(|(at, row)| Some((at, row, row.figures.as_ref()?)))
}

// ---- the heap over time ----

/// How bytes become heights: as they are, or by their logarithm when sizes differ too much.
#[derive(Clone, Copy)]
struct Scale {
    log: bool,
    low: f64,
    high: f64,
}

const MIB: f64 = (1 << 20) as f64;

impl Scale {
    fn new(least: u64, most: u64) -> Scale {
        let (least, most) = (least.max(1 << 16) as f64, most.max(1 << 16) as f64);
        if most / least > 12.0 {
            return Scale { log: true, low: (least.log2() - 1.0).floor(), high: most.log2().ceil() };
        }
        Scale { log: false, low: 0.0, high: most / MIB * 1.08 }
    }

    fn of(&self, bytes: u64) -> f64 {
        match self.log {
            true => (bytes.max(1) as f64).log2().max(self.low),
            false => bytes as f64 / MIB,
        }
    }

    fn label(&self, height: f64) -> String {
        let bytes = if self.log { height.exp2() } else { height * MIB };
        show_bytes(bytes.round() as u64).replace(".0 ", " ")
    }
}

/// The corners of the line that the heap's size draws.
fn corners(samples: &[Sample], end_ns: u64) -> Vec<(f64, u64)> {
    let mut found = Vec::new();
    let mut last = samples.first().map_or(0, |sample| sample.last);
    for sample in samples {
        let at = sample.at_ns as f64 / 1e9;
        found.extend([(at, last), (at, sample.most), (at, sample.last)]);
        last = sample.last;
    }
    found.push((end_ns as f64 / 1e9, last));
    found
}

/// The scale of the plot of all heaps.
fn common_scale(rows: &[Row]) -> Scale {
    let peaks = || known(rows).map(|(_, _, figures)| figures.peak_bytes);
    Scale::new(peaks().min().unwrap_or(0), peaks().max().unwrap_or(0))
}

/// Whether heaps differ so much that their plot has a logarithmic scale.
pub(super) fn is_logarithmic(rows: &[Row]) -> bool {
    common_scale(rows).log
}

/// All heaps over one axis of time.
pub(super) fn heaps(rows: &[Row]) -> Drawn {
    let scale = common_scale(rows);
    let end = known(rows).map(|(_, _, figures)| figures.time_ns).max().unwrap_or(1).max(1) as f64 / 1e9;
    picture((1120, 360), "The heap under each manager over time", |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .margin_right(24)
            .x_label_area_size(26)
            .y_label_area_size(78)
            .build_cartesian_2d(0.0..end, scale.low..scale.high)
            .map_err(failed)?;
        grid(&mut chart, &scale, (8, 6), 14)?;
        let mut over = String::new();
        for (at, row, figures) in known(rows) {
            let line = corners(&figures.samples, figures.time_ns);
            let points = line.iter().map(|&(x, bytes)| (x, scale.of(bytes)));
            chart.draw_series(LineSeries::new(points, colour(at).stroke_width(2))).map_err(failed)?;
            for (x, bytes) in spread(&line) {
                let (x, y) = chart.backend_coord(&(x, scale.of(bytes)));
                over += &hover(x - 4, y - 4, 8, 8, &format!("{}: {}", row.name(), show_bytes(bytes)));
            }
        }
        Ok(over)
    })
}

/// Axes of time and of the heap's size, with about so many labels in a font of this size.
fn grid(chart: &mut Chart<'_, '_>, scale: &Scale, labels: (usize, usize), font: u32) -> Result<(), String> {
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(GRID)
        .x_labels(labels.0)
        .y_labels(labels.1)
        .label_style(("sans-serif", font).into_font().color(&MUTED))
        .x_label_formatter(&seconds)
        .y_label_formatter(&|height| scale.label(*height))
        .draw()
        .map_err(failed)
}

/// Some of the corners, from all along the line.
fn spread(line: &[(f64, u64)]) -> impl Iterator<Item = (f64, u64)> + '_ {
    const MOST: usize = 120;
    line.iter().copied().step_by(line.len().div_ceil(MOST).max(1))
}

fn seconds(at: &f64) -> String {
    show_time((at * 1e9).round().max(0.0) as u64).replace(".000 s", " s").replace(".0 ", " ")
}

/// One heap over time, with its collections; all such plots have the same axis of time.
pub(super) fn heap(at: usize, row: &Row, figures: &Figures, end_ns: u64) -> Drawn {
    let scale = Scale { log: false, ..Scale::new(1 << 40, figures.peak_bytes) };
    let end = end_ns.max(1) as f64 / 1e9;
    let label = format!("The heap under {} over time, with its collections", row.name());
    picture((560, 230), &label, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .margin_right(20)
            .x_label_area_size(24)
            .y_label_area_size(72)
            .build_cartesian_2d(0.0..end, 0.0..scale.high)
            .map_err(failed)?;
        grid(&mut chart, &scale, (5, 4), 13)?;
        let fill = colour(at);
        let line = corners(&figures.samples, figures.time_ns);
        let points = || line.iter().map(|&(x, bytes)| (x, scale.of(bytes)));
        chart.draw_series(AreaSeries::new(points(), 0.0, fill.mix(0.14))).map_err(failed)?;
        chart.draw_series(LineSeries::new(points(), fill.stroke_width(2))).map_err(failed)?;
        let mut over = String::new();
        for mark in drawn(&figures.marks) {
            let x = mark.at_ns as f64 / 1e9;
            let (before, after) = ((x, scale.of(mark.before)), (x, scale.of(mark.after)));
            chart.draw_series(LineSeries::new([before, after], fill.stroke_width(1))).map_err(failed)?;
            let radius = if mark.minor { 2 } else { 4 };
            chart.draw_series([Circle::new(before, radius, fill.filled())]).map_err(failed)?;
            let (x, y) = chart.backend_coord(&before);
            over += &hover(x - 6, y - 6, 12, 12, &told(row, mark));
        }
        Ok(over)
    })
}

/// The longest of the marks, in their order.
fn drawn(marks: &[Mark]) -> Vec<&Mark> {
    let mut order: Vec<&Mark> = marks.iter().collect();
    order.sort_by_key(|mark| std::cmp::Reverse(mark.pause_ns));
    order.truncate(MAX_DRAWN);
    order.sort_by_key(|mark| mark.at_ns);
    order
}

fn told(row: &Row, mark: &Mark) -> String {
    let kind = match (mark.full, mark.minor) {
        (true, _) => "full collection",
        (_, true) => "minor collection",
        _ => "collection",
    };
    format!(
        "{}: {kind} after {}, {} → {} in {}",
        row.name(),
        show_time(mark.at_ns),
        show_bytes(mark.before),
        show_bytes(mark.after),
        show_time(mark.pause_ns)
    )
}

// ---- pauses ----

/// Slots per factor of ten.
const SLOTS: f64 = 8.0;

/// How pauses are spread, a row for each manager with collections, over a logarithmic axis.
pub(super) fn pauses(rows: &[Row]) -> Drawn {
    let with: Vec<_> = known(rows).filter(|(_, _, figures)| figures.collections > 0).collect();
    let least = with.iter().flat_map(|(_, _, f)| &f.pauses).map(|p| p.0).min().unwrap_or(1_000);
    let most = with.iter().map(|(_, _, f)| f.pause_max_ns).max().unwrap_or(1_000_000);
    let low = (least.max(1) as f64).log10().floor();
    let high = (most.max(2) as f64).log10().ceil().max(low + 1.0);
    let height = 44 + 74 * with.len().max(1) as u32;
    picture((1120, height), "How long pauses are under each manager", |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .margin_right(24)
            .x_label_area_size(26)
            .y_label_area_size(96)
            .build_cartesian_2d(low..high, 0.0..with.len().max(1) as f64)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(GRID)
            .x_labels((high - low) as usize + 1)
            .label_style(("sans-serif", 14).into_font().color(&MUTED))
            .x_label_formatter(&|at| seconds(&(10_f64.powf(*at) / 1e9)))
            .draw()
            .map_err(failed)?;
        let mut over = String::new();
        for (place, &(at, row, figures)) in with.iter().enumerate() {
            let base = (with.len() - 1 - place) as f64;
            let (_, y) = chart.backend_coord(&(low, base + 0.4));
            let name = row.name().rsplit('/').next().unwrap_or_default();
            area.draw(&Text::new(name, (92, y), style(15, INK, HPos::Right))).map_err(failed)?;
            let slots = slots(figures);
            let tallest = slots.iter().map(|slot| slot.1).max().unwrap_or(1).max(1) as f64;
            for &(slot, count) in &slots {
                let (left, right) = (slot as f64 / SLOTS, (slot + 1) as f64 / SLOTS);
                // The root, so that what is rare is seen, too.
                let top = base + 0.82 * (count as f64 / tallest).sqrt().max(0.04);
                let (a, b) = ((left + 0.012, base), (right - 0.012, top));
                chart.draw_series([Rectangle::new([a, b], colour(at).mix(0.75).filled())]).map_err(failed)?;
                let ((x, y), (end, bottom)) =
                    (chart.backend_coord(&(left, top)), chart.backend_coord(&(right, base)));
                let span = |at: f64| show_time(10_f64.powf(at).round() as u64);
                let title =
                    format!("{}: {} of {} to {}", row.name(), show_count(count), span(left), span(right));
                over += &hover(x, y, end - x, bottom - y, &title);
            }
            over += &percentiles(&mut chart, row, figures, base)?;
        }
        Ok(over)
    })
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// Lines at the median, at 99 % and at the longest pause.
fn percentiles(chart: &mut Chart<'_, '_>, row: &Row, figures: &Figures, base: f64) -> Drawn {
    let mut over = String::new();
    for (name, ns) in [
        ("half of the pauses: at most", figures.pause_p50_ns),
        ("99 of 100 pauses: at most", figures.pause_p99_ns),
        ("the longest pause:", figures.pause_max_ns),
    ] {
        let at = (ns.max(1) as f64).log10();
        let line = [(at, base), (at, base + 0.86)];
        chart.draw_series(LineSeries::new(line, INK.stroke_width(2))).map_err(failed)?;
        let (x, y) = chart.backend_coord(&line[1]);
        let (_, bottom) = chart.backend_coord(&line[0]);
        over += &hover(x - 4, y, 8, bottom - y, &format!("{}: {name} {}", row.name(), show_time(ns)));
    }
    Ok(over)
}

/// How many pauses fall into each slot of the axis.
fn slots(figures: &Figures) -> Vec<(i64, u64)> {
    let mut found: Vec<(i64, u64)> = Vec::new();
    for &(from, to, count) in &figures.pauses {
        let middle = (from.max(1) as f64 + to.min(figures.pause_max_ns).max(from) as f64) / 2.0;
        let slot = (middle.log10() * SLOTS).floor() as i64;
        match found.last_mut().filter(|last| last.0 == slot) {
            Some(last) => last.1 += count,
            None => found.push((slot, count)),
        }
    }
    found
}
