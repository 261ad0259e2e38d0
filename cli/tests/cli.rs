//! The command as a shell sees it: arguments, exit statuses, streams, and what it says when something is wrong.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Ended {
    status: Option<i32>,
    output: String,
    errors: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.args(arguments).env_remove("TAIPAN_PATH").env("RUST_BACKTRACE", "0");
    command
}

fn ended(mut command: Command) -> Ended {
    match command.output() {
        Ok(output) => Ended {
            status: output.status.code(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        },
        Err(error) => panic!("{error}"),
    }
}

fn taipan(arguments: &[&str]) -> Ended {
    ended(command(arguments))
}

/// Runs a program text; it must end well.
fn prints(code: &str, arguments: &[&str]) -> String {
    let ended = taipan(&[&["run", "-c", code], arguments].concat());
    assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{code}");
    ended.output
}

/// A folder of its own for a test, with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a temporary file");
    }
    folder
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

fn tree(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

#[test]
fn each_command_has_help() {
    for command in ["run", "compare", "compile", "dis", "managers"] {
        let ended = taipan(&[command, "--help"]);
        assert_eq!(ended.status, Some(0), "{command}");
        assert!(ended.output.contains(&format!("Usage: taipan {command}")), "{}", ended.output);
    }
    let ended = taipan(&["--help"]);
    assert_eq!(ended.status, Some(0));
    for command in ["run", "compare", "compile", "dis", "managers"] {
        assert!(ended.output.contains(&format!("\n  {command} ")), "{}", ended.output);
    }
    assert_eq!(taipan(&[]).status, Some(2));
    assert_eq!(taipan(&["--version"]).output, format!("taipan {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_is_explained() {
    for (arguments, expected) in [
        (&["run"][..], "FILE"),
        (
            &["run", "no-such-file.py"],
            "taipan: can't open file 'no-such-file.py': [Errno 2] No such file or directory\n",
        ),
        (&["run", "/"], "taipan: can't open file '/': [Errno 21] Is a directory\n"),
        (
            &["run", "--manager", "magic", "-c", ""],
            "unknown memory manager 'magic' (there are: arena, refcount, cycle, mark",
        ),
        (&["run", "--heap-limit", "64X", "-c", ""], "sizes look like 4096, 512K, 64M or 1G"),
        (&["run", "--heap-limit", "0", "-c", ""], "a heap needs more than nothing"),
        (&["run", "--heap-limit", "10K", "-c", ""], "taipan: the heap limit is too small to start"),
        (&["run", "--unknown", "x.py"], "unexpected argument '--unknown'"),
        (&["run", "--zeal", "many", "x.py"], "invalid value 'many'"),
        (&["run", "--heap-growth", "0", "x.py"], "0 is not in 1..=10000"),
        (&["walk", "x.py"], "unrecognized subcommand 'walk'"),
        (&["compare"], "FILE"),
        (&["compare", "-"], "taipan: compare needs a file"),
        (&["compare", "no-such-file.py"], "taipan: can't open file 'no-such-file.py'"),
        (&["dis", "no-such-file.py"], "taipan: can't open file 'no-such-file.py'"),
    ] {
        let ended = taipan(arguments);
        assert_eq!(ended.status, Some(2), "{arguments:?}\n{}", ended.errors);
        assert!(ended.errors.contains(expected), "{arguments:?}\n{}", ended.errors);
        assert_eq!(ended.output, "", "{arguments:?}");
    }
}

#[test]
fn programs_come_from_a_file_an_argument_or_standard_input() {
    let there = folder(&[(
        "hello.py",
        "import sys\nprint(__name__, __file__ == sys.argv[1], sys.argv[2:], sys.argv[0] == __file__)\n",
    )]);
    let file = path(&there, "hello.py");
    let ended = taipan(&["run", &file, &file, "--stats", "-c"]);
    assert_eq!(
        (ended.status, ended.output.as_str()),
        (Some(0), "__main__ True ['--stats', '-c'] True\n"),
        "{}",
        ended.errors
    );

    assert_eq!(
        prints("import sys; print(sys.argv, repr(sys.path[0]))", &["a", "-b"]),
        "['-c', 'a', '-b'] ''\n"
    );

    let mut child = command(&["run", "-", "x"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command");
    child.stdin.take().expect("a pipe").write_all(b"import sys\nprint(sys.argv)\n").expect("written");
    let output = child.wait_with_output().expect("an end");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "['-', 'x']\n");
}

#[test]
fn empty_programs_run() {
    let there = folder(&[("empty.py", "")]);
    let ended = taipan(&["run", &path(&there, "empty.py")]);
    assert_eq!((ended.status, ended.output.as_str(), ended.errors.as_str()), (Some(0), "", ""));
    assert_eq!(prints("", &[]), "");
}

#[test]
fn modules_are_found() {
    let there = folder(&[("main.py", "import near, far, farther\n"), ("near.py", "print('near')\n")]);
    let far = folder(&[("far.py", "print('far')\n"), ("near.py", "print('wrong')\n")]);
    let farther = folder(&[("far.py", "print('wrong')\n"), ("farther.py", "print('farther')\n")]);
    let mut run = command(&["run", "--path", &path(&far, ""), &path(&there, "main.py")]);
    run.env("TAIPAN_PATH", farther.path());
    let ended = ended(run);
    assert_eq!((ended.output.as_str(), ended.errors.as_str()), ("near\nfar\nfarther\n", ""));
}

#[test]
fn exit_statuses_are_cpythons() {
    for (code, status, errors) in [
        ("", 0, ""),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit(256 + 3)", 3, ""),
        ("import sys; sys.exit(-1)", 255, ""),
        ("import sys; sys.exit('bye')", 1, "bye\n"),
        ("raise SystemExit", 0, ""),
        ("1/0", 1, "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\nZeroDivisionError: division by zero\n"),
        ("def f(:", 1, "  File \"<string>\", line 1\n    def f(:\n          ^\nSyntaxError: invalid syntax\n"),
    ] {
        let ended = taipan(&["run", "-c", code]);
        assert_eq!((ended.status, ended.errors.as_str()), (Some(status), errors), "{code}");
    }
}

#[test]
fn limits_are_errors_that_programs_can_catch() {
    let code = "
def endless():
    kept = []
    while True:
        kept.append([0] * 1000)
try:
    endless()
except MemoryError:
    print('caught')
print(sum(len([0] * 100) for _ in range(10000)))
def down(): down()
try:
    down()
except RecursionError as e:
    print(e)
class R:
    def __repr__(self): return repr([self])
try:
    repr(R())
except RecursionError:
    print('natives, too')
";
    for manager in ["refcount", "mark"] {
        let ended = taipan(&["run", "--manager", manager, "--heap-limit", "16M", "-c", code]);
        let expected = "caught\n1000000\nmaximum recursion depth exceeded\nnatives, too\n";
        assert_eq!(
            (ended.output.as_str(), ended.errors.as_str(), ended.status),
            (expected, "", Some(0)),
            "{manager}"
        );
    }
}

#[test]
fn hostile_sources_are_errors() {
    let deep = 200_000;
    for source in [
        "(".repeat(deep),
        format!("x = {}1{}", "(".repeat(deep), ")".repeat(deep)),
        format!("x = {}1", "-".repeat(deep)),
        format!("x = 1{}", " + 1".repeat(deep)),
        format!("x = {}0", "lambda: ".repeat(deep)),
        format!("x{}", ".a".repeat(deep)),
        "\0".into(),
        "x = '\u{0}'".into(),
        "\t\n if 1:\n\t2".into(),
    ] {
        let there = folder(&[("hostile.py", &source)]);
        let ended = taipan(&["run", &path(&there, "hostile.py")]);
        let start: String = source.chars().take(20).collect();
        assert_eq!(ended.status, Some(1), "{start}\n{}", ended.errors.chars().take(300).collect::<String>());
        let last = ended.errors.lines().last().unwrap_or_default();
        assert!(last.contains("Error: "), "{start}: {last}");
    }
}

#[test]
fn figures_are_printed_on_standard_error() {
    let ended = taipan(&[
        "run",
        "--stats",
        "--manager",
        "mark",
        "--zeal",
        "500",
        "--verify",
        "--poison",
        "-c",
        "print('x')",
    ]);
    assert_eq!((ended.status, ended.output.as_str()), (Some(0), "x\n"), "{}", ended.errors);
    for line in ["manager        mark", "collections ", "longest pause", "peak heap", "allocated "] {
        assert!(ended.errors.contains(line), "{}", ended.errors);
    }
}

#[test]
fn readers_that_leave_end_the_program_quietly() {
    let mut child = command(&["run", "-c", "while True: print('y' * 1000)"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(141));
}

#[test]
fn compiled_programs_run_and_can_be_disassembled() {
    let text = "import sys\nimport near\ndef f(x):\n    return x / near.zero\nprint(sys.argv[1:], __name__, __file__)\nf(1)\n";
    let folder = folder(&[("app.py", text), ("near.py", "zero = 0\n")]);
    let (source, output) = (path(&folder, "app.py"), path(&folder, "app.tpc"));
    let made = taipan(&["compile", &source, "-o", &output]);
    assert_eq!((made.status, made.output.as_str(), made.errors.as_str()), (Some(0), "", ""));
    let whole = taipan(&["run", &source, "x"]);
    for manager in ["refcount", "mark", "gen"] {
        let kept = taipan(&["run", "--manager", manager, &output, "x"]);
        assert_eq!(kept.status, Some(1));
        assert_eq!(kept.output, whole.output.replace("app.py", "app.tpc"));
        // With the lines of the source, as long as it is there.
        assert_eq!(kept.errors, whole.errors);
        assert!(kept.errors.contains("    return x / near.zero"), "{}", kept.errors);
    }
    assert_eq!(taipan(&["dis", &output]).output, taipan(&["dis", &source]).output);
    std::fs::remove_file(&source).expect("it is there");
    let alone = taipan(&["run", &output]);
    assert!(alone.errors.contains("app.py\", line 4, in f\nZeroDivisionError"), "{}", alone.errors);
}

#[test]
fn bytecode_that_is_not_ours_is_refused() {
    let folder = folder(&[("app.py", "print(1)\n"), ("bad.py", "x = \n")]);
    let (source, output) = (path(&folder, "app.py"), path(&folder, "app.tpc"));
    assert_eq!(taipan(&["compile", &source, "-o", &output]).status, Some(0));
    let good = std::fs::read(&output).expect("it was written");
    let with = |at: usize, xor: u8| {
        let mut bytes = good.clone();
        bytes[at] ^= xor;
        std::fs::write(&output, bytes).expect("it can be written");
        let (run, dis) = (taipan(&["run", &output]), taipan(&["dis", &output]));
        assert_eq!((run.status, run.output.as_str(), dis.status), (Some(1), "", Some(1)));
        assert_eq!(run.errors, dis.errors);
        run.errors
    };
    assert_eq!(with(8, 3), "bytecode of format 2 at byte 8; this version of Taipan reads format 1\n");
    assert!(with(12, 1).contains("this version of Taipan has"));
    assert!(with(good.len() - 1, 1).starts_with("damaged bytecode: "));
    let bad = taipan(&["compile", &path(&folder, "bad.py"), "-o", &output]);
    assert_eq!(bad.status, Some(1));
    assert!(bad.errors.contains("SyntaxError: invalid syntax"), "{}", bad.errors);
    let nowhere = taipan(&["compile", &source, "-o", &path(&folder, "no/app.tpc")]);
    assert_eq!(nowhere.status, Some(2));
    assert!(nowhere.errors.contains("[Errno 2] No such file or directory"), "{}", nowhere.errors);
    assert_eq!(taipan(&["compile", &source]).status, Some(2));
    // Lambdas may nest deeper than bytecode does.
    std::fs::write(&source, format!("f = {}1\n", "lambda: ".repeat(400))).expect("it can be written");
    let deep = taipan(&["compile", &source, "-o", &output]);
    assert_eq!(deep.status, Some(1));
    assert!(deep.errors.contains("can't be kept as bytecode: malformed bytecode: units"), "{}", deep.errors);
}

#[test]
fn all_programs_can_be_disassembled() {
    let mut count = 0;
    for entry in std::fs::read_dir(tree("tests/programs")).expect("the programs").flatten() {
        let file = entry.path();
        if file.extension().is_some_and(|e| e == "py") {
            let ended = taipan(&["dis", &file.to_string_lossy()]);
            assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{}", file.display());
            assert!(ended.output.starts_with("<module>: line "), "{}", ended.output);
            count += 1;
        }
    }
    println!("{count} programs");
    assert!(count > 50);
    let there = folder(&[("bad.py", "x = 1\nx = = 2\n")]);
    let bad = path(&there, "bad.py");
    let ended = taipan(&["dis", &bad]);
    assert_eq!(ended.status, Some(1));
    let expected = format!("  File \"{bad}\", line 2\n    x = = 2\n        ^\nSyntaxError: invalid syntax\n");
    assert_eq!(ended.errors, expected);
}

#[test]
fn managers_are_listed() {
    let ended = taipan(&["managers"]);
    assert_eq!(ended.status, Some(0));
    for facts in taipan_gc::managers::all() {
        assert!(
            ended.output.contains(facts.name) && ended.output.contains(facts.summary),
            "{}",
            ended.output
        );
    }
    assert_eq!(ended.output.matches("(default)").count(), 1);
}

#[test]
fn managers_are_compared() {
    let there = folder(&[("same.py", "import sys\nprint('hello', sys.argv[1:], sys.stdin.read())\n")]);
    let ended = taipan(&["compare", &path(&there, "same.py"), "--stats", "x"]);
    assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{}", ended.output);
    assert!(ended.output.starts_with("hello ['--stats', 'x'] \n\nmanager "), "{}", ended.output);
    for facts in taipan_gc::managers::all() {
        assert!(ended.output.contains(&format!("\n{} ", facts.name)), "{}", ended.output);
    }
    assert!(ended.output.contains("The output is the same"), "{}", ended.output);
}

/// The cells of the tables that `compare` prints, side by side, by row; the first row is the heads'.
fn compared(ended: &Ended) -> Vec<Vec<String>> {
    let mut lines = ended.output.lines().skip_while(|line| !line.starts_with("manager ")).peekable();
    let cells =
        |line: &str| line.split("  ").map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
    let mut table: Vec<Vec<String>> = Vec::new();
    while lines.peek().is_some_and(|line| line.contains("  ")) {
        table.push(lines.next().map(cells).unwrap_or_default());
    }
    lines.next();
    for row in &mut table {
        row.extend(lines.next().map(cells).unwrap_or_default());
    }
    table
}

#[test]
fn the_comparison_has_figures() {
    let there = folder(&[("work.py", "for i in range(20000):\n    a = [i]\n    a.append(a)\n")]);
    let ended = taipan(&["compare", "--rounds", "3", "--zeal", "1000", &path(&there, "work.py")]);
    assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{}", ended.output);
    let table = compared(&ended);
    let column = |name: &str| match table[0].iter().position(|head| head == name) {
        Some(at) => table[1..].iter().map(|row| row[at].clone()).collect::<Vec<_>>(),
        None => panic!("no column {name} in {}", ended.output),
    };
    assert_eq!(table.len(), 1 + taipan_gc::managers::all().len(), "{}", ended.output);
    let ratios: Vec<f64> = column("ratio").iter().filter_map(|ratio| ratio.parse().ok()).collect();
    assert_eq!(ratios.len(), table.len() - 1);
    assert!(ratios.contains(&1.0) && ratios.iter().all(|&ratio| ratio >= 1.0), "{}", ended.output);
    assert!(column("collections").iter().any(|count| count != "0"), "{}", ended.output);
    assert!(column("collecting").iter().any(|share| share != "0.0 %"), "{}", ended.output);
    assert!(column("longest pause").iter().any(|pause| pause.ends_with('s')), "{}", ended.output);
    assert!(column("median pause").iter().chain(&column("99 % pause")).all(|pause| pause.ends_with('s')));
    assert!(column("average heap").iter().all(|bytes| bytes.ends_with('B')), "{}", ended.output);
    assert!(column("allocating").iter().all(|rate| rate.ends_with("B/s")), "{}", ended.output);
    assert!(column("output").iter().all(|output| output == "same"), "{}", ended.output);
    assert!(ended.output.contains("\nRecommendation: "), "{}", ended.output);
    assert!(column("exit status").iter().all(|status| status == "0"), "{}", ended.output);
    assert!(column("peak heap").iter().chain(&column("allocated")).all(|bytes| bytes.ends_with('B')));
}

#[test]
fn another_python_is_compared() {
    if !Path::new("/usr/bin/python3").exists() {
        return;
    }
    let source = "import sys\nprint(sys.implementation.name if len(sys.argv) > 1 else 'same')\n";
    let there = folder(&[("who.py", source)]);
    let file = path(&there, "who.py");
    let ended = taipan(&["compare", "--python", "/usr/bin/python3", &file]);
    assert_eq!(ended.status, Some(0), "{}", ended.output);
    assert!(ended.output.contains("managers, and the other Python's."), "{}", ended.output);
    let table = compared(&ended);
    assert_eq!(table.last().map(|row| (row[0].as_str(), row[3].as_str())), Some(("/usr/bin/python3", "-")));

    let ended = taipan(&["compare", "--python", "/usr/bin/python3", &file, "who"]);
    assert_eq!(ended.status, Some(1), "{}", ended.output);
    assert!(ended.output.contains("under /usr/bin/python3: cpython\n"), "{}", ended.output);

    let ended = taipan(&["compare", "--python", "/no/such/python", &file]);
    assert_eq!(ended.status, Some(2), "{}", ended.output);
    assert!(ended.errors.contains("can't run the program under /no/such/python: "), "{}", ended.errors);
}

#[test]
fn differences_between_managers_are_shown() {
    // Finalizers of cycles run at the end under one manager, and before it under the other.
    let source = "
import gc
class C:
    def __del__(self):
        print('finalized')
def make():
    a = C()
    a.me = a
make()
for _ in range(300000):
    [[], []]
print('end')
";
    let there = folder(&[("differs.py", source)]);
    let ended = taipan(&["compare", &path(&there, "differs.py")]);
    assert_eq!(ended.status, Some(1), "{}", ended.output);
    let all = taipan_gc::managers::all();
    // Counting frees all but the one cycle at once, and so has no reason to look for it.
    let finds = |facts: &taipan_gc::Facts| facts.cycles && !facts.prompt;
    let (first, other) = (all[0], all.iter().find(|facts| finds(facts) != finds(&all[0])).expect("another"));
    let line = |facts: &taipan_gc::Facts| if finds(facts) { "finalized" } else { "end" };
    let expected = format!(
        "The output differs in line 1:\n  under {}: {}\n  under {}: {}\n",
        first.name,
        line(&first),
        other.name,
        line(other)
    );
    assert!(ended.output.contains(&expected), "{}", ended.output);

    let there = folder(&[("fails.py", "print(1)\nraise SystemExit(3)\n")]);
    let ended = taipan(&["compare", &path(&there, "fails.py")]);
    assert_eq!(ended.status, Some(0), "{}", ended.output);
    assert!(compared(&ended)[1..].iter().all(|row| row[15] == "3" && row[14] == "same"), "{}", ended.output);
}

#[test]
fn programs_see_percentiles_of_pauses() {
    let code = "
import gc
for i in range(20000):
    a = [i]
    a.append(a)
gc.collect()
gc.collect()
s = gc.get_stats()[2]
print(s['collections'] >= 2, 0 < s['average_bytes'] <= s['peak_bytes'])
print(0 < s['pause_p50_ns'] <= s['pause_p90_ns'] <= s['pause_p99_ns'] <= s['pause_max_ns'])
";
    for facts in taipan_gc::managers::all() {
        let ended = taipan(&["run", "--manager", facts.name, "-c", code]);
        assert_eq!(
            (ended.output.as_str(), ended.errors.as_str()),
            ("True True\nTrue\n", ""),
            "{}",
            facts.name
        );
    }
}

/// A program whose objects are kept in all kinds of places.
const KEPT: &str = "
class Node:
    def __init__(self):
        self.next = None
class Leaf: pass
class Slotted: __slots__ = ('a', 'b')
class Deep: pass
class Many: pass
class InSet: pass
class Captured: pass
class Key: pass
class Resting: pass
class Gone: pass
class Inherited(dict): pass
class Value: pass
class Cyclic: pass
class Attribute: pass
registry = {'users': [1, (2, Node())]}
registry['users'][1][1].next = Leaf()
slotted = Slotted()
slotted.b = Deep()
many = Node()
for i in range(60):
    setattr(many, f'f{i}', i)
many.f55 = Many()
bag = {InSet()}
def outer():
    c = Captured()
    return lambda: c
function = outer()
keys = {Key(): 1}
def rest():
    r = Resting()
    yield r
generator = rest()
next(generator)
inherited = Inherited()
inherited['k'] = Value()
Leaf.shared = Attribute()
Gone()
c = Cyclic()
c.me = c
del c
";

#[test]
fn objects_are_alive_for_a_reason() {
    let there = folder(&[("kept.py", KEPT)]);
    let file = path(&there, "kept.py");
    let main = "sys.modules: dict of N\n  ['__main__'] -> module '__main__'\n  .__dict__ -> dict of N\n  ";
    for (kind, rest) in [
        ("Node", "['many'] -> Node\n"),
        ("Leaf", "['registry'] -> dict of N\n  ['users'] -> list of N\n  [1] -> tuple of N\n  [1] -> Node\n  .next -> Leaf\n"),
        ("Deep", "['slotted'] -> Slotted\n  .b -> Deep\n"),
        ("Many", "['many'] -> Node\n  .f55 -> Many\n"),
        ("InSet", "['bag'] -> set\n  an element -> InSet\n"),
        ("Captured", "['function'] -> function 'outer.<locals>.<lambda>'\n  .__closure__ -> tuple of N\n  [0] -> cell\n  .cell_contents -> Captured\n"),
        ("Key", "['keys'] -> dict of N\n  the key Key -> Key\n"),
        ("Resting", "['generator'] -> generator\n  .registers[0] -> Resting\n"),
        ("Value", "['inherited'] -> Inherited of N\n  ['k'] -> Value\n"),
        ("Attribute", "['Leaf'] -> type 'Leaf'\n  .__dict__ -> dict of N\n  ['shared'] -> Attribute\n"),
    ] {
        for facts in taipan_gc::managers::all() {
            let ended = taipan(&["run", "--manager", facts.name, "--why", kind, &file]);
            let numbered = without_lengths(&ended.errors);
            let expected = format!("{kind} is alive because of {main}{rest}");
            assert!(numbered.starts_with(&expected), "{}: {}", facts.name, ended.errors);
        }
    }
    for facts in taipan_gc::managers::all().iter().filter(|facts| facts.collects) {
        for kind in ["Gone", "Cyclic", "Unknown"] {
            let ended = taipan(&["run", "--manager", facts.name, "--why", kind, &file]);
            assert_eq!(ended.errors, format!("nothing of the type {kind} is alive\n"), "{}", facts.name);
        }
    }
}

/// The text with `of N` for lengths.
fn without_lengths(text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        match line.rsplit_once(" of ").filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit())) {
            Some((start, _)) => shown += &format!("{start} of N\n"),
            None => shown += &format!("{line}\n"),
        }
    }
    shown
}

#[test]
fn a_snapshot_has_all_objects() {
    let there = folder(&[("kept.py", KEPT)]);
    let (file, json, text) = (path(&there, "kept.py"), path(&there, "heap.json"), path(&there, "heap.txt"));
    for facts in taipan_gc::managers::all() {
        let ended = taipan(&["run", "--manager", facts.name, "--heap-snapshot", &json, &file]);
        assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{}", facts.name);
        let found = std::fs::read_to_string(&json).expect("a snapshot");
        let found: serde_json::Value = serde_json::from_str(&found).expect("JSON");
        let (types, objects, roots) = (&found["types"], &found["objects"], &found["roots"]);
        let lists = [types, objects, roots].map(|list| list.as_array().expect("a list"));
        let count =
            |kind: &str| lists[0].iter().find(|entry| entry["name"] == kind).map(|entry| &entry["objects"]);
        assert_eq!(count("Node").and_then(|n| n.as_u64()), Some(2), "{}", facts.name);
        assert_eq!(count("Gone").is_none(), facts.collects, "{}", facts.name);
        assert_eq!(lists[1].len() as u64, found["objects_total"].as_u64().expect("a number"));
        let sum: u64 = lists[1].iter().filter_map(|object| object["bytes"].as_u64()).sum();
        assert_eq!(Some(sum), found["bytes_total"].as_u64());
        // Roots and references lead to objects, and all but garbage is reached.
        let number = |value: &serde_json::Value| value.as_u64().expect("a number") as usize;
        let mut queue: Vec<usize> = lists[2].iter().map(|root| number(&root["object"])).collect();
        let mut seen = vec![false; lists[1].len()];
        while let Some(at) = queue.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                queue.extend(lists[1][at]["refs"].as_array().expect("a list").iter().map(number));
            }
        }
        let garbage = seen.iter().filter(|&&reached| !reached).count();
        assert_eq!(garbage == 0, facts.collects, "{}: {garbage} objects are not reached", facts.name);

        let ended = taipan(&["run", "--manager", facts.name, "--heap-snapshot", &text, &file]);
        assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{}", facts.name);
        let found = std::fs::read_to_string(&text).expect("a snapshot");
        assert!(found.lines().any(|line| line.split_whitespace().take(2).eq(["Node", "2"])), "{found}");
    }
    let ended = taipan(&["run", "--heap-snapshot", "/no/such/folder/x.json", "-c", "print(1)"]);
    assert_eq!((ended.status, ended.output.as_str()), (Some(0), "1\n"));
    assert!(ended.errors.starts_with("taipan: can't write the heap snapshot '/no/such/folder/x.json': "));
}

#[test]
fn a_snapshot_shows_what_has_filled_memory() {
    let code = "
class Hoarded: pass
def hoard():
    kept = []
    while True:
        kept.append(Hoarded())
hoard()
";
    let there = folder(&[]);
    let text = path(&there, "heap.txt");
    for facts in taipan_gc::managers::all() {
        let run =
            ["run", "--manager", facts.name, "--heap-limit", "8M", "--why", "Hoarded", "--heap-snapshot"];
        let ended = taipan(&[&run[..], &[&text, "-c", code]].concat());
        assert_eq!(ended.status, Some(1), "{}", ended.errors);
        assert!(ended.errors.contains("MemoryError"), "{}: {}", facts.name, ended.errors);
        // The variables of the function that has failed are still there.
        assert!(ended.errors.contains("Hoarded is alive because of "), "{}: {}", facts.name, ended.errors);
        let found = std::fs::read_to_string(&text).expect("a snapshot");
        let line = found.lines().find(|line| line.starts_with("Hoarded ")).unwrap_or_default();
        let objects = line.split_whitespace().nth(1).unwrap_or_default().replace(',', "");
        assert!(objects.parse::<u64>().is_ok_and(|objects| objects > 10_000), "{}: {found}", facts.name);
    }
}

#[test]
fn allocations_are_found_by_line_function_and_type() {
    let code = "class P:
    def __init__(self, x):
        self.x = x
def lists(n):
    out = []
    for i in range(n):
        out.append([i])
    return out
def objects(n):
    for i in range(n):
        r = P(i)
def pairs(n):
    for i in range(n):
        t = (i, i)
lists(1000)
objects(3000)
pairs(4000)
";
    let there = folder(&[("work.py", code)]);
    let (file, text, folded) = (path(&there, "work.py"), path(&there, "p.txt"), path(&there, "p.folded"));
    for facts in taipan_gc::managers::all() {
        let ended = taipan(&["run", "--manager", facts.name, "--heap-profile", &text, &file]);
        assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{}", facts.name);
        let found = std::fs::read_to_string(&text).expect("a profile");
        let rows: Vec<Vec<&str>> =
            found.lines().skip(3).map(|line| line.split_whitespace().collect()).collect();
        for (objects, kind, function, line) in
            [("3,000", "P", "objects", 11), ("4,000", "tuple", "pairs", 14), ("1,000", "list", "lists", 7)]
        {
            let place = format!("{file}:{line}");
            let row = rows.iter().find(|row| row.len() == 5 && row[2..] == [kind, function, &place]);
            assert_eq!(row.map(|row| row[1]), Some(objects), "{} {kind}: {found}", facts.name);
        }
        let bytes = |row: &Vec<&str>| row[0].replace(',', "").parse::<u64>().expect("a number");
        assert!(rows.windows(2).all(|pair| bytes(&pair[0]) >= bytes(&pair[1])), "{found}");

        let ended = taipan(&["run", "--manager", facts.name, "--heap-profile", &folded, &file]);
        assert_eq!((ended.status, ended.errors.as_str()), (Some(0), ""), "{}", facts.name);
        let stacks = std::fs::read_to_string(&folded).expect("stacks");
        let total = |start: &str| -> u64 {
            let lines = stacks.lines().filter_map(|line| line.strip_prefix(start)?.rsplit(' ').next());
            lines.map(|bytes| bytes.parse::<u64>().expect("a number")).sum()
        };
        let pairs = rows.iter().find(|row| row.contains(&"pairs")).map(bytes);
        assert_eq!(Some(total("<module>;pairs;work.py:14 ")), pairs, "{stacks}");
        assert_eq!(total(""), rows.iter().map(bytes).sum::<u64>(), "{stacks}");
    }
}
