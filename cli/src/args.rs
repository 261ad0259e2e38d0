//! The command line's grammar.
//!
//! After FILE or `-c CODE` everything belongs to the program, as with `python3`, although it may look like a flag of ours:
//! [`separate_program_args`] marks the place before clap sees it.

use crate::size::parse_size;
use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;

const ABOUT: &str = "Runs programs in a dialect of Python 3.11, under a memory manager of your choice.";

/// What was asked for.
#[derive(Parser, Debug)]
#[command(name = "taipan", version, about = ABOUT, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run a program
    ///
    /// The exit status is the program's: 0, what it gives to sys.exit, 1 for an uncaught exception; 2 when the program can't be
    /// started at all.
    #[command(after_help = RUN_HELP)]
    Run(RunArgs),
    /// Run a program under every memory manager and compare time, memory and pauses
    ///
    /// Each manager gets a fresh process with an empty standard input. The program's output is shown once, while the first of them
    /// runs; the table follows. The exit status is 1 when outputs or exit statuses differ.
    #[command(after_help = COMPARE_HELP)]
    Compare(CompareArgs),
    /// Compile a program to a file that `run` takes in its place
    ///
    /// The file holds all that the program's text holds, but not the modules that it imports. It runs under any memory manager, with
    /// versions of Taipan that have the same instructions; others refuse it.
    Compile(CompileArgs),
    /// Show the bytecode of a program, without running it
    Dis(DisArgs),
    /// List the memory managers
    Managers,
}

const RUN_HELP: &str = "\
FILE is a program's text, or what `taipan compile` made of one.
SIZE is a number of bytes, or of KiB, MiB or GiB with the suffix K, M or G: 64M.
Modules are looked for in FILE's folder (with -c and -: in the current one), then in each DIR, then in
the folders of the environment variable TAIPAN_PATH (separated by ':').";

const COMPARE_HELP: &str = "\
time         of the whole process, start-up and the heap's end included; ratio: to the fastest
peak heap    most bytes of the heap at a time, memory outside it that its objects own included
average heap weighted by time
peak RSS     most memory that the system gave the process
allocated    bytes made ready for allocation; allocating: such bytes per second
pauses       of collections: half of them, 99 of 100, all of them are not longer
collecting   share of the time spent in collections (what counting frees at once is not in it)
output       same, or a letter that managers with the same output share
The recommendation names its figures. Its rules: the fastest wins; times within 5 % are a tie, which the smaller heap
decides, then the shorter pause; a manager that never frees must not need twice the memory of the smallest.";

/// How heaps are made, for `run` and `compare`.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct HeapArgs {
    /// Most memory the program's heap may take; above it the program gets a MemoryError
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) heap_limit: Option<usize>,
    /// Above so much memory the heap collects all it can whenever it has grown
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) soft_limit: Option<usize>,
    /// Under counting managers: free at most N objects at a time, however many die at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) drain_portion: Option<u64>,
    /// How much the heap may grow between collections, in percent of what is alive
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) heap_growth: Option<u32>,
    /// Under gen: mark in a thread beside the program, so that it waits less; worth it where a processor is free
    #[arg(long)]
    pub(crate) marking_thread: bool,
    /// End the program with an error after N steps: turns of a loop, calls
    #[arg(long, value_name = "N")]
    pub(crate) fuel: Option<u64>,
    /// A folder to look for modules in (may be given several times)
    #[arg(long = "path", value_name = "DIR")]
    pub(crate) path: Vec<String>,
    /// Collect at the next safe point after every N-th allocation
    #[arg(long, value_name = "N", help_heading = "Stress", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) zeal: Option<u32>,
    /// Verify the heap before and after each collection
    #[arg(long, help_heading = "Stress")]
    pub(crate) verify: bool,
    /// Overwrite freed memory with a pattern
    #[arg(long, help_heading = "Stress")]
    pub(crate) poison: bool,
}

impl HeapArgs {
    /// The flags that say the same.
    pub(crate) fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        flags.extend(self.heap_limit.map(|limit| format!("--heap-limit={limit}")));
        flags.extend(self.soft_limit.map(|limit| format!("--soft-limit={limit}")));
        flags.extend(self.heap_growth.map(|percent| format!("--heap-growth={percent}")));
        flags.extend(self.drain_portion.map(|portion| format!("--drain-portion={portion}")));
        flags.extend(self.fuel.map(|fuel| format!("--fuel={fuel}")));
        flags.extend(self.zeal.map(|every| format!("--zeal={every}")));
        let switches =
            [("--marking-thread", self.marking_thread), ("--verify", self.verify), ("--poison", self.poison)];
        for (flag, given) in switches {
            flags.extend(given.then(|| flag.to_owned()));
        }
        flags.extend(self.path.iter().map(|folder| format!("--path={folder}")));
        flags
    }
}

/// `taipan run`
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RunArgs {
    /// The memory manager; see `taipan managers`
    #[arg(long, value_name = "NAME", default_value = taipan_gc::managers::DEFAULT)]
    pub(crate) manager: String,
    #[command(flatten)]
    pub(crate) heap: HeapArgs,
    /// Print the heap's statistics on standard error at the end
    #[arg(long)]
    pub(crate) stats: bool,
    /// Count all allocations, and write where they are: bytes and objects by line, function and type; as folded stacks if FILE ends in .folded
    #[arg(long, value_name = "FILE", help_heading = "Insight")]
    pub(crate) heap_profile: Option<String>,
    /// Write what is in the heap when the program has ended, by a MemoryError too: types, objects and references as JSON, or a table of types if FILE ends in .txt
    #[arg(long, value_name = "FILE", help_heading = "Insight")]
    pub(crate) heap_snapshot: Option<String>,
    /// Print what keeps objects of this type alive when the program has ended: the shortest way to some of them
    #[arg(long, value_name = "TYPE", help_heading = "Insight")]
    pub(crate) why: Option<String>,
    /// Write the statistics to a file, for `taipan compare`
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) stats_file: Option<String>,
    /// Run CODE instead of a file
    #[arg(short = 'c', value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// The program's file; - reads it from standard input
    #[arg(value_name = "FILE", required_unless_present = "code")]
    pub(crate) file: Option<String>,
    /// The program's arguments, sys.argv from 1 on
    #[arg(value_name = "ARGS")]
    pub(crate) args: Vec<String>,
}

/// `taipan compare`
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(crate) heap: HeapArgs,
    /// Run the program under this Python, too (a path, or a command such as python3)
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<String>,
    /// Write a page with plots and tables to a file; it loads nothing from elsewhere
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<String>,
    /// Run everything N times, in turns; the run with the median time counts
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// The program's file
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// The program's arguments, sys.argv from 1 on
    #[arg(value_name = "ARGS")]
    pub(crate) args: Vec<String>,
}

/// `taipan compile`
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CompileArgs {
    /// The program's file; - reads it from standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: String,
}

/// `taipan dis`
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct DisArgs {
    /// The program's file, or what `compile` made of it; - reads it from standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
}

/// Puts `--` where the program's own arguments begin.
pub(crate) fn separate_program_args(mut words: Vec<OsString>) -> Vec<OsString> {
    let command = Args::command();
    let Some(name) = words.get(1).and_then(|w| w.to_str()).filter(|n| ["run", "compare"].contains(n)) else {
        return words;
    };
    let Some(command) = command.find_subcommand(name) else { return words };
    let takes_value = |flag: &str| {
        command.get_arguments().any(|a| a.get_long() == Some(flag) && a.get_action().takes_values())
    };
    let mut at = 2;
    while let Some(word) = words.get(at) {
        let word = word.to_string_lossy();
        if word == "--" {
            return words;
        } else if let Some(flag) = word.strip_prefix("--") {
            at += if !flag.contains('=') && takes_value(flag) { 2 } else { 1 };
        } else if word.starts_with("-c") && name == "run" {
            // The code is in this word or in the next.
            at += if word.len() == 2 { 2 } else { 1 };
            break;
        } else if word.len() > 1 && word.starts_with('-') {
            at += 1;
        } else {
            break;
        }
    }
    if at < words.len() {
        words.insert(at, "--".into());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separated(line: &str) -> String {
        let words = separate_program_args(line.split(' ').map(OsString::from).collect());
        words.join(" ".as_ref()).into_string().unwrap_or_default()
    }

    #[test]
    fn the_grammar_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn arguments_after_the_program_are_its_own() {
        assert_eq!(separated("taipan run --stats a.py --stats"), "taipan run --stats -- a.py --stats");
        assert_eq!(separated("taipan run --manager mark a.py -c"), "taipan run --manager mark -- a.py -c");
        assert_eq!(separated("taipan run --manager=mark - -x"), "taipan run --manager=mark -- - -x");
        assert_eq!(separated("taipan run -c code --stats"), "taipan run -c code -- --stats");
        assert_eq!(separated("taipan run -ccode -c"), "taipan run -ccode -- -c");
        assert_eq!(separated("taipan run -- -c"), "taipan run -- -c");
        assert_eq!(separated("taipan compare a.py --help"), "taipan compare -- a.py --help");
        assert_eq!(separated("taipan run --unknown a.py"), "taipan run --unknown -- a.py");
        assert_eq!(separated("taipan run"), "taipan run");
        assert_eq!(separated("taipan dis a.py"), "taipan dis a.py");
    }
}
