//! Bytes that scripts see and the host changes without a call: memory of the host's that is a memoryview, and buffers that are open to be written to.
//!
//! Each is compared with a copy before scripts can see it, and what differs is written down. Leaves out: what is changed while scripts run, by other
//! threads; and what lies beyond the first 64 MiB.

use super::Recorder;
use crate::format::Op;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// Bytes of a region that are looked at.
const MOST: usize = 64 << 20;
/// Bytes of one that is not as long as it says.
const LITTLE: usize = 1 << 16;
/// `TPN_BUF_WRITE`
const WRITE: u32 = 1;

/// A `tpn_buf`, as far as it is known here.
#[repr(C)]
struct Buf {
    size: u32,
    flags: u32,
    data: usize,
    len: usize,
    item_size: u32,
    format: u32,
    id: u64,
}

#[derive(Debug)]
struct Region {
    is_buffer: bool,
    number: u64,
    context: u64,
    at: usize,
    /// As scripts have last seen it.
    copy: Vec<u8>,
    /// The host is told when it is used no more, so it is there until then. Else it may be gone, and is read with care.
    is_guarded: bool,
    guard: u64,
}

/// What regions there are.
#[derive(Debug, Default)]
pub(super) struct Regions {
    all: Vec<Region>,
    count: u64,
    pending: Vec<u8>,
    /// The functions that were given last.
    pub(super) guard: Option<u64>,
}

/// What can be read of these bytes, without a signal where they are not there.
pub(super) fn safe_read(at: usize, len: u64) -> Vec<u8> {
    let want = usize::try_from(len).unwrap_or(0).min(if len > isize::MAX as u64 { 0 } else { MOST });
    // SAFETY: a name that ends with a NUL.
    let file = unsafe { libc::memfd_create(c"taipan-record".as_ptr(), libc::MFD_CLOEXEC) };
    if file < 0 || want == 0 {
        return Vec::new();
    }
    // SAFETY: just opened.
    let file = unsafe { OwnedFd::from_raw_fd(file) };
    // SAFETY: the system reads the bytes, and says how many there are.
    let got = unsafe { libc::write(file.as_raw_fd(), at as *const _, want) };
    let mut bytes = vec![0; usize::try_from(got).unwrap_or(0)];
    // SAFETY: the vector is that long.
    let read = unsafe { libc::pread(file.as_raw_fd(), bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    let read = usize::try_from(read).unwrap_or(0);
    // Not all of it is there: the length is a mistake, or nobody's business.
    bytes.truncate(if read < want { read.min(LITTLE) } else { read });
    bytes
}

/// Whether bytes can be read. Lengths of up to 64 KiB are believed; a longer one may be a mistake, which the library would refuse.
pub(super) fn is_there(at: u64, count: u64) -> bool {
    if count <= 1 << 16 {
        return true;
    }
    // SAFETY: a name that ends with a NUL.
    let file = unsafe { libc::memfd_create(c"taipan-record".as_ptr(), libc::MFD_CLOEXEC) };
    if file < 0 || at.checked_add(count).is_none() {
        return false;
    }
    // SAFETY: just opened.
    let file = unsafe { OwnedFd::from_raw_fd(file) };
    let pages = (at..at + count).step_by(4096).chain([at + count - 1]);
    // SAFETY: the system reads a byte, or says that there is none.
    pages.into_iter().all(|at| unsafe { libc::pwrite(file.as_raw_fd(), at as *const _, 1, 0) } == 1)
}

impl Regions {
    /// The number of the next memory.
    pub(super) fn next(&mut self) -> u64 {
        self.guard = None;
        self.count += 1;
        self.count - 1
    }

    /// What the memory that is being shown holds.
    pub(super) fn pending(&mut self, content: Vec<u8>) {
        self.pending = content;
    }

    /// It was shown.
    pub(super) fn keep(&mut self, context: u64, at: u64, len: u64) {
        let copy = std::mem::take(&mut self.pending);
        if at != 0 && len != 0 {
            let number = self.count - 1;
            let (is_guarded, guard) = (self.guard.is_some(), self.guard.unwrap_or(0));
            let at = at as usize;
            self.all.push(Region { is_buffer: false, number, context, at, copy, is_guarded, guard });
        }
    }

    /// The memory of these functions is used no more.
    pub(super) fn free(&mut self, guard: u64) {
        self.all.retain(|region| !region.is_guarded || region.guard != guard);
    }

    pub(super) unsafe fn open_buffer(&mut self, context: u64, buf: u64) {
        // SAFETY: a buffer that was opened.
        let buf = unsafe { &*(buf as *const Buf) };
        if buf.flags & WRITE != 0 && buf.len > 0 {
            // SAFETY: it is open.
            let copy =
                unsafe { std::slice::from_raw_parts(buf.data as *const u8, buf.len.min(MOST)) }.to_vec();
            let (number, at) = (buf.id, buf.data);
            // The library's, until it is closed.
            self.all.push(Region {
                is_buffer: true,
                number,
                context,
                at,
                copy,
                is_guarded: true,
                guard: u64::MAX,
            });
        }
    }

    pub(super) unsafe fn close_buffer(&mut self, buf: u64) {
        if buf != 0 {
            // SAFETY: by contract, a buffer.
            let id = unsafe { (*(buf as *const Buf)).id };
            self.all.retain(|region| !region.is_buffer || region.number != id);
        }
    }

    /// A heap is gone.
    pub(super) fn end_of(&mut self, context: u64) {
        self.all.retain(|region| region.context != context);
    }
}

impl Recorder {
    /// Writes down what the host has changed.
    pub(super) unsafe fn patch(&mut self) {
        let mut all = std::mem::take(&mut self.regions.all);
        for region in &mut all {
            let careful;
            let now: &[u8] = match region.is_guarded {
                // SAFETY: it is there until the host or the library is told otherwise, which takes it from the list.
                true => unsafe { std::slice::from_raw_parts(region.at as *const u8, region.copy.len()) },
                false => {
                    careful = safe_read(region.at, region.copy.len() as u64);
                    &careful
                }
            };
            let differs = |n: &usize| now[*n] != region.copy[*n];
            let count = now.len().min(region.copy.len());
            if now[..count] == region.copy[..count] {
                continue;
            }
            let (Some(first), Some(last)) = ((0..count).find(differs), (0..count).rev().find(differs)) else {
                continue;
            };
            self.event(Op::Patch);
            self.writer.number(region.is_buffer.into());
            self.writer.number(region.number);
            self.writer.number(first as u64);
            self.writer.text(&now[first..=last]);
            self.write();
            region.copy[first..=last].copy_from_slice(&now[first..=last]);
        }
        self.regions.all = all;
    }
}
