//! Where a program comes from: a file, the command line, or standard input; as text, or as bytecode.

use std::io::{self, Read};
use std::path::Path;
use taipan::bytecode::codec;

/// A program's text and what it is called.
#[derive(Debug)]
pub(crate) struct Source {
    /// The text, or the bytecode.
    pub(crate) text: Vec<u8>,
    /// Its name in tracebacks.
    pub(crate) filename: String,
    /// `sys.argv[0]`
    pub(crate) argv0: String,
    /// `sys.path[0]`
    pub(crate) folder: String,
}

impl Source {
    /// Whether the program has been compiled already.
    pub(crate) fn is_bytecode(&self) -> bool {
        codec::is_bytecode(&self.text)
    }

    /// The text given with `-c`.
    pub(crate) fn code(code: String) -> Source {
        Source {
            text: code.into_bytes(),
            filename: "<string>".into(),
            argv0: "-c".into(),
            folder: String::new(),
        }
    }

    /// The contents of a file; of standard input when the name is `-`. As with python3, the name in tracebacks is absolute, and modules are
    /// looked for where the file really is, behind symbolic links.
    pub(crate) fn read(name: &str) -> Result<Source, String> {
        if name == "-" {
            let mut text = Vec::new();
            io::stdin()
                .lock()
                .read_to_end(&mut text)
                .map_err(|e| format!("can't read standard input: {}", reason(&e)))?;
            return Ok(Source { text, filename: "<stdin>".into(), argv0: "-".into(), folder: String::new() });
        }
        let path = Path::new(name);
        let failed = |e: io::Error| format!("can't open file '{name}': {}", reason(&e));
        let text = std::fs::read(path).map_err(failed)?;
        let absolute = std::path::absolute(path).map_err(failed)?;
        let real = path.canonicalize().map_err(failed)?;
        let folder = real.parent().unwrap_or(Path::new("/"));
        Ok(Source {
            text,
            filename: absolute.to_string_lossy().into_owned(),
            argv0: name.to_owned(),
            folder: folder.to_string_lossy().into_owned(),
        })
    }
}

/// The system's reason, as Python words it: `[Errno 2] No such file or directory`.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    match error.raw_os_error() {
        Some(number) => format!("[Errno {number}] {text}"),
        None => text.to_owned(),
    }
}
