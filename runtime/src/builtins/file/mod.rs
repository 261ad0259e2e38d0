//! File objects: what `open` returns, and `sys.stdin`, `sys.stdout`, `sys.stderr`.
//!
//! A file object is an instance of the class `TextIOWrapper` (for binary files too; only their `repr` says otherwise) that knows the number of a
//! stream which the runtime keeps. Leaves out raw file descriptors as names, unbuffered files, and the classes of module `io`.

mod info;
mod open;
mod stream;

pub use open::FUNCTIONS;

use super::common::{fail, Res};
use super::convert::{bytes_argument, index_i64, text_error, with_known_state, with_state};
use crate::object::layout::{Class, Dict};
use crate::object::names::{self, NameId};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{self, Raised};
use crate::object::{
    bool, bytes, call, class, classes, dict, heap_limit, instance, int, iter, list, none, root_handle, str,
    Root,
};
use crate::text::TextOwned;
use std::collections::HashMap;
use std::io::{self, SeekFrom, Write};
use stream::{Device, Failure, Stream};
use taipan_gc::{Cx, Handle, Local, Owned};

/// Methods of file objects.
pub const METHODS: &[NativeDef] = &[
    NativeDef::new("read", read, "self, size=-1, /"),
    NativeDef::new("readline", readline, "self, size=-1, /"),
    NativeDef::new("readlines", readlines, "self, hint=-1, /"),
    NativeDef::new("write", write, "self, text, /"),
    NativeDef::new("writelines", writelines, "self, lines, /"),
    NativeDef::new("flush", flush, "self, /"),
    NativeDef::new("close", close, "self, /"),
    NativeDef::new("seek", seek, "self, cookie, whence=0, /"),
    NativeDef::new("tell", tell, "self, /"),
    NativeDef::new("truncate", truncate, "self, pos=None, /"),
    NativeDef::new("fileno", fileno, "self, /"),
    NativeDef::new("isatty", isatty, "self, /"),
    NativeDef::new("readable", readable, "self, /"),
    NativeDef::new("writable", writable, "self, /"),
    NativeDef::new("seekable", seekable, "self, /"),
    NativeDef::new(
        "reconfigure",
        reconfigure,
        "self, /, *, encoding=, errors=, newline=, line_buffering=, write_through=",
    ),
    NativeDef::new("__iter__", enter, "self, /"),
    NativeDef::new("__next__", next, "self, /"),
    NativeDef::new("__enter__", enter, "self, /"),
    NativeDef::new("__exit__", exit, "self, /, *args"),
    NativeDef::new("__del__", finalize, "self, /"),
    NativeDef::new("__repr__", info::repr_of, "self, /"),
    NativeDef::getter("name", info::name),
    NativeDef::getter("mode", info::mode),
    NativeDef::getter("closed", info::closed),
    NativeDef::getter("encoding", info::encoding),
    NativeDef::getter("errors", info::errors),
    NativeDef::getter("newlines", info::newlines),
    NativeDef::getter("line_buffering", info::line_buffering),
    NativeDef::getter("buffer", info::buffer),
];

/// The open streams of a heap.
struct Streams {
    open: HashMap<i64, Stream>,
    last: i64,
    unsupported: Option<Owned<Class>>,
}

/// Numbers of the standard streams.
const STANDARD_INPUT: i64 = 0;
const STANDARD_OUTPUT: i64 = 1;
const STANDARD_ERROR: i64 = 2;

/// Which stream a file object is of, and whether it shows it as bytes.
#[derive(Clone, Copy)]
struct Key {
    stream: i64,
    bytes: bool,
}

fn key_name(cx: &Cx<'_>) -> Result<NameId, Raised> {
    names::intern(cx, "_stream")
}

fn key_of(cx: &Cx<'_>, object: Local<'_>) -> Option<Key> {
    let name = names::find_text(cx, "_stream")?;
    let number = instance::get(cx, object, name)?.value().as_int()?;
    Some(Key { stream: number >> 1, bytes: number & 1 != 0 })
}

/// A new file object.
fn object<'s>(cx: &mut Cx<'s>, key: Key) -> Res<'s> {
    let class: Handle<'_, Class> = classes::handle(cx, classes::FILE);
    let object = instance::new(cx, class)?;
    let name = key_name(cx)?;
    let number = int::from_i64(cx, key.stream << 1 | i64::from(key.bytes))?;
    instance::set(cx, object, name, number)?;
    Ok(object)
}

/// A new file object of a new stream.
fn register<'s>(cx: &mut Cx<'s>, stream: Stream) -> Res<'s> {
    let bytes = stream.binary;
    let number = with_state::<Streams, _>(cx, |streams| {
        streams.last += 1;
        streams.open.insert(streams.last, stream);
        streams.last
    });
    object(cx, Key { stream: number, bytes })
}

impl Default for Streams {
    /// The standard streams.
    fn default() -> Streams {
        let made = [
            (STANDARD_INPUT, Stream::new(Device::Input, "<stdin>", "r")),
            (STANDARD_OUTPUT, Stream::new(Device::Output, "<stdout>", "w")),
            (STANDARD_ERROR, Stream::new(Device::Error, "<stderr>", "w")),
        ];
        let mut open = HashMap::with_capacity(made.len());
        for (number, mut stream) in made {
            stream.encoding = "utf-8".to_owned();
            stream.line_buffered = number == STANDARD_ERROR || stream.is_terminal();
            if number == STANDARD_ERROR {
                stream.errors = "backslashreplace".to_owned();
            }
            open.insert(number, stream);
        }
        Streams { open, last: STANDARD_ERROR, unsupported: None }
    }
}

/// Makes `sys.stdin`, `sys.stdout` and `sys.stderr`.
pub fn standard_streams<'s>(cx: &mut Cx<'s>) -> Result<[Handle<'s>; 3], Raised> {
    let input = object(cx, Key { stream: STANDARD_INPUT, bytes: false })?;
    let output = object(cx, Key { stream: STANDARD_OUTPUT, bytes: false })?;
    let error = object(cx, Key { stream: STANDARD_ERROR, bytes: false })?;
    Ok([input, output, error])
}

/// Sends what goes to `sys.stdout` (or `sys.stderr`) elsewhere.
pub fn redirect(cx: &Cx<'_>, error: bool, sink: Box<dyn Write + Send>) {
    let number = if error { STANDARD_ERROR } else { STANDARD_OUTPUT };
    with_state::<Streams, _>(cx, |streams| {
        if let Some(stream) = streams.open.get_mut(&number) {
            let _ = stream.flush();
            stream.device = Device::Sink(sink);
        }
    });
}

/// Hands on what was written to `sys.stdout` and `sys.stderr`; whether that went well.
pub fn flush_standard(cx: &Cx<'_>) -> bool {
    let flushed = with_known_state::<Streams, _>(cx, |streams| {
        let mut flush = |number| streams.open.get_mut(&number).is_none_or(|s: &mut Stream| s.flush().is_ok());
        let output = flush(STANDARD_OUTPUT);
        flush(STANDARD_ERROR) && output
    });
    // Without streams nothing was written.
    flushed.unwrap_or(true)
}

/// Writes to the process's `sys.stderr` stream, without Python code; for tracebacks. Errors are ignored, as CPython does.
pub fn write_error(cx: &Cx<'_>, text: &str) {
    with_state::<Streams, _>(cx, |streams| {
        if let Some(stream) = streams.open.get_mut(&STANDARD_ERROR) {
            let text = TextOwned::from(text);
            let _ = stream.write_text(text.as_text());
            let _ = stream.flush();
        }
    });
}

/// `sys.stdout` and its like, out of the module's dict.
pub(super) fn standard<'s>(cx: &Cx<'s>, name: NameId) -> Option<Handle<'s>> {
    let sys = root_handle(cx, Root::Sys);
    let sys: Handle<'_, Dict> = dict::of_handle(cx, sys)?;
    dict::get_name(cx, sys.get(cx), names::local(cx, name)).map(|v| cx.root(v))
}

/// Whether this is a text file object of this room that can be written to.
pub(super) fn is_direct(cx: &Cx<'_>, file: Handle<'_>) -> bool {
    let local = file.get(cx);
    class::of(cx, local).is(classes::local(cx, classes::FILE)) && key_of(cx, local).is_some_and(|k| !k.bytes)
}

/// Writes text to a file object of this room; `None` when the value is none.
pub(super) fn write_direct(
    cx: &mut Cx<'_>,
    file: Handle<'_>,
    text: &TextOwned,
    flush: bool,
) -> Result<Option<()>, Raised> {
    let local = file.get(cx);
    if !class::of(cx, local).is(classes::local(cx, classes::FILE)) {
        return Ok(None);
    }
    let Some(key) = key_of(cx, local).filter(|k| !k.bytes) else { return Ok(None) };
    let done = with_state::<Streams, _>(cx, |streams| {
        let stream = streams.open.get_mut(&key.stream).filter(|s| s.writable && !s.is_closed())?;
        let written = stream.write_text(text.as_text());
        Some(written.and_then(|()| if flush { Ok(stream.flush()?) } else { Ok(()) }))
    });
    match done {
        None => Ok(None),
        Some(Ok(())) => Ok(Some(())),
        Some(Err(failure)) => Err(failed(cx, failure, Some(text))),
    }
}

/// The exception for a failure; `text` is what was being written.
fn failed(cx: &mut Cx<'_>, failure: Failure, text: Option<&TextOwned>) -> Raised {
    match failure {
        Failure::System(error) if error.kind() == io::ErrorKind::OutOfMemory => {
            raise::raise_with(cx, classes::MEMORY_ERROR, &[])
        }
        Failure::System(error) => system_error(cx, &error, None),
        Failure::Text(error, data) => {
            let object = match text {
                Some(text) => str::from_owned(cx, text).map(Handle::any),
                None => bytes::new(cx, &data).map(Handle::any),
            };
            match object {
                Ok(object) => text_error(cx, error, Some(object)),
                Err(raised) => raised,
            }
        }
    }
}

/// `OSError` for an error of the system: `[Errno 2] No such file or directory: 'x'`.
pub(crate) fn system_error(cx: &mut Cx<'_>, error: &io::Error, filename: Option<Handle<'_>>) -> Raised {
    let shown = error.to_string();
    // Rust adds the number.
    let reason = shown.split(" (os error").next().unwrap_or_default().to_owned();
    let number = error.raw_os_error().unwrap_or(5);
    let made = cx.scoped(|cx| {
        let mut arguments = vec![int::from_i64(cx, i64::from(number))?, str::new(cx, &reason)?.any()];
        if let Some(filename) = filename {
            arguments.push(cx.root(filename.get(cx)));
        }
        let class = classes::handle(cx, classes::OS_ERROR).any();
        let exception = call::call(cx, class, &arguments)?;
        Ok(raise::raise_object(cx, exception))
    });
    match made {
        Ok(raised) | Err(raised) => raised,
    }
}

/// What an operation on a stream needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Read,
    Write,
}

/// Runs `body` on the stream of `self`, which must be open.
fn on_stream<R>(
    cx: &mut Cx<'_>,
    args: &Args<'_>,
    needs: Needs,
    body: impl FnOnce(&mut Stream) -> Result<R, Failure>,
) -> Result<R, Raised> {
    let key = args.get(cx, 0).and_then(|f| key_of(cx, f.get(cx)));
    let Some(key) = key else {
        return Err(crate::object::native::wrong_self(cx, args, "_io.TextIOWrapper"));
    };
    enum Done<R> {
        Closed,
        Refused,
        Ran(Result<R, Failure>),
    }
    let room = heap_limit(cx).unwrap_or(usize::MAX);
    let done = with_state::<Streams, _>(cx, |streams| match streams.open.get_mut(&key.stream) {
        Some(stream) if !stream.is_closed() => match needs {
            Needs::Read if !stream.readable => Done::Refused,
            Needs::Write if !stream.writable => Done::Refused,
            _ => {
                stream.room = room;
                Done::Ran(body(stream))
            }
        },
        _ => Done::Closed,
    });
    match done {
        Done::Ran(Ok(result)) => Ok(result),
        Done::Ran(Err(failure)) => Err(failed(cx, failure, None)),
        Done::Closed => fail!(cx, VALUE_ERROR, "I/O operation on closed file."),
        Done::Refused => {
            let what = match (needs, key.bytes) {
                (Needs::Read, false) => "not readable",
                (Needs::Read, true) => "read",
                (_, false) => "not writable",
                (_, true) => "write",
            };
            Err(unsupported(cx, what))
        }
    }
}

/// `io.UnsupportedOperation`
#[cold]
fn unsupported(cx: &mut Cx<'_>, message: &str) -> Raised {
    let made = cx.scoped(|cx| {
        let class = unsupported_class(cx)?;
        let message = str::new(cx, message)?.any();
        let exception = call::call(cx, class.any(), &[message])?;
        Ok(raise::raise_object(cx, exception))
    });
    match made {
        Ok(raised) | Err(raised) => raised,
    }
}

/// The class `io.UnsupportedOperation`, made at need.
pub(crate) fn unsupported_class<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Class>, Raised> {
    let known = with_state::<Streams, _>(cx, |streams| streams.unsupported);
    if let Some(class) = known.and_then(|owned| cx.owned(owned)) {
        return Ok(cx.root(class));
    }
    let bases =
        [classes::handle(cx, classes::OS_ERROR).any(), classes::handle(cx, classes::VALUE_ERROR).any()];
    let namespace = dict::new(cx)?;
    let module = str::new(cx, "io")?.any();
    dict::set_name(cx, namespace, names::handle(cx, names::MODULE), module)?;
    let name = str::new(cx, "UnsupportedOperation")?;
    let metaclass = classes::handle(cx, classes::TYPE);
    let class = crate::object::define::new(cx, metaclass, name, &bases, namespace, None)?;
    let owned = cx.own(class.get(cx))?;
    with_state::<Streams, _>(cx, |streams| streams.unsupported = Some(owned));
    Ok(class)
}

/// Whether `self` shows bytes.
fn shows_bytes(cx: &Cx<'_>, args: &Args<'_>) -> bool {
    args.get(cx, 0).and_then(|f| key_of(cx, f.get(cx))).is_some_and(|k| k.bytes)
}

/// The size argument; `None` for all.
fn limit(cx: &mut Cx<'_>, args: &Args<'_>) -> Result<Option<usize>, Raised> {
    match args.get(cx, 1).filter(|v| !v.get(cx).value().is_none()) {
        Some(size) => Ok(usize::try_from(index_i64(cx, size)?).ok()),
        None => Ok(None),
    }
}

fn read<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let limit = limit(cx, args)?;
    if shows_bytes(cx, args) {
        let data = on_stream(cx, args, Needs::Read, |s| Ok(s.read_bytes(limit)?))?;
        return Ok(bytes::new(cx, &data)?.any());
    }
    let text = on_stream(cx, args, Needs::Read, |s| s.read_text(limit))?;
    Ok(str::from_owned(cx, &text)?.any())
}

/// The next line; `None` at the end.
fn line<'s>(cx: &mut Cx<'s>, args: &Args<'s>, limit: Option<usize>) -> Result<(Handle<'s>, usize), Raised> {
    if shows_bytes(cx, args) {
        let data = on_stream(cx, args, Needs::Read, |s| Ok(s.read_byte_line(limit)?))?;
        return Ok((bytes::new(cx, &data)?.any(), data.len()));
    }
    let text = on_stream(cx, args, Needs::Read, |s| s.read_line(limit))?;
    Ok((str::from_owned(cx, &text)?.any(), text.as_text().len()))
}

fn readline<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let limit = limit(cx, args)?;
    Ok(line(cx, args, limit)?.0)
}

fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match line(cx, args, None)? {
        (_, 0) => Err(raise::stop_iteration(cx, None)),
        (line, _) => Ok(line),
    }
}

fn readlines<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let hint = limit(cx, args)?.filter(|&n| n > 0).unwrap_or(usize::MAX);
    let lines = list::with_capacity(cx, 0)?;
    let mut total = 0;
    while total < hint {
        let (line, len) = line(cx, args, None)?;
        if len == 0 {
            break;
        }
        list::append(cx, lines, line)?;
        total += len;
    }
    Ok(lines.any())
}

/// Writes one argument; how many characters or bytes it has.
fn write_value(cx: &mut Cx<'_>, args: &Args<'_>, value: Handle<'_>) -> Result<usize, Raised> {
    if shows_bytes(cx, args) {
        on_stream(cx, args, Needs::Write, |_| Ok(()))?;
        let data = bytes_argument(cx, value)?;
        on_stream(cx, args, Needs::Write, |s| s.write_bytes(&data))?;
        return Ok(data.len());
    }
    let text = str::of(cx, value.get(cx)).map(|s| str::text(s).to_owned_text());
    let text = match text {
        Some(Ok(text)) => text,
        Some(Err(error)) => return Err(text_error(cx, error, None)),
        None => {
            let given = super::convert::given_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "write() argument must be str, not {given}")
        }
    };
    let mut failure = None;
    on_stream(cx, args, Needs::Write, |s| {
        match s.write_text(text.as_text()) {
            Err(Failure::Text(error, data)) => failure = Some(Failure::Text(error, data)),
            other => return other,
        }
        Ok(())
    })?;
    match failure {
        Some(failure) => Err(failed(cx, failure, Some(&text))),
        None => Ok(text.as_text().len()),
    }
}

fn write<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let count = write_value(cx, args, args.at(cx, 1))?;
    int::from_usize(cx, count)
}

fn writelines<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let lines = iter::iter(cx, args.at(cx, 1))?;
    loop {
        let more = cx.scoped(|cx| {
            let Some(line) = iter::next(cx, lines)? else { return Ok::<_, Raised>(false) };
            write_value(cx, args, line)?;
            Ok(true)
        })?;
        if !more {
            return Ok(none(cx));
        }
    }
}

fn flush<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    on_stream(cx, args, Needs::Nothing, |s| Ok(s.flush()?))?;
    Ok(none(cx))
}

/// Closes; nothing happens the second time.
fn shut(cx: &mut Cx<'_>, args: &Args<'_>) -> Result<(), Raised> {
    let Some(key) = args.get(cx, 0).and_then(|f| key_of(cx, f.get(cx))) else { return Ok(()) };
    let result = with_state::<Streams, _>(cx, |streams| match streams.open.get_mut(&key.stream) {
        Some(stream) => stream.close(),
        None => Ok(()),
    });
    result.map_err(|e| system_error(cx, &e, None))
}

fn close<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    shut(cx, args)?;
    Ok(none(cx))
}

fn exit<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    shut(cx, args)?;
    Ok(none(cx))
}

/// When the object dies its stream is forgotten; the standard ones, and those seen as bytes through `buffer`, stay.
fn finalize<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if let Some(key) = args.get(cx, 0).and_then(|f| key_of(cx, f.get(cx))) {
        with_state::<Streams, _>(cx, |streams| {
            let binary = streams.open.get(&key.stream).is_some_and(|s| s.binary);
            if key.stream > STANDARD_ERROR && binary == key.bytes {
                if let Some(mut stream) = streams.open.remove(&key.stream) {
                    let _ = stream.close();
                }
            }
        });
    }
    Ok(none(cx))
}

fn enter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    on_stream(cx, args, Needs::Nothing, |_| Ok(()))?;
    Ok(args.at(cx, 0))
}

fn seek<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let offset = index_i64(cx, args.at(cx, 1))?;
    let whence = match args.get(cx, 2) {
        Some(whence) => index_i64(cx, whence)?,
        None => 0,
    };
    let text = !shows_bytes(cx, args);
    let to = match whence {
        0 if offset < 0 && text => fail!(cx, VALUE_ERROR, "negative seek position {offset}"),
        0 if offset < 0 => return Err(system_error(cx, &io::Error::from_raw_os_error(22), None)),
        0 => SeekFrom::Start(offset as u64),
        1 if text && offset != 0 => return Err(unsupported(cx, "can't do nonzero cur-relative seeks")),
        2 if text && offset != 0 => return Err(unsupported(cx, "can't do nonzero end-relative seeks")),
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        _ => fail!(cx, VALUE_ERROR, "invalid whence ({whence}, should be 0, 1 or 2)"),
    };
    let at = on_stream(cx, args, Needs::Nothing, |s| Ok(s.seek(to)?))?;
    int::from_usize(cx, at as usize)
}

fn tell<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let at = on_stream(cx, args, Needs::Nothing, |s| Ok(s.tell()?))?;
    int::from_usize(cx, at as usize)
}

fn truncate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let size = limit(cx, args)?.map(|n| n as u64);
    let size = on_stream(cx, args, Needs::Write, |s| Ok(s.truncate(size)?))?;
    int::from_usize(cx, size as usize)
}

fn fileno<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match on_stream(cx, args, Needs::Nothing, |s| Ok(s.descriptor()))? {
        Some(number) => int::from_i64(cx, number),
        None => Err(unsupported(cx, "fileno")),
    }
}

fn isatty<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = on_stream(cx, args, Needs::Nothing, |s| Ok(s.is_terminal()))?;
    Ok(bool(cx, is))
}

fn readable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = on_stream(cx, args, Needs::Nothing, |s| Ok(s.readable))?;
    Ok(bool(cx, is))
}

fn writable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = on_stream(cx, args, Needs::Nothing, |s| Ok(s.writable))?;
    Ok(bool(cx, is))
}

fn seekable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = on_stream(cx, args, Needs::Nothing, |s| Ok(s.tell().is_ok()))?;
    Ok(bool(cx, is))
}

fn reconfigure<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let buffered = match args.some(cx, 4) {
        Some(value) => Some(crate::object::compare::truth(cx, value)?),
        None => None,
    };
    let errors = args.some(cx, 2).and_then(|e| str::of(cx, e.get(cx))).map(str::lossy);
    on_stream(cx, args, Needs::Nothing, |s| {
        s.flush()?;
        s.line_buffered = buffered.unwrap_or(s.line_buffered);
        if let Some(errors) = errors {
            s.errors = errors;
        }
        Ok(())
    })?;
    Ok(none(cx))
}
