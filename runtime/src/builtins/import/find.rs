//! The path finder: which file a module is.

use std::path::Path;

/// What a name was found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// A source file; of a package, its `__init__.py`.
    Source {
        /// The file.
        file: String,
        /// The package's folder.
        folder: Option<String>,
    },
    /// Folders without `__init__.py`: a namespace package.
    Namespace(Vec<String>),
}

/// Looks for the last part of a module's name in these folders.
pub(super) fn find(path: &[String], tail: &str) -> Option<Found> {
    let mut portions = Vec::new();
    for entry in path {
        let base = absolute(entry);
        let folder = format!("{base}/{tail}");
        let init = format!("{folder}/__init__.py");
        if Path::new(&init).is_file() {
            return Some(Found::Source { file: init, folder: Some(folder) });
        }
        let file = format!("{folder}.py");
        if Path::new(&file).is_file() {
            return Some(Found::Source { file, folder: None });
        }
        if Path::new(&folder).is_dir() {
            portions.push(folder);
        }
    }
    (!portions.is_empty()).then_some(Found::Namespace(portions))
}

fn absolute(entry: &str) -> String {
    let entry = if entry.len() > 1 { entry.trim_end_matches('/') } else { entry };
    if entry.starts_with('/') {
        return entry.to_owned();
    }
    let current =
        std::env::current_dir().map(|d| d.to_string_lossy().into_owned()).unwrap_or_else(|_| ".".into());
    if entry.is_empty() || entry == "." {
        current
    } else {
        format!("{current}/{entry}")
    }
}
