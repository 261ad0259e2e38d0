//! `taipan-replay FILE`: makes the calls of a recording again, and says where the library does something else.
//!
//! Its status: 0 if nothing differs, 1 if something does, 2 if there is nothing to replay, 3 if the time is over.

mod process;

use std::process::ExitCode;
use taipan_record::listing;
use taipan_record::recording::Recording;
use taipan_record::replay::{run, Options, Report};

const USAGE: &str = "Usage: taipan-replay FILE [OPTIONS]

Makes the calls of libtaipan again that were recorded in FILE, without the program that made them, and compares what they give.

  --manager NAME   another memory manager for each heap; what depends on the manager is not compared then
  --verify         verify heaps after each collection, and before they are freed
  --zeal N         collect after every N allocations, with verification and poison
  --list           print the recorded calls, and replay nothing
  --stats          print the statistics of each heap before it was freed: as recorded, and now
  --output         print what scripts print, and nothing else
  --library FILE   the library; else the one beside this program, or the one that the system finds
  --timeout N      give up after N seconds
  --help           this

The status is 0 if nothing differs, 1 if something does, 2 if there is nothing to replay, and 3 if the time is over.";

/// What was asked for.
#[derive(Default)]
struct Asked {
    file: String,
    options: Options,
    stats: bool,
    list: bool,
}

fn arguments() -> Result<Option<Asked>, String> {
    let (mut file, mut asked) = (None, Asked::default());
    let options = &mut asked.options;
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{argument} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("{text} is no number"));
        match argument.as_str() {
            "--help" => return Ok(None),
            "--verify" => options.verify = true,
            "--stats" => asked.stats = true,
            "--list" => asked.list = true,
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
    asked.file = file.ok_or("which recording? see --help")?;
    Ok(Some(asked))
}

fn replay(asked: &Asked) -> Result<Report, String> {
    let file = &asked.file;
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let recording = Recording::read(bytes).map_err(|damaged| format!("{file}: {damaged}"))?;
    if asked.list {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        // Whoever reads no further has seen enough.
        let _ = listing::write(&recording, &mut out);
        return Ok(Report::default());
    }
    let mut options = asked.options.clone();
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
    match replay(&asked) {
        Ok(_) if asked.list => ExitCode::SUCCESS,
        Ok(report) => {
            report.print(&asked.options);
            if asked.stats {
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
