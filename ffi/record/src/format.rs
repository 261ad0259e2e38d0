//! The file: a head, then events, one behind the other, with a checkpoint every 64 KiB. Numbers are varints.
//!
//! ```text
//! "TPNREC01" | ABI:8 | hash of the tables:8 | bytes of events:8 | their checksum:8 | ended well:8 | events …
//! ```
//!
//! The head is kept up to date with every event in a file that is mapped, so a program that crashes leaves a recording that is good to its last call.
//! Leaves out: what events mean (`recording`), and writing the file (`log`).

/// How a recording begins; the last two digits are the version of the format.
pub const MAGIC: [u8; 8] = *b"TPNREC01";
/// Bytes before the first event.
pub const HEAD: usize = 48;
/// Events between two checkpoints, in bytes.
pub const CHECK_EVERY: u64 = 1 << 16;

/// Where the numbers of the head are.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Field {
    Abi = 8,
    Hash = 16,
    Length = 24,
    Sum = 32,
    Ended = 40,
}

/// What an event begins with; from [`FIRST_CALL`] on it is a call of the function with the number that is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum Op {
    /// What the function that was called last has given: result, then out-parameters.
    Return = 1,
    /// The library calls a function of the host.
    Enter = 2,
    /// That function is over.
    Leave = 3,
    /// What follows is done by the thread with this number, so many microseconds after what was before.
    Thread = 4,
    /// The host has changed bytes that scripts can see.
    Patch = 5,
    /// A slot outside of payloads is found at another address.
    Moved = 6,
    /// The checksum so far, four bytes.
    Check = 7,
    /// The program's path and the folder that it works in.
    Program = 8,
}

/// The number of the first function.
pub const FIRST_CALL: u64 = 16;

impl Op {
    /// By number.
    pub fn from_number(number: u64) -> Option<Op> {
        use Op::*;
        [Return, Enter, Leave, Thread, Patch, Moved, Check, Program]
            .into_iter()
            .find(|op| *op as u64 == number)
    }
}

/// The checksum of nothing.
pub const SUM: u64 = 0xcbf2_9ce4_8422_2325;

/// The checksum of what has this sum and these bytes.
pub fn sum(sum: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(sum, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// An event that is being written.
#[derive(Debug, Default)]
pub struct Writer {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The last local that was written.
    pub last: u64,
}

impl Writer {
    /// A number.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// A number that may be negative.
    pub fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }

    /// A number of eight bytes.
    pub fn word(&mut self, word: u64) {
        self.bytes.extend(word.to_le_bytes());
    }

    /// A number, and as many bytes.
    pub fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.bytes.extend(text);
    }

    /// A value. Most are immediates or locals of the scope of the last one.
    pub fn val(&mut self, bits: u64) {
        if !crate::kinds::is_local(bits) {
            self.bytes.push(0);
            self.number(bits);
        } else if bits >> 22 == self.last >> 22 {
            self.bytes.push(1);
            self.number(bits & ((1 << 22) - 1));
        } else {
            self.bytes.push(2);
            self.word(bits);
            self.last = bits;
        }
    }
}

/// Why a recording can't be read: where, and what is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damaged {
    /// The byte, from the start of the file.
    pub at: usize,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "byte {}: {}", self.at, self.what)
    }
}

impl std::error::Error for Damaged {}

/// Reads events; never beyond their end.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// Where it is.
    pub at: usize,
    /// The last local that was read.
    pub last: u64,
}

impl<'a> Reader<'a> {
    /// From a place on.
    pub fn new(bytes: &'a [u8], at: usize, last: u64) -> Reader<'a> {
        Reader { bytes, at, last }
    }

    /// Whether all is read.
    pub fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Something is wrong here.
    pub fn wrong<T>(&self, what: impl Into<String>) -> Result<T, Damaged> {
        Err(Damaged { at: self.at, what: what.into() })
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        match self.at.checked_add(count).and_then(|end| self.bytes.get(self.at..end)) {
            Some(taken) => {
                self.at += count;
                Ok(taken)
            }
            None => self.wrong("the recording ends within an event"),
        }
    }

    /// A byte.
    pub fn byte(&mut self) -> Result<u8, Damaged> {
        Ok(self.take(1)?[0])
    }

    /// See [`Writer::number`].
    pub fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        self.wrong("a number that doesn't end")
    }

    /// See [`Writer::signed`].
    pub fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// See [`Writer::word`].
    pub fn word(&mut self) -> Result<u64, Damaged> {
        let mut word = [0; 8];
        word.copy_from_slice(self.take(8)?);
        Ok(u64::from_le_bytes(word))
    }

    /// Four bytes.
    pub fn short(&mut self) -> Result<u32, Damaged> {
        let mut word = [0; 4];
        word.copy_from_slice(self.take(4)?);
        Ok(u32::from_le_bytes(word))
    }

    /// See [`Writer::text`].
    pub fn text(&mut self) -> Result<&'a [u8], Damaged> {
        let count = self.number()?;
        match usize::try_from(count) {
            Ok(count) => self.take(count),
            Err(_) => self.wrong("a length out of range"),
        }
    }

    /// How many things follow, of a byte each at least.
    pub fn count(&mut self) -> Result<usize, Damaged> {
        let count = self.number()?;
        let left = (self.bytes.len() - self.at) as u64;
        match count <= left {
            true => Ok(count as usize),
            false => self.wrong(format!("{count} items, in {left} bytes")),
        }
    }

    /// See [`Writer::val`].
    pub fn val(&mut self) -> Result<u64, Damaged> {
        match self.byte()? {
            0 => self.number(),
            1 => Ok(self.last >> 22 << 22 | self.number()? & ((1 << 22) - 1)),
            2 => {
                self.last = self.word()?;
                Ok(self.last)
            }
            other => self.wrong(format!("a value of kind {other}")),
        }
    }
}
