//! The page that `taipan compare --html` writes, as a browser sees it; as text where there is no browser.

use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "
class Node:
    pass
kept = []
for i in range(60000):
    a = Node()
    a.me = a
    a.text = str(i)
    if i % 4 == 0:
        kept.append(a)
print(len(kept), '<script>')
";

/// Compares in a folder of its own; gives the folder and what the command printed.
fn compared(arguments: &[&str]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a&b.py"), PROGRAM).expect("a program");
    let output = Command::new(env!("CARGO_BIN_EXE_taipan"))
        .current_dir(folder.path())
        .args(["compare", "--html", "report.html"])
        .args(arguments)
        .arg("a&b.py")
        .env_remove("TAIPAN_PATH")
        .output()
        .expect("the command");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    // Nothing of a progress bar: this is no terminal.
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
    (folder, String::from_utf8_lossy(&output.stdout).into_owned())
}

fn managers() -> Vec<&'static str> {
    taipan_gc::managers::all().iter().map(|facts| facts.name).collect()
}

/// Time, heap, the heap over time: all in one and one each, pauses.
fn plots() -> usize {
    4 + managers().len()
}

#[test]
fn the_report_is_one_file_with_everything_in_it() {
    let (folder, shown) = compared(&["--zeal", "2000"]);
    assert!(shown.contains("\nRecommendation: "), "{shown}");
    assert!(shown.contains("The report is in report.html."), "{shown}");
    let page = std::fs::read_to_string(folder.path().join("report.html")).expect("the report");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("<svg ").count(), plots());
    assert_eq!(page.matches("<h3>").count(), managers().len());
    // Nothing from outside, no script, and names are text.
    for loads in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link", "<iframe"] {
        assert!(!page.contains(loads), "the report has {loads}");
    }
    assert!(page.contains("a&amp;b.py under"), "the name of the program");
    for manager in managers() {
        let (titles, dots) = (format!("<title>{manager}: "), format!("<title>{manager}: collection after "));
        assert!(page.matches(&titles).count() >= 4, "few tooltips for {manager}");
        let facts = taipan_gc::managers::all().into_iter().find(|facts| facts.name == manager);
        let collects = facts.is_some_and(|facts| facts.collects && !facts.moves && facts.cycles);
        assert!(!collects || page.contains(&dots), "no collection is marked for {manager}");
    }
}

/// A browser: `TAIPAN_CHROMIUM`, or one that is found.
fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("TAIPAN_CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let all = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    all.into_iter().find(|file| file.is_file())
}

/// What a page looks like after its scripts have run, as text.
fn dumped(browser: &Path, page: &Path, folder: &Path) -> String {
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(["--window-size=1200,900", "--dump-dom"])
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Writes down what only a browser knows: how big plots are, how many shapes of each are visible, and what was loaded.
const PROBE: &str = "<script>
const lines = [];
for (const svg of document.querySelectorAll('svg')) {
  const box = svg.getBoundingClientRect();
  const shapes = [...svg.querySelectorAll('rect:not(.hover), polyline, polygon, circle')].filter(s => {
    const b = s.getBBox(), style = getComputedStyle(s);
    return b.width + b.height > 0 && (style.fill !== 'none' || style.stroke !== 'none');
  });
  const texts = [...svg.querySelectorAll('text')].filter(t => t.getBBox().width > 0);
  const outside = [...svg.querySelectorAll('text')].filter(t => {
    const b = t.getBoundingClientRect();
    return b.left < box.left - 1 || b.right > box.right + 1;
  });
  lines.push(['PLOT', Math.round(box.width), Math.round(box.height), shapes.length, texts.length, outside.length].join(' '));
}
lines.push('LOADED ' + performance.getEntriesByType('resource').length);
lines.push('WIDE ' + (document.documentElement.scrollWidth > innerWidth));
document.body.insertAdjacentHTML('beforeend', '<pre id=probe>' + lines.join('\\n') + '</pre>');
</script>";

#[test]
fn a_browser_shows_the_plots() {
    let Some(browser) = browser() else {
        println!("SKIPPED: there is no Chromium, so no browser has looked at the report");
        return;
    };
    let (folder, _) = compared(&["--zeal", "2000"]);
    let page = std::fs::read_to_string(folder.path().join("report.html")).expect("the report");
    let probed = folder.path().join("probed.html");
    std::fs::write(&probed, page.replace("</body>", &format!("{PROBE}</body>"))).expect("a page");
    let dump = dumped(&browser, &probed, folder.path());
    let lines = dump.split("<pre id=\"probe\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let lines = lines.unwrap_or_else(|| panic!("the page was not shown: {dump}"));
    let mut seen = 0;
    for line in lines.lines().filter_map(|line| line.strip_prefix("PLOT ")) {
        let numbers: Vec<u32> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
        let &[width, height, shapes, texts, outside] = &numbers[..] else { panic!("{line}") };
        assert!(width >= 300 && height >= 80, "a plot of {width} times {height}");
        assert!(shapes >= 2 && texts >= 2 && outside == 0, "{line}");
        seen += 1;
    }
    assert_eq!(seen, plots(), "{lines}");
    assert!(lines.contains("LOADED 0"), "{lines}");
    assert!(lines.contains("WIDE false"), "{lines}");
}

#[test]
fn a_manager_that_runs_out_of_memory_is_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("garbage.py");
    let program = "for i in range(400000):\n    a = [[], i]\n    a.append(a)\nprint('end')\n";
    std::fs::write(&file, program).expect("a program");
    let report = folder.path().join("report.html");
    let output = Command::new(env!("CARGO_BIN_EXE_taipan"))
        .args(["compare", "--heap-limit", "24M", "--html"])
        .args([&report, &file])
        .output()
        .expect("the command");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    // Its end differs from the others'.
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("  arena is out: MemoryError"), "{shown}");
    let best = shown.lines().find_map(|line| line.strip_prefix("Recommendation: "));
    assert!(best.is_some_and(|best| managers().contains(&best) && best != "arena"), "{shown}");
    let page = std::fs::read_to_string(&report).expect("the report");
    assert!(page.contains("arena is out: MemoryError") && page.contains("The program ends differently"));

    // Without room under any there is nothing to recommend.
    let output = Command::new(env!("CARGO_BIN_EXE_taipan"))
        .args(["compare", "--heap-limit", "8M"])
        .arg(folder.path().join("full.py"))
        .output()
        .expect("the command");
    assert_eq!(output.status.code(), Some(2), "there is no such program");
    std::fs::write(folder.path().join("full.py"), "a = []\nwhile True: a.append([1, 2, 3])\n").expect("one");
    let output = Command::new(env!("CARGO_BIN_EXE_taipan"))
        .args(["compare", "--heap-limit", "8M"])
        .arg(folder.path().join("full.py"))
        .output()
        .expect("the command");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("\nNo recommendation\n"), "{shown}");
    for manager in managers() {
        assert!(shown.contains(&format!("  {manager} is out: MemoryError")), "{shown}");
    }
}
