//! `taipan-replay FILE`: makes the calls of a recording again, and says where the library does something else.
//!
//! Its status: 0 if nothing differs, 1 if something does, 2 if there is nothing to replay, 3 if the time is over.

mod process;

use std::process::ExitCode;
use taipan_record::recording::Recording;
use taipan_record::replay::{run, Options, Report};

const USAGE: &str = "Usage: taipan-replay FILE [OPTIONS]

Makes the calls of libtaipan again that were recorded in FILE, without the program that made them, and compares what they give.

  --manager NAME   another memory manager for each heap; what depends on the manager is not compared then
  --verify         verify heaps after each collection, and before they are freed
  --zeal N         collect after every N allocations, with verification and poison
  --stats          print the statistics of each heap before it was freed: as recorded, and now
  --output         print what scripts print, and nothing else
  --library FILE   the library; else the one beside this program, or the one that the system finds
  --timeout N      give up after N seconds
  --help           this

The status is 0 if nothing differs, 1 if something does, 2 if there is nothing to replay, and 3 if the time is over.";

/// What was asked for: the file, how to replay it, and whether to show statistics.
fn arguments() -> Result<Option<(String, Options, bool)>, String> {
    let (mut file, mut options, mut stats) = (None, Options::default(), false);
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{argument} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("{text} is no number"));
        match argument.as_str() {
            "--help" => return Ok(None),
            "--verify" => options.verify = true,
            "--stats" => stats = true,
            "--output" => options.output = true,
            "--manager" => options.manager = Some(value()?),
            "--library" => options.library = Some(value()?.into()),
            "--zeal" => options.zeal = number(value()?)?,
            "--timeout" => options.timeout = number(value()?)?,
            _ if argument.starts_with('-') => return Err(format!("unknown option {argument}; see --help")),
            _ if file.is_some() => return Err(format!("what is {argument}? see --help")),
            _ => file = Some(argument),
        }
    }
    let file = file.ok_or("which recording? see --help")?;
    Ok(Some((file, options, stats)))
}

fn replay(file: &str, options: &Options) -> Result<Report, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let recording = Recording::read(bytes).map_err(|damaged| format!("{file}: {damaged}"))?;
    let mut options = options.clone();
    // Paths are those of here, before the folder is the program's.
    if let Some(library) = &mut options.library {
        *library =
            std::path::absolute(&*library).map_err(|error| format!("{}: {error}", library.display()))?;
    }
    let found = taipan_record::replay::find(&options)?;
    process::become_it(&recording.program, &recording.folder);
    run(recording, options, found)
}

fn show(report: &Report) {
    for (n, (then, now)) in report.stats.iter().enumerate() {
        println!("heap {n}: {:>20} {:>14} {:>14}", "", "recorded", "now");
        for (name, number) in &now.0 {
            println!("  {name:<26} {:>14} {number:>14}", then.get(name));
        }
    }
}

fn main() -> ExitCode {
    let asked = match arguments() {
        Ok(Some(asked)) => asked,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("taipan-replay: {message}");
            return ExitCode::from(2);
        }
    };
    let (file, options, stats) = asked;
    match replay(&file, &options) {
        Ok(report) => {
            report.print(&options);
            if stats {
                show(&report);
            }
            if report.divergences.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(1)
            }
        }
        Err(message) => {
            eprintln!("taipan-replay: {message}");
            ExitCode::from(2)
        }
    }
}
