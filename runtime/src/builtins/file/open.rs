//! `open`.

use super::{register, system_error, Device, Stream};
use crate::builtins::common::{fail, Res};
use crate::builtins::convert::{index_i64, index_opt, method, named_text, With};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, bytes, class, int, names, str};
use crate::text::codec::Codec;
use std::fs::OpenOptions;
use std::io;
use taipan_gc::{Cx, Handle};

/// `open`
pub const FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "open",
    open,
    "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None",
)];

/// What a mode asks for.
struct Mode {
    kind: char,
    plus: bool,
    binary: bool,
}

fn parse_mode(cx: &mut Cx<'_>, text: &str) -> Result<Mode, Raised> {
    let known = text.chars().all(|c| "rwaxbt+".contains(c));
    let twice = text.char_indices().any(|(at, c)| text[..at].contains(c));
    if !known || twice {
        fail!(cx, VALUE_ERROR, "invalid mode: '{text}'");
    }
    let kinds: Vec<char> = text.chars().filter(|c| "rwax".contains(*c)).collect();
    let binary = text.contains('b');
    if binary && text.contains('t') {
        fail!(cx, VALUE_ERROR, "can't have text and binary mode at once");
    }
    match kinds[..] {
        [kind] => Ok(Mode { kind, plus: text.contains('+'), binary }),
        _ => fail!(cx, VALUE_ERROR, "must have exactly one of create/read/write/append mode"),
    }
}

/// What the name of a file given by its descriptor starts with here; no path contains it.
const DESCRIPTOR: &str = "\0descriptor ";

/// The file's name as text.
fn path_text(cx: &mut Cx<'_>, file: Handle<'_>) -> Result<String, Raised> {
    let file = cx.root(file.get(cx));
    let mut file = file;
    let local = file.get(cx);
    if str::of(cx, local).is_none() && bytes::of(cx, local).is_none() {
        if let Some(number) = index_opt(cx, file)? {
            return Ok(format!("{DESCRIPTOR}{}", int::to_big(cx, number.get(cx)).unwrap_or_default()));
        }
        let given = class::type_name(cx, file.get(cx));
        let name = names::intern(cx, "__fspath__")?;
        if attr::special(cx, file.get(cx), name).is_none() {
            fail!(cx, TYPE_ERROR, "expected str, bytes or os.PathLike object, not {given}");
        }
        file = method(cx, file, "__fspath__", &[])?;
    }
    let local = file.get(cx);
    let text = match (str::of(cx, local), bytes::of(cx, local)) {
        (Some(text), _) => str::lossy(text),
        (_, Some(data)) => String::from_utf8_lossy(bytes::content(data)).into_owned(),
        _ => {
            let given = class::type_name(cx, local);
            fail!(cx, TYPE_ERROR, "expected __fspath__() to return str or bytes, not {given}")
        }
    };
    if text.contains('\0') {
        fail!(cx, VALUE_ERROR, "embedded null byte");
    }
    Ok(text)
}

fn open<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mode_text = named_text(cx, args, 1, "open() argument 'mode'")?.unwrap_or_else(|| "r".to_owned());
    let optional = |cx: &mut Cx<'s>, n: usize, what: &str| match args.some(cx, n) {
        Some(_) => named_text(cx, args, n, what),
        None => Ok(None),
    };
    let encoding = optional(cx, 3, "open() argument 'encoding'")?;
    let errors = optional(cx, 4, "open() argument 'errors'")?;
    let newline = optional(cx, 5, "open() argument 'newline'")?;
    let buffering = match args.get(cx, 2) {
        Some(buffering) => index_i64(cx, buffering)?,
        None => -1,
    };
    let path = path_text(cx, args.at(cx, 0))?;
    let mode = parse_mode(cx, &mode_text)?;
    if mode.binary {
        let given = [(&encoding, "an encoding"), (&errors, "an errors"), (&newline, "a newline")];
        if let Some((_, what)) = given.iter().find(|(value, _)| value.is_some()) {
            fail!(cx, VALUE_ERROR, "binary mode doesn't take {what} argument");
        }
    } else if buffering == 0 {
        fail!(cx, VALUE_ERROR, "can't have unbuffered text I/O");
    }
    let line_end = match newline.as_deref() {
        None => None,
        Some("") => Some(""),
        Some("\n") => Some("\n"),
        Some("\r") => Some("\r"),
        Some("\r\n") => Some("\r\n"),
        Some(other) => fail!(cx, VALUE_ERROR, "illegal newline value: {other}"),
    };
    let device = match open_device(&path, &mode) {
        Ok(device) => device,
        Err(error) if path.starts_with(DESCRIPTOR) => return Err(system_error(cx, &error, None)),
        Err(error) => {
            let name = str::new(cx, &path)?.any();
            return Err(system_error(cx, &error, Some(name)));
        }
    };
    let codec = Codec::lookup(encoding.as_deref().unwrap_or("utf-8")).with(cx)?;
    let shown_mode = match (mode.binary, mode.plus, mode.kind) {
        (false, _, _) => mode_text,
        (true, true, 'r' | 'w') => "rb+".to_owned(),
        (true, true, kind) => format!("{kind}b+"),
        (true, false, kind) => format!("{kind}b"),
    };
    let mut stream = Stream::new(device, path.strip_prefix(DESCRIPTOR).unwrap_or(&path), &shown_mode);
    stream.readable = mode.kind == 'r' || mode.plus;
    stream.writable = mode.kind != 'r' || mode.plus;
    stream.binary = mode.binary;
    stream.codec = codec;
    stream.line_buffered = buffering == 1 && !mode.binary;
    if let Some(encoding) = encoding {
        stream.encoding = encoding;
    }
    if let Some(errors) = errors {
        stream.errors = errors;
    }
    stream.translate = line_end.is_none();
    stream.universal = matches!(line_end, None | Some(""));
    stream.line_end = line_end.filter(|e| !e.is_empty());
    register(cx, stream)
}

fn open_device(path: &str, mode: &Mode) -> io::Result<Device> {
    if let Some(number) = path.strip_prefix(DESCRIPTOR) {
        // Others would have to be adopted from raw numbers.
        return match number {
            "0" => Ok(Device::Input),
            "1" => Ok(Device::Output),
            "2" => Ok(Device::Error),
            _ => Err(io::Error::from_raw_os_error(9)),
        };
    }
    let mut options = OpenOptions::new();
    let writes = mode.kind != 'r' || mode.plus;
    options.read(mode.kind == 'r' || mode.plus);
    match mode.kind {
        'a' => options.append(true).create(true),
        'w' => options.write(true).create(true).truncate(true),
        'x' => options.write(true).create_new(true),
        _ => options.write(writes),
    };
    let file = options.open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::from_raw_os_error(21));
    }
    Ok(Device::File(file))
}
