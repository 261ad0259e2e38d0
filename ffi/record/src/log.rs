//! [`Log`]: the file that a recording is written to, mapped, so that what was written stays when the program crashes.
//!
//! A disk that is full ends the recording, not the program. Leaves out: what events are.

use crate::format::{sum, Field, Op, Writer, CHECK_EVERY, HEAD, MAGIC, SUM};
use crate::tables::{ABI, HASH};
use std::fs::File;
use std::io::{Error, Result};
use std::os::fd::AsRawFd;
use std::path::Path;

/// The file grows by so many bytes at a time, at least.
const MORE: usize = 1 << 20;

/// A recording that is being written.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    map: *mut u8,
    room: usize,
    /// Bytes of the file that are written.
    end: usize,
    sum: u64,
    checked: u64,
    /// Events so far.
    pub(crate) events: u64,
}

// SAFETY: the map is this struct's alone.
unsafe impl Send for Log {}

impl Log {
    /// A new recording.
    pub(crate) fn create(path: &Path) -> Result<Log> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        // A child of the program that runs another one may have the same name for its recording.
        if file.try_lock().is_err() {
            return Err(Error::other(
                "another process writes to it (%p in the name is the number of the process)",
            ));
        }
        file.set_len(0)?;
        let mut log =
            Log { file, map: std::ptr::null_mut(), room: 0, end: HEAD, sum: SUM, checked: 0, events: 0 };
        log.make_room(0)?;
        log.put(0, &MAGIC);
        log.set(Field::Abi, ABI.into());
        log.set(Field::Hash, HASH);
        log.commit();
        Ok(log)
    }

    /// Room for so many more bytes.
    fn make_room(&mut self, more: usize) -> Result<()> {
        let need = self.end + more;
        if need <= self.room {
            return Ok(());
        }
        let room = (need + MORE.max(self.room / 2)).next_multiple_of(MORE);
        // SAFETY: the file is open. What can't be had now would be a signal later.
        let status = unsafe { libc::posix_fallocate(self.file.as_raw_fd(), 0, room as libc::off_t) };
        if status != 0 {
            return Err(Error::from_raw_os_error(status));
        }
        self.unmap();
        // SAFETY: a new map of a file that is as long.
        let map = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                room,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                self.file.as_raw_fd(),
                0,
            )
        };
        if map == libc::MAP_FAILED {
            return Err(Error::last_os_error());
        }
        (self.map, self.room) = (map.cast(), room);
        Ok(())
    }

    fn unmap(&mut self) {
        if !self.map.is_null() {
            // SAFETY: it was mapped with this length, and nobody looks at it any more.
            unsafe { libc::munmap(self.map.cast(), self.room) };
            (self.map, self.room) = (std::ptr::null_mut(), 0);
        }
    }

    /// Writes bytes at a place that there is.
    fn put(&mut self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.room);
        // SAFETY: the map is that long, and ours.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.map.add(at), bytes.len()) };
    }

    fn set(&mut self, field: Field, value: u64) {
        self.put(field as usize, &value.to_le_bytes());
    }

    /// What was written counts from now on.
    fn commit(&mut self) {
        self.set(Field::Sum, self.sum);
        self.set(Field::Length, (self.end - HEAD) as u64);
    }

    fn append(&mut self, bytes: &[u8]) {
        self.put(self.end, bytes);
        self.end += bytes.len();
        self.sum = sum(self.sum, bytes);
    }

    /// Writes what has been put together; it is empty then.
    pub(crate) fn write(&mut self, writer: &mut Writer) -> Result<()> {
        self.make_room(writer.bytes.len() + 16)?;
        self.append(&writer.bytes);
        writer.bytes.clear();
        self.events += 1;
        let written = (self.end - HEAD) as u64;
        if written - self.checked >= CHECK_EVERY {
            let mut check = Writer::default();
            check.number(Op::Check as u64);
            check.bytes.extend((self.sum as u32).to_le_bytes());
            self.append(&check.bytes);
            self.checked = written;
        }
        self.commit();
        Ok(())
    }

    /// Ends the recording: the file is as long as what is in it.
    pub(crate) fn finish(&mut self) {
        if !self.map.is_null() {
            self.set(Field::Ended, 1);
            self.unmap();
            // What can't be cut off does no harm.
            let _ = self.file.set_len(self.end as u64);
        }
    }
}
