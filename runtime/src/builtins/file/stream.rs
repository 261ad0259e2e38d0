//! [`Stream`]: an open file as the runtime keeps it: buffers, decoding by lines, translation of line ends. Knows no Python object.

use crate::object::system::is_terminal;
use crate::text::codec::{decode, encode, Codec};
use crate::text::{Text, TextBuf, TextError, TextOwned};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};

/// Where bytes come from and go to.
pub(super) enum Device {
    /// The process's standard input.
    Input,
    /// The process's standard output.
    Output,
    /// The process's standard error stream.
    Error,
    /// What a host gave instead of a standard stream.
    Sink(Box<dyn Write + Send>),
    /// A file.
    File(File),
    /// Nothing any more.
    Closed,
}

/// Written bytes are handed on when so many have gathered.
const OUT_LIMIT: usize = 8192;
/// How much is read at a time.
const CHUNK: usize = 8192;

/// Why a stream failed.
pub(super) enum Failure {
    /// The system said so.
    System(io::Error),
    /// The bytes or characters can't be converted; what was being decoded.
    Text(TextError, Vec<u8>),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::System(error)
    }
}

/// An open file.
pub(super) struct Stream {
    pub(super) device: Device,
    pub(super) name: String,
    pub(super) mode: String,
    pub(super) binary: bool,
    pub(super) readable: bool,
    pub(super) writable: bool,
    /// Written text is handed on at each line end.
    pub(super) line_buffered: bool,
    pub(super) codec: Codec,
    /// The encoding's name as it was given.
    pub(super) encoding: String,
    pub(super) errors: String,
    /// Line ends other than `\n` end lines, too.
    pub(super) universal: bool,
    /// Line ends are read as `\n`.
    pub(super) translate: bool,
    /// What `\n` is written as.
    pub(super) line_end: Option<&'static str>,
    input: VecDeque<u8>,
    characters: VecDeque<u32>,
    output: Vec<u8>,
    /// Most bytes that may wait to be given out; above it reading fails for want of memory.
    pub(super) room: usize,
}

impl Stream {
    /// A stream on a device, in text mode with UTF-8.
    pub(super) fn new(device: Device, name: &str, mode: &str) -> Stream {
        Stream {
            line_buffered: false,
            device,
            name: name.to_owned(),
            mode: mode.to_owned(),
            binary: mode.contains('b'),
            readable: mode.contains(['r', '+']),
            writable: mode.contains(['w', 'a', 'x', '+']),
            codec: Codec::Utf8,
            encoding: "UTF-8".to_owned(),
            errors: "strict".to_owned(),
            universal: true,
            translate: true,
            line_end: None,
            input: VecDeque::new(),
            characters: VecDeque::new(),
            output: Vec::new(),
            room: usize::MAX,
        }
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.device, Device::Closed)
    }

    /// Whether it is a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        match &self.device {
            Device::Input => is_terminal(0),
            Device::Output => is_terminal(1),
            Device::Error => is_terminal(2),
            Device::File(file) => file.is_terminal(),
            Device::Sink(_) | Device::Closed => false,
        }
    }

    /// The file descriptor.
    pub(super) fn descriptor(&self) -> Option<i64> {
        use std::os::fd::AsRawFd;
        match &self.device {
            Device::Input => Some(0),
            Device::Output => Some(1),
            Device::Error => Some(2),
            Device::File(file) => Some(i64::from(file.as_raw_fd())),
            Device::Sink(_) | Device::Closed => None,
        }
    }

    fn put(&mut self, data: &[u8]) -> io::Result<()> {
        match &mut self.device {
            Device::Output => {
                let mut out = io::stdout().lock();
                out.write_all(data).and_then(|()| out.flush())
            }
            Device::Error => io::stderr().lock().write_all(data),
            Device::Sink(sink) => sink.write_all(data).and_then(|()| sink.flush()),
            Device::File(file) => file.write_all(data),
            Device::Input | Device::Closed => Ok(()),
        }
    }

    /// Hands on what was written. What the device refuses is dropped, so that it isn't refused again at exit.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let output = std::mem::take(&mut self.output);
        self.put(&output)
    }

    /// Writes bytes.
    pub(super) fn write_bytes(&mut self, data: &[u8]) -> Result<(), Failure> {
        self.forget_input()?;
        if data.len() >= OUT_LIMIT {
            self.flush()?;
            return Ok(self.put(data)?);
        }
        self.output.extend_from_slice(data);
        let ends_line = self.line_buffered && data.contains(&b'\n');
        if ends_line || self.output.len() >= OUT_LIMIT {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes text.
    pub(super) fn write_text(&mut self, text: Text<'_>) -> Result<(), Failure> {
        if let (Text::Ascii(ascii), None) = (text, self.line_end) {
            if matches!(self.codec, Codec::Utf8 | Codec::Ascii | Codec::Latin1) {
                return self.write_bytes(ascii.as_bytes());
            }
        }
        let mut data = encode(text, self.codec, &self.errors).map_err(|e| Failure::Text(e, Vec::new()))?;
        if let Some(line_end) = self.line_end.filter(|e| *e != "\n") {
            let parts: Vec<&[u8]> = data.split(|&b| b == b'\n').collect();
            data = parts.join(line_end.as_bytes());
        }
        self.write_bytes(&data)
    }

    /// Before writing: the file's position must be where reading has got to.
    fn forget_input(&mut self) -> io::Result<()> {
        if !self.input.is_empty() || !self.characters.is_empty() {
            let unread = self.unread();
            self.forget();
            if let Device::File(file) = &mut self.device {
                file.seek(SeekFrom::Current(-unread))?;
            }
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.input.clear();
        self.characters.clear();
    }

    /// Bytes that were read from the device and not yet given out.
    fn unread(&self) -> i64 {
        let width = |&c: &u32| char::from_u32(c).map_or(3, char::len_utf8);
        (self.input.len() + self.characters.iter().map(width).sum::<usize>()) as i64
    }

    /// Reads more; whether there was any.
    fn fill(&mut self) -> io::Result<bool> {
        self.flush()?;
        let mut chunk = [0; CHUNK];
        let waiting = self.input.len() + self.characters.len();
        if waiting > self.room || self.input.try_reserve(CHUNK).is_err() {
            self.input = VecDeque::new();
            self.characters = VecDeque::new();
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        loop {
            let read = match &mut self.device {
                Device::Input => io::stdin().lock().read(&mut chunk),
                Device::File(file) => file.read(&mut chunk),
                _ => Ok(0),
            };
            match read {
                Ok(count) => {
                    self.input.extend(&chunk[..count]);
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// At most `limit` bytes; all there are without a limit.
    pub(super) fn read_bytes(&mut self, limit: Option<usize>) -> io::Result<Vec<u8>> {
        while limit.is_none_or(|limit| self.input.len() < limit) {
            if !self.fill()? {
                break;
            }
        }
        let count = limit.unwrap_or(usize::MAX).min(self.input.len());
        Ok(self.input.drain(..count).collect())
    }

    /// Bytes up to and with the next line end.
    pub(super) fn read_byte_line(&mut self, limit: Option<usize>) -> io::Result<Vec<u8>> {
        let mut searched = 0;
        loop {
            let found =
                self.input.iter().skip(searched).position(|&b| b == b'\n').map(|at| searched + at + 1);
            searched = self.input.len();
            let enough = limit.filter(|&limit| found.unwrap_or(searched) >= limit);
            if let Some(count) = enough.or(found) {
                return Ok(self.input.drain(..count).collect());
            }
            if !self.fill()? {
                return Ok(self.input.drain(..).collect());
            }
        }
    }

    /// Decodes one more line; whether there was one.
    fn decode_line(&mut self) -> Result<bool, Failure> {
        let wide = matches!(self.codec, Codec::Utf16(_) | Codec::Utf32(_));
        let mut data = if wide { self.read_bytes(None)? } else { self.read_byte_line(None)? };
        if data.is_empty() {
            return Ok(false);
        }
        if matches!(self.codec, Codec::Utf8Sig) {
            // The mark is at the start only.
            if data.starts_with(b"\xef\xbb\xbf") {
                data.drain(..3);
            }
        }
        let codec = if matches!(self.codec, Codec::Utf8Sig) { Codec::Utf8 } else { self.codec };
        let text = match decode(&data, codec, &self.errors) {
            Ok(text) => text,
            Err(error) => return Err(Failure::Text(error, data)),
        };
        if self.characters.try_reserve(data.len()).is_err() {
            return Err(io::Error::from(io::ErrorKind::OutOfMemory).into());
        }
        self.push_translated(text.as_text());
        Ok(true)
    }

    fn push_translated(&mut self, text: Text<'_>) {
        let (cr, lf) = (u32::from(b'\r'), u32::from(b'\n'));
        let mut after_cr = false;
        for c in text.iter() {
            if self.translate && c == cr {
                self.characters.push_back(lf);
            } else if !(self.translate && after_cr && c == lf) {
                self.characters.push_back(c);
            }
            after_cr = c == cr;
        }
    }

    fn take_characters(&mut self, count: usize) -> TextOwned {
        let mut out = TextBuf::new();
        self.characters.drain(..count.min(self.characters.len())).for_each(|c| out.push(c));
        out.finish()
    }

    /// At most `limit` characters.
    pub(super) fn read_text(&mut self, limit: Option<usize>) -> Result<TextOwned, Failure> {
        while limit.is_none_or(|limit| self.characters.len() < limit) {
            if !self.decode_line()? {
                break;
            }
        }
        Ok(self.take_characters(limit.unwrap_or(usize::MAX)))
    }

    /// Characters up to and with the next line end.
    pub(super) fn read_line(&mut self, limit: Option<usize>) -> Result<TextOwned, Failure> {
        let mut searched = 0;
        loop {
            let found = self.line_end_from(searched);
            searched = self.characters.len().saturating_sub(1);
            let enough = limit.filter(|&limit| found.unwrap_or(self.characters.len()) >= limit);
            if let Some(count) = enough.or(found) {
                return Ok(self.take_characters(count));
            }
            if !self.decode_line()? {
                return Ok(self.take_characters(usize::MAX));
            }
        }
    }

    /// Length of the first line among the decoded characters.
    fn line_end_from(&self, start: usize) -> Option<usize> {
        let (cr, lf) = (u32::from(b'\r'), u32::from(b'\n'));
        for (at, &c) in self.characters.iter().enumerate().skip(start) {
            if c == lf {
                return Some(at + 1);
            }
            if self.universal && !self.translate && c == cr {
                return self.characters.get(at + 1).map(|&next| at + 1 + usize::from(next == lf));
            }
        }
        None
    }

    /// Moves to a place.
    pub(super) fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.flush()?;
        let to = match to {
            SeekFrom::Current(by) => SeekFrom::Current(by.saturating_sub(self.unread())),
            to => to,
        };
        let Device::File(file) = &mut self.device else {
            return Err(io::Error::from_raw_os_error(29));
        };
        let at = file.seek(to)?;
        self.forget();
        Ok(at)
    }

    /// The place that reading or writing has got to.
    pub(super) fn tell(&mut self) -> io::Result<u64> {
        self.flush()?;
        let unread = self.unread();
        match &mut self.device {
            Device::File(file) => Ok(file.stream_position()?.saturating_add_signed(-unread)),
            _ => Err(io::Error::from_raw_os_error(29)),
        }
    }

    /// Sets the file's size.
    pub(super) fn truncate(&mut self, size: Option<u64>) -> io::Result<u64> {
        let size = match size {
            Some(size) => size,
            None => self.tell()?,
        };
        self.flush()?;
        match &mut self.device {
            Device::File(file) => file.set_len(size).map(|()| size),
            _ => Err(io::Error::from_raw_os_error(22)),
        }
    }

    /// Hands on what was written and lets go of the device.
    pub(super) fn close(&mut self) -> io::Result<()> {
        let result = self.flush();
        self.device = Device::Closed;
        result
    }
}
