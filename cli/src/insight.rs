//! Looking into the heap: `--heap-profile` while the program runs, `--heap-snapshot` and `--why` when it has ended.
//!
//! What is asked for goes to a file or to standard error, as a program's own output stays its own. When an exception has ended the program,
//! a MemoryError for example, the variables of its functions are in the picture, too.

use crate::args::RunArgs;
use crate::list::align;
use crate::run::complain;
use crate::size::{show_bytes, show_count};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use taipan::object::insight::{path_text, type_name, ClassNames};
use taipan::object::profile::{self, Profile};
use taipan::Interpreter;
use taipan_gc::{CollectKind, Cx, HeapFull, Snapshot};

/// How many objects of a type `--why` explains.
const MAX_PATHS: usize = 3;

/// Files with this ending get folded stacks.
const FOLDED: &str = ".folded";

/// Begins what has to run with the program.
pub(crate) fn start(interpreter: &mut Interpreter, args: &RunArgs) {
    if let Some(file) = &args.heap_profile {
        // Nobody else is in a heap on this thread.
        let _ = interpreter.enter(|cx| profile::start(cx, file.ends_with(FOLDED)));
    }
}

/// Does what was asked for. Garbage is collected first.
pub(crate) fn inspect(cx: &mut Cx<'_>, args: &RunArgs) {
    if let (Some(file), Some(profile)) = (&args.heap_profile, profile::stop(cx)) {
        let text = if file.ends_with(FOLDED) { profile.stacks() } else { sites(&profile) };
        if let Err(error) = std::fs::write(file, text) {
            complain(&format!("can't write the heap profile '{file}': {error}"));
        }
    }
    if args.heap_snapshot.is_none() && args.why.is_none() {
        return;
    }
    cx.collect(CollectKind::Full);
    if let Some(file) = &args.heap_snapshot {
        let taken = cx.snapshot(&ClassNames).map_err(|error| error.to_string());
        let written = taken.and_then(|snapshot| write(&snapshot, file).map_err(|error| error.to_string()));
        if let Err(error) = written {
            complain(&format!("can't write the heap snapshot '{file}': {error}"));
        }
    }
    if let Some(wanted) = &args.why {
        let text = why(cx, wanted).unwrap_or_else(|error| format!("can't find out why: {error}\n"));
        // Nobody is left to be told when this fails.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

fn write(snapshot: &Snapshot, file: &str) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    if file.ends_with(".txt") {
        let text = table(snapshot).map_err(|error| io::Error::other(error.to_string()))?;
        out.write_all(text.as_bytes())?;
    } else {
        snapshot.write_json(&mut out)?;
    }
    out.flush()
}

/// The lines of a profile, most bytes first.
fn sites(profile: &Profile) -> String {
    let mut rows = vec![["bytes", "objects", "type", "function", "place"].map(String::from)];
    for entry in profile.entries() {
        let site = &entry.site;
        let place =
            if site.file.is_empty() { "(runtime)".into() } else { format!("{}:{}", site.file, site.line) };
        let (bytes, objects) = (show_count(entry.amount.bytes), show_count(entry.amount.objects));
        rows.push([bytes, objects, entry.kind, site.function.to_string(), place]);
    }
    let total = profile.total();
    let (objects, bytes) = (show_count(total.objects), show_bytes(total.bytes));
    format!("{objects} objects of {bytes} were allocated\n\n{}", align(&rows, 0))
}

/// The types, biggest first.
fn table(snapshot: &Snapshot) -> Result<String, HeapFull> {
    let mut rows = vec![["type", "objects", "bytes"].map(String::from)];
    for count in snapshot.types() {
        rows.push([count.name.clone(), show_count(count.objects), show_count(count.bytes)]);
    }
    let (objects, bytes) = (snapshot.objects() as u64, snapshot.bytes());
    let garbage = objects - snapshot.reachable()? as u64;
    Ok(format!(
        "{} objects of {}, {} of them not reachable\n\n{}",
        show_count(objects),
        show_bytes(bytes),
        show_count(garbage),
        align(&rows, 1)
    ))
}

/// The paths to some living objects of a type.
fn why(cx: &Cx<'_>, wanted: &str) -> Result<String, HeapFull> {
    let paths = cx.paths(MAX_PATHS, &mut |object| type_name(cx, object) == wanted)?;
    let mut text = String::new();
    for path in &paths {
        text += &format!("{wanted} is alive because of {}", path_text(cx, path));
    }
    if paths.is_empty() {
        text = format!("nothing of the type {wanted} is alive\n");
    }
    Ok(text)
}
